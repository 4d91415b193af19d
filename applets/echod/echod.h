/* echod - what the parts of the server share: options, state, hooks. */
#ifndef ECHOD_H
#define ECHOD_H

#include <poll.h>
#include <signal.h>

#include "net.h"

struct model;

/* What happens to a client that comes when all slots are taken. */
enum full { FULL_EVICT, FULL_WAIT, FULL_REFUSE };

/* The command line; not written after the start, so all processes share it.
 * Times are nanoseconds, 0 is no limit. */
struct options {
	const struct model *model;	/* -m */
	unsigned max;			/* -c */
	int backlog;			/* -b */
	unsigned long long grace;	/* -g */
	int verbose, quiet;		/* -v, -q */
};
extern struct options opts;

enum { LISTENERS = 16, WATCHES = 16 };

/*
 * A listening stream socket.  The hooks of other ways to listen: fill in a
 * row before loop_run, or add a watch.
 */
struct listener {
	int fd;
	struct net_addr addr;
	int inherited;		/* not ours: left as it was found */
};
extern struct listener listeners[LISTENERS];
extern int nlisteners;

/* A further descriptor of the main loop, such as a UDP socket. */
struct watch {
	int fd;
	void (*ready)(int fd);
};

/* Counters of the status line; each is also a reason a line is logged for. */
struct counters {
	unsigned long long accepted, bytes, failed;
	unsigned killed;		/* at the stop */
};

/*
 * What the main process keeps to itself.  It lies in memory that children
 * do not get (MADV_DONTFORK): a page that the parent writes after a fork
 * would cost each child its own copy of it, and a child has no business
 * there.
 */
struct server {
	pid_t pid;
	int signals;			/* sig_open's descriptor */
	sigset_t mask;			/* from before */
	int stop;			/* how often we were told to */
	int reserve;			/* a descriptor for bad times */
	unsigned long long pause;	/* no accept before this time */
	unsigned long long backoff;	/* how long the last pause was */
	unsigned long long start;
	struct counters count;
	int nwatches;
	struct watch watch[WATCHES];
};
extern struct server *server;

/*
 * listen.c: open what an ADDRESS word asks for, as rows of listeners; dies
 * when it cannot.  listen_ready writes the address lines to stdout.
 */
void listen_add(const char *word);
void listen_ready(void);
void listen_close(void);	/* and unlink what is ours */

/*
 * loop.c: the main process's one poll.  loop_once waits for signals,
 * clients and watches, and for events on a further descriptor (-1: none)
 * until a time (0: none); returns what came on it.  loop_run is the
 * server's life from ready to drained.
 */
void loop_watch(int fd, void (*ready)(int));
short loop_once(int fd, short events, unsigned long long until);
void loop_run(void);

/* accept.c: take what waits at a listener, within the limits.  accept_open
 * says whether there is room now. */
void accept_batch(const struct listener *);
int accept_open(void);
unsigned long long accept_until(void);	/* when to look again, or 0 */
void accept_rest(const struct listener *);	/* all that wait */
/* The system refuses (accept, fork): pause, longer each time, say so once. */
void accept_pause(const char *what);

#endif
