/* report - what came of a run, one struct, in any format. */
#include <stdint.h>
#include <unistd.h>

#include "echoc.h"
#include "err.h"
#include "fmt.h"
#include "format.h"
#include "hist.h"
#include "io.h"
#include "report.h"
#include "time.h"

/* All but hgrm are built whole: some 5 KB with every number there. */
enum { REPORT_SIZE = 12288 };

const char *const format_counts[] = {
#define X(name) #name,
	COUNTS
#undef X
};

const struct stat_name format_stats[] = {
	[MIN] = { "min", 0 }, [MEAN] = { "mean", 0 }, [MDEV] = { "mdev", 0 },
	[P50] = { "p50", 50000 }, [P90] = { "p90", 90000 },
	[P99] = { "p99", 99000 }, [P999] = { "p99_9", 99900 },
	[MAX] = { "max", 100000 },
};

const char *const format_hists[] = { "service", "response", "connect" };

void
report_set(struct results *r, enum count c, unsigned long long v)
{
	r->n[c] = v;
	r->known |= 1ull << c;
}

unsigned long long
report_failed(const struct results *r)
{
	unsigned long long n = 0;
	int v;

	for (v = V_OK + 1; r->errors != NULL && v < VERDICTS; v++)
		n += r->errors[v];
	return n;
}

unsigned long long
report_rate(const struct results *r, enum count c)
{
	unsigned long long us = r->n[C_elapsed_ns] / TIME_US;

	if (us == 0)
		return 0;
	/* In thousandths; the bytes of a long run would overflow. */
	return r->n[c] < ~0ull / TIME_S ? r->n[c] * TIME_S / us :
					  r->n[c] / us * TIME_S;
}

unsigned long long
format_stat(const struct hist *h, int i)
{
	return i == MIN ? h->min : i == MEAN ? hist_mean(h) :
	    i == MDEV ? hist_mdev(h) :
			hist_percentile(h, format_stats[i].percentile);
}

const struct hist *
format_hist(const struct results *r, int i)
{
	return i == SERVICE ? r->service : i == RESPONSE ? r->response :
							   r->connect;
}

const struct hist *
format_judge(const struct results *r)
{
	static struct hist none;	/* not const: 16 KB of the file */

	return r->response != NULL ? r->response : r->service != NULL ?
	    r->service : r->connect != NULL ? r->connect : &none;
}

const char *
format_status(const struct results *r)
{
	return r->status == OK ? "ok" : r->status == NO ? "no" : "error";
}

static int
text(struct fmt *f, const struct results *r)
{
	r->text(f, r);
	return r->status;
}

/* By enum format: one row adds a format. */
static int (*const formats[FORMATS])(struct fmt *, const struct results *) = {
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
report(const struct results *r)
{
	int status;
	FMT(f, REPORT_SIZE);

	if (formats[r->o->format] == NULL)
		die(USAGE, "this build knows no such format");
	status = formats[r->o->format](&f, r);
	if (io_flush(STDOUT_FILENO, &f, SIZE_MAX) == -1) {
		warn("standard output:");
		return SYSTEM;
	}
	return status;
}
