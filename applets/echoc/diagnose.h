/* diagnose - what happened to bytes that came back other than they went. */
#ifndef DIAGNOSE_H
#define DIAGNOSE_H

#include <stddef.h>

struct fmt;

enum { WINDOW = 4096 };		/* bytes that are looked at */

/* In the order of report.h's counts from flips on. */
enum finding_kind {
	FLIP, SWAP, FILL, STALE, FOREIGN, MISSING, REPEATED, INSERTED, GARBAGE,
	FINDINGS,
};

/* The evidence: a stream that is wrong from an offset on. */
struct evidence {
	unsigned long long seed;
	unsigned stream;
	unsigned long long offset;	/* of the first wrong byte */
	const unsigned char *got;	/* from there on, */
	size_t n;			/* so many, at most WINDOW */
	int complete;		/* all that was sent has come back */
};

struct finding {
	enum finding_kind kind;
	unsigned long long stream;	/* stale or foreign bytes are from it, */
	unsigned long long place;	/* and where there */
	unsigned long long distance;	/* bytes missing, repeated, inserted */
	unsigned long long wrong;	/* bytes that are not as they were */
	unsigned long long resume;	/* from this one on all is right again;
					 * 0: it is not to be seen where */
	unsigned long long width;	/* of swapped groups */
	unsigned long long byte;	/* the first flip's bits, or what fills */
};

void diagnose(const struct evidence *, struct finding *);

/* Add what was found last in words, and what was sent and came, in hex around
 * the place. */
void diagnose_format(struct fmt *, const struct finding *);

#endif
