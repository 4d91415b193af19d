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

/* More or less came back than was sent: the text says so, with two numbers
 * (%llu) or one. */
void fault_short(struct drive *, struct conn *, const char *,
    unsigned long long, unsigned long long);

#endif
