/* verdict - what came of asking: a word for machines, a line for people. */
#ifndef VERDICT_H
#define VERDICT_H

#include "applet.h"

#if ENABLE_HELP
#define HINT(text) "; " text
#define WORD(word) word
#define RARE(text) text
#else	/* tiny asks in two ways only, and of them comes a line */
#define HINT(text) ""
#define WORD(word)
#define RARE(text) ""
#endif

/* X(name, word, what it means and what to do); the local ones, which tell of
 * this machine and not of the server, stand last. */
#define VERDICT_LIST                                                           \
	X(OK, "ok", "the echo is right")                                       \
	X(REFUSED, "refused", "connection refused" HINT("nothing listens there")) \
	X(TIMEOUT, "timeout", "timed out" HINT("no answer to the connection")) \
	X(SILENT, "silent", "timed out; connected, but nothing came back")     \
	X(STALLED, "stalled", "timed out; the echo stalled in the middle")     \
	X(UNREACHABLE, "unreachable", "unreachable" HINT("no route leads there")) \
	X(CLOSED, "closed",                                                    \
	    "closed early" HINT("the server ended before the echo was complete")) \
	X(WRONG, "wrong", "wrong data; the echo is not what was sent")         \
	X(TWICE, "twice", "wrong data; the echo came twice")                   \
	X(RESET, "reset", "connection reset by the server")                    \
	X(SELF, "self",                                                        \
	    "connected to itself" HINT("nothing listens on that local port"))  \
	X(SLOW, "slow", RARE("too slow; the echo is right"))                         \
	X(UNTRIED, "untried", RARE("not asked; the deadline came first"))            \
	X(NONAME, "noname", RARE("no such host name"))                               \
	X(NORESOLVER, "noresolver", RARE("no name server answers"))                  \
	X(NOSOCKET, "nosocket", "no such socket")                              \
	X(PORTS, "ports", "no local port or address is free here"              \
	    HINT("wait for TIME_WAIT, widen net.ipv4.ip_local_port_range, or use -I")) \
	X(DESCRIPTORS, "descriptors",                                          \
	    "no descriptor or memory is free here" HINT("see ulimit -n"))      \
	X(DENIED, "denied",                                                    \
	    "not permitted here" HINT("a firewall, or what only root may do")) \
	X(NODEVICE, "nodevice", "no such interface, "                          \
	    RARE("address, device or speed here, or another has the device"))  \
	X(TOOBIG, "toobig",                                                    \
	    RARE("the message is too big for this way" HINT("see -s")))        \
	X(SYSTEM, "system", "this system refused")

enum verdict {
#define X(name, word, text) V_##name,
	VERDICT_LIST
#undef X
	VERDICTS,
};

/* Word number i of a list that has a NUL behind each. */
const char *word_at(const char *list, unsigned i);

/* What errno says after a failure of link or dial. */
enum verdict verdict_errno(void);

/* The word, such as "refused"; and what it means and what to do. */
const char *verdict_word(enum verdict);
const char *verdict_text(enum verdict);

/* The exit status it makes: SYSTEM where it tells of this machine and not of
 * the server. */
int verdict_status(enum verdict);

/* Say it of NAME on standard error; returns its exit status. */
int verdict_say(const char *name, enum verdict);

/* Of what was counted the last in the list, V_OK for nothing. */
enum verdict verdict_worst(const unsigned long long counted[VERDICTS]);

#endif
