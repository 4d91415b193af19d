/* conn - one connection of a load: dial, ask, fail, begin anew. */
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>

#include <linux/sockios.h>

#include "drive.h"
#include "echoc.h"
#include "hist.h"
#include "link.h"
#include "prng.h"
#include "target.h"
#include "time.h"
#include "verdict.h"

enum { REST = 10 };	/* ms after a failure, doubled up to 1.28 s */

struct conn *
conn_at(const struct drive *d, unsigned i)
{
	return (struct conn *)(d->conns + i * d->stride);
}

unsigned
conn_index(const struct drive *d, const struct conn *c)
{
	return ((const char *)c - d->conns) / d->stride;
}

/* Is what is asked now to be counted, or still warm-up? */
static int
counts(const struct drive *d, unsigned long long due)
{
	return d->phase != SETUP && due >= d->t->began;
}

int
conn_is_free(const struct drive *d, const struct conn *c)
{
	if (d->plan->fresh)
		return c->state == DOWN && c->asked == 0 && c->rest == 0;
	return c->state == UP && c->asked < d->plan->depth;
}

void
conn_free(struct drive *d, struct conn *c)
{
	unsigned i = conn_index(d, c);

	if (c->listed || !conn_is_free(d, c))
		return;
	c->listed = 1;
	c->next = NONE;
	if (d->first_free == NONE)
		d->first_free = i;
	else
		conn_at(d, d->last_free)->next = i;
	d->last_free = i;
}

void
conn_facts(struct drive *d, const struct conn *c)
{
	struct tcp_info info;
	unsigned long long *n = d->t->n;

	if (c->state != UP || link_info(&c->link, &info) == -1 ||
	    info.tcpi_snd_cwnd == 0)	/* an emulator's answer */
		return;
	n[C_retransmits] += info.tcpi_total_retrans;
	n[C_tcp_rtt_ns] += info.tcpi_rtt * TIME_US;
	n[C_cwnd] += info.tcpi_snd_cwnd;
	d->t->facts++;
}

/* What the other end has not taken yet has moved nowhere.  (A unix socket
 * would count its buffers, not the bytes in them.) */
void
conn_unsent(struct drive *d, const struct conn *c)
{
	unsigned long long *sent = &d->t->n[C_flow_sent];
	const struct plan *p = d->plan;
	int queued;

	if (c->state == UP && c->link.kind == STREAM &&
	    p->target->addr[p->address].u.sa.sa_family != AF_UNIX &&
	    ioctl(c->link.fd, SIOCOUTQ, &queued) == 0)
		*sent -= *sent < (unsigned)queued ? *sent : (unsigned)queued;
}

void
conn_close(struct drive *d, struct conn *c)
{
	if (c->state == DOWN)
		return;
	link_close(&c->link);
	d->dialing -= c->state == DIALING;
	d->up -= c->state == UP;
	c->state = DOWN;
}

static void
rest(struct drive *d, struct conn *c, unsigned long long ns)
{
	c->rest = d->now + ns;
	if (c->rest < d->next_scan)
		d->next_scan = c->rest;
}

/* Take the oldest message out of the ring. */
static struct ask
take(struct drive *d, struct conn *c)
{
	struct ask a = c->ring[c->head];

	c->head = (c->head + 1) % d->plan->depth;
	c->asked--;
	d->on_the_way--;
	return a;
}

static void
sample(struct drive *d, const struct ask *a)
{
	hist_add(&d->t->hist[SERVICE], d->now - a->began);
	if (d->plan->rate != 0)
		hist_add(&d->t->hist[RESPONSE], d->now - a->due);
}

/* All that was on its way is lost; then rest, and longer each time. */
void
conn_fail(struct drive *d, struct conn *c, enum verdict v)
{
	struct ask a;
	/* Nothing was asked: it counts only where it disturbs the run. */
	int in_vain = c->asked == 0 && (d->phase == SETUP ||
		(d->phase == RUN && d->now >= d->t->began));

	while (c->asked > 0) {
		a = take(d, c);
		d->t->errors[v] += counts(d, a.due);
	}
	d->t->errors[v] += in_vain;
	conn_close(d, c);
	c->tries++;
	d->failing += d->phase == SETUP && c->tries == 1;
	rest(d, c, (REST * TIME_MS) << (c->tries < 8 ? c->tries - 1 : 7));
}

/* Its time is up: a sample like any other, of at least that length. */
static void
expire(struct drive *d, struct conn *c, enum verdict v)
{
	unsigned i;

	if (v == V_TIMEOUT && counts(d, c->dialed))
		hist_add(&d->t->hist[CONNECT], d->now - c->dialed);
	for (i = 0; i < c->asked; i++)
		if (counts(d, c->ring[(c->head + i) % d->plan->depth].due))
			sample(d, &c->ring[(c->head + i) % d->plan->depth]);
	conn_fail(d, c, v);
}

/* A datagram that does not come back takes no others along. */
static void
lose(struct drive *d, struct conn *c)
{
	struct ask a = take(d, c);

	if (counts(d, a.due)) {
		sample(d, &a);
		d->t->errors[V_SILENT]++;
		d->t->n[C_lost]++;
	}
	c->in++;
	c->seen <<= 1;
	conn_free(d, c);
}

void
conn_echoed(struct drive *d, struct conn *c)
{
	struct ask a = take(d, c);

	d->alive = d->now;
	c->tries = 0;
	c->in++;
	c->seen = c->seen << 1 | 1;
	if (c->spoiled)
		d->t->errors[V_WRONG]++;
	else if (counts(d, a.due)) {
		sample(d, &a);
		timeline_add(&d->t->run, d->now, d->now -
			(d->plan->rate != 0 ? a.due : a.began));
		d->t->n[C_received]++;
	}
	/* What is still pardoned belongs to the next message too. */
	c->spoiled = c->pardon > 0;
	if (d->plan->fresh)
		conn_close(d, c);
	conn_free(d, c);
}

int
conn_watch(const struct drive *d, const struct conn *c, int how)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP |
		    EPOLLET, .data.u32 = conn_index(d, c) };

	return epoll_ctl(d->epoll, how, c->link.fd, &e);
}

void
conn_dial(struct drive *d, struct conn *c)
{
	const struct plan *p = d->plan;

	if (!c->waiting)
		c->dialed = d->now;
	c->waiting = 0;
	c->rest = 0;
	c->number = d->streams++ % PRNG_STREAMS;
	c->out = c->in = c->seen = 0;
	c->out_offset = c->in_offset = c->pardon = 0;
	c->spoiled = 0;
	c->unwritten = c->asked;
	if (link_open(&c->link, p->target, p->address, p->o) == -1) {
		/* A unix listener whose queue is full; it is no failure. */
		c->waiting = errno == EAGAIN;
		if (c->waiting)
			rest(d, c, TIME_MS);
		else
			conn_fail(d, c, verdict_errno());
		return;
	}
	c->state = DIALING;
	d->dialing++;
	if (conn_watch(d, c, EPOLL_CTL_ADD) == -1)
		conn_fail(d, c, verdict_errno());
}

static int
dialed(struct drive *d, struct conn *c)
{
	if (link_connected(&c->link) == -1) {
		conn_fail(d, c, verdict_errno());
		return -1;
	}
	d->now = time_now();
	c->state = UP;
	d->dialing--;
	d->up++;
	d->t->n[C_reconnects] += c->tries > 0;
	if (!d->plan->fresh || counts(d, c->dialed))
		hist_add(&d->t->hist[CONNECT], d->now - c->dialed);
	conn_free(d, c);
	return 0;
}

void
conn_ask(struct drive *d, struct conn *c, unsigned long long due)
{
	struct ask *a = &c->ring[(c->head + c->asked) % d->plan->depth];

	a->due = due;
	a->began = d->now;
	c->asked++;
	c->unwritten++;
	d->on_the_way++;
	if (counts(d, due)) {
		d->t->n[C_sent]++;
		d->counted++;
	}
	if (d->plan->fresh)
		conn_dial(d, c);
	else if (conn_push(d, c) == 0)
		conn_free(d, c);
}

void
conn_event(struct drive *d, struct conn *c, unsigned events)
{
	if (c->state == DIALING &&
	    (!(events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) ||
		dialed(d, c) == -1))
		return;
	if (c->state == UP)
		link_flush(&c->link);
	if (c->state == UP && c->unwritten > 0 && conn_push(d, c) == -1)
		return;
	if (c->state == UP && (events & ~EPOLLOUT) != 0)
		conn_pull(d, c, events);
}

void
conn_scan(struct drive *d, struct conn *c)
{
	unsigned long long timeout = d->plan->o->timeout;
	if (c->state == DOWN && c->rest != 0 && c->rest <= d->now) {
		if (d->plan->fresh && c->asked == 0)
			c->rest = 0;
		else if (d->dialing < DRIVE_DIALS &&
		    (d->phase != DRAIN || c->asked > 0))
			conn_dial(d, c);
		conn_free(d, c);
	} else if (c->state == DOWN && c->rest != 0 && c->rest < d->next_scan)
		d->next_scan = c->rest;
	if (timeout == 0)
		return;
	if (c->state != UP && (c->state == DIALING || c->asked > 0) &&
	    d->now - c->dialed >= timeout)
		expire(d, c, V_TIMEOUT);
	while (c->state == UP && c->asked > 0 &&
	    d->now - c->ring[c->head].began >= timeout) {
		if (c->link.kind == STREAM)
			expire(d, c, c->in_offset > 0 ? V_STALLED : V_SILENT);
		else
			lose(d, c);
	}
}
