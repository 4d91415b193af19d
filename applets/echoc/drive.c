/* drive - the engine of load: many connections in one epoll. */
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "dial.h"
#include "drive.h"
#include "echoc.h"
#include "prng.h"
#include "sig.h"
#include "time.h"

enum {
	EVENTS = 256,
	SIGNALS = -1,	/* the signals' descriptor among the connections */
	PATIENCE = 1,	/* s for what is on its way, after an interrupt */
	GIVE_UP = 10,	/* s without an echo, where only a count ends it */
};

static void
scan(struct drive *d)
{
	unsigned long long period;
	unsigned i;

	if (d->now < d->next_scan)
		return;
	period = sooner(50 * TIME_MS, d->plan->o->timeout / 16);
	d->next_scan = d->now + (period < TIME_MS ? TIME_MS : period);
	for (i = 0; i < d->plan->connections; i++)
		conn_scan(d, conn_at(d, i));
}

/* The first time around connections are made in order, not all at once. */
static void
dial_next(struct drive *d)
{
	while (d->cursor < d->plan->connections && d->dialing < DRIVE_DIALS)
		conn_dial(d, conn_at(d, d->cursor++));
}

/* Take the connection that is free the longest; NULL if none is. */
static struct conn *
next_free(struct drive *d)
{
	struct conn *c;

	while (d->first_free != NONE) {
		c = conn_at(d, d->first_free);
		d->first_free = c->next;
		c->listed = 0;
		if (conn_is_free(d, c))
			return c;
	}
	return NULL;
}

/* When the message after this one is due. */
static void
advance(struct drive *d)
{
	const struct plan *p = d->plan;

	d->due += p->gap;
	d->fraction += p->rest;
	if (d->fraction >= p->rate) {
		d->fraction -= p->rate;
		d->due++;
	}
}

static int
may_start(const struct drive *d)
{
	return d->phase == RUN && d->counted < d->plan->count &&
	    (d->plan->rate == 0 || d->due < d->stop);
}

/* Ask whatever is due, as far as connections are free. */
static void
release(struct drive *d)
{
	struct conn *c;
	unsigned long long due;

	while (may_start(d) && (d->plan->rate == 0 || d->due <= d->now)) {
		if ((c = next_free(d)) == NULL) {
			d->starved = d->now;
			return;
		}
		due = d->plan->rate == 0 ? d->now : d->due;
		/* Nobody's fault but ours: a connection was free all along. */
		if (due >= d->t->began && due > d->starved &&
		    d->now - due > d->t->n[C_lag_ns])
			d->t->n[C_lag_ns] = d->now - due;
		if (d->plan->rate != 0)
			advance(d);
		conn_ask(d, c, due);
	}
}

/* Was due, and there was no connection to ask on: they have waited so
 * long at least, and to leave them out would flatter the server. */
static void
count_unsent(struct drive *d)
{
	if (d->plan->rate == 0)
		return;
	for (; d->due < d->stop && d->due <= d->now &&
	     d->counted < d->plan->count; advance(d)) {
		if (d->due < d->t->began)
			continue;
		hist_add(&d->t->hist[RESPONSE], d->now - d->due);
		d->t->n[C_unsent]++;
		d->counted++;
	}
}

static void
end_run(struct drive *d, unsigned long long patience)
{
	unsigned i;

	if (d->phase == DRAIN) {	/* asked twice */
		d->stop = d->now;
		return;
	}
	release(d);
	count_unsent(d);
	for (i = 0; i < d->plan->connections; i++)
		conn_unsent(d, conn_at(d, i));
	d->phase = DRAIN;
	d->t->ended = d->now < d->stop ? d->now : d->stop;
	d->stop = sooner(patience == 0 ? ~0ull : d->now + patience,
	    d->plan->deadline);
}

/* Every connection stands, or has shown that it does not. */
static void
begin_run(struct drive *d)
{
	const struct plan *p = d->plan;
	struct tally *t = d->t;
	unsigned long long begin = p->ready(p);

	d->now = time_now();
	d->phase = RUN;
	t->began = begin + p->warmup;
	t->run.start = t->began;
	t->run.width = TIME_MS;
	d->stop = d->interrupted ? d->now :
	    sooner(p->duration == 0 ? ~0ull : t->began + p->duration,
		p->deadline);
	d->alive = d->now;
	d->due = begin + p->first;
	d->fraction = p->fraction;
	d->next_tick = begin + p->o->interval;
}

/* A count alone would never be reached when the server is gone. */
static int
is_hopeless(const struct drive *d)
{
	return d->plan->duration == 0 && d->on_the_way == 0 &&
	    d->now - d->alive > d->plan->o->timeout + GIVE_UP * TIME_S;
}

/* Go from phase to phase; 0 when all is done. */
static int
proceed(struct drive *d)
{
	const struct plan *p = d->plan;

	if (d->phase == SETUP && (p->fresh || d->now >= d->stop ||
		d->up + d->failing >= p->connections)) {
		/* Nobody is there: the errors say it, a run would not. */
		if (!p->fresh && d->up == 0) {
			d->t->began = d->t->ended = d->now;
			return 0;
		}
		begin_run(d);
	}
	if (d->phase == RUN && (d->now >= d->stop || is_hopeless(d) ||
		(d->counted >= p->count && d->on_the_way == 0)))
		end_run(d, 0);
	if (d->phase == RUN && p->tick != NULL && d->now >= d->next_tick) {
		p->tick(p);
		d->next_tick = d->now + p->o->interval;
	}
	return d->phase != DRAIN || (d->on_the_way > 0 && d->now < d->stop);
}

/* Wait for events, but not beyond what is due next. */
static int
wait_events(struct drive *d, struct epoll_event *e)
{
	struct pollfd p = { .fd = d->epoll, .events = POLLIN };
	unsigned long long until = sooner(d->next_scan, d->stop), ns;
	struct timespec t;

	if (d->phase == RUN && d->plan->tick != NULL)
		until = sooner(until, d->next_tick);
	if (may_start(d) && d->plan->rate != 0 && d->first_free != NONE)
		until = sooner(until, d->due);
	ns = until > d->now ? until - d->now : 0;
	/* epoll_wait counts in milliseconds, which is no measure for a rate:
	 * what is short goes by ppoll(2). */
	if (ns > 0 && ns < 20 * TIME_MS) {
		t.tv_sec = 0;
		t.tv_nsec = ns;
		ppoll(&p, 1, &t, NULL);
		ns = 0;
	}
	return epoll_wait(d->epoll, e, EVENTS, ns / TIME_MS);
}

static void
take_signals(struct drive *d)
{
	while (sig_next(d->signals, NULL) != 0)
		if (d->phase == SETUP) {
			d->interrupted = 1;
			d->stop = d->now;
		} else
			end_run(d, PATIENCE * TIME_S);
}

static void
loop(struct drive *d)
{
	static struct epoll_event e[EVENTS];
	int i, n;

	d->now = d->next_scan = time_now();
	d->stop = sooner(d->now + (d->plan->o->timeout != 0 ?
		d->plan->o->timeout : 60 * TIME_S), d->plan->deadline);
	while (proceed(d)) {
		if (!d->plan->fresh)
			dial_next(d);
		release(d);
		n = wait_events(d, e);
		d->now = time_now();
		for (i = 0; i < n; i++) {
			if (e[i].data.u32 == (unsigned)SIGNALS) {
				take_signals(d);
				continue;
			}
			conn_event(d, conn_at(d, e[i].data.u32), e[i].events);
			release(d);
		}
		scan(d);
	}
	d->t->n[C_unfinished] = d->on_the_way;
}

static int
build(struct drive *d)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, 0 };
	struct epoll_event e = { .events = EPOLLIN,
		.data.u32 = (unsigned)SIGNALS };
	const struct plan *p = d->plan;
	unsigned i;

	d->stride = sizeof(struct conn) + p->depth * sizeof(struct ask);
	d->conns = mmap(NULL, p->connections * d->stride + p->size,
	    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (d->conns == MAP_FAILED)
		return -1;
	d->message = (unsigned char *)d->conns + p->connections * d->stride;
	d->seed = p->seed;
	d->streams = p->first_stream;
	prng_fill(d->message, p->size, d->seed, PRNG_STREAMS - 1, 0);
	d->epoll = epoll_create1(EPOLL_CLOEXEC);
	d->signals = sig_open(signals, NULL);
	if (d->epoll == -1 || d->signals == -1 ||
	    epoll_ctl(d->epoll, EPOLL_CTL_ADD, d->signals, &e) == -1)
		return -1;
	for (i = 0; p->fresh && i < p->connections; i++)
		conn_free(d, conn_at(d, i));
	return 0;
}

int
drive(const struct plan *p)
{
	struct drive d = { .plan = p, .t = p->tally, .first_free = NONE };
	struct conn *c;
	unsigned i;

	/* Sleep as short as asked; 50 us more would be in every answer. */
	prctl(PR_SET_TIMERSLACK, 1ul, 0, 0, 0);
	if (build(&d) == -1)
		return -1;
	loop(&d);
	for (i = 0; i < p->connections; i++) {
		c = conn_at(&d, i);
		conn_facts(&d, c);
		conn_close(&d, c);
	}
	close(d.epoll);
	close(d.signals);
	return 0;
}
