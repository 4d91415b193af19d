/* chaos - faults on demand, for the tests of clients and monitors. */
#ifndef CHAOS_H
#define CHAOS_H

#include <stddef.h>

#include "damage.h"

#ifndef ENABLE_ECHOD_CHAOS
#define ENABLE_ECHOD_CHAOS 1	/* -O chaos=; 3 KB */
#endif

#if ENABLE_ECHOD_CHAOS
#define CHAOS_HELP "  -O chaos=FAULT    be a bad server\n"
#else
#define CHAOS_HELP
#endif

/* Whether any fault is asked for. */
#define chaos_on() (ENABLE_ECHOD_CHAOS && opts.chaos)

/* Read WHAT or WHAT:NUMBER; ends in usage() when it is neither.
 * chaos_check does when the model cannot do what was asked for. */
void chaos_set(const char *);
void chaos_check(void);

/* After the signals are set up: those faults that are in the set-up. */
void chaos_start(void);

/* Whether children are to be waited for in the way that is asked for;
 * then chaos_reap does so, and accounts for them.  In each round of the
 * main loop, and with signalled after a SIGCHLD. */
int chaos_waits(void);
void chaos_reap(int signalled);
unsigned long long chaos_until(void);	/* when to call it again, or 0 */

/* Until when an echo that is due now is to be held back, 0: it is not. */
unsigned long long chaos_stall(void);

/* How much to read at most into a buffer of so many bytes, whose echo may
 * become more. */
#define CHAOS_ROOM(size) ((size) / 2 - DAMAGE_GROWS)

/*
 * With chaos_on(): data was read, of the connection of a slot that has so many bytes behind
 * it.  It may be changed, may come late or never, or the connection is to
 * end: then *end is set.  Returns the new n.
 */
size_t chaos_data(unsigned slot, char *, size_t n, unsigned long long before,
    int *end);

#endif
