/* ping_wire - probes on their way: connect, send, receive, compare. */
#include <errno.h>
#include <string.h>

#include "echoc.h"
#include "link.h"
#include "ping.h"
#include "prng.h"
#include "time.h"

/* A datagram says whose it is and which; on a stream the order does. */
struct header {
	unsigned whose, which;
};

enum { STRIDE = 65536 };	/* from one probe's bytes to the next's */

static unsigned char payload[DATAGRAM_MOST], input[DATAGRAM_MOST + 1];

static int
stream(const struct ping *g)
{
	return g->dial.link.kind == STREAM;
}

/* Make the bytes of a probe, unless they are there from the last time. */
static void
make_probe(const struct ping *g, unsigned long long seq)
{
	static unsigned long long made;
	struct header header;

	if (seq == made)
		return;
	made = seq;
	prng_fill(payload, g->size, g->seed, 0, seq * STRIDE);
	if (!stream(g)) {
		header.whose = g->seed >> 20;
		header.which = seq;
		memcpy(payload, &header, sizeof header);
	}
}

static void
fail_one(struct ping *g, unsigned long long seq, enum verdict v)
{
	if (seq == 0)
		return;
	window_fail(g->window, seq);
	g->r.t.errors[v]++;
	ping_failed(g, seq, v);
}

void
ping_drop(struct ping *g, enum verdict v)
{
	unsigned long long seq = window_oldest(g->window);

	if (seq == 0 && !g->fresh) {
		/* Silence has been counted with each that went missing. */
		g->r.t.errors[v] += v > V_STALLED;
		ping_failed(g, 0, v);
	}
	for (; seq != 0; seq = window_oldest(g->window))
		fail_one(g, seq, v);
	link_close(&g->dial.link);
	g->state = DOWN;
	g->writing = 0;
}

void
ping_dial(struct ping *g, unsigned long long now)
{
	g->state = DIALING;
	g->dialled = now;
	ping_dialled(g, dial_start(&g->dial, g->o, g->ends));
}

void
ping_dialled(struct ping *g, int result)
{
	unsigned long long now = time_now();

	if (result == 0)
		return;
	if (result == -1) {
		g->state = DOWN;
		fail_one(g, window_send(g->window, now), g->dial.verdict);
		return;
	}
	g->state = UP;
	g->connections++;
	g->heard = now;
	g->missed = 0;
	g->writing = g->read = 0;
	g->reading = g->window->next;
	g->connecting = now - g->dialled;
	if (g->dial.link.kind == STREAM)
		hist_add(&g->r.t.hist[CONNECT], g->connecting);
	ping_send(g, now);
}

/* What link_send failed with: room comes back by itself. */
static void
send_failed(struct ping *g)
{
	if (errno == EAGAIN || errno == ENOBUFS)
		return;
	if (stream(g))
		ping_drop(g, errno == EPIPE ? V_CLOSED : verdict_errno());
	else if (errno == ECONNREFUSED)	/* an earlier one, by ICMP */
		fail_one(g, window_oldest(g->window), V_REFUSED);
	else
		fail_one(g, window_send(g->window, time_now()),
		    verdict_errno());
}

void
ping_send(struct ping *g, unsigned long long now)
{
	ssize_t n;

	if (g->writing != 0 || window_full(g->window))
		return;
	make_probe(g, g->window->next);
	now = time_now();
	n = link_send(&g->dial.link, payload, g->size);
	if (n == -1 && errno == ECONNREFUSED && !stream(g)) {
		send_failed(g);
		n = link_send(&g->dial.link, payload, g->size);
	}
	if (n == -1) {
		send_failed(g);
		return;
	}
	g->written = n;
	g->writing = window_send(g->window, now);
	if (g->written == g->size)
		g->writing = 0;
	ping_sent(g);
}

void
ping_flush(struct ping *g)
{
	ssize_t n;

	link_flush(&g->dial.link);
	if (g->writing == 0)
		return;
	make_probe(g, g->writing);
	n = link_send(&g->dial.link, payload + g->written,
	    g->size - g->written);
	if (n == -1) {
		send_failed(g);
		return;
	}
	g->written += n;
	if (g->written == g->size)
		g->writing = 0;
}

static void
count(struct ping *g, unsigned long long seq)
{
	unsigned long long took, change, missing = g->window->missing;
	struct hist *rtt = &g->r.t.hist[SERVICE];
	enum fate fate = window_reply(g->window, seq, g->heard, &took);

	if (g->window->missing < missing)	/* it was only late */
		g->r.t.errors[seq == g->stalled ? V_STALLED : V_SILENT]--;
	if (fate == STRAY) {
		g->r.t.n[C_stray]++;
		return;
	}
	if (fate != DUPLICATE) {
		change = took > g->last ? took - g->last : g->last - took;
		g->jitter += rtt->count > 0 ? change : 0;
		g->jitters += rtt->count > 0;
		g->last = took;
		hist_add(rtt, took);
	}
	ping_reply(g, seq, fate, took);
	/* Flood and adaptive: a reply sends the next one. */
	if (given(g->o, 'f') || given(g->o, 'A'))
		g->due = g->heard;
	if (g->fresh) {
		link_close(&g->dial.link);
		g->state = DOWN;
	}
}

static void
take_message(struct ping *g, size_t n)
{
	unsigned long long seq;
	struct header header;

	memcpy(&header, input, sizeof header);
	if (n < sizeof header || header.whose != (unsigned)(g->seed >> 20)) {
		g->r.t.n[C_stray]++;
		return;
	}
	seq = g->window->next - ((unsigned)g->window->next - header.which);
	make_probe(g, seq);
	if (n == g->size && memcmp(payload, input, n) == 0) {
		count(g, seq);
		return;
	}
	fail_one(g, seq, V_WRONG);
}

/* The bytes differ: was it the one before once more? */
static enum verdict
compare(struct ping *g, const unsigned char *p, size_t n)
{
	make_probe(g, g->reading);
	if (memcmp(payload + g->read, p, n) == 0)
		return V_OK;
	if (g->read > 0)
		return V_WRONG;
	make_probe(g, g->reading - 1);
	return memcmp(payload, p, n) == 0 ? V_TWICE : V_WRONG;
}

static void
take_stream(struct ping *g, const unsigned char *p, size_t n)
{
	size_t part;
	enum verdict v;

	for (; n > 0 && g->state == UP; p += part, n -= part) {
		part = g->size - g->read < n ? g->size - g->read : n;
		v = compare(g, p, part);
		/* Bytes that were never sent cannot be right. */
		if (v == V_OK && g->reading >= g->window->next)
			v = V_WRONG;
		if (v == V_OK && g->fresh && n > part)
			v = V_TWICE;
		if (v != V_OK) {
			ping_drop(g, v);
			return;
		}
		g->read += part;
		if (g->read == g->size) {
			g->read = 0;
			count(g, g->reading++);
		}
	}
}

void
ping_receive(struct ping *g)
{
	ssize_t n = link_recv(&g->dial.link, input, sizeof input);

	if (n == -1 && errno == EAGAIN)
		return;
	if (n == -1 && g->dial.link.kind == DATAGRAM) {
		fail_one(g, window_oldest(g->window), verdict_errno());
		return;
	}
	if (n == -1 || (n == 0 && stream(g))) {
		ping_drop(g, n == 0 ? V_CLOSED : verdict_errno());
		return;
	}
	g->heard = time_now();
	g->missed = 0;
	if (stream(g))
		take_stream(g, input, n);
	else
		take_message(g, n);
}
