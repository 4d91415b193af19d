/* dgram - the echo of datagrams (RFC 862 over UDP), in one loop. */
#ifndef DGRAM_H
#define DGRAM_H

#include "guard.h"
#include "net.h"

#ifndef ENABLE_ECHOD_UDP
#define ENABLE_ECHOD_UDP 1	/* -u; 4 KB */
#endif

/*
 * Open a bound UDP socket.  *a becomes the address it got.  Returns the
 * descriptor, or -1 with errno.
 */
int dgram_open(struct net_addr *a);

/* Serve the listeners' datagram sockets in a helper process (keep.h),
 * each source so many a second (0: any number). */
void dgram_start(unsigned rate);

/* What happened so far, in all such processes together. */
struct dgram_count {	/* nothing but counters: it is a tally's */
	unsigned long long received, echoed, bytes;
	unsigned long long refused[GUARD_REASONS];
};
void dgram_read(struct dgram_count *);
void dgram_status(void);	/* the same into the log */

#endif
