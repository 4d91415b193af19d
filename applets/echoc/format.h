/* format - what the formats of a report share: one file and one row each. */
#ifndef FORMAT_H
#define FORMAT_H

#include "report.h"

/* Write all of a report, or end it if it was written along the way.
 * Returns the exit status. */
int format_json(struct fmt *, const struct results *);
int format_prom(struct fmt *, const struct results *);
int format_nagios(struct fmt *, const struct results *);
int format_csv(struct fmt *, const struct results *);
int format_hgrm(struct fmt *, const struct results *);

extern const char *const format_counts[];	/* names, by enum count */

/* The histograms of a run. */
enum { SERVICE, RESPONSE, CONNECT, HISTS };
extern const char *const format_hists[];
const struct hist *format_hist(const struct results *, int);

/* The one that judges a run: the response where there are due times. */
const struct hist *format_judge(const struct results *);

/* What is said of a histogram, and percentiles as hist.h counts them. */
enum { MIN, MEAN, MDEV, P50, P90, P99, P999, MAX, STATS };
struct stat_name {
	const char *name;
	unsigned percentile;
};
extern const struct stat_name format_stats[];
unsigned long long format_stat(const struct hist *, int);

/* "ok", "no" or "error". */
const char *format_status(const struct results *);

#endif
