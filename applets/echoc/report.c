/* report - what came of a run, one struct, in any format. */
#include <string.h>

#include "echoc.h"
#include "err.h"
#include "fmt.h"
#include "format.h"
#include "hist.h"
#include "report.h"
#include "say.h"
#include "time.h"

/* All but hgrm are built whole: some 5 KB with every number there. */
enum { REPORT_SIZE = 12288 };

#define X(name) #name "\0"
const char format_counts[] = COUNTS ASIDES;
#undef X

const char format_hists[] = "service\0response\0connect\0judge\0";
const char format_stats[] = "count\0min_ns\0mean_ns\0mdev_ns\0p50_ns\0p90_ns\0"
    "p99_ns\0p99_9_ns\0max_ns\0";

void
report_set(struct results *r, enum count c, unsigned long long v)
{
	r->t.n[c] = v;
	r->known |= 1ull << c;
}

const struct hist *
report_hist(const struct results *r, int i)
{
	i = i == JUDGE ? r->judge : i;
	return r->known & KNOWN_HIST(i) ? &r->t.hist[i] : NULL;
}

void
report_settle(struct results *r)
{
	int i;

	r->word[MODE] = r->o->mode->name;
	r->word[STATUS] = r->status == OK ? "ok" : r->status == NO ? "no" :
								     "error";
	r->judge = r->known & KNOWN_HIST(RESPONSE) ? RESPONSE : SERVICE;
	if (r->o->key.warn != UNSET_TIME)
		report_set(r, C_warn_ns, r->o->key.warn);
	if (r->o->key.crit != UNSET_TIME)
		report_set(r, C_crit_ns, r->o->key.crit);
	report_set(r, C_failed, 0);
	for (i = V_OK + 1; i < VERDICTS; i++)
		r->t.n[C_failed] += r->t.errors[i];
}

unsigned long long
report_rate(const struct results *r, enum count c)
{
	unsigned long long us = r->t.n[C_elapsed_ns] / TIME_US;

	if (us == 0)
		return 0;
	/* In thousandths; the bytes of a long run would overflow. */
	return r->t.n[c] < ~0ull / TIME_S ? r->t.n[c] * TIME_S / us :
					  r->t.n[c] / us * TIME_S;
}

unsigned
format_percentile(int i)
{
	return i == P50 ? 50000 : i == P90 ? 90000 : i == P99 ? 99000 :
	    i == P999 ? 99900 : 100000;
}

unsigned long long
format_stat(const struct hist *h, int i)
{
	return i == N ? h->count : i == MIN ? h->min : i == MEAN ?
	    hist_mean(h) : i == MDEV ? hist_mdev(h) :
	    hist_percentile(h, format_percentile(i));
}

static int
text(struct fmt *f, struct results *r)
{
	if (r->text != NULL)
		r->text(f, r);
	return r->status;
}

/* By enum format: one row adds a format. */
static int (*const formats[FORMATS])(struct fmt *, struct results *) = {
	[TEXT] = text,
#if ENABLE_ECHOC_REPORT
	[JSON] = format_json,
	[PROM] = format_prom,
	[NAGIOS] = format_nagios,
	[HGRM] = format_hgrm,
	[CSV] = format_csv,
#endif
};

int
report(struct results *r)
{
	int status;
	FMT(f, REPORT_SIZE);

	if (formats[r->o->format] == NULL)
		die(USAGE, "this build knows no such format");
	report_settle(r);
	status = formats[r->o->format](&f, r);
	say_out(&f);
	return status;
}
