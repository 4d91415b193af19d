/* draw - times, histograms and the course of a run, for people's eyes. */
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "echoc.h"
#include "fmt.h"
#include "hist.h"
#include "time.h"
#include "verdict.h"

enum {
	BAR = 32,	/* columns of the longest bar */
	ROWS = 18,	/* lines of a histogram, if its range can be had so */
};

/* Where lines begin: the steps of a decade, in tenths, ever coarser. */
static const struct steps {
	unsigned n;
	unsigned char step[10];
} series[] = {
	{ 10, { 10, 12, 15, 20, 25, 30, 40, 50, 60, 80 } },
	{ 6, { 10, 15, 20, 30, 50, 70 } },
	{ 3, { 10, 20, 50 } },
};

static unsigned
slot_of(const struct timeline *t, unsigned long long now)
{
	unsigned long long i;

	i = now < t->start ? 0 : (now - t->start) / t->width;
	return i < SLOTS ? i : SLOTS;
}

static void
slot_merge(struct slot *to, const struct slot *from)
{
	to->done += from->done;
	if (from->worst > to->worst)
		to->worst = from->worst;
}

/* Twice as long slots, half as many. */
static void
fold(struct timeline *t)
{
	unsigned i;

	for (i = 0; i < SLOTS / 2; i++) {
		t->slot[i] = t->slot[2 * i];
		slot_merge(&t->slot[i], &t->slot[2 * i + 1]);
	}
	memset(&t->slot[i], 0, sizeof t->slot / 2);
	t->width *= 2;
}

void
timeline_add(struct timeline *t, unsigned long long now, unsigned long long ns)
{
	struct slot one = { 1, ns };
	unsigned i;

	while ((i = slot_of(t, now)) == SLOTS)
		fold(t);
	slot_merge(&t->slot[i], &one);
}

void
timeline_merge(struct timeline *to, const struct timeline *from)
{
	struct timeline t = *from;
	unsigned i;

	while (to->width < t.width)
		fold(to);
	while (t.width < to->width)
		fold(&t);
	for (i = 0; i < SLOTS; i++)
		slot_merge(&to->slot[i], &t.slot[i]);
}

unsigned
timeline_used(const struct timeline *t)
{
	unsigned i = SLOTS;

	while (i > 0 && t->slot[i - 1].done == 0)
		i--;
	return i;
}

/* Add three digits of a number and its unit, out of a list of words. */
static void
scaled(struct fmt *f, unsigned long long v, const char *unit,
    const char *format)
{
	unsigned long long divisor = 1, whole;
	const char *next;
	FMT(digits, 32);

	while (v / divisor >= 1000 && *(next = word_at(unit, 1)) != '\0') {
		divisor *= 1000;
		unit = next;
	}
	whole = v / divisor;
	if (divisor == 1)
		fmt_add(&digits, "%llu", whole);
	else
		fmt_fixed(&digits, v / (divisor / 1000), 3,
		    whole < 10 ? 2 : whole < 100);
	fmt_add(f, format, digits.buf, unit);
}

void
draw_time(struct fmt *f, unsigned long long ns)
{
	scaled(f, ns, "ns\0us\0ms\0s\0", "%5s %2s");
}

void
draw_number(struct fmt *f, unsigned long long n)
{
	scaled(f, n, "\0k\0M\0G\0T\0", "%s%s");
}

int
draw_ascii(int key)
{
	static const char names[] = "LC_ALL\0LC_CTYPE\0LANG";
	const char *s = NULL;
	unsigned i;

	if (key != -1)
		return key;
	for (i = 0; i < 3 && (s == NULL || *s == '\0'); i++)
		s = getenv(word_at(names, i));
	/* The codeset follows the dot: de_DE.UTF-8, C.utf8. */
	s = s == NULL ? NULL : strchr(s, '.');
	return s == NULL || (s[1] | ' ') != 'u' || (s[2] | ' ') != 't' ||
	    (s[3] | ' ') != 'f' || s[4 + (s[4] == '-')] != '8';
}

static unsigned long long
edge(const struct steps *s, unsigned i)
{
	unsigned long long v = s->step[i % s->n];

	for (; i >= s->n; i -= s->n)
		v *= 10;
	return v;
}

/* Find the lines that hold all: the first, and how many. */
static unsigned
lines(const struct hist *h, const struct steps *s, unsigned *first)
{
	unsigned i;

	for (i = 0; edge(s, i + 1) <= h->min; i++)
		;
	*first = i;
	while (edge(s, i) <= h->max)
		i++;
	return i - *first;
}

static void
bar(struct fmt *f, unsigned long long v, unsigned long long most, int ascii)
{
	unsigned eighths = most == 0 ? 0 : v * (BAR * 8) / most;

	if (v > 0 && eighths == 0)
		eighths = 1;
	for (; eighths >= 8; eighths -= 8)
		fmt_add(f, "%s", ascii ? "#" : "\xe2\x96\x88");
	/* U+2590 less n is a block of n eighths. */
	if (eighths > 0 && ascii)
		fmt_add(f, ".");
	else if (eighths > 0)
		fmt_add(f, "\xe2\x96%c", 0x90 - eighths);
}

/* Count the samples below a time, and take them off the front. */
static unsigned long long
take(const struct hist *h, unsigned *bucket, unsigned long long below)
{
	unsigned long long n = 0;

	for (; *bucket < HIST_BUCKETS && hist_first(*bucket) / 2 +
		hist_last(*bucket) / 2 < below; ++*bucket)
		n += h->bucket[*bucket];
	return n;
}

/* Count what belongs to a line; to the last one all the rest. */
static unsigned long long
line(const struct hist *h, const struct steps *s, unsigned i, unsigned end,
    unsigned *bucket)
{
	return take(h, bucket, i + 1 == end ? ~0ull : edge(s, i + 1));
}

void
draw_hist(struct fmt *f, const struct hist *h, int ascii)
{
	const struct steps *s = series;
	unsigned first, end, i, bucket = 0;
	unsigned long long v, most = 0;

	if (!ENABLE_ECHOC_DRAW || h->count == 0)
		return;
	while ((end = lines(h, s, &first)) > ROWS && s->n > 3)
		s++;
	end += first;
	for (i = first; i < end; i++)
		if ((v = line(h, s, i, end, &bucket)) > most)
			most = v;
	for (i = first, bucket = 0; i < end; i++) {
		draw_time(f, edge(s, i));
		v = line(h, s, i, end, &bucket);
		fmt_add(f, " %10llu ", v);
		bar(f, v, most, ascii);
		fmt_add(f, "\n");
	}
}

/* One character for a value out of eight heights; nothing is a space. */
static void
spark(struct fmt *f, unsigned long long v, unsigned long long most, int ascii)
{
	unsigned height = v == 0 ? 0 : (v * 8 + most - 1) / most;

	if (height == 0)
		fmt_add(f, " ");
	else if (ascii)
		fmt_add(f, "%c", "_.,:-=*#"[height - 1]);
	else
		fmt_add(f, "\xe2\x96%c", 0x80 + height);
}

/* Add a line with one of the two numbers of n slots; returns the largest. */
static unsigned long long
sparks(struct fmt *f, const unsigned long long *v, unsigned n, int ascii)
{
	const unsigned step = sizeof(struct slot) / sizeof *v;
	unsigned long long most = 0;
	unsigned i;

	for (i = 0; i < n * step; i += step)
		if (v[i] > most)
			most = v[i];
	for (i = 0; i < n * step; i += step)
		spark(f, v[i], most, ascii);
	fmt_add(f, " up to");
	return most;
}

void
draw_run(struct fmt *f, const struct timeline *t, int ascii)
{
	unsigned n = timeline_used(t);
	unsigned long long most;

	if (!ENABLE_ECHOC_DRAW || n < 2)
		return;
	fmt_add(f, "done     ");
	most = sparks(f, &t->slot->done, n, ascii);
	fmt_add(f, " ");
	draw_number(f, most * TIME_S / t->width);
	fmt_add(f, "/s\nslowest  ");
	draw_time(f, sparks(f, &t->slot->worst, n, ascii));
	fmt_add(f, "\n");
}
