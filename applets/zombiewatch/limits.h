/* limits - how many more processes there can be. */
#ifndef LIMITS_H
#define LIMITS_H

#include "fmt.h"
#include "scan.h"

/* A limit on the number of processes and threads. */
struct limit {
	const char *name;	/* NULL: there is none of this kind */
	unsigned long long used;
	unsigned long long max;
};

enum { LIMITS_MAX = 3 };

/*
 * Find what bounds the children of a process: the machine (pid_max,
 * threads-max), the tightest pids.max of its cgroup and those above
 * (cgroup 1 and 2), RLIMIT_NPROC of its user unless that is root.  All
 * count threads, and zombies until they are reaped.
 */
void limits_find(pid_t, struct limit[LIMITS_MAX]);

/* Add them as words. */
void limits_show(const struct limit[LIMITS_MAX]);

/* Which is reached first by a process that leaves so many more an hour,
 * and in how many seconds; NULL: none. */
const char *limits_first(pid_t, unsigned long long hourly,
    unsigned long long *seconds);

/* Add that as words: ", 5 more an hour; pid_max reached in 3h5m". */
void limits_outlook(pid_t, unsigned long long hourly);

#endif
