/* gate - checks until servers are up or down, one or thousands. */
#include <poll.h>
#include <string.h>

#include "applet.h"
#include "echoc.h"
#include "exchange.h"
#include "gate.h"
#include "proc.h"
#include "target.h"
#include "time.h"

enum {
	IN_FLIGHT = 1024,	/* more only makes poll slower */
	SPARE = 16,		/* descriptors that are not for slots */
};

static void
enqueue(struct gate *g, struct member *m, unsigned long long due)
{
	m->due = due;
	g->queue[(g->head + g->waiting++) % g->count] = m - g->members;
}

/* How many can be asked at once: as descriptors allow. */
static size_t
in_flight(size_t count)
{
	size_t limit = proc_descriptors(IN_FLIGHT + SPARE);

	limit = limit > SPARE ? limit - SPARE : 1;
	return count < limit ? count : limit;
}

/* One that takes a connection and then says nothing is still there. */
static int
is_down(const struct member *m)
{
	enum verdict v = m->verdict;

	return (v != V_SILENT || !m->stream) && v != V_STALLED &&
	    v != V_SLOW && v != V_WRONG && v != V_TWICE && v != V_NONAME && v != V_NORESOLVER && verdict_status(v) == NO;
}

static int
is_good(const struct gate *g, const struct member *m)
{
	return g->o->key.down == 1 ? is_down(m) : m->verdict == V_OK;
}

static void
done(struct gate *g, struct member *m)
{
	m->good = m->attempts > 0 && is_good(g, m);
	g->good += m->good;
	gate_said(g, m);
}

/* Too many at once for this machine: fewer then, and no attempt was made. */
static int
too_many(struct gate *g, const struct exchange *x)
{
	if ((x->verdict != V_DESCRIPTORS && x->verdict != V_PORTS) ||
	    g->busy == 0)
		return 0;
	g->limit = g->busy;
	return 1;
}

static void
ended(struct gate *g, struct question *s)
{
	struct member *m = s->member;
	const struct exchange *x = &s->x;
	unsigned long long again = x->ended + g->o->interval;

	s->member = NULL;
	g->busy--;
	if (too_many(g, x)) {
		enqueue(g, m, x->ended);
		return;
	}
	m->attempts++;
	m->verdict = x->verdict;
	m->stream = link_is_stream(&x->dial.link);
	m->took = x->ended - x->began;
	m->connect = x->up ? x->up - x->began : 0;
	if (x->verdict == V_OK && m->took > g->o->key.crit)
		m->verdict = V_SLOW;	/* no time is over UNSET_TIME */
	g->r.t.errors[m->verdict] += !is_good(g, m);
	if (x->verdict == V_OK) {
		hist_add(&g->r.t.hist[CONNECT], m->connect);
		hist_add(&g->r.t.hist[SERVICE], x->ended - x->up);
	}
	if (g->ends == 0 || is_good(g, m) ||
	    again >= g->ends)
		done(g, m);
	else
		enqueue(g, m, again);
}

static void
begin(struct gate *g, struct question *s, struct member *m)
{
	s->member = m;
	g->busy++;
	target_parse(&s->x.dial.target, m->host, m->port);
	s->x.limit = g->ends;
	if (exchange_start(&s->x, g->o))
		ended(g, s);
}

static void
fill(struct gate *g, unsigned long long now)
{
	struct question *s = g->slots;
	size_t n = g->waiting;	/* each at most once a round */
	struct member *m;

	for (; n > 0 && g->waiting > 0 && g->busy < g->limit; n--) {
		m = &g->members[g->queue[g->head]];
		if (m->due > now)
			return;
		while (s->member != NULL)
			s++;
		g->head = (g->head + 1) % g->count;
		g->waiting--;
		if (g->ends != 0 && now >= g->ends)
			done(g, m);
		else
			begin(g, s, m);
	}
}

/* Set what to poll for; returns the point when to go on without. */
static unsigned long long
prepare(const struct gate *g, size_t slots)
{
	unsigned long long point = 0;
	size_t i;

	if (g->waiting > 0 && g->busy < g->limit)
		point = g->members[g->queue[g->head]].due;
	for (i = 0; i < slots; i++) {
		g->polls[i].fd = -1;
		if (g->slots[i].member == NULL)
			continue;
		exchange_poll(&g->slots[i].x, &g->polls[i]);
		point = sooner(point, exchange_until(&g->slots[i].x));
	}
	return point;
}

static void
round_of(struct gate *g, size_t slots)
{
	struct question *s = g->slots;
	size_t i;

	poll(g->polls, slots, time_left(prepare(g, slots)));
	for (i = 0; i < slots; i++, s++)
		if (s->member != NULL && exchange_step(&s->x, &g->polls[i]))
			ended(g, s);
}

int
gate(const struct options *o)
{
	struct gate *g = echoc_memory(sizeof *g);
	static struct target t;
	static struct member one;
	size_t i, slots;

	g->o = o;
	if (o->size > EXCHANGE_LARGEST)
		usage("-s: at most %d bytes in a check, not %llu",
		    EXCHANGE_LARGEST, o->size);
	if (given(o, 'q') && o->file == NULL)
		usage("-q: one check is silent without it");
	if (o->file != NULL)
		gate_load(g, o->file);
	else {
		echoc_target(o, &t);
		one.host = o->host;
		one.port = o->port;
		g->members = &one;
		g->count = 1;
	}
	g->began = time_now();
	g->ends = given(o, 'w') ? g->began + o->deadline : 0;
	slots = g->limit = in_flight(g->count);
	g->slots = echoc_memory(slots * sizeof *g->slots);
	g->polls = echoc_memory(slots * sizeof *g->polls);
	g->queue = echoc_memory(g->count * sizeof *g->queue);
	for (i = 0; i < g->count; i++) {
		g->members[i].verdict = V_UNTRIED;
		enqueue(g, &g->members[i], g->began);
	}
	while (g->busy > 0 || g->waiting > 0) {
		fill(g, time_now());
		if (g->busy > 0 || g->waiting > 0)
			round_of(g, slots);
	}
	return gate_end(g);
}
