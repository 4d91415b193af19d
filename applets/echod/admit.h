/* admit - which clients get a slot, and who has to leave for them. */
#ifndef ADMIT_H
#define ADMIT_H

#include "net.h"

#ifndef ENABLE_ECHOD_ADMIT
#define ENABLE_ECHOD_ADMIT 1	/* -C, -O rate, full, reserve, admin; 2 KB */
#endif

/* -O full=, and -O admin=; end in usage(). */
void admit_full(const char *);
void admit_admin(const char *);

/* Before the first client. */
void admit_start(void);

/*
 * A client was accepted, by the main process or by a worker: returns 1 if
 * it may stay.  Else it has been told why (if that did not take waiting),
 * it is counted, and the descriptor is closed.
 */
int admit_client(int fd, const struct net_addr *peer);

/* The client of a slot of the main process is there, or (NULL) is gone:
 * count it for its source. */
void admit_source(unsigned slot, const struct net_addr *);

/*
 * When all slots are taken: tell whether somebody is idle for long enough
 * to leave for the next client; admit_evict asks him to, admit_until is
 * when to look again (0: when something happens).
 */
int admit_crowded(void);
int admit_evict(void);
unsigned long long admit_until(void);

#endif
