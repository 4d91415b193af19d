/* drive - the engine of load: many connections in one epoll. */
#ifndef DRIVE_H
#define DRIVE_H

#include "link.h"
#include "report.h"

struct options;
struct target;

enum { DRIVE_DIALS = 64 };	/* connections being made at once */

/* What is to be done, by one process. */
struct plan {
	const struct options *o;
	const struct target *target;
	int address;			/* number of the target's */
	unsigned connections;
	unsigned depth;			/* messages on the way in each */
	unsigned size;
	int fresh;			/* a connection a message */
	int verify;			/* every byte, and say what is wrong */
	unsigned long long count;	/* messages, ~0 for no end */
	unsigned long long warmup;	/* ns, not counted */
	unsigned long long duration;	/* ns after it, 0 for no end */
	unsigned long long deadline;	/* time_now's, 0 for none */
	/* Open loop: message number i is due at first + i * gap + (fraction +
	 * i * rest) / rate ns after the start; with rate 0 the loop is
	 * closed. */
	unsigned long long first, fraction, gap, rest, rate;
	/* All processes share the seed; each has streams of its own. */
	unsigned long long seed;
	unsigned first_stream;
	struct tally *tally;
	/* Called when all connections stand; returns when to begin. */
	unsigned long long (*ready)(const struct plan *);
	/* Called each second, or NULL. */
	void (*tick)(const struct plan *);
	void *data;		/* theirs */
};

/* One message on its way. */
struct ask {
	unsigned long long due;		/* when it was to be sent */
	unsigned long long began;	/* when it was */
};

enum state { DOWN, DIALING, UP };

struct conn {
	struct link link;
	enum state state;
	unsigned head, asked;	/* of the ring */
	unsigned unwritten;
	unsigned number;	/* of the stream; each connection has its own */
	unsigned next;		/* in the list of those that are free */
	unsigned tries;		/* that failed since the last echo */
	int listed;
	int waiting;		/* to dial, for room in a listener's queue */
	int spoiled;		/* the message being read has wrong bytes */
	unsigned long long dialed;	/* when */
	unsigned long long rest;	/* not before; 0: at once */
	/* Messages: what is to be written next, what is to be read next. */
	unsigned long long out, in;
	unsigned out_offset, in_offset;
	unsigned pardon;		/* bytes to come that are known to be wrong */
	unsigned long long seen;	/* datagrams: bit k is number in-1-k */
	struct ask ring[];		/* depth of them */
};

enum phase { SETUP, RUN, DRAIN };

struct drive {
	const struct plan *plan;
	struct tally *t;
	enum phase phase;
	int epoll;
	int interrupted;
	unsigned first_free, last_free;	/* numbers; NONE: the list is empty */
	unsigned dialing, up, failing, cursor;
	unsigned streams;	/* begun so far */
	unsigned long long now;
	unsigned long long on_the_way, counted;
	unsigned long long due, fraction;	/* of the next message */
	unsigned long long next_scan, next_tick, stop;
	unsigned long long seed;
	unsigned long long starved;	/* no connection was free, until then */
	unsigned long long alive;	/* the last echo, or the start */
	char *conns;
	size_t stride;		/* from one struct conn to the next */
	unsigned char *message;	/* the bytes of every message but its stamp */
	int signals;
};

#define NONE (~0u)

/* Do it.  Returns 0, or -1 with errno: the engine could not be built. */
int drive(const struct plan *);

/* The engine's two halves; these are conn.c's. */
struct conn *conn_at(const struct drive *, unsigned);
unsigned conn_index(const struct drive *, const struct conn *);
void conn_dial(struct drive *, struct conn *);
/* Have epoll tell each edge of it: EPOLL_CTL_ADD, or MOD for one more. */
int conn_watch(const struct drive *, const struct conn *, int how);
void conn_event(struct drive *, struct conn *, unsigned events);
void conn_ask(struct drive *, struct conn *, unsigned long long due);
void conn_scan(struct drive *, struct conn *);
/* Can it take one more message?  Then put it on the list. */
int conn_is_free(const struct drive *, const struct conn *);
void conn_free(struct drive *, struct conn *);
void conn_close(struct drive *, struct conn *);
/* Add what TCP_INFO says of it. */
void conn_facts(struct drive *, const struct conn *);
/* Take what is still in its queue off what was sent in time. */
void conn_unsent(struct drive *, const struct conn *);
void conn_fail(struct drive *, struct conn *, enum verdict);
void conn_echoed(struct drive *, struct conn *);

/* talk.c: write what is asked, 0 or -1 when that failed; read what came. */
int conn_push(struct drive *, struct conn *);
void conn_pull(struct drive *, struct conn *, unsigned events);

#endif
