/* dial - from a target to a link: look up, try every address, in time. */
#ifndef DIAL_H
#define DIAL_H

#include "link.h"
#include "target.h"
#include "verdict.h"

struct options;
struct pollfd;

struct dial {
	struct link link;	/* the caller's when it is up */
	const struct options *o;
	enum verdict verdict;	/* why not, after -1 */
	int address;		/* the one being tried */
	unsigned long long deadline;	/* 0: none */
	unsigned long long until;	/* for this address; 0: none */
	struct target target;	/* from target_parse */
};

/* Which of two points of time comes first; 0 is never. */
unsigned long long sooner(unsigned long long, unsigned long long);

/*
 * Dial while the caller does other things: start, then poll what dial_poll
 * sets, until dial->until at most, and step, until it answers 1: the link
 * is up, or -1: it is not, and the verdict says why; everything is closed.
 * An address gets its share of the time, so that a silent one leaves some
 * for the next.  All of it has -W's time, and ends at the limit; 0: none.
 */
int dial_start(struct dial *, const struct options *,
    unsigned long long limit);
void dial_poll(const struct dial *, struct pollfd *);
int dial_step(struct dial *, const struct pollfd *);

/* Dial and do nothing else.  Returns 1 or -1. */
int dial(struct dial *, const struct options *, unsigned long long limit);

/* Give up. */
void dial_close(struct dial *);

#endif
