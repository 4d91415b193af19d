/* fault - a verified stream was wrong: what it was, said and counted. */
#ifndef FAULT_H
#define FAULT_H

#include <stddef.h>

struct conn;
struct drive;

/*
 * From byte number at on, n bytes are not as they were sent; complete: all
 * that was sent is there.  Returns after how many bytes the stream is right
 * again, 0 if that is not to be seen.
 */
size_t fault(struct drive *, struct conn *, unsigned long long at,
    const unsigned char *, size_t n, int complete);

/* The stream ended before all that was sent had come back. */
void fault_end(struct drive *, struct conn *);

/* A datagram is right, but for its length. */
void fault_length(struct drive *, struct conn *, size_t n);

#endif
