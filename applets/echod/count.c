/* count - what all processes of the server count together. */
#include <string.h>
#include <sys/mman.h>

#include "acl.h"
#include "admit.h"
#include "board.h"
#include "count.h"
#include "echod.h"
#include "keep.h"

static struct counter *counts;

static const char names[] =
    "failures\0"
#if ENABLE_ECHOD_ADMIT || ENABLE_ECHOD_ACL || ENABLE_ECHOD_KEEP
    "denied\0refused-full\0refused-source\0refused-rate\0evicted\0"
    "unlogged\0dropped\0"
    "received\0echoed\0bytes\0port\0broadcast\0rate\0denied\0loop\0unsent\0"
    "frames\0bytes\0damaged\0noise"
#endif
    ;

void
count_open(void)
{
	counts = board_map(COUNTS * sizeof *counts, MAP_SHARED);
}

/*
 * half counts how often low passed a multiple of 2^31, so its last bit is
 * low's first one, or the one who passed has not counted it yet: a reader
 * knows, and so the value is whole at any moment, also when a process dies
 * in between.
 */
HOT void
counter_add(struct counter *c, unsigned n)
{
	unsigned before = __atomic_fetch_add(&c->low, n, __ATOMIC_RELAXED);

	if ((before ^ (before + n)) >> 31)
		__atomic_fetch_add(&c->half, 1, __ATOMIC_RELEASE);
}

HOT unsigned long long
counter_get(const struct counter *c)
{
	unsigned half = __atomic_load_n(&c->half, __ATOMIC_ACQUIRE);
	unsigned low = __atomic_load_n(&c->low, __ATOMIC_RELAXED);

	half += (half ^ low >> 31) & 1;
	return (unsigned long long)half << 31 | (low & 0x7fffffff);
}

void
count_add(enum count which, unsigned n)
{
	counter_add(&counts[which], n);
}

unsigned long long
count_get(enum count which)
{
	return counter_get(&counts[which]);
}

const char *
count_name(enum count which)
{
	const char *name = names;

	if (which > COUNT_TTY)
		which = COUNT_TTY + (which - COUNT_TTY) % COUNT_LINE;
	for (; which > 0; which--)
		name += strlen(name) + 1;
	return name;
}
