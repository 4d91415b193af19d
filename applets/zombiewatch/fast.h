/* fast - a walk that finds only zombies, by pidfd where that works. */
#ifndef FAST_H
#define FAST_H

#include <poll.h>

#include "scan.h"

/* So many processes are asked about at once. */
enum { FAST_BATCH = 64 };

struct fast {
	int pidfds;		/* 1: ask by pidfd, 0: read each stat */
	unsigned n, at;		/* in the batch */
	struct pollfd p[FAST_BATCH];
	pid_t pid[FAST_BATCH];
	struct scan scan;
};

/*
 * Begin a walk.  pidfds is allowed (1) only where numbers in the root are
 * those of our own PID namespace; fast_own tells.  Returns 0, or -1 with
 * errno.
 */
int fast_start(struct fast *, int pidfds);

/*
 * Set *t to the next zombie.  Returns its pid, 0 at the end, -1 with
 * errno.  Reading stat needs no more when pidfd_open(2) is lacking (before
 * Linux 5.3) or refused: the walk goes on without it.
 */
pid_t fast_next(struct fast *, struct task *);

/* Is the root a proc file system of our own PID namespace? */
int fast_own(void);

#endif
