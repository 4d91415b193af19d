/* keep - helper processes that the server keeps running beside the model. */
#ifndef KEEP_H
#define KEEP_H

#include <sys/types.h>

#include "dgram.h"
#include "serial.h"

#ifndef ENABLE_ECHOD_KEEP
#define ENABLE_ECHOD_KEEP (ENABLE_ECHOD_UDP || ENABLE_ECHOD_TTY)
#endif

enum { KEEPS = 16 };

/*
 * Have run(argument) run in a process of its own: from keep_start on, and
 * again with a growing pause whenever it ends.  It begins with the server's
 * descriptors (see keep_only); TERM ends it.  name is for messages.  Before each
 * start the server calls prepare (unless NULL), which may return -1 with
 * errno: not yet.
 */
void keep_add(const char *name, void (*run)(int), int argument,
    int (*prepare)(int));

/*
 * In the helper: close all descriptors but these and the log.  One that is
 * started while clients are served would hold them: who is closed by the
 * server would not hear of it.
 */
void keep_only(const int *fds, int n);

/* Start all of them; later those whose pause is over. */
void keep_start(void);

/* When keep_start is to be called again; 0: never. */
unsigned long long keep_until(void);

/* A child was reaped: tell whether it was one of these, and see to it. */
int keep_reaped(pid_t, int status);

/* See to those that are dead, where not everybody is reaped. */
void keep_look(void);

/* End them all (by KILL if force) and do not start them again. */
void keep_stop(int force);

/* How many run. */
int keep_running(void);

/* End those that run this and start them anew, with what they are to know. */
void keep_renew(void (*run)(int));

#endif
