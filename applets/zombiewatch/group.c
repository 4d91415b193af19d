/* group - zombies by parent: who leaves how many. */
#include <string.h>

#include "autopsy.h"
#include "err.h"
#include "fast.h"
#include "group.h"
#include "known.h"
#include "time.h"

static struct group groups[GROUPS_MAX];
static unsigned used;
unsigned group_lost;	/* zombies whose parent had no place left */

/* The place of a parent's group, or used if it has none. */
static unsigned
place(pid_t parent)
{
	static unsigned last;
	unsigned i = last;

	/* A leaking parent's zombies come one after the other. */
	if (i >= used || groups[i].parent != parent)
		for (i = 0; i < used && groups[i].parent != parent; i++)
			;
	last = i;
	return i;
}

struct group *
group_add(const struct task *t)
{
	unsigned i = place(t->ppid);
	struct group *g;

	if (i == GROUPS_MAX) {
		group_lost++;
		return NULL;
	}
	g = &groups[i];
	if (i == used) {
		used++;
		memset(g, 0, sizeof *g);
		g->parent = t->ppid;
		g->zombie = *t;
		g->since = time_now();
		g->base = 1;
	}
	g->count++;
	return g;
}

void
group_remove(const struct task *t)
{
	unsigned i = place(t->ppid);

	if (i == used) {
		group_lost -= group_lost > 0;
		return;
	}
	if (--groups[i].count == 0)
		groups[i] = groups[--used];
}

void
group_settle(void)
{
	unsigned i;

	for (i = 0; i < used; i++) {
		groups[i].base = groups[i].count;
		groups[i].since = time_now();
	}
}

unsigned long long
group_hourly(const struct group *g, unsigned long long now)
{
	unsigned long long watched = (now - g->since) / TIME_S;

	if (g->count <= g->base || watched == 0)
		return 0;
	return (g->count - g->base) * 3600ull / watched;
}

/* Put the biggest of those from here on first: few are ever asked for. */
const struct group *
group_at(unsigned n)
{
	struct group swap;
	unsigned i;

	if (n >= used)
		return NULL;
	for (i = n + 1; i < used; i++)
		if (groups[i].count > groups[n].count) {
			swap = groups[n];
			groups[n] = groups[i];
			groups[i] = swap;
		}
	return &groups[n];
}

unsigned
group_collect(const struct zw *z, struct fast *f, int pidfds)
{
	const struct known *k;
	struct task t;
	unsigned n = 0;
	unsigned i;
	pid_t pid = -1;

	if (fast_start(f, pidfds) == 0)
		while ((pid = fast_next(f, &t)) > 0) {
			if (!filter_match(&t))
				continue;
			n++;
			/* Kept for a second look, or to see the cure work. */
			if ((z->age == 0 && !z->yes) ||
			    known_add(&t, 0) == NULL || z->age == 0)
				group_add(&t);
		}
	if (pid == -1)
		die(SYSTEM, "%s:", z->root);
	if (f->scan.processes == 0)
		die(SYSTEM, SCAN_EMPTY, z->root);
	if (z->age == 0 || n == 0)
		return n;
	time_sleep(z->age);
	for (i = 0; (k = known_at(i)) != NULL; i++)
		if (task_same(&k->t))
			group_add(&k->t);
		else
			n--;
	return n;
}

void
group_line(const struct group *g, struct evidence *e)
{
	autopsy(&g->zombie, e);
	print("%d %.60s: ", g->parent,
	    e->command[0] != '\0' ? e->command : "?");
	row_count(g->count);
	print("\n  ");
	autopsy_line(e);
	print("\n");
}

void
group_show(int verbose)
{
	const struct group *g;
	struct evidence e;
	unsigned i;

	for (i = 0; (g = group_at(i)) != NULL; i++) {
		group_line(g, &e);
		if (verbose)
			autopsy_evidence(&e);
		row_out(1024);
	}
	if (group_lost > 0)
		print("and %u zombies of parents beyond these\n",
		    group_lost);
}
