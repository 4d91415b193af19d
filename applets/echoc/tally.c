/* tally - the numbers of a load's workers: added up, and shown meanwhile. */
#include <string.h>

#include "echoc.h"
#include "fmt.h"
#include "hist.h"
#include "load.h"
#include "progress.h"
#include "say.h"
#include "time.h"

static void
add(struct tally *sum, const struct tally *t)
{
	int i;

	if (t->began == 0)	/* it never came so far */
		return;
	for (i = 0; i < COUNT; i++)
		sum->n[i] = i != C_lag_ns ? sum->n[i] + t->n[i] :
		    t->n[i] > sum->n[i] ? t->n[i] : sum->n[i];
	for (i = 0; i < VERDICTS; i++)
		sum->errors[i] += t->errors[i];
	for (i = 0; i < HISTS; i++)
		hist_merge(&sum->hist[i], &t->hist[i]);
	if (sum->began == 0) {
		sum->began = sum->run.start = t->began;
		sum->run.width = TIME_MS;
	}
	if (t->run.width != 0)
		timeline_merge(&sum->run, &t->run);
	sum->facts += t->facts;
	if (t->ended > sum->ended)
		sum->ended = t->ended;
}

void
load_sum(struct load *l)
{
	struct results *r = &l->r;
	unsigned i;

	r->o = l->plan.o;
	r->known = KNOWN_HIST(SERVICE);
	if (l->plan.rate != 0)
		r->known |= KNOWN_HIST(RESPONSE);
	memset(&r->t, 0, sizeof r->t);
	for (i = 0; i < l->workers; i++)
		add(&r->t, &l->tally[i]);
}

void
load_tick(const struct plan *p)
{
	struct load *l = p->data;
	const struct options *o = l->plan.o;
	struct results *r = &l->r;
	struct tally *t = &r->t;
	unsigned long long now = time_now(), end;
	FMT(f, 160);

	load_sum(l);
	report_set(r, C_seconds, (now - l->begin) / TIME_S);
	report_set(r, C_now, (t->n[C_received] - l->done) * TIME_S /
		(now - l->ticked + 1));
	report_settle(r);
	end = t->began + o->duration;
	if (o->duration != 0 && end > now)
		report_set(r, C_time_ns, (end - now) / TIME_S);
	else if (o->count != 0)
		report_set(r, C_left, o->count - t->n[C_sent]);
	say(&f, r, "#seconds s ^now/s  p99~judge_p99  failed #failed"
	    "[  #time_ns s left][  #left left]");
	progress(f.buf);
	l->done = t->n[C_received];
	l->ticked = now;
}
