/* load - loads any echo server and prints one figure as a line of JSON.
 * usage: load ADDRESS PORT WAY ...
 *   churn N S        connections a second, N at once: connect, echo, reset
 *   paced RATE S     RATE new connections a second: time to the first byte
 *   trips N SIZE S   round trips a second over N connections
 *   bulk S           bytes a second through one connection
 *   flood SIZE W S   UDP datagrams a second, W under way
 *   ready N NOTHING CMD ...  from exec to the first connection, of CMD, and
 *                    from exec to main of NOTHING
 * When all trips' connections have echoed once it says "settled" and waits
 * for a byte or the end of its input; at its end it waits for the end, so that
 * a server can be looked at between.
 * It is independent of echoc on purpose: one judge, not written by the team. */
#include <sys/resource.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

struct sockaddr_in target = { .sin_family = AF_INET };

unsigned long long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

void
fail(const char *what)
{
	fprintf(stderr, "load: %s%s%s\n", what, errno ? ": " : "",
	    errno ? strerror(errno) : "");
	exit(3);
}

double
cpu(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_utime.tv_sec + u.ru_utime.tv_usec / 1e6 +
	    u.ru_stime.tv_sec + u.ru_stime.tv_usec / 1e6;
}

void
hist_add(struct hist *h, unsigned long long v)
{
	int shift = v < 128 ? 0 : 57 - __builtin_clzll(v);

	h->bucket[shift * 64 + (v >> shift)]++;
	h->n++;
}

double
hist_at(const struct hist *h, double share)
{
	unsigned long long want = h->n * share, seen = 0;
	int i, shift;

	if (h->n == 0)
		return 0;
	for (i = 0; i < 64 * 64; i++) {
		seen += h->bucket[i];
		if (seen > want)
			break;
	}
	shift = i < 128 ? 0 : i / 64 - 1;
	return (double)(i - shift * 64) * (1ull << shift);
}

void
pattern(char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		p[i] = i * 2654435761u >> 13;
}

int
dial(void)
{
	struct linger reset = { 1, 0 };
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd == -1)
		fail("socket");
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (connect(fd, (struct sockaddr *)&target, sizeof target) == -1 &&
	    errno != EINPROGRESS)
		fail("connect");
	return fd;
}

void
settled(void)
{
	char c;

	puts("settled");
	fflush(stdout);
	(void)!read(0, &c, 1);
}

void
result(const char *format, ...)
{
	va_list ap;
	char c;

	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	fflush(stdout);
	while (read(0, &c, 1) > 0)
		;
}

static int
is(char **argv, const char *way, int arguments)
{
	int n = 0;

	while (argv[3 + n] != NULL)
		n++;
	return strcmp(argv[3], way) == 0 && n - 1 >= arguments;
}

int
main(int argc, char **argv)
{
	struct rlimit files;

	if (argc < 5 || inet_pton(AF_INET, argv[1], &target.sin_addr) != 1)
		return 2;
	target.sin_port = htons(atoi(argv[2]));
	signal(SIGPIPE, SIG_IGN);
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	if (is(argv, "churn", 2))
		churn(atoi(argv[4]), atof(argv[5]));
	else if (is(argv, "paced", 2))
		paced(atoi(argv[4]), atof(argv[5]));
	else if (is(argv, "trips", 3))
		trips(atoi(argv[4]), atoi(argv[5]), atof(argv[6]));
	else if (is(argv, "bulk", 1))
		bulk(atof(argv[4]));
	else if (is(argv, "flood", 3))
		flood(atoi(argv[4]), atoi(argv[5]), atof(argv[6]));
	else if (is(argv, "ready", 3))
		ready(atoi(argv[4]), argv + 5);
	else
		return 2;
	return 0;
}
