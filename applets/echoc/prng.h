/* prng - random bytes computable at any place of any stream, and back. */
#ifndef PRNG_H
#define PRNG_H

#include <stddef.h>

enum {
	PRNG_STREAMS = 1 << 20,	/* numbers of streams; they repeat then */
	PRNG_INDEX = 44,	/* bits of a word's place: 140 TB a stream */
};

/* A seed that no other process or question has. */
unsigned long long prng_seed(void);

/* Word number i (of 8 bytes) of a stream. */
unsigned long long prng_word(unsigned long long seed, unsigned stream,
    unsigned long long i);

/* Fill n bytes with those of a stream from an offset on. */
void prng_fill(void *, size_t n, unsigned long long seed, unsigned stream,
    unsigned long long offset);

/*
 * The other way: 8 bytes that are a whole word of any stream say which and
 * where.  Every 8 bytes are a word of some stream; whether of one that
 * exists is for the caller to say.
 */
void prng_find(const void *word, unsigned long long seed, unsigned *stream,
    unsigned long long *i);

/* How many bytes at the front of both are the same. */
size_t prng_same(const void *, const void *, size_t n);

#endif
