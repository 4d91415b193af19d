/* board - the scoreboard: a slot for each connection, in shared memory. */
#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>

#include "count.h"
#include "net.h"

/*
 * Who a client is.  Small, as there is one in each slot: an IPv4 address is
 * in the first four bytes, a unix client's name is text.
 */
struct peer {
	unsigned short family;
	unsigned short port;
	unsigned scope;
	unsigned char address[16];
};

/*
 * A slot and its connection.  It is written by who serves it, maybe a child
 * that was taken over: what stands here is shown and counted, and never
 * trusted for a pid or an index.  Counters go on from one connection to
 * the next, so their sum over all slots is the server's.
 */
struct slot {
	unsigned long long start;	/* time_now's, not written again */
	unsigned long long before;	/* bytes, at the start */
	struct peer peer;
	unsigned live;			/* 0: no connection */
	unsigned last;			/* data was last echoed, board_now's */
	struct counter bytes, clients;
};

/*
 * What the main process keeps of a slot to itself: no child has it, or can
 * write it.  Rows are zeroed and lie behind each other, and low slots are
 * taken first, so that of 10,000 only those pages are there which were ever
 * of use.
 */
struct row {
	unsigned long long closing;	/* limits.c: when it was to end */
	unsigned free;			/* board.c's list of free slots */
	unsigned source, sources;	/* admit.c: which row counts it; how many */
	unsigned long long model[];	/* a model's own, see model.h */
};
struct row *board_row(unsigned);

/* Map so many slots, all free, and the server's own memory with a row for
 * each.  Dies when there is no memory. */
void board_open(unsigned slots);

/* Zeroed memory, MAP_SHARED with all that is forked or not (mmap(2)'s
 * flags), or of the main process alone: forked children do not get it.
 * Both die when there is none. */
void *board_map(size_t, int flags);
void *board_private(size_t);

/* What all processes count together, whole words. */
struct shared {
	unsigned dropped, unlogged;	/* log lines, until it is said */
	unsigned second, refusals;	/* of log lines in that second */
	unsigned lost;			/* the log, see sink.h */
	unsigned wake;			/* see wake.h */
	unsigned crowded;		/* see admit.c's make_room */
	unsigned paused;		/* accept.c: refused, and said so */
	unsigned stopping;		/* who is to end is no single one */
};
struct shared *board_shared(void);

/* Main process: take a free slot, -1 if there is none; give it back. */
int board_take(void);
void board_free(unsigned);
unsigned board_taken(void);

/* A client has come to the slot, or left it. */
void board_client(struct slot *, const struct net_addr *);
void board_leave(struct slot *);

struct slot *board_slot(unsigned);
unsigned board_live(void);	/* slots with a client */
int board_busy(void);		/* each has one; of models with workers */
unsigned board_size(void);
unsigned board_used(void);	/* beyond it are slots that never were */

/* So many bytes were echoed at a board_now's time, hundredths of a second.
 * board_bytes tells how many by now. */
unsigned board_now(void);
void board_count(struct slot *, unsigned long long, unsigned now);
unsigned long long board_bytes(const struct slot *);

/* Nanoseconds since bytes were last echoed, to a hundredth of a second. */
unsigned long long board_idle(const struct slot *);

/* Connections and bytes since the server's start. */
void board_totals(unsigned long long *clients, unsigned long long *bytes);

/* The peer as an address again, for its text. */
void board_peer(const struct slot *, struct net_addr *);

#endif
