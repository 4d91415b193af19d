/* dgram - the echo of datagrams (RFC 862 over UDP), in one loop. */
#ifndef DGRAM_H
#define DGRAM_H

#include "guard.h"
#include "net.h"

#ifndef ENABLE_ECHOD_UDP
#define ENABLE_ECHOD_UDP 1	/* -u; 4 KB */
#endif

/* Serve the listeners' datagram sockets in a helper process (keep.h). */
void dgram_start(void);

/* Have the rules read that are in force now. */
void dgram_renew(void);

void dgram_status(void);	/* the counters into the log */

#endif
