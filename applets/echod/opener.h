/* opener - opens for the server what it may no longer open itself. */
#ifndef OPENER_H
#define OPENER_H

#include <sys/types.h>

#include "acl.h"
#include "privs.h"
#include "sandbox.h"
#include "serial.h"

#ifndef ENABLE_ECHOD_OPENER
#define ENABLE_ECHOD_OPENER (ENABLE_ECHOD_PRIVS || ENABLE_ECHOD_SANDBOX)
#endif

/* All that it does, and nothing that a caller could choose: */
enum opener {
	OPENER_RULES,	/* the file of -A, under the name it has now */
	OPENER_SYSLOG,	/* connect the log's socket, which all have, again */
	OPENER_UNLINK,	/* remove the unix paths that are still ours */
	OPENER_TTY,	/* and on: the serial lines, by their number */
};

/*
 * Fork it, if one of these may be asked for: before the root directory, the
 * user and the filter change.  It ends with the server.
 */
void opener_start(void);

/* Have it done; by ourselves if there is no opener.  Returns a descriptor,
 * to be closed by the caller (or 0, where it is none), or -1 with errno. */
int opener_open(unsigned);

/* A child was reaped: tell whether it was the opener, and say so. */
int opener_reaped(pid_t);

/* For processes that are forked from here on: they may not ask. */
void opener_forget(void);

#endif
