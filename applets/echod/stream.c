/* stream - the echo of one connection, where it has a process to itself. */
#include <errno.h>
#include <linux/sockios.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "board.h"
#include "bulk.h"
#include "chaos.h"
#include "echod.h"
#include "io.h"
#include "log.h"
#include "model.h"
#include "stream.h"
#include "time.h"

/* An idle connection keeps to a little of its stack; who fills that gets
 * pages. */
enum { SMALL = 1024 };

/* How long the client may take to fetch the last echo after the end. */
#define LINGER (2 * TIME_S)

/* The deadline of one that is to end at once: long ago. */
enum { AT_ONCE = 1 };

/*
 * The descriptor is not ready: wait for it.  Returns -1 when the time that
 * an ending connection has is over.
 */
HOT static int
stream_wait(struct stream *s, short events)
{
	struct pollfd p = { .fd = s->bulk.fd, .events = events };
	int end = 1;

	if (s->deadline != 0 && time_now() >= s->deadline)
		return -1;
	if (s->wait != NULL)
		end = s->wait(s->bulk.fd, events, s->deadline);
	else if (s->deadline != 0)
		io_wait(&p, 1, time_left(s->deadline));
	if (end == -1)
		s->deadline = AT_ONCE;
	else if (end == 1 && s->deadline == 0)
		/* Who may cut us off, and counts it, comes first. */
		s->deadline = time_now() + opts.grace +
		    (!ENABLE_ECHOD_MODELS || s->wait == NULL ? TIME_S : 0);
	return 0;
}

/* To end does not mean to drop what has been received. */
HOT static int
stream_write(struct stream *s, const char *buf, size_t n)
{
	ssize_t w;

	while (n > 0) {
		w = bulk_write(&s->bulk, buf, n);
		if (w == -1 && errno != EAGAIN)
			return -1;
		if (w == -1) {
			if (stream_wait(s, POLLOUT) == -1)
				return -1;
			continue;
		}
		s->done += w;
		board_count(s->slot, w, board_now());
		buf += w;
		n -= w;
	}
	return 0;
}

HOT static ssize_t
stream_read(struct stream *s, char *buf, size_t size, size_t left)
{
	ssize_t n;

	for (;;) {
		/* A busy client must not keep the main loop waiting. */
		if (s->wait != NULL && s->deadline == 0)
			stream_wait(s, POLLIN);
		n = bulk_read(&s->bulk, buf, size, left);
		if (n >= 0 || errno != EAGAIN)
			return n;
		s->ours = s->deadline != 0;
		if (s->ours)
			return 0;
		if (s->wait == NULL)
			stream_wait(s, POLLIN);
	}
}

/* One that is held back keeps nobody else waiting. */
static void
stall(struct stream *s)
{
	unsigned long long until = chaos_stall();

	while (time_now() < until)
		if (s->wait == NULL)
			time_sleep(until - time_now());
		else if (s->wait(-1, 0, until) != 0)
			break;
}

/* Faults may have made the echo longer than what was read. */
HOT size_t
stream_left(unsigned long long done)
{
	unsigned long long left = done < opts.bytes ? opts.bytes - done : 0;

	return opts.bytes == 0 || left > SIZE_MAX ? SIZE_MAX : left;
}

/*
 * One read and its echo.  Returns how much it was; 0 at the end, whether
 * the client's or ours; -1 when it broke.
 */
HOT static ssize_t
echo(struct stream *s, char *buf, size_t size)
{
	size_t left = ENABLE_ECHOD_KEYS ? stream_left(s->done) : SIZE_MAX;
	ssize_t n;

	if (left == 0) {
		s->ours = 1;
		return 0;
	}
	if (chaos_on())
		size = CHAOS_ROOM(size);
	n = stream_read(s, buf, size, left);
	if (n <= 0)
		return n;
	if (opts.verbose)
		log_data(s->slot, buf, n);
	if (chaos_on()) {
		n = chaos_data(s->slot - board_slot(0), buf, n, s->done,
		    &s->ours);
		stall(s);
		return stream_write(s, buf, n) == -1 ? -1 : !s->ours;
	}
	return stream_write(s, buf, n) == -1 ? -1 : n;
}

/* Who had as many bytes as there are for one may be sending more. */
HOT int
stream_over(int fd, unsigned long long done)
{
	int n;

	return (!ENABLE_ECHOD_KEYS || stream_left(done) > 0) &&
	    (ioctl(fd, SIOCOUTQ, &n) == -1 || n == 0) &&
	    (ioctl(fd, FIONREAD, &n) == -1 || n == 0);
}

/*
 * A close with unread input, or before the client's own, is a reset that
 * can destroy the echo on its way: read on for a while, and drop it.  Who
 * says nothing, or floods us, gets no more than the while.
 */
static void
linger(struct stream *s, char *buf, size_t size)
{
	unsigned long long end = time_now() + LINGER;
	ssize_t n;

	if (s->deadline == 0 || end < s->deadline)
		s->deadline = end;
	io_nonblock(s->bulk.fd, 1);
	do
		n = stream_wait(s, POLLIN) == -1 ? 0 :
		    io_read(s->bulk.fd, buf, size);
	while (n > 0 || (n == -1 && errno == EAGAIN));
}

static ssize_t
bulk(struct stream *s)
{
	char *buf = mmap(NULL, BULK_COPY, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ssize_t n;

	if (buf == MAP_FAILED)
		return 1;	/* then on in small steps */
	do
		n = echo(s, buf, BULK_COPY);
	while (n > 0);
	bulk_end(&s->bulk);
	munmap(buf, BULK_COPY);
	return n;
}

HOT int
stream_echo(struct stream *s)
{
	char buf[SMALL];
	int over;
	ssize_t n;

	do {
		n = echo(s, buf, sizeof buf);
		if (n == sizeof buf)
			n = bulk(s);
	} while (n > 0);
	if (n == -1)
		return -1;
	over = !s->ours || stream_over(s->bulk.fd, s->done);
	shutdown(s->bulk.fd, SHUT_WR);
	if (over)
		return 0;
	linger(s, buf, sizeof buf);
	return ENABLE_ECHOD_MODELS && s->deadline == AT_ONCE ? -1 : 0;
}
