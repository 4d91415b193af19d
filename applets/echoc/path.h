/* path - facts of the way to a server: MTU, MSS, what it carries. */
#ifndef PATH_H
#define PATH_H

#include "dial.h"
#include "hist.h"
#include "net.h"
#include "report.h"

/* What became of a packet of a size. */
enum passage {
	PASSED,
	VANISHED,	/* nobody said a word */
	TOLD,		/* a router said how big it may be */
	TOO_LARGE,	/* for our own interface */
	UNHEARD,	/* the way itself failed: path->udp */
};

struct path {
	const struct options *o;
	struct dial dial;
	enum verdict verdict;	/* why there is no answer */
	unsigned long long errors[VERDICTS];
	int v6;

	/* By UDP with DF. */
	enum verdict udp;	/* why there is no answer */
	unsigned mtu;		/* the largest packet that passed */
	unsigned interface_mtu;
	unsigned told;		/* what a router said, 0: none did */
	struct net_addr teller;
	enum passage beyond;	/* what becomes of larger ones */
	unsigned long long rtt;	/* ns, the best; 0: none yet */
	unsigned long long seed;
	unsigned serial;

	/* By TCP. */
	int connected;
	unsigned mss, tcp_mtu;	/* as TCP_INFO has them */
	int stalled;		/* segments of that size get stuck */
	int there;		/* ... on the way there, not back */
	unsigned passing_mss;	/* the largest that does not */

	/* Throughput. */
	struct hist echo;	/* from sent to echoed under this load */
	unsigned long long began, filled, ended, sent, got;
	unsigned long long retransmits, kernel_rtt, cwnd;
};

/* path_udp.c: find the largest datagram that passes unfragmented. */
void path_udp(struct path *);

/* path_tcp.c: what TCP uses, and if that passes. */
void path_tcp(struct path *);
/* Send and receive as fast as it goes, for so long. */
void path_flow(struct path *, unsigned long long ns);

#endif
