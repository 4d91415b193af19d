/* diagnose - what happened to bytes that came back other than they went. */
#include <stddef.h>
#include <string.h>

#include "diagnose.h"
#include "fmt.h"
#include "prng.h"
#include "verdict.h"

enum {
	LEAD = 8,	/* right bytes before the wrong ones, for groups */
	SURE = 16,	/* so many right bytes in a row are no accident */
	WORD = sizeof(unsigned long long),
	AROUND = 4,	/* right bytes shown before */
	SHOWN = 24,
};

/* What was sent and what came, both from LEAD bytes before the fault. */
static struct pair {
	unsigned char sent[LEAD + WINDOW], got[LEAD + WINDOW];
	size_t lead;	/* less at the very beginning */
	size_t n;
} pair;			/* the one that was diagnosed last */

static void
fill(const struct evidence *e, struct pair *p)
{
	p->lead = e->offset < LEAD ? e->offset : LEAD;
	p->n = e->n < WINDOW ? e->n : WINDOW;
	prng_fill(p->sent, p->lead + p->n, e->seed, e->stream,
	    e->offset - p->lead);
	memcpy(p->got, p->sent, p->lead);
	memcpy(p->got + p->lead, e->got, p->n);
}

/* Where it is right again, or 0. */
static size_t
find_end(const struct evidence *e, const struct pair *p)
{
	const unsigned char *s = p->sent + p->lead, *g = p->got + p->lead;
	size_t end, last = 0;

	for (end = 1; end + SURE <= p->n; end++)
		if (prng_same(s + end, g + end, SURE) == SURE)
			return end;
	if (!e->complete)
		return 0;
	for (end = 0; end < p->n; end++)
		if (s[end] != g[end])
			last = end + 1;
	return last;
}

static int
is_swapped(const struct pair *p, size_t start, size_t end, unsigned width)
{
	size_t i;

	for (; start < end; start += width)
		for (i = 0; i < width; i++)
			if (start + width > p->lead + p->n ||
			    p->got[start + i] != p->sent[start + width - 1 - i])
				return 0;
	return 1;
}

/* Groups of 2, 4 or 8 bytes the other way round: an endianness lost.  The
 * first group may begin before its first byte that differs. */
static int
find_swap(const struct pair *p, size_t end, struct finding *f)
{
	size_t back;

	for (f->width = 2; f->width <= WORD; f->width *= 2)
		for (back = 0; back < f->width && back <= p->lead; back++)
			if (is_swapped(p, p->lead - back, p->lead + end,
				f->width))
				return 1;
	return 0;
}

static unsigned
bits(unsigned v)
{
	unsigned n = 0;

	for (; v != 0; v &= v - 1)
		n++;
	return n;
}

/* At most two bits in each wrong byte, or the same ones in all. */
static int
find_flips(const unsigned char *s, const unsigned char *g, size_t end,
    struct finding *f)
{
	int few = 1, alike = 1;
	unsigned char mask, first = s[0] ^ g[0];
	size_t i;

	f->byte = first;
	for (i = 0; i < end; i++) {
		mask = s[i] ^ g[i];
		few &= bits(mask) <= 2;
		alike &= mask == 0 || mask == first;
	}
	return few || alike;
}

static int
find_fill(const unsigned char *g, size_t end, struct finding *f)
{
	f->byte = *g;
	return end >= 4 && memcmp(g, g + 1, end - 1) == 0;
}

/*
 * Look for a word of any stream from byte i on: each says itself where it
 * is from.  It must go on like that, or it is an accident.
 */
static int
find_source(const struct evidence *e, const unsigned char *g, size_t n,
    size_t i, struct finding *f)
{
	unsigned char next[SURE];
	unsigned long long word;
	unsigned stream;

	for (; i + SURE <= n; i++) {
		prng_find(g + i, e->seed, &stream, &word);
		f->stream = stream;
		f->place = word * WORD;
		prng_fill(next, SURE, e->seed, stream, f->place);
		if (prng_same(next, g + i, SURE) < SURE)
			continue;
		/* Back to its first byte, which is within a word. */
		for (; i > 0 && f->place > 0; i--, f->place--) {
			prng_fill(next, 1, e->seed, stream, f->place - 1);
			if (next[0] != g[i - 1])
				break;
		}
		f->distance = i;
		return 1;
	}
	return 0;
}

/* It is right again later: these bytes took the place of others. */
static enum finding_kind
replaced(const struct evidence *e, const unsigned char *g, size_t end,
    struct finding *f)
{
	if (!find_source(e, g, end, 0, f))
		return GARBAGE;
	return f->stream == e->stream ? STALE : FOREIGN;
}

/* It is not: the stream goes on from another place. */
static enum finding_kind
shifted(const struct evidence *e, const unsigned char *g, size_t n,
    struct finding *f)
{
	unsigned long long junk;

	if (!find_source(e, g, n, 0, f))
		return GARBAGE;
	if (f->stream != e->stream)
		return FOREIGN;
	junk = f->distance;
	if (junk > 0 && f->place <= e->offset) {
		/* The first of them may be right by accident. */
		f->distance += e->offset - f->place;
		return INSERTED;
	}
	if (f->place > e->offset) {
		f->distance = f->place - e->offset;
		return MISSING;
	}
	f->distance = e->offset - f->place;
	return REPEATED;
}

void
diagnose(const struct evidence *e, struct finding *f)
{
	struct pair *p = &pair;
	const unsigned char *s, *g;
	size_t i, end, all;

	memset(f, 0, sizeof *f);
	fill(e, p);
	s = p->sent + p->lead;
	g = p->got + p->lead;
	f->resume = end = find_end(e, p);
	all = end != 0 ? end : p->n;
	for (i = 0; i < all; i++)
		f->wrong += s[i] != g[i];
	if (all > 1 && find_swap(p, all, f))
		f->kind = SWAP;
	else if (find_fill(g, all, f))
		f->kind = FILL;
	else if ((end != 0 || p->n >= SURE || f->wrong <= (all + 1) / 2) &&
	    find_flips(s, g, all, f))
		f->kind = FLIP;
	else {
		f->kind = end != 0 ? replaced(e, g, end, f) :
				     shifted(e, g, p->n, f);
		return;
	}
	f->resume = all;
}

static void
hex(struct fmt *f, const char *what, const unsigned char *b)
{
	const struct pair *p = &pair;
	size_t i = p->lead > AROUND ? p->lead - AROUND : 0, end = i + SHOWN;

	fmt_add(f, "\n  %s", what);
	for (; i < p->lead + p->n && i < end; i++)
		fmt_add(f, "%c%02x", i == p->lead ? '>' : ' ', b[i]);
}

/* By kind: the words, and which two numbers are in them. */
static const char words[] =
    "bit flip, mask %02llx, bytes %llu\0"
    "byte swap in groups of %llu, bytes %llu\0"
    "%llu bytes are all %02llx\0"
    "stale data, %llu bytes, those of byte %llu\0"
    "data of another connection, stream %llu byte %llu\0"
    "%llu bytes are missing\0"
    "the last %llu bytes came again\0"
    "%llu bytes too many, of no known origin\0"
    "wrong data of no known origin, bytes %llu";

static const unsigned char numbers[FINDINGS][2] = {
#define NUMBERS(one, two)                                                      \
	{ offsetof(struct finding, one), offsetof(struct finding, two) }
	NUMBERS(byte, wrong), NUMBERS(width, wrong), NUMBERS(resume, byte),
	NUMBERS(resume, place), NUMBERS(stream, place),
	NUMBERS(distance, place), NUMBERS(distance, place),
	NUMBERS(distance, place), NUMBERS(wrong, place),
#undef NUMBERS
};

static unsigned long long
number(const struct finding *d, int i)
{
	const char *p = (const char *)d + numbers[d->kind][i];

	return *(const unsigned long long *)(const void *)p;
}

void
diagnose_format(struct fmt *f, const struct finding *d)
{
	fmt_add(f, word_at(words, d->kind), number(d, 0), number(d, 1));
	hex(f, "sent", pair.sent);
	hex(f, "came", pair.got);
}
