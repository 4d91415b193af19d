/* board - the scoreboard: a slot for each connection, in shared memory. */
#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>

#include "net.h"

/*
 * Who a client is.  Small, as there is one in each slot: an IPv4 address is
 * in the first four bytes, a unix client's pid too.
 */
struct peer {
	unsigned short family;
	unsigned short port;
	unsigned scope;
	unsigned char address[16];
};

/*
 * One connection.  It is written by who serves it, maybe a child that was
 * taken over: what stands here is shown and counted, and never trusted for
 * a pid or an index.
 */
struct slot {
	unsigned long long start;	/* time_now's, not written again */
	struct peer peer;
	unsigned live;			/* 0: free */
	unsigned last;			/* board_now's */
	unsigned bytes[3];		/* board_bytes */
};

/* Map so many slots, all free.  Returns 0, or -1 with errno. */
int board_open(unsigned slots);

/* Memory of the main process alone, zeroed, that forked children do not
 * get; dies when there is none. */
void *board_private(size_t);

/* Take a free slot for a client, -1 if there is none; give it back. */
int board_take(const struct net_addr *);
void board_free(unsigned);

struct slot *board_slot(unsigned);
unsigned board_live(void);
unsigned board_size(void);

/* Centiseconds since a point before the start: 32 bits, so that a write is
 * whole everywhere; compared by difference, good for 497 days of idleness. */
unsigned board_now(void);

/* Count bytes of a slot (one writer), and read them whole. */
void board_count(struct slot *, unsigned long long);
unsigned long long board_bytes(const struct slot *);

/* The peer as an address again, for its text. */
void board_peer(const struct slot *, struct net_addr *);

#endif
