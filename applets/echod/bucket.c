/* bucket - a token bucket for each source of datagrams, in a fixed table. */
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "board.h"
#include "bucket.h"
#include "time.h"

/* 512 sets of 4 sources; in .bss, so a page that is not used costs nothing.
 * LARGEST is what the largest datagram costs, which must pass sometimes. */
enum { SETS = 512, WAYS = 4, KEY = 8, BURST = 2, LARGEST = 64 };

struct bucket {
	unsigned char key[KEY];		/* the first half of an IPv6 address */
	short family;			/* 0: free */
	uint32_t seen;			/* ms */
	uint32_t level;			/* thousandths of a token */
};
static struct bucket own[SETS][WAYS], (*table)[WAYS] = own;

void
bucket_share(void)
{
	table = board_map(sizeof own, MAP_SHARED);
}

/* FNV-1a */
static unsigned
hash(const struct source *s, size_t n)
{
	uint32_t h = 2166136261u ^ s->family;

	for (; n-- > 0;)
		h = (h ^ s->addr[n]) * 16777619u;
	return (h ^ h >> 16) % SETS;
}

static struct bucket *
find(const struct source *s, uint32_t now, uint32_t full)
{
	struct bucket *b, *oldest, *set = table[hash(s, KEY)];

	for (b = oldest = set; b < set + WAYS; b++) {
		if (b->family == s->family &&
		    memcmp(b->key, s->addr, KEY) == 0)
			return b;
		if (oldest->family != 0 && (b->family == 0 ||
			now - b->seen > now - oldest->seen))
			oldest = b;
	}
	/* Who pushes another one out inherits what that one had left: else
	 * a few invented sources in between would fill any bucket again. */
	if (oldest->family == 0) {
		oldest->seen = now;
		oldest->level = full;
	}
	memcpy(oldest->key, s->addr, KEY);
	oldest->family = s->family;
	return oldest;
}

int
bucket_take(const struct source *s, unsigned tokens, unsigned rate,
    unsigned long long now)
{
	uint32_t burst = rate * BURST > LARGEST ? rate * BURST : LARGEST;
	uint32_t ms = now / TIME_MS, full = burst * 1000;
	struct bucket *b = find(s, ms, full);
	uint64_t level = b->level + (uint64_t)(ms - b->seen) * rate;

	/* Thousandths a millisecond: the rate is the number itself. */
	b->level = level < full ? level : full;
	b->seen = ms;
	if (b->level < tokens * 1000)
		return 0;
	b->level -= tokens * 1000;
	return 1;
}
