/* damage - what goes wrong on the way, done to the echo of a stream. */
#ifndef DAMAGE_H
#define DAMAGE_H

#include <stddef.h>

/* Each happens once in a connection, from a place in it on. */
enum damage {
	FLIP,		/* a bit */
	SWAP,		/* the bytes of 8 words of 4 */
	FILL,		/* 64 zeros */
	STALE,		/* 64 bytes are the connection's first ones */
	FOREIGN,	/* ... are another's first ones */
	GARBAGE,	/* ... are nobody's */
	LOSE,		/* 64 bytes are missing */
	REPEAT,		/* the last 64 come again */
	INSERT,		/* 18 bytes come between */
	TRUNCATE,	/* it ends */
	DAMAGES,
};

enum { DAMAGE_GROWS = 128 };	/* bytes that come on top, at the most */

/* Before anything is served: memory that the processes share. */
void damage_open(unsigned slots);

/*
 * Damage the next n bytes of the connection of a slot; first: it begins.
 * place is by kind, 0 for none of it.  The buffer holds 2 * n +
 * DAMAGE_GROWS.  Returns the new n, and sets *end when it is to end then.
 */
size_t damage(const unsigned place[DAMAGES], unsigned slot, int first,
    char *buf, size_t n, int *end);

#endif
