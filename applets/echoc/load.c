/* load - many connections, a rate, and honest latencies. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "applet.h"
#include "dial.h"
#include "echoc.h"
#include "err.h"
#include "fmt.h"
#include "link_tty.h"
#include "load.h"
#include "net.h"
#include "prng.h"
#include "proc.h"
#include "progress.h"
#include "say.h"
#include "time.h"

enum {
	SIZE = 64,		/* bytes a message */
	SECONDS = 10,		/* of a run without -c and -d */
	DATAGRAM_MIN = 8,	/* each carries its number */
	SIZE_LIMIT = 64 << 20,
	BULK_SIZE = 64 << 10,
	BULK_DEPTH = 16,
	VERIFY_SIZE = 16 << 10,
	VERIFY_DEPTH = 4,
	SPARE = 32,		/* descriptors beside the connections */
};

/* A descriptor for each connection, or say what to do about it. */
static void
raise_limit(const struct load *l)
{
	unsigned long need = l->plan.connections / l->workers + 1 + SPARE;
	unsigned long have = proc_descriptors(need);

	if (have < need)
		die(SYSTEM, "-n %u: a process may have %lu descriptors here, "
			    "it takes %lu; raise it (ulimit -n) or use more "
			    "workers (-P)", l->plan.connections, have, need);
}

/* The share of one worker in a number, the rest to the first ones. */
static unsigned long long
share(unsigned long long n, const struct load *l, unsigned worker)
{
	return n / l->workers + (worker < n % l->workers);
}

/* Be one worker. */
static void
work(struct load *l, unsigned worker)
{
	struct plan *p = &l->plan;

	if (l->forked)
		p->tick = NULL;	/* the parent's */
	p->connections = share(p->connections, l, worker);
	p->count = p->o->count == 0 ? ~0ull : share(p->o->count, l, worker);
	if (p->rate != 0) {
		p->first = worker * TIME_S / p->rate;
		p->fraction = worker * TIME_S % p->rate;
		p->gap = l->workers * TIME_S / p->rate;
		p->rest = l->workers * TIME_S % p->rate;
	}
	p->first_stream = worker * (PRNG_STREAMS / l->workers);
	p->tally = &l->tally[worker];
	if (drive(p) == -1)
		die(SYSTEM, "-n %u:", p->connections);
}

/* What cannot be meant is refused; what was not said is filled in. */
static void
settle(struct load *l)
{
	struct plan *p = &l->plan;
	const struct options *o = p->o;
	int bulk = o->key.bulk == 1;
	/* One under way at a time: datagrams, and connections for one. */
	int tty = l->target.device != NULL;
	int datagrams = l->datagrams = given(o, 'u') || tty;
	int single = datagrams || o->key.fresh == 1;

	p->connections = o->connections == 0 ? 1 : o->connections;
	l->workers = o->workers == 0 ? 1 : o->workers;
	l->forked = o->workers != 0 && !tty;	/* a line is one process */
	p->size = SIZE;
	p->depth = 1;
	if (p->verify && !datagrams)
		p->size = VERIFY_SIZE;
	if (p->verify && !single)
		p->depth = VERIFY_DEPTH;
	if (bulk) {
		p->size = BULK_SIZE;
		p->depth = BULK_DEPTH;
	}
	if (given(o, 's'))
		p->size = o->size;
	if (o->key.depth != UNSET)
		p->depth = o->key.depth;
	p->fresh = o->key.fresh == 1;
	p->rate = o->rate;
	p->duration = o->duration;
	if (o->count == 0 && o->duration == 0)
		p->duration = SECONDS * TIME_S;
	if (o->key.warmup != UNSET_TIME)
		p->warmup = o->key.warmup;
	if (o->deadline != 0)
		p->deadline = l->begin + o->deadline;
	p->data = l;
	p->ready = load_begin;
	if (o->interval < 10 * TIME_MS)
		usage("-i: no more than 100 reports a second");
	if (progress_wanted(o))
		p->tick = load_tick;
	if (p->size > SIZE_LIMIT)
		usage("-s: a message has 1 byte to 64M here, not %llu",
		    o->size);
	if (datagrams && (p->size < DATAGRAM_MIN ||
		p->size > link_most(&l->target)))
		usage("-s: a message has %d to %u bytes there, not %u",
		    DATAGRAM_MIN, link_most(&l->target), p->size);
	if (tty && l->plan.connections > 1)
		usage("%s: a line is one connection", o->host);
	if (l->workers > l->plan.connections)
		usage("-P %u: more workers than connections (-n %u)",
		    l->workers, l->plan.connections);
	if (l->plan.depth > 1 && single)
		usage("-O depth, -O bulk: not with -u, -O fresh or a line");
	if (o->key.fresh == 1 && datagrams)
		usage("-O fresh: only streams have connections");
}

/* Find the address that answers.  If none does there is nothing to load. */
static enum verdict
first_contact(struct load *l)
{
	static struct dial d;

	d.target = l->target;
	if (dial(&d, l->plan.o, l->plan.deadline) == -1)
		return d.verdict;
	l->target = d.target;
	l->plan.address = d.address;
	dial_close(&d);
	return V_OK;
}

/* Everything right is OK, our own limit SYSTEM, anything else NO. */
static int
status_of(const struct tally *t)
{
	int status = verdict_status(verdict_worst(t->errors));

	return status == OK && t->n[C_received] == 0 ? NO : status;
}

/* What this kind of run can know. */
static unsigned long long
known(const struct load *l)
{
	unsigned long long k = KNOWN(elapsed_ns) | KNOWN(connections) |
	    KNOWN(size) | KNOWN(sent) | KNOWN(received) | KNOWN(bytes_sent) |
	    KNOWN(bytes_received) | KNOWN(flow_sent) | KNOWN(flow_received) |
	    KNOWN(unfinished) | KNOWN(reconnects) | KNOWN_RUN;

	if (l->plan.verify)
		k |= KNOWN(wrong_bytes) | KNOWN(faults) |
		    ((KNOWN(truncated) << 1) - KNOWN(flips));
	if (l->datagrams)
		k |= KNOWN(lost) | KNOWN(duplicates) | KNOWN(late);
	if (l->target.device != NULL)
		k |= KNOWN(damaged);
	if (l->r.t.facts > 0)
		k |= KNOWN(retransmits) | KNOWN(tcp_rtt_ns) | KNOWN(cwnd);
	if (l->plan.o->rate != 0)
		k |= KNOWN(rate) | KNOWN(unsent) | KNOWN(lag_ns);
	if (!l->datagrams)
		k |= KNOWN_HIST(CONNECT);
	return k;
}

static int
finish(struct load *l)
{
	struct results *r = &l->r;
	struct tally *t = &r->t;
	FMT(target, 512);
	FMT(said, 256);
	enum verdict worst;

	load_sum(l);
	r->text = load_text;
	t->n[C_elapsed_ns] = t->ended - t->began;
	t->n[C_connections] = l->plan.connections;
	t->n[C_size] = l->plan.size;
	t->n[C_rate] = l->plan.o->rate;
	if (t->facts > 0) {
		t->n[C_tcp_rtt_ns] /= t->facts;
		t->n[C_cwnd] /= t->facts;
	}
	if (ENABLE_ECHOC_TTY && l->target.device != NULL)
		t->n[C_damaged] = link_tty_damaged();
	r->known |= known(l);
	if (l->target.device != NULL)
		fmt_add(&target, "%s", l->target.host);
	else if (l->target.count == 0)	/* a name that leads nowhere */
		fmt_add(&target, "%s", l->plan.o->name);
	else
		net_format(&target, &l->target.addr[l->plan.address]);
	r->word[TARGET] = target.buf;
	r->word[TRANSPORT] = link_transport(&l->target, l->plan.o);
	report_settle(r);
	r->status = status_of(t);
	worst = verdict_worst(t->errors);
	say(&said, r, "#received echoed, #failed failed");
	if (worst != V_OK)
		fmt_add(&said, ": %s", verdict_text(worst));
	r->word[SAID] = said.buf;
	return report(r);
}

static int
run(const struct options *o, int verify)
{
	struct load *l = echoc_memory(sizeof *l);
	size_t n;
	int status = OK, result;
	enum verdict v;

	l->plan.o = o;
	l->plan.seed = prng_seed();
	l->plan.verify = verify;
	l->plan.target = &l->target;
	l->begin = l->ticked = time_now();
	echoc_target(o, &l->target);
	settle(l);
	v = first_contact(l);
	if (v != V_OK && o->format == TEXT)	/* in the place of a report */
		return verdict_say(o->host, v);
	raise_limit(l);
	n = l->workers * sizeof *l->tally;
	l->tally = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (l->tally == MAP_FAILED)
		die(SYSTEM, "-P %u:", l->workers);
	if (v != V_OK) {
		l->tally->began = l->tally->ended = time_now();
		l->tally->errors[v]++;
	} else if (l->forked)
		status = load_workers(l, work);
	else
		work(l, 0);
	progress_end(o);
	result = finish(l);
	return status != OK ? status : result;
}

int
load(const struct options *o)
{
	return run(o, 0);
}

int
verify(const struct options *o)
{
	return run(o, 1);
}
