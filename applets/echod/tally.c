/* tally - counters that one process writes and another reads whole. */
#include <string.h>
#include <sys/mman.h>

#include "err.h"
#include "tally.h"

enum { TRIES = 1000 };

struct tally *
tally_open(void)
{
	void *p = mmap(NULL, sizeof(struct tally), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die(SYSTEM, "memory for counters:");
	return p;
}

void
tally_write(struct tally *t, const unsigned long long *count, size_t n)
{
	unsigned s = t->sequence | 1;

	__atomic_store_n(&t->sequence, s, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	memcpy(t->count, count, n * sizeof *count);
	__atomic_store_n(&t->sequence, s + 1, __ATOMIC_RELEASE);
}

void
tally_read(const struct tally *t, unsigned long long *count, size_t n)
{
	unsigned before, after, tries = 0;

	do {
		before = __atomic_load_n(&t->sequence, __ATOMIC_ACQUIRE);
		memcpy(count, t->count, n * sizeof *count);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		after = __atomic_load_n(&t->sequence, __ATOMIC_RELAXED);
	} while ((before != after || before % 2 != 0) && ++tries < TRIES);
}
