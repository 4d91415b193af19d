/* forked - what the models that fork have in common. */
#ifndef FORKED_H
#define FORKED_H

#include <sys/types.h>

/* In a child the client is descriptor 0, so that a handler can know it. */
enum { CLIENT = 0 };

/* What they keep of a slot (struct model's row). */
enum { FORKED_ROW = 3 * sizeof(int) };

/* Prepare: the children's handlers. */
void forked_start(void);

/*
 * Fork a child for a slot.  Returns as fork(2) does; the child has no
 * signals but the default ones, all of them still blocked, and dies with
 * its parent.
 */
pid_t forked_fork(unsigned slot);

/* In a child: close everything but descriptors 0 to 2. */
void forked_close(void);

/* In a child: let the signals through (or not) that end a connection. */
void forked_signals(int how);

/* A model's end, and the slot of a reaped child (-1 for a stranger), whose
 * pid is then forgotten. */
void forked_end(unsigned slot, int force);
int forked_reaped(pid_t);
pid_t forked_pid(unsigned slot);

#endif
