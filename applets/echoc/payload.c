/* payload - bytes that nobody else sends, made anew to compare. */
#include <unistd.h>

#include "payload.h"
#include "time.h"

unsigned long long
payload_seed(void)
{
	static unsigned long long serial;

	return time_now() ^ (unsigned long long)getpid() << 40 ^ ++serial << 20;
}

/* The mixer of SplitMix (Steele, Lea and Flood), a byte of it at a time. */
void
payload_fill(unsigned char *buf, unsigned long long seed,
    unsigned long long serial, size_t n)
{
	unsigned long long x;
	size_t i;

	for (i = 0; i < n; i++) {
		x = seed + serial + (i << 8) * 0x9e3779b97f4a7c15;
		x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
		buf[i] = x >> 56;
	}
}
