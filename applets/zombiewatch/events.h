/* events - programs and deaths, as the kernel's proc connector tells them. */
#ifndef EVENTS_H
#define EVENTS_H

#include <sys/types.h>

enum event_what {
	EVENT_NONE,	/* no more for now */
	EVENT_OTHER,
	EVENT_EXEC,
	EVENT_EXIT,	/* a thread; the process may live on */
	EVENT_LOST,	/* some did not fit the socket's buffer */
};

struct event {
	pid_t pid;		/* the process, not the thread */
	unsigned long long when;	/* time_now's clock */
};

/*
 * Subscribe.  Returns a non-blocking descriptor, or -1 with errno: the
 * kernel has no proc connector (CONFIG_PROC_EVENTS), does not let us
 * (root before Linux 6.6), or tells only those in its first namespaces.
 */
int events_open(void);

/* Take the next event. Never blocks. */
enum event_what events_next(int fd, struct event *);

#endif
