/* count - what all processes of the server count together. */
#ifndef COUNT_H
#define COUNT_H

/*
 * A counter in shared memory that any process may add to without a lock, 64
 * bits wide on 32-bit machines too: a reader never sees it half-written.  It
 * is shown, and never trusted.
 */
struct counter {
	unsigned low, half;
};
void counter_add(struct counter *, unsigned);
unsigned long long counter_get(const struct counter *);

/* Those of the server. */
enum count {
	COUNT_FAILURES,		/* the system refused a client or a fork */
	COUNT_DENIED,		/* clients, by the rules */
	COUNT_FULL,		/* clients that were refused, as admit.h says */
	COUNT_SOURCE,
	COUNT_RATE,
	COUNT_EVICTED,
	COUNT_UNLOGGED,		/* lines of those that were not written */
	COUNT_DROPPED,		/* lines that nobody took */
	COUNT_SERVER,		/* so many are the server's */

	COUNT_UDP = COUNT_SERVER,
	COUNT_ECHOED,
	COUNT_BYTES,
	COUNT_GUARD = COUNT_BYTES,	/* and a reason of guard.h */
	COUNT_TTY = COUNT_UDP + 9,
	COUNT_LINE = 4,		/* so many each serial line has: */
	COUNT_FRAMES = 0,
	COUNT_FRAME_BYTES,
	COUNT_DAMAGED,
	COUNT_NOISE,
	COUNTS = COUNT_TTY + 8 * COUNT_LINE,
};

/* Before any process is forked; dies without memory. */
void count_open(void);

void count_add(enum count, unsigned);
unsigned long long count_get(enum count);

/* The name of one. */
const char *count_name(enum count);

#endif
