/* screen - a full screen of lines: only what changed is sent. */
#include <sys/ioctl.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "io.h"
#include "watch.h"

/* Bigger screens are used in part. */
enum { ROWS_MAX = 64, COLS_MAX = 132 };

static struct {
	int keys;		/* standard input was set to give keys */
	int rows, cols;
	struct termios old;
	char shown[ROWS_MAX][COLS_MAX + 1];
} screen;

/* What is to be sent. */
static char buf[2048];
static struct fmt out = { buf, sizeof buf, 0, 0 };

void
screen_out(void)
{
	io_flush(STDOUT_FILENO, &out, SIZE_MAX);
}

static void
put(const char *sequence)
{
	fmt_add(&out, sequence);
	screen_out();
}

void
screen_reset(void)
{
	struct winsize size;

	/* A serial line does not know its size. */
	screen.rows = 24;
	screen.cols = 80;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 &&
	    size.ws_col > 0) {
		screen.rows = size.ws_row;
		screen.cols = size.ws_col;
	}
	if (screen.rows > ROWS_MAX)
		screen.rows = ROWS_MAX;
	if (screen.cols > COLS_MAX)
		screen.cols = COLS_MAX;
	memset(screen.shown, 0, sizeof screen.shown);
	put("\033[2J");
}

/* Another screen than the shell's, no cursor; keys as they are pressed. */
int
screen_begin(void)
{
	const char *term = getenv("TERM");
	struct termios raw;

	if (term == NULL || strcmp(term, "dumb") == 0 ||
	    !isatty(STDOUT_FILENO))
		return -1;
	screen.keys = tcgetattr(STDIN_FILENO, &screen.old) == 0;
	if (screen.keys) {
		raw = screen.old;
		raw.c_lflag &= ~(ICANON | ECHO);
		raw.c_cc[VMIN] = 1;
		raw.c_cc[VTIME] = 0;
		screen.keys = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
	}
	put("\033[?1049h\033[?25l");
	screen_reset();
	return 0;
}

void
screen_end(void)
{
	put("\033[?25h\033[?1049l");
	if (screen.keys)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &screen.old);
}

int
screen_rows(void)
{
	return screen.rows;
}

void
screen_line(int row, const char *text)
{
	char *shown = screen.shown[row];
	int n = strnlen(text, screen.cols), same;

	if (row >= screen.rows)
		return;
	for (same = 0; same < n && text[same] == shown[same]; same++)
		;
	if (same == n && shown[n] == '\0')
		return;
	fmt_add(&out, "\033[%d;%dH%.*s", row + 1, same + 1, n - same,
	    text + same);
	if (shown[same] != '\0' && (int)strlen(shown) > n)
		fmt_add(&out, "\033[K");
	memcpy(shown, text, n);
	shown[n] = '\0';
	io_flush(STDOUT_FILENO, &out, 512);
}
