/* known - the zombies seen so far, by process number and start. */
#include <sys/mman.h>

#include <stdint.h>
#include <string.h>

#include "known.h"

/* A slot holds a place in the table plus one, 0 none.  Process numbers are
 * dense, so they are their own hash. */
enum { SLOTS = 131072 };

static struct known *table;
static uint16_t *slots;
static unsigned used;

static int
reserve(void)
{
	/* The slots first: on a page of their own, for madvise. */
	size_t size = SLOTS * sizeof *slots;
	char *p = mmap(NULL, size + KNOWN_MAX * sizeof *table,
	    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
	    -1, 0);

	if (p == MAP_FAILED)
		return -1;
	slots = (uint16_t *)p;
	table = (struct known *)(p + size);
	return 0;
}

/* The slot of this process, or the free one where it belongs. */
static uint16_t *
slot(const struct task *t)
{
	unsigned i = t->pid % SLOTS;
	const struct task *k;

	for (; slots[i] != 0; i = (i + 1) % SLOTS) {
		k = &table[slots[i] - 1].t;
		if (k->pid == t->pid && k->start == t->start)
			break;
	}
	return &slots[i];
}

struct known *
known_find(const struct task *t)
{
	unsigned at = table != NULL ? *slot(t) : 0;

	return at != 0 ? &table[at - 1] : NULL;
}

struct known *
known_add(const struct task *t, unsigned long long now)
{
	struct known *k = known_find(t);

	if (k != NULL)
		return k;
	if ((table == NULL && reserve() == -1) || used == KNOWN_MAX)
		return NULL;
	k = &table[used++];
	memset(k, 0, sizeof *k);
	k->t = *t;
	k->first = now;
	*slot(t) = used;
	return k;
}

struct known *
known_at(unsigned n)
{
	return n < used ? &table[n] : NULL;
}

void
known_sweep(int (*gone)(const struct known *, void *), void *arg)
{
	unsigned i, kept = 0;

	for (i = 0; i < used; i++)
		if (!gone(&table[i], arg)) {
			if (kept != i)
				table[kept] = table[i];
			kept++;
		}
	if (kept == used)
		return;
	used = kept;
	/* Fresh zeroes, and the pages go back. */
	madvise(slots, SLOTS * sizeof *slots, MADV_DONTNEED);
	for (i = 0; i < used; i++)
		*slot(&table[i].t) = i + 1;
}
