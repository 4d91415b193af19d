/* echod - what the parts of the server share: options, state, hooks. */
#ifndef ECHOD_H
#define ECHOD_H

#include <poll.h>
#include <signal.h>
#include <sys/stat.h>

#include "net.h"

#ifndef ENABLE_ECHOD_KEYS
#define ENABLE_ECHOD_KEYS 1	/* -O and -o; 900 bytes */
#endif
#ifndef ENABLE_ECHOD_ACTIVATE
#define ENABLE_ECHOD_ACTIVATE 1	/* sockets that are passed to us; 900 bytes */
#endif

struct model;
struct rusage;

/*
 * What a child runs for its client.  The linker puts it together, beside
 * the C library: a fresh process gets text by the 64 KB, and has one fault
 * less.
 */
#define HOT __attribute__((hot))

/* What happens to a client that comes when all slots are taken. */
enum full { FULL_EVICT, FULL_WAIT, FULL_REFUSE };

/* The command line; not written after the start, so all processes share it.
 * Times are nanoseconds, 0 is no limit. */
struct options {
	const struct model *model;	/* -m */
	unsigned max;			/* -c */
	int backlog;			/* -b */
	unsigned workers, served;	/* -n, -r */
	unsigned long long idle;	/* -t */
	unsigned long long grace;	/* -g */
	unsigned long long lifetime;	/* -O lifetime= */
	unsigned long long bytes;	/* -O bytes=, a connection */
	int verbose, quiet;		/* -v, -q */
	int log;			/* -o, see log.h */
	int daemon;			/* -d */
	const char *pidfile;		/* -p */
	unsigned per_source;		/* -C */
	unsigned rate;			/* -O rate=, 0: any */
	enum full full;			/* -O full= */
	unsigned long long evict;	/* who was idle for so long */
	unsigned reserve;		/* -O reserve=, slots */
	int udp;			/* -u */
	unsigned udprate;		/* datagrams/s of a source, 0: any */
	int inetd;			/* -i */
	int nodelay;			/* -O nodelay= and so on */
	unsigned long long keepalive;
	const char *interface;
	int mode;			/* of a unix path, -1: by the umask */
	int allow, admin;		/* there is a -a, -O admin= */
	const char *program;		/* -e */
	const char *rules;		/* -A */
	const char *root;		/* -D */
	int sandbox;			/* -1: if there is one */
	int chaos;			/* -O chaos=: chaos_data sees all data */
};
extern struct options opts;

enum { LISTENERS = 16, WATCHES = 16 };

/*
 * A listening stream socket, and with -u a datagram socket of the same
 * address.  The hooks of other ways to listen: fill in a row before
 * loop_run, or add a watch.
 */
struct listener {
	int fd;			/* -1: datagrams only */
	int udp;		/* -1: none */
	struct net_addr addr;
	short inherited;	/* not ours: left as it was found */
	short told;		/* what it had to be told (packets.h) */
	int flags;		/* then, the descriptor's own (F_GETFL) */
	dev_t dev;		/* a unix path's, as we made it */
	ino_t ino;
};
extern struct listener listeners[LISTENERS];
extern int nlisteners;

/* A further descriptor of the main loop, such as a UDP socket. */
struct watch {
	int fd;
	void (*ready)(int fd);
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
	int stop;			/* how often we were told to */
	int ready;			/* for the address lines */
	int reserve;			/* a descriptor for bad times */
	unsigned long long sweep;	/* when limits_due has work, 0 never */
	unsigned long long crowd;	/* when one may have to leave, or 0 */
	int victim;			/* the slot that is to, or -1 */
	unsigned long long start;
	unsigned used, spare;		/* slots that were, and are free again */
	unsigned killed;		/* connections, at the stop */
	unsigned alone;			/* see accept_batch */
	int nwatches;
	sigset_t mask;			/* of signals, from before */
	struct watch watch[WATCHES];
};
extern struct server *server;

/*
 * listen.c: open what an ADDRESS word asks for, as rows of listeners; dies
 * when it cannot.  listen_stdout makes descriptor 1 /dev/null and returns
 * the one for the address lines, which listen_ready writes and closes.  It
 * is somebody's pipe, who waits for its end: no child may hold it.
 */
int listen_stdout(int null);
void listen_add(const char *word);
struct listener *listen_row(void);
void listen_ready(void);
void listen_close(void);	/* and unlink what is ours */
/* Set what a stream socket's connections inherit of it, or a connection. */
void listen_tune(int fd);

/* path.c: bind to a unix path, unlink it if it is still the one we made. */
int path_bind(struct listener *);
void path_unlink(const struct listener *);
/* Name a unix socket's client by its user: "uid 1000" (SO_PEERCRED). */
void path_client(int fd, struct net_addr *);

/*
 * activate.c: take what was passed to us, by systemd (LISTEN_FDS) or, when
 * no address is given, as descriptor 0: listeners become rows.  Returns a
 * connection to serve instead of being a server, or -1.  With -i it is
 * descriptor 0.
 */
int activate(int addresses);
void activate_restore(const struct listener *);

/*
 * loop.c: the main process's one poll.  loop_once waits for signals,
 * clients and watches, and for events on a further descriptor (-1: none)
 * until a time (0: none); returns what came on it.  loop_run is the
 * server's life from ready to drained.
 */
void loop_watch(int fd, void (*ready)(int));
short loop_once(int fd, short events, unsigned long long until);
void loop_run(void);

/*
 * accept.c: take what waits at a listener, within the limits.  accept_open
 * tells whether to look for clients now, accept_until when to look again
 * (0: when something else happens).  accept_rest takes those that wait when
 * the server is to stop, until a time, and has them end; it returns whether
 * there may be more than there are slots.  accept_left tells then whether a
 * worker has somebody to take.
 */
void accept_batch(const struct listener *);
/* As net_accept, but only who may connect; EAGAIN also after a number of
 * others, who are closed and counted. */
int accept_client(const struct listener *, struct net_addr *peer, int flags);
/* The connection of a slot is over: it is logged, with status and usage as
 * log_disconnected's, and free. */
void accept_over(unsigned slot, int status, const struct rusage *);
int accept_open(void);
unsigned long long accept_until(void);
int accept_rest(unsigned long long until);
int accept_left(void);

/* The system refuses (accept, fork): pause, longer each time, and say so
 * once; returns how long.  accept_ready tells whether to try again,
 * accept_resume that it worked. */
unsigned long long accept_pause(const char *what);
int accept_ready(void);
void accept_resume(void);

/* options.c: read the command line; returns the operands. */
char **options_read(char **argv);
/* Then, with what was passed to us: refuse what has no effect on these
 * addresses, of which none means the default, or on a connection (or -1). */
void options_listen(char **words, int connection);

#endif
