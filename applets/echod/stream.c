/* stream - the echo of one connection, where it has a process to itself. */
#include <errno.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "board.h"
#include "echod.h"
#include "io.h"
#include "log.h"
#include "stream.h"
#include "time.h"

/* An idle connection keeps to a little of its stack; bulk gets pages. */
enum { SMALL = 1024, LARGE = 64 * 1024 };

/* How long the client may take to fetch the last echo after the end. */
#define LINGER (2 * TIME_S)

static int
until(int fd, short events, unsigned long long deadline)
{
	struct pollfd p = { .fd = fd, .events = events };

	return poll(&p, 1, time_left(deadline));
}

/*
 * The descriptor is not ready.  Wait for it; -1 when the connection is to
 * end, and after that when the time to end it is over, too.
 */
static int
stream_wait(struct stream *s, short events)
{
	if (s->deadline == 0) {
		if (s->wait != NULL && s->wait(s->fd, events, 0) == 0)
			return 0;
		s->deadline = time_now() + opts.grace;
		return -1;
	}
	if (time_now() >= s->deadline)
		return -1;
	if (s->wait != NULL)
		s->wait(s->fd, events, s->deadline);
	else
		until(s->fd, events, s->deadline);
	return 0;
}

static int
stream_write(struct stream *s, const char *buf, size_t n)
{
	ssize_t w;

	while (n > 0) {
		w = io_write_some(s->fd, buf, n);
		if (w == -1 && errno != EAGAIN)
			return -1;
		/* To end does not mean to drop what has been received. */
		if (w == -1) {
			if (stream_wait(s, POLLOUT) == -1 &&
			    time_now() >= s->deadline)
				return -1;
			continue;
		}
		board_count(s->slot, w);
		s->slot->last = board_now();
		buf += w;
		n -= w;
	}
	return 0;
}

/*
 * One read and its echo.  Returns how much it was; 0 at the end, whether
 * the client's (it needs no lingering) or ours; -1 when it broke.
 */
static ssize_t
echo(struct stream *s, char *buf, size_t size, int *ours)
{
	ssize_t n;

	for (;;) {
		n = io_read(s->fd, buf, size);
		if (n >= 0 || errno != EAGAIN)
			break;
		if (s->deadline != 0 || stream_wait(s, POLLIN) == -1) {
			*ours = 1;
			return 0;
		}
	}
	if (n <= 0)
		return n;
	if (opts.verbose)
		log_data(s->slot, buf, n);
	return stream_write(s, buf, n) == -1 ? -1 : n;
}

/*
 * A close with unread input, or before the client's own, is a reset that
 * can destroy the echo on its way: read on for a while, and drop it.
 */
static void
linger(struct stream *s, char *buf, size_t size)
{
	unsigned long long end = time_now() + LINGER;
	ssize_t n;

	if (s->deadline == 0 || end < s->deadline)
		s->deadline = end;
	do {
		n = io_read(s->fd, buf, size);
		if (n == -1 && errno == EAGAIN)
			n = stream_wait(s, POLLIN) == 0;
	} while (n > 0 && time_now() < s->deadline);
}

static int
bulk(struct stream *s, int *ours)
{
	char *buf = mmap(NULL, LARGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ssize_t n;

	if (buf == MAP_FAILED)
		return 1;	/* then on in small steps */
	while ((n = echo(s, buf, LARGE, ours)) > 0)
		;
	munmap(buf, LARGE);
	return n;
}

int
stream_echo(struct stream *s)
{
	char buf[SMALL];
	int ours = 0;
	ssize_t n;

	do {
		n = echo(s, buf, sizeof buf, &ours);
		if (n == sizeof buf)
			n = bulk(s, &ours);
	} while (n > 0);
	if (n == -1)
		return -1;
	shutdown(s->fd, SHUT_WR);
	if (ours)
		linger(s, buf, sizeof buf);
	return 0;
}
