/* known - the zombies seen so far, by process number and start. */
#ifndef KNOWN_H
#define KNOWN_H

#include "scan.h"

/* Beyond so many zombies are counted, but not remembered. */
enum { KNOWN_MAX = 65534 };

struct known {
	struct task t;
	unsigned long long first;	/* when first seen; time_now's clock */
	unsigned long long died;	/* exactly, if the kernel told; or 0 */
	unsigned look;		/* in which look it was there last */
	int told;		/* its coming was reported */
};

/*
 * Find a zombie, or add it as first seen now.  Memory is touched only as
 * zombies come.  known_add returns NULL when the table is full, or there
 * is no memory for it.
 */
struct known *known_find(const struct task *);
struct known *known_add(const struct task *, unsigned long long now);

/* Return the n-th, NULL behind the last. */
struct known *known_at(unsigned n);

/* Forget those that gone() says have gone. */
void known_sweep(int (*gone)(const struct known *, void *), void *);

#endif
