/* tally - counters that one process writes and another reads whole. */
#ifndef TALLY_H
#define TALLY_H

#include <stddef.h>

/*
 * A block of counters in shared memory under a sequence lock with one
 * writer: sequence is odd while it writes, so that a reader never mixes
 * two states, nor the halves of a 64-bit number on a 32-bit machine.
 */
struct tally {
	unsigned sequence;
	unsigned long long count[16];
};

/* Map one; dies without memory. */
struct tally *tally_open(void);

/* Write, read so many counters.  A reader asks a bounded number of times:
 * the writer may have died amidst. */
void tally_write(struct tally *, const unsigned long long *, size_t);
void tally_read(const struct tally *, unsigned long long *, size_t);

#endif
