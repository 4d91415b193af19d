/* bulk - reads and writes that copy, or for bulk splice through a pipe. */
#ifndef BULK_H
#define BULK_H

#include <stddef.h>
#include <sys/types.h>

#ifndef ENABLE_ECHOD_SPLICE
#define ENABLE_ECHOD_SPLICE 1	/* bulk is not copied, small data goes by
				 * sockets' own calls; 600 bytes */
#endif

/* The buffer to read into; smaller ones never become bulk. */
enum { BULK_COPY = 64 * 1024 };

/* So many pipes has a process: its clients need descriptors, too. */
enum { BULK_PIPES = 32 };

/*
 * A socket, and a pipe while its data goes through one (splice(2)).  Some
 * reads of half a BULK_COPY are bulk, until a read is so short that a copy
 * costs less.  All that was read must be written before the next read: the
 * pipe is then empty, so that EAGAIN always speaks of the socket.
 */
struct bulk {
	int fd;
	int pipe[2];		/* 0: none */
	unsigned full;		/* how many reads at a stretch were */
};

/*
 * Read into the buffer or the pipe, no more than left; write n bytes of it.
 * They return as read(2) and write(2), which EINTR does not end.
 */
ssize_t bulk_read(struct bulk *, char *buf, size_t size, size_t left);
ssize_t bulk_write(struct bulk *, const char *buf, size_t n);

/* Give up the pipe and what is in it; the socket stays open. */
void bulk_end(struct bulk *);

#endif
