/* event - one process for all: epoll, and a buffer while one is needed. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "admit.h"
#include "board.h"
#include "chaos.h"
#include "echod.h"
#include "err.h"
#include "io.h"
#include "limits.h"
#include "log.h"
#include "model.h"
#include "sandbox.h"
#include "stream.h"

/* What is read at once, and the most that waits to be written. */
enum { BUFFER = 64 * 1024, EVENTS = 64, TURNS = 64 };

/* In place of a slot: a descriptor of the main loop. */
#define MAIN UINT_MAX

/*
 * A connection.  It reads while nothing waits to be written, and waits for
 * room to write while something does: that is the back-pressure.
 */
struct conn {
	int fd;
	int ending;		/* ours is the end: echo what came, then leave */
	int closed;		/* our side is shut down; read on, and drop it */
	unsigned from, to;	/* what waits, in its buffer */
	unsigned long long done;
};
static struct conn *conns;
static char *scratch;		/* what is read, by all */
static char *buffers;		/* one a slot: address space until used */
static int ep;
static int listening;		/* the listeners are in the set */

static void
event_free(unsigned i)
{
	struct conn *c = &conns[i];

	if (c->to > 0)
		madvise(buffers + (size_t)i * BUFFER, BUFFER, MADV_DONTNEED);
	close(c->fd);
	c->fd = -1;
	log_disconnected(board_slot(i), -1, NULL);
	board_leave(board_slot(i));
	board_free(i);
}

/* Wait for room to write while something is to be written, else for data. */
static void
event_want(unsigned i, unsigned events)
{
	struct epoll_event e = { .events = events, .data.u32 = i };

	epoll_ctl(ep, EPOLL_CTL_MOD, conns[i].fd, &e);
}

/* Our end: the client has a bounded time to take what is under way. */
static void
event_finish(unsigned i)
{
	int idle = stream_acked(conns[i].fd);

	shutdown(conns[i].fd, SHUT_WR);
	if (idle) {
		event_free(i);
		return;
	}
	conns[i].closed = 1;
	limits_closing(i);
}

/* Write what there is.  Returns how much that was, or -1 when it broke. */
static ssize_t
event_write(unsigned i, const char *buf, size_t n)
{
	ssize_t w = io_write_some(conns[i].fd, buf, n);

	if (w == -1)
		return errno == EAGAIN ? 0 : -1;
	conns[i].done += w;
	board_count(board_slot(i), w);
	return w;
}

/* Write what waits.  Returns 0 when nothing is left and reading goes on. */
static int
event_flush(unsigned i)
{
	struct conn *c = &conns[i];
	char *buf = buffers + (size_t)i * BUFFER;
	ssize_t w = event_write(i, buf + c->from, c->to - c->from);

	if (w == -1) {
		event_free(i);
		return -1;
	}
	c->from += w;
	if (c->from < c->to)
		return -1;
	madvise(buf, c->to, MADV_DONTNEED);
	c->from = c->to = 0;
	event_want(i, EPOLLIN);
	return 0;
}

static int
event_echo(unsigned i, size_t n)
{
	struct conn *c = &conns[i];
	ssize_t w;
	int end = 0;

	if (opts.verbose)
		log_data(board_slot(i), scratch, n);
	if (ENABLE_ECHOD_CHAOS && chaos_touches())
		n = chaos_data(i, scratch, n, c->done, &end);
	w = event_write(i, scratch, n);
	if (w == -1) {
		event_free(i);
		return 0;
	}
	if ((size_t)w == n) {
		if (end)
			event_finish(i);
		return !end;
	}
	c->ending |= end;
	c->to = n - w;
	memcpy(buffers + (size_t)i * BUFFER, scratch + w, c->to);
	event_want(i, EPOLLOUT);
	return 0;
}

/* Read once, and echo it.  Returns 1 when there may be more to read. */
static int
event_read(unsigned i)
{
	struct conn *c = &conns[i];
	size_t size = ENABLE_ECHOD_CHAOS ? chaos_size(BUFFER) : BUFFER;
	ssize_t n;

	if (opts.bytes != 0 && !c->closed && opts.bytes - c->done < size)
		size = opts.bytes - c->done;
	n = size == 0 ? -1 : io_read(c->fd, scratch, size);
	if (n > 0)
		return c->closed ? 1 : event_echo(i, n);
	if (n == 0) {
		/* All it sent is back, so nothing can be lost by a close. */
		shutdown(c->fd, SHUT_WR);
		event_free(i);
	} else if (size > 0 && errno != EAGAIN)
		event_free(i);
	else if ((size == 0 || c->ending) && !c->closed)
		event_finish(i);
	return 0;
}

/* One turn of a connection, short enough to be fair to the others. */
static void
event_turn(unsigned i)
{
	struct conn *c = &conns[i];
	int turns = c->ending || opts.bytes != 0 ? TURNS : 1;

	if (c->fd == -1 || (c->to > 0 && event_flush(i) == -1))
		return;
	/* Who is to end gets no event for data that is not there. */
	while (turns-- > 0 && event_read(i))
		;
}

/* What the main loop waits for is in the set, too: one wait a round trip. */
static int
event_main(int op, int fd)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u32 = MAIN };

	return epoll_ctl(ep, op, fd, &e);
}

static void
event_listen(void)
{
	int i, op = listening ? EPOLL_CTL_DEL : EPOLL_CTL_ADD;

	if (listening ==
	    (accept_open() || (ENABLE_ECHOD_ADMIT && admit_crowded())))
		return;
	for (i = 0; i < nlisteners; i++)
		if (event_main(op, listeners[i].fd) == -1 && !listening &&
		    errno != EEXIST) {
			accept_pause("epoll");
			return;
		}
	listening = !listening;
}

static int
event_wait(int milliseconds)
{
	struct epoll_event e[EVENTS];
	int i, n, others = 0;

	event_listen();
	n = epoll_wait(ep, e, EVENTS, milliseconds);
	for (i = 0; i < n; i++)
		if (e[i].data.u32 == MAIN)
			others = 1;
		else
			event_turn(e[i].data.u32);
	return others;
}

static int
event_serve(int fd, unsigned i)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u32 = i };

	if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e) == -1) {
		close(fd);
		board_leave(board_slot(i));
		board_free(i);
		return -1;
	}
	conns[i] = (struct conn){ .fd = fd };
	return 0;
}

static void
event_end(unsigned i, int force)
{
	if (conns[i].fd == -1)
		return;
	if (force) {
		event_free(i);
		return;
	}
	conns[i].ending = 1;
	if (conns[i].to == 0)
		event_turn(i);
}

static void
event_start(void)
{
	unsigned i;
	int w;

	conns = board_private(opts.max * sizeof *conns);
	scratch = board_private(BUFFER);
	buffers = board_private((size_t)opts.max * BUFFER);
	for (i = 0; i < opts.max; i++)
		conns[i].fd = -1;
	ep = epoll_create1(EPOLL_CLOEXEC);
	if (ep == -1 || event_main(EPOLL_CTL_ADD, server->signals) == -1)
		die(SYSTEM, "epoll:");
	for (w = 0; w < server->nwatches; w++)
		if (event_main(EPOLL_CTL_ADD, server->watch[w].fd) == -1)
			die(SYSTEM, "epoll:");
}

const struct model event_model = {
	.name = "event",
	.needs = SANDBOX_EVENTS,
	.accept = SOCK_NONBLOCK,
	.descriptors = 1,
	.start = event_start,
	.serve = event_serve,
	.end = event_end,
	.wait = event_wait,
};
