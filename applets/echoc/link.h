/* link - a way to the server: a connection, datagrams, a serial line. */
#ifndef LINK_H
#define LINK_H

#include <stddef.h>
#include <sys/types.h>

#include "echoc.h"
#include "link_tty.h"

struct options;
struct target;
struct tcp_info;

enum { DATAGRAM_MOST = 65507 };	/* UDP's over IPv4 */

enum link_kind { STREAM, DATAGRAM, SERIAL };

struct link {
	int fd;
	enum link_kind kind;
};

/* Does it have no messages?  Known at once where there are only streams. */
static inline int
link_is_stream(const struct link *l)
{
	return (!ENABLE_DATAGRAM && !ENABLE_ECHOC_TTY) || l->kind == STREAM;
}

/*
 * Begin to connect to address number i of the target, with what -I and -O
 * ask for.  Poll for POLLOUT, then ask link_connected.  Returns 0 or -1
 * with errno; all descriptors are non-blocking.
 */
int link_open(struct link *, const struct target *, int i,
    const struct options *);

/* How it came out: 0, or -1 with errno; ELOOP is a socket that was
 * connected to itself. */
int link_connected(const struct link *);

/* "tcp", "udp", "unix" or "tty": what a target is reached by. */
const char *link_transport(const struct target *, const struct options *);

/* Send a piece of the stream, or one message.  As write(2). */
ssize_t link_send(struct link *, const void *, size_t);

/* As read(2): a stream's 0 is its end, a datagram's is an empty one. */
ssize_t link_recv(struct link *, void *, size_t);

/*
 * On a serial line a part of a message may wait here to be sent, or whole
 * messages to be received, of which poll(2) knows nothing: ask for POLLOUT
 * and flush, and receive again before waiting.
 */
static inline int
link_unsent(void)
{
	return ENABLE_ECHOC_TTY && link_tty_unsent();
}

static inline int
link_unread(void)
{
	return ENABLE_ECHOC_TTY && link_tty_unread();
}

static inline void
link_flush(const struct link *l)
{
	if (ENABLE_ECHOC_TTY)
		link_tty_flush(l->fd);
}

/* The most bytes that a message can have. */
unsigned link_most(const struct target *);

/* TCP_INFO; what the kernel does not fill in is 0.  Returns 0 or -1. */
int link_info(const struct link *, struct tcp_info *);

void link_close(struct link *);

#endif
