/* tally - the numbers of a load's workers: added up, and shown meanwhile. */
#include <string.h>

#include "draw.h"
#include "echoc.h"
#include "fmt.h"
#include "hist.h"
#include "load.h"
#include "progress.h"
#include "time.h"

static void
add(struct tally *sum, const struct tally *t)
{
	int i;

	if (t->began == 0)	/* it never came so far */
		return;
	for (i = 0; i < COUNT; i++)
		if (i != C_lag_ns)
			sum->n[i] += t->n[i];
		else if (t->n[i] > sum->n[i])
			sum->n[i] = t->n[i];
	for (i = 0; i < VERDICTS; i++)
		sum->errors[i] += t->errors[i];
	hist_merge(&sum->service, &t->service);
	hist_merge(&sum->response, &t->response);
	hist_merge(&sum->connect, &t->connect);
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
	unsigned i;

	memset(l->sum, 0, sizeof *l->sum);
	for (i = 0; i < l->workers; i++)
		add(l->sum, &l->tally[i]);
}

void
load_tick(struct load *l)
{
	const struct options *o = l->o;
	struct tally *t = l->sum;
	unsigned long long now = time_now(), done, all, failed = 0;
	FMT(f, 160);
	int v;

	load_sum(l);
	done = t->n[C_received];
	for (v = V_OK + 1; v < VERDICTS; v++)
		failed += t->errors[v];
	fmt_add(&f, "%4llu s ", (now - l->begin) / TIME_S);
	draw_number(&f, (done - l->done) * TIME_S /
		(now - l->ticked + 1));
	fmt_add(&f, "/s  p99");
	draw_time(&f, hist_percentile(o->rate != 0 ? &t->response :
		&t->service, 99000));
	fmt_add(&f, "  failed %llu", failed);
	all = t->began + o->duration;
	if (o->duration != 0 && all > now)
		fmt_add(&f, "  %llu s left", (all - now) / TIME_S);
	else if (o->count != 0)
		fmt_add(&f, "  %llu left", o->count - t->n[C_sent]);
	progress(&f);
	l->done = done;
	l->ticked = now;
}
