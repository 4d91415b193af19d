/* target - what a HOST [PORT] on the command line stands for. */
#ifndef TARGET_H
#define TARGET_H

#include <sys/types.h>

#include "net.h"

enum {
	ECHO_PORT = 7,		/* RFC 862 */
	TARGET_ADDRS = 8,	/* of one name; what is beyond is not tried */
};

struct fmt;

struct target {
	const char *host;	/* as given */
	const char *device;	/* DEVICE@SPEED, where it is a serial line */
	const char *name;	/* what must be looked up, of name_len bytes */
	size_t name_len;
	unsigned port;
	int count;		/* addresses known, in the order to try */
	int fd;			/* while a name is looked up */
	pid_t child;
	struct net_addr addr[TARGET_ADDRS];
};

/*
 * Read HOST and PORT (NULL: it stands in HOST, or is 7): an address with or
 * without its port, unix:PATH, /PATH, @NAME (abstract), tty:DEVICE[@SPEED],
 * or a host name.  Returns NULL, or what is wrong with it, in words.
 */
const char *target_parse(struct target *, const char *host, const char *port);

/* Add both as one word, HOST or HOST:PORT. */
void target_name(struct fmt *, const char *host, const char *port);

/*
 * Look up the name of a target whose count is 0, in a child:
 * it blocks, and reads what strangers send.  Poll t->fd for POLLIN, then call
 * target_answer; target_forget gives up.  Returns 0 or -1 with errno.
 */
int target_lookup(struct target *);

/* Take the answer.  Returns 0, or -1 with ENOENT: there is no such name,
 * or EAGAIN: no name server answered. */
int target_answer(struct target *);
void target_forget(struct target *);

#endif
