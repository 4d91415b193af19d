/* path - facts of the way to a server: MTU, MSS, what it carries. */
#ifndef PATH_H
#define PATH_H

#include "dial.h"
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
	enum verdict verdict;	/* why there is no answer */
	int v6;

	/* By UDP with DF. */
	enum verdict udp;	/* why there is no answer */
	enum passage beyond;	/* what becomes of larger ones */
	unsigned mtu;		/* the largest packet that passed */
	unsigned interface_mtu;
	unsigned told;		/* what a router said, 0: none did */
	unsigned serial;
	unsigned long long rtt;	/* ns, the best; 0: none yet */
	unsigned long long seed;

	/* By TCP. */
	int connected;
	unsigned mss, tcp_mtu;	/* as TCP_INFO has them */
	enum verdict stuck;	/* ... how far what was sent last came */
	int stalled;		/* segments of that size get stuck */
	int there;		/* ... on the way there, not back */
	unsigned passing_mss;	/* the largest that does not */

	struct dial dial;
	struct net_addr teller;
	struct results r;
};

/* path_udp.c: find the largest datagram that passes unfragmented. */
void path_udp(struct path *);

/* path_tcp.c: what TCP uses, and if that passes. */
void path_tcp(struct path *);

#endif
