/* exchange - one verified question, alone or one of thousands. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "dial.h"
#include "echoc.h"
#include "exchange.h"
#include "link.h"
#include "prng.h"
#include "time.h"
#include "verdict.h"

enum {
	ROUNDS = 2,
	STRIDE = 2 * EXCHANGE_LARGEST,	/* from one's bytes to the next's */
	SIZE = 64,		/* bytes in a round unless -s says so */
};

static int
finish(struct exchange *x, enum verdict v)
{
	x->verdict = v;
	x->ended = time_now();
	dial_close(&x->dial);
	return 1;
}

static int
connected(struct exchange *x, int result)
{
	if (result == -1)
		return finish(x, x->dial.verdict);
	if (result == 1) {
		x->connected = 1;
		x->up = time_now();
	}
	return 0;
}

int
exchange_start(struct exchange *x, const struct options *o)
{
	x->began = time_now();
	x->size = given(o, 's') ? o->size : SIZE;
	x->seed = prng_seed();
	x->connected = x->round = x->sent = x->got = 0;
	x->up = x->ended = 0;
	return connected(x, dial_start(&x->dial, o, x->limit));
}

void
exchange_poll(const struct exchange *x, struct pollfd *p)
{
	if (!x->connected) {
		dial_poll(&x->dial, p);
		return;
	}
	p->fd = x->dial.link.fd;
	p->events = x->sent < x->size || link_unsent() ?
	    POLLIN | POLLOUT : POLLIN;
	p->revents = 0;
}

unsigned long long
exchange_until(const struct exchange *x)
{
	return x->connected ? x->dial.deadline : x->dial.until;
}

static int
failed(struct exchange *x)
{
	return errno == EAGAIN ? 0 : finish(x, verdict_errno());
}

static int
ask(struct exchange *x, unsigned char *payload)
{
	ssize_t n;

	prng_fill(payload, x->size, x->seed, 0, x->round * STRIDE);
	n = link_send(&x->dial.link, payload + x->sent, x->size - x->sent);
	if (n == -1 && errno == EPIPE)	/* what is left to read says why */
		n = x->size - x->sent;
	if (n == -1)
		return failed(x);
	x->sent += n;
	return 0;
}

static int
differs(struct exchange *x, const unsigned char *in, size_t n,
    unsigned char *payload)
{
	prng_fill(payload, n, x->seed, 0, x->round * STRIDE + x->got);
	if (memcmp(payload, in, n) == 0)
		return 0;
	if (x->round == 0 || x->got != 0)
		return finish(x, V_WRONG);
	prng_fill(payload, n, x->seed, 0, (x->round - 1) * STRIDE);
	if (memcmp(payload, in, n) != 0)
		return finish(x, V_WRONG);
	/* The network may double datagrams, a stream's echo may not. */
	return link_is_stream(&x->dial.link) ? finish(x, V_TWICE) : -1;
}

static int
hear(struct exchange *x, unsigned char *payload)
{
	static unsigned char in[EXCHANGE_LARGEST];
	int stream = link_is_stream(&x->dial.link), bad;
	ssize_t n = link_recv(&x->dial.link, in,
	    stream ? x->size - x->got : sizeof in);

	if (n == -1)
		return failed(x);
	if (n == 0 && stream)
		return finish(x, V_CLOSED);
	if ((size_t)n > x->sent - x->got || (!stream && (size_t)n < x->size))
		return finish(x, V_WRONG);
	bad = differs(x, in, n, payload);
	if (bad != 0)
		return bad == 1;
	x->got += n;
	if (x->got < x->size)
		return 0;
	x->sent = x->got = 0;
	return ++x->round == ROUNDS ? finish(x, V_OK) : 0;
}

int
exchange_step(struct exchange *x, const struct pollfd *p)
{
	static unsigned char payload[EXCHANGE_LARGEST];

	if (!x->connected)
		return connected(x, dial_step(&x->dial, p));
	if (p->revents & POLLOUT)
		link_flush(&x->dial.link);
	if (p->revents & POLLOUT && x->sent < x->size && ask(x, payload))
		return 1;
	if (p->revents & (POLLIN | POLLHUP | POLLERR)) {
		do
			if (hear(x, payload))
				return 1;
		while (link_unread());
		return 0;
	}
	if (x->dial.deadline != 0 && time_now() >= x->dial.deadline)
		return finish(x, x->round + x->got > 0 ? V_STALLED : V_SILENT);
	return 0;
}

void
exchange(struct exchange *x, const struct options *o)
{
	struct pollfd p;
	int over = exchange_start(x, o);

	while (!over) {
		exchange_poll(x, &p);
		poll(&p, 1, time_left(exchange_until(x)));
		over = exchange_step(x, &p);
	}
}
