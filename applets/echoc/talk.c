/* talk - what a connection of a load says, and whether the echo is right. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>

#include "diagnose.h"
#include "drive.h"
#include "fault.h"
#include "io.h"
#include "link.h"
#include "prng.h"
#include "time.h"
#include "verdict.h"

enum {
	STAMP = sizeof(unsigned long long),	/* begins every message */
	READS = 64,		/* without looking at other connections */
	READ = 65536,
	PATIENCE = 200,		/* ms for what comes behind a fault */
};

static unsigned char incoming[READ + 2 * WINDOW];

/*
 * The next up to *n bytes of a message: made for a verification, for a load
 * kept ready but for the stamp.  They hold until the next call.
 */
static const unsigned char *
piece(const struct drive *d, const struct conn *c, unsigned long long message,
    size_t offset, size_t *n)
{
	static unsigned char made[16384];
	unsigned long long stamp;

	if (d->plan->verify) {
		*n = *n < sizeof made ? *n : sizeof made;
		prng_fill(made, *n, d->seed, c->number,
		    message * d->plan->size + offset);
		return made;
	}
	if (offset < STAMP) {
		stamp = prng_word(d->seed, c->number, message);
		memcpy(d->message, &stamp,
		    d->plan->size < STAMP ? d->plan->size : STAMP);
	}
	return d->message + offset;
}

/* How many of n bytes are those of a message from an offset on. */
static size_t
right(const struct drive *d, const struct conn *c, unsigned long long message,
    size_t offset, const unsigned char *p, size_t n)
{
	const unsigned char *s;
	size_t done, k, same;

	for (done = 0; done < n; done += k) {
		k = n - done;
		s = piece(d, c, message, offset + done, &k);
		same = prng_same(s, p + done, k);
		if (same < k)
			return done + same;
	}
	return n;
}

/* Payload: all of it, and apart what moved in the time that is measured. */
static void
moved(struct drive *d, enum count c, size_t n)
{
	d->t->n[c] += n;
	if (d->phase == RUN && d->now >= d->t->began && d->now < d->stop)
		d->t->n[c + C_flow_sent - C_bytes_sent] += n;
}

/* Write what is asked and not written; 0, or -1 when it failed. */
int
conn_push(struct drive *d, struct conn *c)
{
	const unsigned char *p;
	size_t k;
	ssize_t n;

	while (c->unwritten > 0) {
		k = d->plan->size - c->out_offset;
		p = piece(d, c, c->out, c->out_offset, &k);
		n = link_send(&c->link, p, k);	/* of a datagram all */
		if (n == -1 && errno == EAGAIN)
			return 0;
		if (n == -1) {
			conn_fail(d, c, verdict_errno());
			return -1;
		}
		moved(d, C_bytes_sent, n);
		c->out_offset += n;
		if (c->out_offset < d->plan->size)
			continue;
		c->out_offset = 0;
		c->out++;
		c->unwritten--;
	}
	return 0;
}

/* What is wrong with a piece: more than was sent, the last message once
 * more, or just wrong.  V_OK if nothing is. */
static enum verdict
judge(const struct drive *d, const struct conn *c, const unsigned char *p,
    size_t n)
{
	size_t pardon = c->pardon < n ? c->pardon : n;

	if (c->asked == 0 || c->in > c->out ||
	    (c->in == c->out && c->in_offset + n > c->out_offset))
		return V_TWICE;
	if (right(d, c, c->in, c->in_offset + pardon, p + pardon,
		n - pardon) == n - pardon)
		return V_OK;
	return !d->plan->verify && c->in > 0 && c->in_offset == 0 &&
		n >= STAMP && right(d, c, c->in - 1, 0, p, STAMP) == STAMP ?
	    V_TWICE : V_WRONG;
}

/* Wait shortly for what comes behind a fault.  Returns the new n; where the
 * buffer is at its end, *start moves to its beginning. */
static size_t
gather(struct drive *d, struct conn *c, unsigned char **start, size_t n)
{
	unsigned char *end = incoming + sizeof incoming, *p = *start;
	ssize_t got;

	if (end - p < 2 * WINDOW)
		p = *start = memmove(incoming, p, n);
	while (n < 2 * WINDOW && p + n < end &&
	    io_poll(c->link.fd, POLLIN, PATIENCE) > 0) {
		got = link_recv(&c->link, p + n, end - (p + n));
		if (got <= 0)
			break;
		moved(d, C_bytes_received, got);
		n += got;
	}
	d->now = time_now();
	return n;
}

/*
 * A verified stream is wrong somewhere in n bytes at p: find out how.  If
 * it is right again later, what lies between is pardoned, and it goes on.
 * Returns the new n, 0 if the stream is lost.
 */
static size_t
investigate(struct drive *d, struct conn *c, unsigned char **start, size_t n)
{
	unsigned char *p = *start;
	size_t size = d->plan->size, skip = c->pardon, resume;
	unsigned long long at;

	while (skip < n && right(d, c, c->in, c->in_offset + skip, p + skip,
		1) == 1)
		skip++;
	n = gather(d, c, start, n);
	p = *start;
	at = c->in * size + c->in_offset;
	resume = fault(d, c, at + skip, p + skip, n - skip,
	    at + n == c->out * size + c->out_offset);
	c->pardon = skip + resume;
	c->spoiled = 1;
	return resume == 0 ? 0 : n;
}

/* Take n bytes of a stream; -1 when the connection is gone thereafter. */
static int
take_bytes(struct drive *d, struct conn *c, unsigned char *p, size_t n)
{
	enum verdict v;
	size_t k, more;

	while (n > 0) {
		k = d->plan->size - c->in_offset;
		k = k < n ? k : n;
		v = judge(d, c, p, k);
		if (v == V_WRONG && d->plan->verify &&
		    (more = investigate(d, c, &p, n)) > 0) {
			n = more;
			continue;
		}
		if (v != V_OK || (d->plan->fresh && n > k)) {
			conn_fail(d, c, v == V_OK ? V_TWICE : v);
			return -1;
		}
		c->pardon -= c->pardon < k ? c->pardon : k;
		c->in_offset += k;
		p += k;
		n -= k;
		if (c->in_offset < d->plan->size)
			continue;
		c->in_offset = 0;
		conn_echoed(d, c);
		if (c->state != UP)
			return -1;
	}
	return 0;
}

/* A late one, or a duplicate?  0 if it is nothing of ours. */
static int
is_stray(struct drive *d, struct conn *c, const unsigned char *p)
{
	unsigned long long bit = 1;
	unsigned k;

	for (k = 1; k <= 64 && k <= c->in; k++, bit <<= 1) {
		if (right(d, c, c->in - k, 0, p, STAMP) < STAMP)
			continue;
		d->t->n[c->seen & bit ? C_duplicates : C_late]++;
		c->seen |= bit;
		return 1;
	}
	return 0;
}

static void
take_datagram(struct drive *d, struct conn *c, const unsigned char *p,
    size_t n)
{
	size_t size = d->plan->size, k = n < size ? n : size, same;

	if (n >= STAMP && is_stray(d, c, p))
		return;
	if (c->asked == 0) {
		d->t->errors[V_WRONG]++;
		return;
	}
	same = right(d, c, c->in, 0, p, k);
	if (same == size && n == size) {
		conn_echoed(d, c);
		return;
	}
	if (d->plan->verify && same < k)
		fault(d, c, c->in * size + same, p + same, k - same, 1);
	else if (d->plan->verify)
		fault_short(d, c, "a datagram of %llu bytes came back "
		    "with %llu", size, n);
	conn_fail(d, c, V_WRONG);
}

/* Read all there is, as edge-triggered epoll wants it. */
void
conn_pull(struct drive *d, struct conn *c, unsigned events)
{
	int i, ends = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
	ssize_t n;

	for (i = 0; i < READS && c->state == UP; i++) {
		n = link_recv(&c->link, incoming, READ);
		if (n == -1 && errno == EAGAIN)
			return;
		d->now = time_now();
		if (n == -1) {
			conn_fail(d, c, verdict_errno());
		} else if (c->link.kind != STREAM) {
			moved(d, C_bytes_received, n);
			take_datagram(d, c, incoming, n);
		} else if (n == 0) {
			if (d->plan->verify && c->asked > 0)
				fault_short(d, c, "closed early, %llu bytes "
				    "that were sent are missing",
				    (c->out - c->in) * d->plan->size +
				    c->out_offset - c->in_offset, 0);
			conn_fail(d, c, V_CLOSED);
		} else {
			moved(d, C_bytes_received, n);
			if (take_bytes(d, c, incoming, n) == -1)
				return;
			if (n < READ && !ends && !d->plan->verify)
				return;
		}
	}
	/* There is more: ask for one more edge. */
	if (c->state == UP)
		conn_watch(d, c, EPOLL_CTL_MOD);
}

