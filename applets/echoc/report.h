/* report - what came of a run, one struct, in any format. */
#ifndef REPORT_H
#define REPORT_H

#ifndef ENABLE_ECHOC_REPORT
#define ENABLE_ECHOC_REPORT 1	/* -o json, prom, nagios, csv, hgrm; 3 KB */
#endif

#include "draw.h"
#include "hist.h"
#include "verdict.h"

struct fmt;
struct options;

/*
 * The numbers of a run.  Each is said only where it is known, so that what
 * a mode does not know is absent and never a 0.  Times are nanoseconds and
 * end in _ns.  New ones go to the end: this is also the order of csv.
 */
#define COUNTS                                                                 \
	X(elapsed_ns)	/* the run without its warm-up */                      \
	X(connections)	/* asked for */                                        \
	X(size)		/* bytes a message */                                  \
	X(rate)		/* asked for, a second */                              \
	X(sent)		/* messages */                                         \
	X(received)	/* right echoes */                                     \
	X(lost)                                                                \
	X(duplicates)                                                          \
	X(reordered)                                                           \
	X(late)		/* after its time was up */                            \
	X(unsent)	/* due, but no connection was free */                  \
	X(unfinished)	/* on their way when it was broken off */              \
	X(bytes_sent)                                                          \
	X(bytes_received)                                                      \
	X(flow_sent)	/* bytes within elapsed_ns: rates are of these */      \
	X(flow_received)                                                       \
	X(jitter_ns)	/* mean difference of one time to the next */          \
	X(lag_ns)	/* how late this machine was itself, at worst */       \
	X(retransmits)	/* TCP_INFO's, of all connections */                   \
	X(tcp_rtt_ns)	/* TCP_INFO's, the mean of the connections */          \
	X(cwnd)		/* TCP_INFO's, the mean, segments */                   \
	X(wrong_bytes)                                                         \
	X(faults)	/* places where the stream was wrong */                \
	X(reconnects)	/* beside the first connection */                      \
	X(damaged)	/* frames on a serial line */                          \
	X(interface_mtu)                                                       \
	X(path_mtu)	/* found by UDP with DF */                             \
	X(least_mtu)	/* in the place of path_mtu, which is not known */     \
	X(told_mtu)	/* what a router said */                               \
	X(tcp_mss)	/* TCP_INFO's snd_mss */                               \
	X(tcp_mtu)	/* TCP_INFO's pmtu */                                  \
	X(passing_mss)	/* where that of TCP gets stuck */                     \
	/* What the faults were, as diagnose.h has them. */                    \
	X(flips)                                                               \
	X(swaps)	/* bytes of a word */                                  \
	X(fills)	/* the same byte again and again */                    \
	X(stale)	/* bytes of another place in the stream */             \
	X(foreign)	/* another connection's */                             \
	X(missing)                                                             \
	X(repeated)                                                            \
	X(inserted)                                                            \
	X(garbage)                                                             \
	X(truncated)                                                           \
	X(failed)	/* ended in an error of any kind */

/* What only texts say. */
#define ASIDES                                                                 \
	X(loss)		/* thousandths of a percent */                         \
	X(missed)	/* no reply in time */                                 \
	X(stray)	/* replies to nobody */                                \
	X(waiting)                                                             \
	X(seconds)                                                             \
	X(left)                                                                \
	X(now)		/* a second, at the moment */                          \
	X(good)                                                                \
	X(bad)                                                                 \
	X(attempts)                                                            \
	X(connect_ns)                                                          \
	X(time_ns)                                                             \
	X(warn_ns)	/* thresholds */                                       \
	X(crit_ns)

enum count {
#define X(name) C_##name,
	COUNTS
	COUNT,
	C_before_asides = COUNT - 1,
	ASIDES
	FIELDS,
#undef X
};

/* The histograms of a run: from sent to echoed, from when it was due, from
 * dialled to connected; and the one that judges it, one of these. */
enum { SERVICE, RESPONSE, CONNECT, JUDGE, HISTS = JUDGE };

/* What is counted; all of it can lie in memory that processes share. */
struct tally {
	unsigned long long began;	/* time_now's: end of the warm-up */
	unsigned long long ended;
	unsigned long long facts;	/* connections that TCP_INFO was of */
	unsigned long long n[FIELDS];
	unsigned long long errors[VERDICTS];
	struct hist hist[HISTS];
	struct timeline run;
};

/* Mode, target and transport (tcp, udp, unix, tty), the status in a word, and
 * the reason in a few, or NULL. */
enum { MODE, TARGET, TRANSPORT, STATUS, SAID, WORDS };

struct results {
	const struct options *o;	/* the mode, the format */
	const char *word[WORDS];	/* TARGET and TRANSPORT are set */
	unsigned long long known;	/* 1 << C_sent and so on */
	void (*text)(struct fmt *, struct results *);	/* or NULL */
	int status;			/* OK, NO, SYSTEM */
	int judge;			/* SERVICE or RESPONSE */
	struct tally t;
};

#define KNOWN(name) (1ull << C_##name)
#define KNOWN_HIST(i) (1ull << (FIELDS + (i)))
#define KNOWN_RUN KNOWN_HIST(HISTS)

void report_set(struct results *, enum count, unsigned long long);

/* One of the histograms, or NULL where it is not known; the judge is. */
const struct hist *report_hist(const struct results *, int);

/* What follows from the rest: words, the judge, the failed; and limits. */
void report_settle(struct results *);

/* Events of a kind in a second, in thousandths. */
unsigned long long report_rate(const struct results *, enum count);

/*
 * Write it to standard output in the format that -o names; text is the
 * mode's own.  Returns the exit status: results->status, or nagios' own
 * 0, 1, 2 or 3; SYSTEM where it could not be written.
 */
int report(struct results *);

#endif
