/* coretest - libcore from the command line, for core_test.sh. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "echoc/hist.h"
#include "err.h"
#include "fmt.h"
#include "frame.h"
#include "io.h"
#include "net.h"
#include "opt.h"
#include "proc.h"
#include "sig.h"
#include "tty.h"

static struct fmt out = { (char[4096]){ 0 }, 4096, 0, 0 };

/* Answers are a word for each errno, the same in every C library. */
static void
answer_errno(void)
{
	fmt_add(&out, "%s", errno == EINVAL ? "EINVAL" :
		errno == ERANGE			? "ERANGE" :
		errno == ENODEV			? "ENODEV" :
		errno == ENAMETOOLONG		? "ENAMETOOLONG" :
						  "other");
}

static void
test_number(char **a)
{
	unsigned long long v;

	if (opt_number(a[0], strtoull(a[1], NULL, 10), strtoull(a[2], NULL, 10),
		&v) == -1)
		answer_errno();
	else
		fmt_add(&out, "%llu", v);
}

static void
test_time(char **a)
{
	unsigned long long v;

	if (opt_time(a[0], &v) == -1)
		answer_errno();
	else
		fmt_add(&out, "%llu", v);
}

static void
test_size(char **a)
{
	unsigned long long v;

	if (opt_size(a[0], &v) == -1)
		answer_errno();
	else
		fmt_add(&out, "%llu", v);
}

static void
test_key(char **a)
{
	const char *value = NULL;
	int i = opt_key(a[0], "rate\0rates\0full\0", &value);

	fmt_add(&out, "%d %s", i, value == NULL ? "-" : value);
}

static void
test_address(char **a)
{
	struct net_addr addr;

	if (net_parse(&addr, a[0]) == -1)
		answer_errno();
	else
		net_format(&out, &addr);
}

static void
test_fmt(char **a)
{
	fmt_add(&out, "[%s][%5s][%-5s][%.2s][%d][%5d][%-5d][%05d][%x][%c][%%]"
		      "[%lu][%llu][%zu][%*d]",
	    "abc", "ab", "ab", "abcdef", -7, 42, 42, -42, 0xbeef, 'q',
	    ~0ul, ~0ull, sizeof(int), 4, 7);
}

static void
test_fixed(char **a)
{
	fmt_fixed(&out, strtoull(a[0], NULL, 10), atoi(a[1]), atoi(a[2]));
}

static void
test_cut(char **a)
{
	FMT(f, 8);

	fmt_add(&f, "%s", a[0]);
	fmt_end(&f, "!");
	fmt_add(&out, "%s %zu %d", f.buf, f.len, f.cut);
}

static void
test_escape(char **a)
{
	char in[1024];
	ssize_t n = io_read(STDIN_FILENO, in, sizeof in);

	fmt_escape(&out, in, n);
}

static void
test_json(char **a)
{
	char in[1024];
	ssize_t n = io_read(STDIN_FILENO, in, sizeof in);

	fmt_json(&out, in, n);
}

static void
test_lines(char **a)
{
	static struct io_lines lines = { .fd = STDIN_FILENO };
	char *line;

	while ((line = io_line(&lines)) != NULL)
		fmt_add(&out, "%u:%d:%zu:%.5s ", lines.number, lines.cut,
		    strlen(line), line);
}

static void
test_signal(char **a)
{
	int n = sig_number(a[0]);

	if (n == -1)
		fmt_add(&out, "none");
	else
		sig_name(&out, n);
}

static void
test_status(char **a)
{
	int status = atoi(a[0]);

	proc_status(&out, status);
	fmt_add(&out, " %d", proc_code(status));
}

/* Frame standard input. */
static void
test_frame(char **a)
{
	static unsigned char wire[FRAME_WIRE];
	static char in[FRAME_MAX];
	ssize_t n = io_read(STDIN_FILENO, in, sizeof in);

	io_write(STDOUT_FILENO, wire, frame_encode(wire, in, n));
	_exit(OK);
}

/* Say what standard input holds, taken a few bytes at a time. */
static void
test_unframe(char **a)
{
	static struct frame f;
	static unsigned char buf[1 << 16];
	const unsigned char *p;
	size_t chunk = atoi(a[0]), n;
	ssize_t got;
	int what;

	while ((got = io_read(STDIN_FILENO, buf, chunk)) > 0) {
		for (p = buf, n = got; (what = frame_decode(&f, &p, &n));) {
			fmt_add(&out, what == FRAME_GOOD ? "good %zu " : "bad ",
			    f.len);
			if (what == FRAME_GOOD && f.len < 100)
				fmt_escape(&out, f.data, f.len);
			fmt_add(&out, "|");
		}
	}
	fmt_add(&out, "noise %llu", f.noise);
}

static void
test_tty(char **a)
{
	struct termios old;
	int fd = tty_open(a[0], &old);

	if (fd == -1) {
		answer_errno();
		return;
	}
	fmt_add(&out, "open\n");
	io_write(STDOUT_FILENO, out.buf, out.len);
	fmt_reset(&out);
	io_read(STDIN_FILENO, (char[1]){ 0 }, 1);
	tty_close(fd, &old);
	fmt_add(&out, "closed");
}

static void
test_die(char **a)
{
	errno = ENOENT;
	die(atoi(a[0]), "%s:", a[1]);
}

/* Numbers of standard input dealt out to so many histograms, merged. */
static void
test_hist(char **a)
{
	static const unsigned p[] = { 50000, 90000, 99000, 99900, 100000 };
	static struct hist h[8];
	int n = atoi(a[0]) & 7, i = 0, any = 0;
	unsigned long long v = 0;
	char c;

	while (io_read(STDIN_FILENO, &c, 1) == 1) {
		if (c >= '0' && c <= '9') {
			v = v * 10 + (c - '0');
			any = 1;
		} else if (any) {
			hist_add(&h[i++ % n], v);
			v = any = 0;
		}
	}
	for (i = 1; i < n; i++)
		hist_merge(&h[0], &h[i]);
	fmt_add(&out, "%llu %llu %llu %llu %llu", h->count, h->min, h->max,
	    hist_mean(h), hist_mdev(h));
	for (i = 0; i < 5; i++)
		fmt_add(&out, " %llu", hist_percentile(h, p[i]));
}

/* Where the buckets begin and end: no gap, no overlap, none too wide. */
static void
test_buckets(char **a)
{
	unsigned i;

	for (i = 0; i + 1 < HIST_BUCKETS; i++) {
		if (hist_last(i) + 1 != hist_first(i + 1))
			fmt_add(&out, "gap at %u ", i);
		if (hist_first(i) >= 1000 &&
		    (hist_last(i) - hist_first(i)) / 2 > hist_first(i) / 100)
			fmt_add(&out, "wide %u ", i);
	}
	fmt_add(&out, "%zu %llu", sizeof(struct hist), hist_first(i));
}

static const struct {
	const char *name;
	int args;
	void (*run)(char **);
} tests[] = {
	{ "number", 3, test_number },
	{ "time", 1, test_time },
	{ "size", 1, test_size },
	{ "key", 1, test_key },
	{ "address", 1, test_address },
	{ "fmt", 0, test_fmt },
	{ "fixed", 3, test_fixed },
	{ "cut", 1, test_cut },
	{ "escape", 0, test_escape },
	{ "json", 0, test_json },
	{ "lines", 0, test_lines },
	{ "signal", 1, test_signal },
	{ "status", 1, test_status },
	{ "frame", 0, test_frame },
	{ "unframe", 1, test_unframe },
	{ "tty", 1, test_tty },
	{ "die", 2, test_die },
	{ "hist", 1, test_hist },
	{ "buckets", 0, test_buckets },
};

int
main(int argc, char **argv)
{
	size_t i;

	err_name = "coretest";
	for (i = 0; i < sizeof tests / sizeof *tests; i++)
		if (argc == tests[i].args + 2 &&
		    strcmp(tests[i].name, argv[1]) == 0)
			break;
	if (i == sizeof tests / sizeof *tests)
		die(USAGE, "no such test, or not its arguments");
	tests[i].run(argv + 2);
	fmt_end(&out, "\n");
	return io_write(STDOUT_FILENO, out.buf, out.len) == 0 ? OK : SYSTEM;
}
