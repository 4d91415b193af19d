/* stream - the echo of one connection, where it has a process to itself. */
#ifndef STREAM_H
#define STREAM_H

#include "bulk.h"

struct slot;

/*
 * A connection.  With wait NULL the descriptor is blocking, and EAGAIN
 * means that somebody made it non-blocking to say that it is to end (see
 * forked.c).  Else it is non-blocking, and wait waits for events until a
 * time (0: for ever); it returns 0 to go on, 1 when the connection is to
 * end, -1 when it is to end at once.
 */
struct stream {
	struct bulk bulk;
	struct slot *slot;
	int (*wait)(int fd, short events, unsigned long long until);
	unsigned long long deadline;	/* once it is ending */
	unsigned long long done;	/* bytes that were echoed */
	int ours;			/* the end is, not the client's */
};

/*
 * Echo until the client has shut down its side and has everything back, or
 * the connection is to end, or breaks; then shut down ours, and give the
 * client a bounded time to take what is under way.  Returns 0, or -1 when
 * it broke or had to end before.  The descriptor stays open.
 */
int stream_echo(struct stream *);

/* How much may still be read, behind so many bytes, within -O bytes=. */
size_t stream_left(unsigned long long done);

/* Whether a close now is no reset, after so many bytes: the client's system
 * has confirmed all of them, nothing is unread, and nothing may follow. */
int stream_over(int fd, unsigned long long done);

#endif
