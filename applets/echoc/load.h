/* load - what its parts share: one run, by one process or several. */
#ifndef LOAD_H
#define LOAD_H

#include "drive.h"
#include "target.h"

struct load {
	struct plan plan;	/* all of it; then that of one worker */
	unsigned workers;	/* processes; not forked, it is this one */
	int forked, datagrams;
	struct tally *tally;	/* a worker each, in shared memory */
	unsigned long long begin;	/* time_now's */
	unsigned long long done, ticked;	/* at the last tick */
	int ready, go;		/* a worker's ends of two pipes */
	struct target target;
	struct results r;	/* what they have counted so far, added up */
};

/*
 * Fork the workers, let them begin at the same time, call the plan's tick
 * each second, and reap them.  Returns OK, or SYSTEM and has said why.
 */
int load_workers(struct load *, void (*work)(struct load *, unsigned));

/* The plan's ready: in a worker say that we are, return when to begin. */
unsigned long long load_begin(const struct plan *);

/* tally.c: add up what the workers have counted so far, for a report; and, the
 * plan's tick, show it. */
void load_sum(struct load *);
void load_tick(const struct plan *);

/* Add the report's text. */
void load_text(struct fmt *, struct results *);

#endif
