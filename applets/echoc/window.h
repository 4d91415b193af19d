/* window - which probes are out, and what each became. */
#ifndef WINDOW_H
#define WINDOW_H

/* Probes that can be out at once, or be told apart after they were. */
enum { WINDOW_SIZE = 8192 };

/* What a probe is, and what a reply turns out to be. */
enum fate {
	STRAY,		/* not of ours, or of too long ago to say */
	WAITING,
	GOOD,		/* came in time */
	LATE,		/* came after it was reported missing */
	MISSING,
	FAILED,		/* the connection ended, or it was refused */
	DUPLICATE,	/* came once more */
};

/*
 * A place for each sequence number, so loss, duplicates, reordering and
 * late replies are told apart and none is guessed from a total.  Numbers
 * start at 1; all zero, with next 1 and oldest 1, is the beginning.
 */
struct window {
	unsigned long long next;	/* to be sent */
	unsigned long long oldest;	/* that may still be WAITING */
	unsigned long long highest;	/* that came back */
	unsigned long long missing;
	unsigned long long *n;		/* the counts of a tally */
	unsigned long long sent_at[WINDOW_SIZE];
	unsigned char fate[WINDOW_SIZE];
};

void window_start(struct window *, unsigned long long *n);

/* Is there no place for one more? */
int window_full(const struct window *);

/* Take the next number for a probe sent now. */
unsigned long long window_send(struct window *, unsigned long long now);

/* A reply came: what it is, and how long it took where that is known. */
enum fate window_reply(struct window *, unsigned long long seq,
    unsigned long long now, unsigned long long *took);

/* Return a probe that was sent before the point and is now MISSING, 0 if
 * there is none. */
unsigned long long window_expire(struct window *, unsigned long long point);

/* A probe is now FAILED, if it was WAITING. */
void window_fail(struct window *, unsigned long long seq);

/* The oldest that is WAITING, 0 for none; how many are. */
unsigned long long window_oldest(struct window *);
unsigned long long window_waiting(const struct window *);

unsigned long long window_sent_at(const struct window *,
    unsigned long long seq);

#endif
