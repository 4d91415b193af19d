/* draw - times, histograms and the course of a run, for people's eyes. */
#ifndef DRAW_H
#define DRAW_H

#ifndef ENABLE_ECHOC_DRAW
#define ENABLE_ECHOC_DRAW 1	/* histogram, sparkline, progress; 2 KB */
#endif

struct fmt;
struct hist;
struct results;

enum { SLOTS = 64 };

/*
 * The course of a run in up to 64 slots of equal time: what was done in
 * each, and the longest time.  When it is full two slots become one.  All
 * zeros but start and width, which are ns, is empty; processes can share it.
 */
struct timeline {
	unsigned long long start;
	unsigned long long width;
	struct slot {
		unsigned long long done;
		unsigned long long worst;
	} slot[SLOTS];
};

void timeline_add(struct timeline *, unsigned long long now,
    unsigned long long ns);

/* Both began at the same time and with the same width. */
void timeline_merge(struct timeline *, const struct timeline *);

/* How many slots are used at least once, counted from the start. */
unsigned timeline_used(const struct timeline *);

/* Add a time with a unit, three digits and 8 columns: " 42.3 us". */
void draw_time(struct fmt *, unsigned long long ns);

/* Add n, right in a field, as 812, 81.2k or 1.52M (thousands). */
void draw_number(struct fmt *, unsigned long long n);

/* Is the terminal to have ASCII only?  -O ascii says so (1; 0 denies it),
 * -1 asks LC_ALL, LC_CTYPE and LANG for UTF-8. */
int draw_ascii(int key);

/* Add lines: how many took how long, a bar for each. */
void draw_hist(struct fmt *, const struct hist *, int ascii);

/* Add two lines: what was done in each slot, and the longest time. */
void draw_run(struct fmt *, const struct timeline *, int ascii);

#endif
