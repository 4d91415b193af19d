/* io - read and write that know EINTR and short counts. */
#ifndef IO_H
#define IO_H

#include <poll.h>
#include <stddef.h>
#include <sys/types.h>

struct fmt;

/* read(2) and write(2) again after EINTR; otherwise as theirs. */
ssize_t io_read(int, void *, size_t);
ssize_t io_write_some(int, const void *, size_t);

/*
 * As poll(2), for descriptors that do not block.  Where the kernel refuses
 * (they are more than the limit, which somebody has lowered since), a tenth
 * of a second is over when it returns -1, and all of them are told to be
 * ready: so who asks goes on, but does not spin.
 */
int io_wait(struct pollfd *, nfds_t, int milliseconds);

/*
 * Write all of it, waiting for room where the descriptor is non-blocking.
 * Returns 0, or -1 with errno.
 */
int io_write(int, const void *, size_t);

/* io_wait of one descriptor: what it is ready for, 0 when the time is over, or
 * -1 with errno. */
int io_poll(int, int events, int milliseconds);

/*
 * Read a small file from its start (of /proc, of /sys, a configuration)
 * into the buffer and NUL-terminate it.  The name is taken relative to
 * the directory descriptor (AT_FDCWD for none).  Returns the length, what
 * is beyond size-1 is left; or -1 with errno.
 */
ssize_t io_slurp(int, const char *, char *, size_t);

/*
 * Lines of a file, one at a time.  Start with the descriptor and zeros;
 * the caller closes it.  io_line returns the next line, terminated and
 * without its newline, which holds until the next call; NULL at the end
 * or after an error of read(2).  Of a line that does not fit into the
 * buffer the beginning is returned, and cut says so.
 */
struct io_lines {
	int fd;
	unsigned number;	/* of the line just returned, from 1 */
	int cut;
	size_t start, len;	/* what of the buffer is not yet returned */
	char buf[1024];
};

char *io_line(struct io_lines *);

/*
 * Return the next word of a text (or its next line that is not empty),
 * terminated, and set *text behind it; NULL at its end.  between: what
 * stands between words.
 */
char *io_word(char **text, const char *between);

/* Write out what is in the buffer and empty it, if less than spare bytes
 * are free.  spare SIZE_MAX: always.  Returns 0, or -1 with errno. */
int io_flush(int, struct fmt *, size_t spare);

/* Set or clear O_NONBLOCK.  Returns 0, or -1 with errno. */
int io_nonblock(int, int on);

/*
 * Open /dev/null, or in an early initramfs that has no /dev the folder /:
 * anything holds the place.  flags: 0 or O_CLOEXEC.  Returns a descriptor,
 * or -1 with errno.
 */
int io_null(int flags);

/*
 * Make sure descriptors 0, 1 and 2 are open, on io_null where they are not,
 * so that no socket becomes somebody's standard output.  Returns 0, or -1
 * with errno.
 */
int io_stdfds(void);

#endif
