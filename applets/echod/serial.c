/* serial - the echo of frames on serial lines (tty:DEVICE@SPEED). */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "applet.h"
#include "count.h"
#include "echod.h"
#include "err.h"
#include "fmt.h"
#include "frame.h"
#include "io.h"
#include "keep.h"
#include "log.h"
#include "opener.h"
#include "serial.h"
#include "tty.h"

enum { LINES = 8, CHUNK = 1024 };

static struct serial {
	const char *spec;
	int fd;
	struct termios old;
} lines[LINES];
static int nlines;

static void
echo(struct serial *s, struct frame *f, const unsigned char *in, size_t n)
{
	static unsigned char wire[FRAME_WIRE];
	enum count base = COUNT_TTY + (s - lines) * COUNT_LINE;
	int what;

	while ((what = frame_decode(f, &in, &n)) != FRAME_MORE) {
		if (what == FRAME_BAD) {
			count_add(base + COUNT_DAMAGED, 1);
			continue;
		}
		if (io_write(s->fd, wire,
			frame_encode(wire, f->data, f->len)) == -1)
			return;
		count_add(base + COUNT_FRAMES, 1);
		count_add(base + COUNT_FRAME_BYTES, f->len);
	}
	count_add(base + COUNT_NOISE, f->noise);
	f->noise = 0;
}

/* Until the line hangs up: a pty's other side, an adapter pulled out. */
static void
serve(int i)
{
	static struct frame f;
	struct serial *s = &lines[i];
	unsigned char buf[CHUNK];
	ssize_t n;

	keep_only(&s->fd, 1);
	for (;;) {
		n = io_read(s->fd, buf, sizeof buf);
		if (n == -1 && errno == EAGAIN) {
			io_poll(s->fd, POLLIN, -1);
			continue;
		}
		if (n <= 0)
			return;
		echo(s, &f, buf, n);
	}
}

/* Before each start: a line that hung up is gone for good, and may be back
 * under its old name. */
static int
prepare(int i)
{
	struct serial *s = &lines[i];

	if (s->fd != -1 && io_poll(s->fd, 0, 0) == 0)
		return 0;
	if (s->fd != -1)
		close(s->fd);
	s->fd = opener_open(OPENER_TTY + i);
	return s->fd == -1 ? -1 : 0;
}

void
serial_add(const char *spec)
{
	struct serial *s = &lines[nlines];

	if (nlines == LINES)
		die(SYSTEM, "more than %d serial lines", LINES);
	s->spec = spec;
	s->fd = tty_open(spec, &s->old);
	if (s->fd == -1 && (errno == EINVAL || *spec == '\0'))
		usage("'tty:%s': no DEVICE@SPEED, or a speed it has not",
		    spec);
	if (s->fd == -1)
		die(SYSTEM, "tty:%s:", spec);
	keep_add(spec, serve, nlines++, prepare);
}

int
serial_count(void)
{
	return nlines;
}

int
serial_open(int i)
{
	struct termios t;

	if (i < 0 || i >= nlines) {
		errno = EINVAL;
		return -1;
	}
	return tty_open(lines[i].spec, &t);
}

void
serial_lines(struct fmt *f)
{
	int i;

	for (i = 0; i < nlines; i++)
		fmt_add(f, "tty %s\n", lines[i].spec);
}

void
serial_status(void)
{
	int i;

	for (i = 0; i < nlines; i++)
		log_counts("tty", lines[i].spec, COUNT_TTY + i * COUNT_LINE,
		    COUNT_TTY + (i + 1) * COUNT_LINE);
}

void
serial_close(void)
{
	int i;

	for (i = 0; i < nlines; i++)
		if (lines[i].fd != -1)
			tty_close(lines[i].fd, &lines[i].old);
}
