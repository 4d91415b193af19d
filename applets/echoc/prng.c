/* prng - random bytes computable at any place of any stream, and back. */
#include <string.h>
#include <unistd.h>

#include "prng.h"
#include "time.h"

/*
 * A counter, mixed by the finalizer of splitmix64 (Steele, Lea, Flood
 * 2014; the constants are Stafford's variant 13).  Each of its steps can
 * be undone, so a word tells its own place: a detective needs no search.
 */
static unsigned long long
mix(unsigned long long x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return x ^ x >> 31;
}

/* The factors are the inverses of those above modulo 2^64. */
static unsigned long long
unmix(unsigned long long x)
{
	x = (x ^ x >> 31 ^ x >> 62) * 0x319642b2d24d8ec3ull;
	x = (x ^ x >> 27 ^ x >> 54) * 0x96de1b173f119089ull;
	return x ^ x >> 30 ^ x >> 60;
}

unsigned long long
prng_seed(void)
{
	static unsigned long long serial;

	return time_now() ^ (unsigned long long)getpid() << 40 ^ ++serial << 20;
}

unsigned long long
prng_word(unsigned long long seed, unsigned stream, unsigned long long i)
{
	return mix(seed + ((unsigned long long)stream << PRNG_INDEX | i));
}

void
prng_fill(void *buf, size_t n, unsigned long long seed, unsigned stream,
    unsigned long long offset)
{
	unsigned long long word, i = offset / sizeof word;
	size_t skip = offset % sizeof word, k;
	unsigned char *p = buf;

	for (; n > 0; n -= k, p += k, skip = 0) {
		word = prng_word(seed, stream, i++);
		k = sizeof word;
		if (skip == 0 && n >= k) {
			memcpy(p, &word, sizeof word);
			continue;
		}
		k = k - skip < n ? k - skip : n;
		memcpy(p, (char *)&word + skip, k);
	}
}

void
prng_find(const void *bytes, unsigned long long seed, unsigned *stream,
    unsigned long long *i)
{
	unsigned long long x;

	memcpy(&x, bytes, sizeof x);
	x = unmix(x) - seed;
	*stream = x >> PRNG_INDEX;
	*i = x & ((1ull << PRNG_INDEX) - 1);
}

/* A machine word at a time; musl's memcmp goes by bytes. */
size_t
prng_same(const void *left, const void *right, size_t n)
{
	const unsigned char *a = left, *b = right;
	unsigned long x, y;
	size_t i = 0;

	for (; i + sizeof x <= n; i += sizeof x) {
		memcpy(&x, a + i, sizeof x);
		memcpy(&y, b + i, sizeof y);
		if (x != y)
			break;
	}
	while (i < n && a[i] == b[i])
		i++;
	return i;
}
