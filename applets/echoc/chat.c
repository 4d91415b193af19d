/* chat - the pipe: standard input to the server, its echo to our output. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "applet.h"
#include "dial.h"
#include "echoc.h"
#include "io.h"
#include "link.h"
#include "time.h"
#include "verdict.h"

enum {
	QUEUE = 65536,
	/* Bytes a message, and bytes that may be out: datagrams fit most
	 * paths, frames lose little and do not flood a UART's buffer. */
	DATAGRAM_SIZE = 1400,
	DATAGRAMS = 32768,
	FRAME_SIZE = 256,
	FRAMES = 1024,
};

/* Bytes on their way: filled at end, taken from start. */
struct queue {
	unsigned start, end;
	unsigned char buf[QUEUE];
};

struct chat {
	struct link link;
	unsigned long long sent, got;
	unsigned long long timeout, progress;	/* when bytes last moved */
	unsigned message;		/* most bytes to read at once from stdin */
	unsigned window;		/* of messages that are not back yet */
	int in_open;		/* standard input has not ended */
	int half_closed;	/* our half */
	int gone;		/* the server takes or gives nothing more */
	enum verdict verdict;	/* why it is gone, V_OK for a plain end */
	struct queue up, down;
};

static int
empty(const struct queue *q)
{
	return q->start == q->end;
}

static void
took(struct queue *q, size_t n)
{
	q->start += n;
	if (empty(q))
		q->start = q->end = 0;
}

static int
may_read(const struct chat *c)
{
	if (!c->in_open || c->gone)
		return 0;
	if (link_is_stream(&c->link))
		return c->up.end < QUEUE;
	return empty(&c->up) && c->sent < c->got + c->window;
}

static void
read_input(struct chat *c)
{
	size_t room = QUEUE - c->up.end;
	ssize_t n = io_read(STDIN_FILENO, c->up.buf + c->up.end,
	    room < c->message ? room : c->message);

	if (n == -1 && errno == EAGAIN)
		return;
	if (n == -1)
		die(SYSTEM, "standard input:");
	if (n == 0)
		c->in_open = 0;
	c->up.end += n;
}

/* At most what a pipe takes without blocking once poll says it has room:
 * the reader may be waiting for what we have not sent yet. */
static void
write_output(struct chat *c)
{
	size_t n = c->down.end - c->down.start;
	ssize_t done = io_write_some(STDOUT_FILENO,
	    c->down.buf + c->down.start, n < PIPE_BUF ? n : PIPE_BUF);

	if (done == -1 && errno == EAGAIN)
		return;
	if (done == -1)
		die(SYSTEM, "standard output:");
	took(&c->down, done);
}

static void
fail(struct chat *c)
{
	if (errno == EAGAIN)
		return;
	c->verdict = verdict_errno();
	c->gone = 1;
}

static void
send_up(struct chat *c)
{
	ssize_t n = link_send(&c->link, c->up.buf + c->up.start,
	    c->up.end - c->up.start);

	/* What it echoed before it closed may still be there to read. */
	if (n == -1 && (errno == EPIPE || errno == ECONNRESET)) {
		n = c->up.end - c->up.start;
		c->in_open = 0;
		c->half_closed = 1;
	}
	if (n == -1) {
		fail(c);
		return;
	}
	took(&c->up, n);
	c->sent += n;
	c->progress = time_now();
}

static void
receive(struct chat *c)
{
	ssize_t n = link_recv(&c->link, c->down.buf + c->down.end,
	    QUEUE - c->down.end);

	if (n == -1) {
		fail(c);
		return;
	}
	if (n == 0 && link_is_stream(&c->link))
		c->gone = 1;
	c->down.end += n;
	c->got += n;
	c->progress = time_now();
}

/* Does the server owe us something that nothing here holds up? */
static int
owed(const struct chat *c)
{
	return !c->gone && empty(&c->down) &&
	    (c->sent > c->got || c->half_closed || !empty(&c->up));
}

static void
step(struct chat *c)
{
	int want_send = !empty(&c->up) || link_unsent();
	int room = link_is_stream(&c->link) ? c->down.end < QUEUE :
					    empty(&c->down);
	struct pollfd p[3] = {
		{ may_read(c) ? STDIN_FILENO : -1, POLLIN, 0 },
		{ c->link.fd, (want_send ? POLLOUT : 0) | (room ? POLLIN : 0),
		    0 },
		{ empty(&c->down) ? -1 : STDOUT_FILENO, POLLOUT, 0 },
	};
	int waiting = owed(c) && c->timeout != 0;

	/* poll tells of a hangup even where nothing is asked for. */
	if (p[1].events == 0 || c->gone)
		p[1].fd = -1;
	if (!waiting)
		c->progress = time_now();
	if (room && link_unread()) {
		receive(c);
		return;
	}
	if (poll(p, 3, waiting ? time_left(c->progress + c->timeout) : -1) == 0) {
		/* A server that does not close owes no byte any more. */
		c->verdict = c->half_closed && c->got == c->sent ? V_OK :
		    c->got > 0 ? V_STALLED :
				 V_SILENT;
		c->gone = 1;
	}
	if (p[0].revents)
		read_input(c);
	if (p[2].revents)
		write_output(c);
	if (p[1].revents & (POLLIN | POLLHUP | POLLERR) && room)
		receive(c);
	if (p[1].revents & POLLOUT) {
		link_flush(&c->link);
		if (!c->gone && !empty(&c->up))
			send_up(c);
	}
}

static int
finished(struct chat *c)
{
	if (c->gone)
		return empty(&c->down);
	if (c->in_open || !empty(&c->up))
		return 0;
	if (!link_is_stream(&c->link))
		return c->got >= c->sent && empty(&c->down);
	if (!c->half_closed)
		shutdown(c->link.fd, SHUT_WR);
	c->half_closed = 1;
	return 0;
}

static int
conclude(const struct chat *c, const char *host)
{
	int early = c->in_open || !empty(&c->up);

	if (c->verdict != V_OK)
		verdict_say(host, c->verdict);
	else if (c->gone && (early || c->got < c->sent))
		verdict_say(host, V_CLOSED);
	if (c->got < c->sent)
		warn("%s: %llu of %llu bytes did not come back", host,
		    c->sent - c->got, c->sent);
	if (c->got > c->sent)
		warn("%s: %llu bytes came that were not sent", host,
		    c->got - c->sent);
	return c->verdict != V_OK || early || c->got != c->sent ? NO : OK;
}

static void
pace(struct chat *c, const struct options *o, const struct target *t)
{
	const int serial = ENABLE_ECHOC_TTY && c->link.kind == SERIAL;

	c->window = serial ? FRAMES : DATAGRAMS;
	c->message = link_is_stream(&c->link) ? QUEUE :
	    serial			    ? FRAME_SIZE :
					      DATAGRAM_SIZE;
	if (!given(o, 's') || link_is_stream(&c->link))
		return;
	if (o->size > link_most(t))
		usage("-s: at most %u bytes", link_most(t));
	c->message = o->size;
}

int
chat(const struct options *o)
{
	struct chat *c = echoc_memory(sizeof *c);
	static struct dial d;

	echoc_target(o, &d.target);
	if (dial(&d, o, 0) == -1)
		return verdict_say(o->name, d.verdict);
	c->link = d.link;
	c->timeout = o->timeout;
	c->in_open = 1;
	pace(c, o, &d.target);
	while (!finished(c))
		step(c);
	link_close(&c->link);	/* a serial line gets its settings back */
	return conclude(c, o->name);
}
