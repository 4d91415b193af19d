/* format - the formats of a report, and what they share. */
#ifndef FORMAT_H
#define FORMAT_H

#include "report.h"

/* Write all of a report, or its end if it was written along the way.
 * Returns the exit status. */
int format_json(struct fmt *, struct results *);
int format_prom(struct fmt *, struct results *);
int format_nagios(struct fmt *, struct results *);
int format_csv(struct fmt *, struct results *);
int format_hgrm(struct fmt *, struct results *);

/* Names: of counts, of histograms, of what is said of a histogram.  Each is
 * a list of words with a NUL behind each. */
extern const char format_counts[], format_hists[], format_stats[];
enum { N, MIN, MEAN, MDEV, P50, P90, P99, P999, MAX, STATS };

/* One of STATS, and its percentile as hist.h counts them. */
unsigned long long format_stat(const struct hist *, int);
unsigned format_percentile(int);

#endif
