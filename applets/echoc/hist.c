/* hist - a log-linear histogram of times, and what is to be read from it. */
#include <limits.h>
#include <string.h>

#include "hist.h"

static void
wide_add(struct wide *w, unsigned long long hi, unsigned long long lo)
{
	w->lo += lo;
	w->hi += hi + (w->lo < lo);
}

static void
wide_sub(struct wide *w, struct wide v)
{
	w->hi -= v.hi + (w->lo < v.lo);
	w->lo -= v.lo;
}

/* 64 by 64 bits, in halves: 32-bit machines have nothing wider. */
static struct wide
wide_mul(unsigned long long a, unsigned long long b)
{
	unsigned long long ah = a >> 32, al = a & 0xffffffff;
	unsigned long long bh = b >> 32, bl = b & 0xffffffff;
	struct wide w = { ah * bh, al * bl };

	wide_add(&w, (ah * bl) >> 32, (ah * bl) << 32);
	wide_add(&w, (al * bh) >> 32, (al * bh) << 32);
	return w;
}

/* Divide bit by bit; it is done a few times at the end of a run. */
static struct wide
wide_div(struct wide w, unsigned long long by)
{
	unsigned long long rest = 0, carry;
	int i;

	for (i = 0; i < 128; i++) {
		carry = rest >> 63;
		rest = rest << 1 | w.hi >> 63;
		w.hi = w.hi << 1 | w.lo >> 63;
		w.lo <<= 1;
		if (carry || rest >= by) {
			rest -= by;
			w.lo |= 1;
		}
	}
	return w;
}

static unsigned long long
wide_sqrt(struct wide w)
{
	unsigned long long root = 0, bit;
	struct wide square;

	for (bit = 1ull << 63; bit != 0; bit >>= 1) {
		square = wide_mul(root | bit, root | bit);
		if (square.hi < w.hi || (square.hi == w.hi && square.lo <= w.lo))
			root |= bit;
	}
	return root;
}

/*
 * Times below 128 units have a bucket each; from there every doubling is
 * cut into 64, so the number of the bucket continues.
 */
static unsigned
place(unsigned long long ns)
{
	unsigned long long v = ns >> HIST_UNIT;
	unsigned shift = 0, i;

	if (v >> (HIST_OCTAVE + 1) != 0)
		shift = sizeof v * CHAR_BIT - 1 - HIST_OCTAVE -
		    __builtin_clzll(v);
	i = (shift << HIST_OCTAVE) + (v >> shift);
	return i < HIST_BUCKETS ? i : HIST_BUCKETS - 1;
}

unsigned long long
hist_first(unsigned i)
{
	unsigned shift = i >> HIST_OCTAVE;

	shift -= shift > 0;
	return (unsigned long long)(i - (shift << HIST_OCTAVE))
	    << (shift + HIST_UNIT);
}

unsigned long long
hist_last(unsigned i)
{
	return hist_first(i + 1) - 1;
}

void
hist_add(struct hist *h, unsigned long long ns)
{
	struct wide square = wide_mul(ns, ns);

	if (h->count == 0 || ns < h->min)
		h->min = ns;
	if (ns > h->max)
		h->max = ns;
	wide_add(&h->sum, 0, ns);
	wide_add(&h->squares, square.hi, square.lo);
	h->bucket[place(ns)]++;
	h->count++;
}

void
hist_merge(struct hist *to, const struct hist *from)
{
	unsigned i;

	if (from->count == 0)
		return;
	if (to->count == 0 || from->min < to->min)
		to->min = from->min;
	if (from->max > to->max)
		to->max = from->max;
	wide_add(&to->sum, from->sum.hi, from->sum.lo);
	wide_add(&to->squares, from->squares.hi, from->squares.lo);
	for (i = 0; i < HIST_BUCKETS; i++)
		to->bucket[i] += from->bucket[i];
	to->count += from->count;
}

unsigned long long
hist_percentile(const struct hist *h, unsigned p)
{
	unsigned long long rank, seen = 0, middle;
	unsigned i;

	/* Parts first, so that no product overflows. */
	rank = h->count / 100000 * p + (h->count % 100000 * p + 99999) / 100000;
	if (rank >= h->count)
		return h->max;
	for (i = 0; i < HIST_BUCKETS - 1; i++)
		if ((seen += h->bucket[i]) >= rank && seen > 0)
			break;
	/* Nothing is known of the last one but that it is all the rest. */
	if (i == HIST_BUCKETS - 1)
		return h->max;
	middle = hist_first(i) / 2 + hist_last(i) / 2 + 1;
	return middle < h->min ? h->min : middle > h->max ? h->max : middle;
}

unsigned long long
hist_mean(const struct hist *h)
{
	return h->count == 0 ? 0 : wide_div(h->sum, h->count).lo;
}

/*
 * The sum of (x - q)^2, where q is the mean without its fraction, is
 * squares - q sum - q (sum - q count): exact, whatever cancels out.
 */
unsigned long long
hist_mdev(const struct hist *h)
{
	unsigned long long q = hist_mean(h);
	struct wide d = h->squares, all;

	if (h->count == 0)
		return 0;
	all = wide_mul(q, h->sum.lo);
	all.hi += q * h->sum.hi;
	wide_sub(&d, all);
	all = h->sum;
	wide_sub(&all, wide_mul(q, h->count));
	wide_sub(&d, wide_mul(q, all.lo));
	return wide_sqrt(wide_div(d, h->count));
}
