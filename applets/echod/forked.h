/* forked - what the models that fork have in common. */
#ifndef FORKED_H
#define FORKED_H

#include <sys/types.h>

#ifndef ENABLE_ECHOD_INHERITED
#define ENABLE_ECHOD_INHERITED 1	/* see forked_open; 150 bytes */
#endif

/* In a child the client is descriptor 0, so that a handler can know it. */
enum { CLIENT = 0 };

/* What they keep of a slot (struct model's row). */
enum { FORKED_ROW = 3 * sizeof(int) };

/* Prepare: what children do when they are told to end (SIGTERM), NULL for
 * what is enough where one serves one client. */
void forked_start(void (*handler)(int));

/*
 * Fork a child for a slot.  Returns as fork(2) does; the child has no
 * signals but the default ones, all of them still blocked, and dies with
 * its parent.
 */
pid_t forked_fork(unsigned slot);

/*
 * At the start, while files can be opened: learn up to where descriptors
 * may have been inherited.  Only for kernels before 5.9: later ones close
 * by one call whatever there is.
 */
void forked_open(void);

/* In a child: close all descriptors from this one on. */
void forked_close(int);

/* In a child: let the signal through that ends a connection. */
void forked_listen(void);

/* A model's end, and the slot of a reaped child (-1 for a stranger), whose
 * pid is then forgotten. */
void forked_end(unsigned slot, int force);
int forked_reaped(pid_t);
pid_t forked_pid(unsigned slot);

#endif
