/* stream - the echo of one connection, where it has a process to itself. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "board.h"
#include "chaos.h"
#include "echod.h"
#include "io.h"
#include "log.h"
#include "stream.h"
#include "time.h"

/* An idle connection keeps to a little of its stack; bulk gets pages. */
enum { SMALL = 1024, LARGE = 64 * 1024 };

/* So many full reads are bulk, which goes through a pipe, uncopied, until a
 * read is so short that a copy costs less. */
enum { FULL = 4, SHORT = 16 * 1024, PIPE = 1024 * 1024 };

/* How long the client may take to fetch the last echo after the end. */
#define LINGER (2 * TIME_S)

/*
 * The descriptor is not ready: wait for it.  Returns -1 when the time that
 * an ending connection has is over.
 */
static int
stream_wait(struct stream *s, short events)
{
	struct pollfd p = { .fd = s->fd, .events = events };
	int end = 1;

	if (s->deadline != 0 && time_now() >= s->deadline)
		return -1;
	if (s->wait != NULL)
		end = s->wait(s->fd, events, s->deadline);
	else if (s->deadline != 0)
		poll(&p, 1, time_left(s->deadline));
	if (end == -1)
		s->deadline = 1;	/* long ago */
	else if (end == 1 && s->deadline == 0)
		s->deadline = time_now() + opts.grace;
	return 0;
}

/* Read and write; without a buffer through the pipe (splice(2)), which is
 * empty before each read, so EAGAIN always speaks of the socket. */
static ssize_t
take(struct stream *s, char *buf, size_t size)
{
	ssize_t n;

	if (buf != NULL)
		return io_read(s->fd, buf, size);
	do
		n = splice(s->fd, NULL, s->pipe[1], NULL, size, 0);
	while (n == -1 && errno == EINTR);
	return n;
}

static ssize_t
give(struct stream *s, const char *buf, size_t size)
{
	ssize_t n;

	if (buf != NULL)
		return io_write_some(s->fd, buf, size);
	do
		n = splice(s->pipe[0], NULL, s->fd, NULL, size, 0);
	while (n == -1 && errno == EINTR);
	return n;
}

/* To end does not mean to drop what has been received. */
static int
stream_write(struct stream *s, const char *buf, size_t n)
{
	ssize_t w;

	while (n > 0) {
		w = give(s, buf, n);
		if (w == -1 && errno != EAGAIN)
			return -1;
		if (w == -1) {
			if (stream_wait(s, POLLOUT) == -1)
				return -1;
			continue;
		}
		s->done += w;
		board_count(s->slot, w);
		buf = buf == NULL ? NULL : buf + w;
		n -= w;
	}
	return 0;
}

static ssize_t
stream_read(struct stream *s, char *buf, size_t size, int *ours)
{
	ssize_t n;

	for (;;) {
		/* A busy client must not keep the main loop waiting. */
		if (s->wait != NULL && s->deadline == 0)
			stream_wait(s, POLLIN);
		n = take(s, buf, size);
		if (n >= 0 || errno != EAGAIN)
			return n;
		*ours = s->deadline != 0;
		if (*ours)
			return 0;
		if (s->wait == NULL)
			stream_wait(s, POLLIN);
	}
}

/*
 * One read and its echo.  Returns how much it was; 0 at the end, whether
 * the client's or ours; -1 when it broke.
 */
static ssize_t
echo(struct stream *s, char *buf, size_t size, int *ours)
{
	ssize_t n;

	if (ENABLE_ECHOD_CHAOS && buf != NULL)
		size = chaos_size(size);
	if (opts.bytes != 0 && opts.bytes - s->done < size)
		size = opts.bytes - s->done;
	*ours = size == 0;
	if (size == 0)
		return 0;
	n = stream_read(s, buf, size, ours);
	if (n <= 0)
		return n;
	if (buf == NULL)
		return stream_write(s, NULL, n) == -1 ? -1 : n;
	if (opts.verbose)
		log_data(s->slot, buf, n);
	if (ENABLE_ECHOD_CHAOS && chaos_touches()) {
		n = chaos_data(s->slot - board_slot(0), buf, n, s->done, ours);
		return stream_write(s, buf, n) == -1 ? -1 : !*ours;
	}
	return stream_write(s, buf, n) == -1 ? -1 : n;
}

int
stream_acked(int fd)
{
	int n;

	return ioctl(fd, SIOCOUTQ, &n) == -1 || n == 0;
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

/*
 * A pipe only while it is of use: its buffers are a user's quota.  Where
 * that is spent a small one does, and one of a few pages does not.
 */
static int
open_pipe(struct stream *s)
{
	if (!ENABLE_ECHOD_SPLICE || opts.verbose ||
	    (ENABLE_ECHOD_CHAOS && chaos_touches()) ||
	    pipe2(s->pipe, O_CLOEXEC) == -1)
		return -1;
	fcntl(s->pipe[1], F_SETPIPE_SZ, PIPE);
	if (fcntl(s->pipe[1], F_GETPIPE_SZ) >= LARGE)
		return 0;
	close(s->pipe[0]);
	close(s->pipe[1]);
	return -1;
}

/* Echo through the pipe while it pays.  Returns as echo does. */
static ssize_t
spliced(struct stream *s, int *ours)
{
	size_t all = 0;
	ssize_t n;

	if (open_pipe(s) == -1)
		return 1;
	while ((n = echo(s, NULL, PIPE, ours)) >= SHORT)
		all += n;
	/* No splice for this kind of socket, or in this emulator: copy on. */
	if (n == -1 && all == 0 && (errno == EINVAL || errno == ENOSYS))
		n = 1;
	close(s->pipe[0]);
	close(s->pipe[1]);
	return n;
}

static int
bulk(struct stream *s, int *ours)
{
	char *buf = mmap(NULL, LARGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int full = 0;
	ssize_t n;

	if (buf == MAP_FAILED)
		return 1;	/* then on in small steps */
	while ((n = echo(s, buf, LARGE, ours)) > 0) {
		full = n == LARGE ? full + 1 : 0;
		if (full < FULL)
			continue;
		full = 0;
		n = spliced(s, ours);
		if (n <= 0)
			break;
	}
	munmap(buf, LARGE);
	return n;
}

int
stream_echo(struct stream *s)
{
	char buf[SMALL];
	int acked, ours = 0;
	ssize_t n;

	do {
		n = echo(s, buf, sizeof buf, &ours);
		if (n == sizeof buf)
			n = bulk(s, &ours);
	} while (n > 0);
	if (n == -1)
		return -1;
	acked = !ours || stream_acked(s->fd);
	shutdown(s->fd, SHUT_WR);
	if (!acked)
		linger(s, buf, sizeof buf);
	return 0;
}
