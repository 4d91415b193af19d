/* event - one process for all: epoll, and a buffer while one is needed. */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "admit.h"
#include "board.h"
#include "bulk.h"
#include "chaos.h"
#include "echod.h"
#include "err.h"
#include "io.h"
#include "limits.h"
#include "log.h"
#include "model.h"
#include "sandbox.h"
#include "stream.h"
#include "time.h"

/* What is read at once, once a read has filled a little of the stack. */
enum { SMALL = 1024, BUFFER = BULK_COPY, EVENTS = 64, TURNS = 64 };

/* What an event of the set is about: a connection's address, or with the
 * lowest bit a descriptor of the main loop. */
#define MAIN(fd) ((unsigned)(fd) << 1 | 1)

/*
 * A connection.  It reads while nothing waits to be written, and waits for
 * room to write while something does: that is the back-pressure.
 */
struct conn {
	struct bulk bulk;	/* its descriptor 0: no connection */
	unsigned slot;
	unsigned char ending;	/* ours is the end: echo what came, then leave */
	unsigned char closed;	/* our side is shut down; read on, and drop it */
	unsigned char large;	/* it has filled a small buffer, or may have
				 * more to read after less: no TCP */
	unsigned from, to;	/* what waits, in its buffer or the pipe */
	unsigned long long late;	/* and until when by -O chaos=stall */
	unsigned long long done;
};

/* What is read, by all, and behind it what waits, a buffer for each slot:
 * address space until used. */
static char *buffers;
static int ep;
static int listening;		/* the listeners are in the set */
static unsigned moment;		/* board_now's, when the last events came */

static struct conn *
conn(unsigned i)
{
	return (void *)board_row(i)->model;
}

static char *
waiting(const struct conn *c)
{
	return buffers + (c->slot + (size_t)1) * BUFFER;
}

static int
event_set(int op, int fd, unsigned events, unsigned long long which)
{
	struct epoll_event e = { .events = events, .data.u64 = which };

	return epoll_ctl(ep, op, fd, &e);
}

/*
 * Wait for more to read.  A TCP read that does not fill the small buffer has
 * taken all that was there, and an edge tells of what comes (epoll(7)): the
 * kernel need not look at the connection a second time for each message.  Not
 * so where the client's end or urgent data is behind what is read: MORE.
 */
#define MORE (EPOLLRDHUP | EPOLLPRI)

static int
event_arm(int op, struct conn *c)
{
	return event_set(op, c->bulk.fd,
	    c->large ? EPOLLIN : EPOLLIN | MORE | EPOLLET, (uintptr_t)c);
}

static void
event_free(struct conn *c)
{
	if (c->to > 0)
		madvise(waiting(c), BUFFER, MADV_DONTNEED);
	bulk_end(&c->bulk);
	close(c->bulk.fd);
	c->bulk.fd = 0;
	accept_over(c->slot, -1, NULL);
}

/* Our end: the client has a bounded time to take what is under way. */
static void
event_finish(struct conn *c)
{
	int over = stream_over(c->bulk.fd, c->done);

	shutdown(c->bulk.fd, SHUT_WR);
	if (over) {
		event_free(c);
		return;
	}
	bulk_end(&c->bulk);
	c->bulk.full = 0;
	c->closed = 1;
	c->large = 1;	/* what is unread has had its edge */
	event_arm(EPOLL_CTL_MOD, c);
	limits_closing(c->slot);
}

/* Write what waits.  Returns 1 when nothing is left, 0 when something is,
 * -1 when it broke and is gone. */
static int
event_write(struct conn *c, const char *buf)
{
	ssize_t w = bulk_write(&c->bulk, buf + c->from, c->to - c->from);

	if (w == -1 && errno == EAGAIN)
		return 0;
	if (w == -1) {
		event_free(c);
		return -1;
	}
	c->done += w;
	board_count(board_slot(c->slot), w, moment);
	c->from += w;
	return c->from == c->to;
}

/* Returns whether there may be more to read. */
static int
event_echo(struct conn *c, char *buf, size_t n)
{
	int end = 0, written;

	if (opts.verbose)
		log_data(board_slot(c->slot), buf, n);
	if (chaos_on())
		n = chaos_data(c->slot, buf, n, c->done, &end);
	c->from = 0;
	c->to = n;
	c->ending |= end;
	if (chaos_on() && (c->late = chaos_stall()) != 0 && n > 0) {
		memcpy(waiting(c), buf, n);
		epoll_ctl(ep, EPOLL_CTL_DEL, c->bulk.fd, NULL);
		return 0;
	}
	written = n == 0 ? 1 : event_write(c, buf);
	if (written == -1)
		return 0;
	if (written == 0) {
		if (c->bulk.pipe[0] == 0)
			memcpy(waiting(c) + c->from, buf + c->from,
			    n - c->from);
		event_set(EPOLL_CTL_MOD, c->bulk.fd, EPOLLOUT, (uintptr_t)c);
		return 0;
	}
	c->to = 0;
	if (end)
		event_finish(c);
	return !end;
}

/* Read once, and echo it.  Returns 1 when there may be more to read. */
static int
event_read(struct conn *c)
{
	char small[SMALL], *buf = c->large ? buffers : small;
	size_t left = c->closed ? SIZE_MAX : stream_left(c->done);
	size_t size = c->large ? BUFFER : SMALL;
	ssize_t n = -1;

	if (chaos_on())
		size = CHAOS_ROOM(size);
	/* What is dropped needs no pipe, which would fill. */
	if (c->closed)
		n = io_read(c->bulk.fd, buf, size);
	else if (left > 0)
		n = bulk_read(&c->bulk, buf, size, left);
	if (n == (ssize_t)size && !c->large) {
		c->large = 1;
		event_arm(EPOLL_CTL_MOD, c);
	}
	if (n > 0)
		return c->closed ? 1 : event_echo(c, buf, n);
	if (n == 0) {
		/* All it sent is back, so nothing can be lost by a close. */
		shutdown(c->bulk.fd, SHUT_WR);
		event_free(c);
	} else if (left > 0 && errno != EAGAIN)
		event_free(c);
	else if ((left == 0 || c->ending) && !c->closed)
		event_finish(c);
	return 0;
}

/* One turn of a connection, short enough to be fair to the others. */
static void
event_turn(struct conn *c, unsigned more)
{
	int turns = c->ending || more || opts.bytes != 0 ? TURNS : 1;

	if (c->bulk.fd == 0)
		return;
	if (c->to > 0) {
		if (event_write(c, waiting(c)) != 1)
			return;
		if (c->bulk.pipe[0] == 0)
			madvise(waiting(c), c->to, MADV_DONTNEED);
		c->to = 0;
		event_arm(EPOLL_CTL_MOD, c);
	}
	/* Who is to end gets no event for data that is not there. */
	while (turns-- > 0 && event_read(c))
		;
}

/* What the main loop waits for is in the set, too: one wait a round trip. */
static int
event_main(int op, int fd)
{
	return event_set(op, fd, EPOLLIN, MAIN(fd));
}

static void
event_listen(void)
{
	int i, op = listening ? EPOLL_CTL_DEL : EPOLL_CTL_ADD;

	if (listening ==
	    (accept_open() || (ENABLE_ECHOD_ADMIT && admit_crowded())))
		return;
	for (i = 0; i < nlisteners; i++)
		if (listeners[i].fd != -1 &&
		    event_main(op, listeners[i].fd) == -1 && !listening &&
		    errno != EEXIST) {
			accept_pause("epoll");
			return;
		}
	listening = !listening;
}

/* See to those who were held back, and wait no longer than for the next. */
static int
event_late(int milliseconds)
{
	unsigned long long now = time_now();
	struct conn *c;
	unsigned i;
	int left;

	for (i = 0; i < board_used(); i++) {
		c = conn(i);
		if (c->bulk.fd == 0 || c->late == 0)
			continue;
		left = time_left(c->late);
		if (c->late <= now) {
			event_set(EPOLL_CTL_ADD, c->bulk.fd, EPOLLOUT,
			    (uintptr_t)c);
			c->late = 0;
		} else if (milliseconds == -1 || left < milliseconds)
			milliseconds = left;
	}
	return milliseconds;
}

/*
 * As poll(2): the connections have their turns, the others are told of.
 * While there is nothing for the main loop to do, it is not asked.  If the
 * kernel refuses to tell, poll may, a while later.
 */
static int
event_wait(struct pollfd *p, nfds_t all, int milliseconds)
{
	struct epoll_event e[EVENTS];
	nfds_t k;
	int i, n, others = 0;

	event_listen();
	if (chaos_on())
		milliseconds = event_late(milliseconds);
	for (k = 0; k < all; k++)
		p[k].revents = 0;
	do {
		n = epoll_wait(ep, e, EVENTS, milliseconds);
		moment = board_now();
		for (i = 0; i < n; i++) {
			if (e[i].data.u64 % 2 == 0) {
				event_turn((void *)(uintptr_t)e[i].data.u64,
				    e[i].events & MORE);
				continue;
			}
			for (k = 0; k < all; k++)
				if (e[i].data.u64 == MAIN(p[k].fd))
					others = p[k].revents = POLLIN;
		}
	} while (n > 0 && !others && milliseconds == -1 && !chaos_on() &&
	    server->sweep == 0 && accept_open() == listening);
	if (n == -1 && errno != EINTR) {
		io_wait(p, all, 100);
		return -1;
	}
	return others;
}

static int
event_serve(int fd, unsigned i)
{
	struct conn *c = conn(i);

	*c = (struct conn){ .bulk.fd = fd, .slot = i };
	c->large = board_slot(i)->peer.family == AF_UNIX;
	if (event_arm(EPOLL_CTL_ADD, c) == -1) {
		c->bulk.fd = 0;
		return -1;
	}
	/* Who comes mostly says something at once. */
	event_turn(c, 0);
	return 0;
}

static void
event_end(unsigned i, int force)
{
	struct conn *c = conn(i);

	if (c->bulk.fd == 0)
		return;
	if (force) {
		event_free(c);
		return;
	}
	c->ending = 1;
	if (c->to == 0)
		event_turn(c, 0);
}

static void
event_start(void)
{
	int w;

	if (opts.max + (size_t)1 > SIZE_MAX / BUFFER)
		die(SYSTEM, "-c %u: too many for 32 bits", opts.max);
	buffers = board_private((opts.max + (size_t)1) * BUFFER);
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
	.row = sizeof(struct conn),
	.accept = SOCK_NONBLOCK,
	.descriptors = 1,
	.start = event_start,
	.serve = event_serve,
	.end = event_end,
	.wait = event_wait,
};
