/* clock - what the judges that time processes share. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdlib.h>
#include <time.h>

/* Monotonic microseconds. */
static inline double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static inline int
compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts n samples; afterwards v[n / 2] is their median. */
static inline void
sort_doubles(double *v, int n)
{
	qsort(v, n, sizeof *v, compare_doubles);
}

#endif
