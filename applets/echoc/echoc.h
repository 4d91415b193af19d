/* echoc - what the ways of asking an echo server share. */
#ifndef ECHOC_H
#define ECHOC_H

#include <stddef.h>

#ifndef ENABLE_NAMES
#define ENABLE_NAMES 1	/* host names: /etc/hosts and DNS; 4 KB */
#endif
#ifndef ENABLE_ECHOC_KEYS
#define ENABLE_ECHOC_KEYS 1	/* -I, -O and -o; 1.5 KB */
#endif
#ifndef ENABLE_GATE
#define ENABLE_GATE 1	/* -k: until up or down, many, formats; 5 KB */
#endif
#ifndef ENABLE_PING
#define ENABLE_PING 1	/* -p; 7 KB */
#endif
#ifndef ENABLE_PATH
#define ENABLE_PATH 1	/* -M; 6 KB */
#endif
#ifndef ENABLE_DATAGRAM
#define ENABLE_DATAGRAM 1	/* -u: UDP; 700 bytes */
#endif
#ifndef ENABLE_ECHOC_LOAD
#define ENABLE_ECHOC_LOAD 1	/* -l; 9 KB */
#endif

struct options;
struct target;

/* How results are written; a mode's row says which of them it can. */
enum format { TEXT, JSON, PROM, NAGIOS, HGRM, CSV, FORMATS };

/* A way of asking: one row of the table in echoc.c, and one file. */
struct mode {
	char letter;		/* its option; 0 is the pipe */
	const char *name;
	const char *letters;	/* options it knows beside those for all */
	unsigned formats;	/* 1 << JSON and so on, beside TEXT */
	unsigned long long timeout;	/* -W where it is not given, ns */
	int (*run)(const struct options *);	/* returns the exit status */
};

/*
 * The keys of -O: X(name, kind, least, most).  A kind is N number, T time,
 * S size, or F for a flag that is on when it is only named.
 */
#define KEYS                                                                   \
	X(nodelay, F, 0, 1)	/* TCP_NODELAY; on */                          \
	X(down, F, 0, 1)	/* a gate: good is who does not answer */      \
	X(warn, T, 1, ~0ull - 1)	/* thresholds on the time */           \
	X(crit, T, 1, ~0ull - 1)                                               \
	X(mss, N, 88, 32767)	/* TCP_MAXSEG */                               \
	X(fresh, F, 0, 1)	/* a connection for each probe */              \
	X(tos, N, 0, 255)	/* the IP header's TOS byte */                 \
	X(dscp, N, 0, 63)	/* its upper six bits */                       \
	X(ttl, N, 1, 255)	/* or hop limit */                             \
	X(mark, N, 0, 4294967295)	/* SO_MARK, for policy routing */      \
	X(warmup, T, 0, ~0ull)	/* load: not counted */                        \
	X(depth, N, 1, 1024)	/* load: messages under way in each */         \
	X(bulk, F, 0, 1)	/* load: for throughput */                     \
	X(reset, F, 0, 1)	/* end by RST (SO_LINGER 0) */                 \
	X(ascii, F, 0, 1)	/* no Unicode in drawings */

/* What the command line said. */
struct options {
	const struct mode *mode;
	const char *host;	/* NULL with -F */
	const char *port;	/* NULL: in host, or 7 */
	const char *name;	/* both, for messages */
	const char *from;	/* -I: interface or source address */
	const char *file;	/* -F */
	enum format format;	/* -o */
	char given[128];	/* by letter: how often it was given */
	unsigned long long count, size, rate, connections, workers;
	unsigned long long interval, timeout, deadline, duration;	/* ns */
	/* By the name of its key; KEY_UNSET where it was not given. */
#define X(name, kind, least, most) unsigned long long name;
	struct {
		KEYS
	} key;
#undef X
};

#define KEY_UNSET (~0ull)

/* The target of the operands; what is wrong with them ends in usage(). */
void echoc_target(const struct options *, struct target *);

/* The ways of asking. */
int chat(const struct options *);
int check(const struct options *);
int gate(const struct options *);
int ping(const struct options *);
int path(const struct options *);
int load(const struct options *);
int verify(const struct options *);

#endif
