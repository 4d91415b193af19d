/* ping - a run of probes: its state, its wire and its words. */
#ifndef PING_H
#define PING_H

#include "dial.h"
#include "hist.h"
#include "report.h"
#include "verdict.h"
#include "window.h"

struct ping {
	const struct options *o;
	struct window *window;
	enum { DOWN, DIALING, UP } state;
	int fresh;		/* a connection a probe */
	int stop;		/* a signal said so */
	int loud;		/* a line a reply */
	unsigned size;
	/* On a stream: the probe being written and the echo being read. */
	unsigned written, read;
	unsigned long long writing, reading;
	unsigned long long due;		/* the next probe */
	unsigned long long ends;	/* 0: never */
	unsigned long long heard;	/* when something last came */
	struct dial dial;
	unsigned long long stalled;	/* the last that stopped in its middle */
	unsigned long long missed;	/* the first probe missed since; 0 */
	unsigned long long began;
	unsigned long long dialled;	/* when the dialling began */
	unsigned long long connecting;	/* how long it took */
	unsigned long long seed;
	unsigned long long connections;
	unsigned long long last, jitter, jitters;	/* ns, sum, how many */
	struct results r;
};

/* ping_wire.c: connect, send what is due, take what came. */
void ping_dial(struct ping *, unsigned long long now);
void ping_dialled(struct ping *, int result);
void ping_send(struct ping *, unsigned long long now);
void ping_flush(struct ping *);
void ping_receive(struct ping *);
/* The link is of no use any more: what is out has failed. */
void ping_drop(struct ping *, enum verdict);

/* ping_text.c: a line for each thing that happens, and the end of it. */
void ping_title(const struct ping *);
void ping_sent(const struct ping *);
void ping_reply(const struct ping *, unsigned long long seq, enum fate,
    unsigned long long took);
void ping_missing(const struct ping *, unsigned long long seq, enum verdict,
    unsigned long long waited);
void ping_failed(const struct ping *, unsigned long long seq, enum verdict);
void ping_interim(struct ping *);
void ping_text(struct fmt *, struct results *);
void ping_results(struct ping *);

#endif
