/* guard - which datagrams are not answered, and why. */
#ifndef GUARD_H
#define GUARD_H

#include "net.h"
#include "packets.h"

/*
 * An echo of datagrams can be turned against others: the source is
 * whatever the sender says.  So there is no answer, and a count, when
 */
enum reason {	/* in the order of count.h */
	GUARD_ANSWER,	/* (all is well) */
	GUARD_PORT,	/* the source is a port that itself answers: below
			 * 1024, other well-known ones, or our own */
	GUARD_CAST,	/* it was sent to, or claims to come from, many */
	GUARD_RATE,	/* the source has used up what it may have */
	GUARD_DENIED,	/* -a, -x or -A deny it */
	GUARD_LOOP,	/* it went to and fro on this machine too often */
	GUARD_UNSENT,	/* the system did not take the answer */
	GUARD_REASONS,
};

/* Say which ports are ours. */
void guard_own(unsigned port);

enum reason guard_check(const struct packet *, unsigned long long now);

/* Tell whether an address is 127/8 or ::1. */
int guard_local(const struct net_addr *);

#endif
