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

void dgram_status(void);	/* the counters into the log */

#endif
