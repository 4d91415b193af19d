/* damage - what goes wrong on the way, done to the echo of a stream. */
#include <string.h>
#include <sys/mman.h>

#include "damage.h"
#include "err.h"

enum { BLOCK = 64, GROUP = 4 };

static const char insert[] = "not of this stream";

static const unsigned char lengths[DAMAGES] = {
	[FLIP] = 1, [SWAP] = 32, [FILL] = BLOCK, [STALE] = BLOCK,
	[FOREIGN] = BLOCK, [GARBAGE] = BLOCK, [LOSE] = BLOCK, [REPEAT] = 1,
	[INSERT] = 1, [TRUNCATE] = 1,
};

/* What is remembered of a slot's connection, the last one's too. */
static struct trail {
	unsigned long long seen;	/* bytes that came */
	char first[BLOCK], last[BLOCK];
} *trails;
static unsigned ntrails;

/* A chunk on its way from in to out. */
struct chunk {
	struct trail *t;
	const char *in;
	char *out;
	size_t i, n;
};

void
damage_open(unsigned slots)
{
	ntrails = slots;
	trails = mmap(NULL, slots * sizeof *trails, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (trails == MAP_FAILED)
		die(SYSTEM, "-O chaos: memory:");
}

/* A byte of the first block of any other connection; its own if there is
 * none. */
static char
foreign(const struct trail *mine, size_t i, char own)
{
	const struct trail *t;

	for (t = trails; t < trails + ntrails; t++)
		if (t != mine && t->seen >= BLOCK)
			return t->first[i];
	return own;
}

/* A group that is not whole in this chunk stays as it is. */
static char
swapped(const struct chunk *c, char own)
{
	size_t in_group = c->t->seen % GROUP, start = c->i - in_group;

	return c->i < in_group || start + GROUP > c->n ? own :
	    c->in[start + GROUP - 1 - in_group];
}

static void
again(struct chunk *c)
{
	unsigned long long at = c->t->seen < BLOCK ? 0 : c->t->seen - BLOCK;

	for (; at < c->t->seen; at++)
		*c->out++ = c->t->last[at % BLOCK];
}

/* Byte number i of the damage is byte: put what comes in its place. */
static char
change(struct chunk *c, enum damage kind, size_t i, char byte)
{
	switch (kind) {
	case FLIP:
		return byte ^ 0x20;
	case SWAP:
		return swapped(c, byte);
	case FILL:
		return 0;
	case STALE:
		return c->t->first[i];
	case FOREIGN:
		return foreign(c->t, i, byte);
	case GARBAGE:
		return (byte ^ i) * 167 + 91;
	case REPEAT:
		again(c);
		break;
	case INSERT:
		memcpy(c->out, insert, sizeof insert - 1);
		c->out += sizeof insert - 1;
		break;
	default:
		break;
	}
	return byte;
}

size_t
damage(const unsigned place[DAMAGES], unsigned slot, int first, char *buf,
    size_t n, int *end)
{
	struct chunk c = { .t = &trails[slot], .out = buf, .n = n };
	struct trail *t = c.t;
	unsigned long long i;
	unsigned k;
	char byte;
	int lost;

	if (first)
		t->seen = 0;
	c.in = memmove(buf + n + DAMAGE_GROWS, buf, n);
	for (; c.i < n; c.i++, t->seen++) {
		byte = c.in[c.i];
		for (k = lost = 0; k < DAMAGES; k++) {
			i = t->seen - place[k] +
			    (k == SWAP ? place[k] % GROUP : 0);
			if (place[k] == 0 || i >= lengths[k])
				continue;
			*end |= k == TRUNCATE;
			lost |= k == LOSE;
			byte = change(&c, k, i, byte);
		}
		if (*end)
			break;
		if (t->seen < BLOCK)
			t->first[t->seen] = c.in[c.i];
		t->last[t->seen % BLOCK] = c.in[c.i];
		if (!lost)
			*c.out++ = byte;
	}
	return c.out - buf;
}
