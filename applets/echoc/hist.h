/* hist - a log-linear histogram of times, and what is to be read from it. */
#ifndef HIST_H
#define HIST_H

enum {
	HIST_UNIT = 4,		/* times are counted in 2^4 ns */
	HIST_OCTAVE = 6,	/* 2^6 buckets for each doubling */
	HIST_BUCKETS = 31 << HIST_OCTAVE,
};

/* A number of 128 bits: sums of squares that a month does not overflow. */
struct wide {
	unsigned long long hi;
	unsigned long long lo;
};

/*
 * Times in nanoseconds, in 16 KB whatever their number.  From 1 us up to
 * 18 minutes a bucket's middle is within 0.8 % of each time in it; longer
 * ones are in the last bucket.  Count, minimum, maximum, mean and mdev are
 * exact.  All zeros is empty.  It has no pointers, so that processes can
 * share it: one writes, and who reads meanwhile may see one sample half.
 */
struct hist {
	unsigned long long count;
	unsigned long long min;
	unsigned long long max;
	struct wide sum;
	struct wide squares;
	unsigned long long bucket[HIST_BUCKETS];
};

void hist_add(struct hist *, unsigned long long ns);

/* Add all that is in another one. */
void hist_merge(struct hist *, const struct hist *);

/*
 * The time that so many of 100,000 samples do not exceed: 50000 is the
 * median, 99900 is p99.9 (nearest rank).  0 if there are none.
 */
unsigned long long hist_percentile(const struct hist *, unsigned p);

unsigned long long hist_mean(const struct hist *);

/* What ping(8) calls mdev, the standard deviation of the population. */
unsigned long long hist_mdev(const struct hist *);

/* The first time in ns that falls into a bucket, and the last. */
unsigned long long hist_first(unsigned bucket);
unsigned long long hist_last(unsigned bucket);

#endif
