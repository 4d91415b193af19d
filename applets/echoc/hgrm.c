/* hgrm - a report as HdrHistogram's plotter reads it. */
#include <unistd.h>

#include "echoc.h"
#include "fmt.h"
#include "format.h"
#include "hist.h"
#include "io.h"

/* Add part / whole with twelve decimals, as by hand: nothing overflows. */
static void
fraction(struct fmt *f, unsigned long long part, unsigned long long whole)
{
	int i;

	fmt_add(f, " %llu.", part / whole);
	for (i = 0; i < 12; i++) {
		part = part % whole * 10;
		fmt_add(f, "%llu", part / whole);
	}
}

static void
milliseconds(struct fmt *f, const char *before, int width,
    unsigned long long ns)
{
	FMT(ms, 32);

	fmt_fixed(&ms, ns, 6, 6);
	fmt_add(f, "%s%*s", before, width, ms.buf);
}

static void
footer(struct fmt *f, const struct hist *h)
{
	milliseconds(f, "#[Mean    = ", 12, hist_mean(h));
	milliseconds(f, ", StdDeviation   = ", 12, hist_mdev(h));
	milliseconds(f, "]\n#[Max     = ", 12, h->max);
	fmt_add(f, ", Total count    = %12llu]\n#[Buckets = %12d"
		   ", SubBuckets     = %12d]\n",
	    h->count, HIST_BUCKETS >> HIST_OCTAVE, 1 << HIST_OCTAVE);
}

/* A line for each bucket that is used, so it goes out as it is made. */
int
format_hgrm(struct fmt *f, struct results *r)
{
	const struct hist *h = report_hist(r, JUDGE);
	unsigned long long seen = 0, last;
	unsigned i;

	fmt_add(f, "       Value     Percentile TotalCount "
		   "1/(1-Percentile)\n\n");
	for (i = 0; i < HIST_BUCKETS; i++) {
		if (h->bucket[i] == 0)
			continue;
		seen += h->bucket[i];
		last = seen == h->count ? h->max : hist_last(i);
		milliseconds(f, "", 12, last);
		fraction(f, seen, h->count);
		fmt_add(f, " %10llu", seen);
		if (seen < h->count)
			milliseconds(f, " ", 14,
			    h->count * 1000000 / (h->count - seen));
		fmt_add(f, "\n");
		io_flush(STDOUT_FILENO, f, 256);
	}
	footer(f, h);
	return r->status;
}
