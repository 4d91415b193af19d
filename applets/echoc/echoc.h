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
	unsigned char formats;	/* 1 << JSON and so on, beside TEXT */
	unsigned char timeout;	/* -W where it is not given, seconds */
	const char *name;
	const char *letters;	/* options it knows beside those for all */
	int (*run)(const struct options *);	/* returns the exit status */
};

/* What the command line said. */
struct options {
	const struct mode *mode;
	const char *host;	/* NULL with -F */
	const char *name;	/* host and port, for messages */
	unsigned long long timeout, deadline;	/* ns */
	enum format format;	/* -o */
	char given['z' - 'A' + 1];	/* by letter; see below */
	unsigned long long count, size;
	unsigned long long interval, duration;	/* ns */
	const char *port;	/* NULL: in host, or 7 */
	const char *from;	/* -I: interface or source address */
	const char *file;	/* -F */
	unsigned connections, workers, rate;
	/* -O; what is not given is all ones. */
	struct {
		unsigned long long warn, crit;	/* thresholds on the time */
		unsigned long long warmup;	/* load: not counted */
		int nodelay;		/* TCP_NODELAY; 1 where it is not given */
		int down;		/* a gate: good is who is down */
		int fresh;		/* a connection for each probe */
		int bulk;		/* load: for throughput */
		int reset;		/* end by RST (SO_LINGER 0) */
		int ascii;		/* no Unicode in drawings */
		unsigned tos, dscp;	/* the IP header's; its upper bits only */
		unsigned ttl;		/* or hop limit */
		unsigned mss;		/* TCP_MAXSEG */
		unsigned mark;		/* SO_MARK, for policy routing */
		unsigned depth;		/* load: under way in each */
	} key;
	unsigned keys;		/* those of -O that were given, by their row */
};

/* Was the option of this letter given? */
static inline int
given(const struct options *o, int letter)
{
	return o->given[letter - 'A'];
}

#define UNSET (~0u)
#define UNSET_TIME (~0ull)

/* Cut the next word off a line; NULL at its end, or where one begins with a
 * character that comments begin with. */
char *echoc_word(char **line, const char *comments);

/* Memory, all zeros, that is never given back; dies where there is none. */
void *echoc_memory(size_t);

/* End in usage() if an option has no effect on a target of this kind. */
void echoc_fits(const struct options *, const struct target *);

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
