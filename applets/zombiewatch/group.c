/* group - zombies by parent: who leaves how many. */
#include <string.h>
#include <unistd.h>

#include "autopsy.h"
#include "group.h"
#include "io.h"
#include "time.h"

static struct group groups[GROUPS_MAX];
static unsigned used;
static unsigned long lost;	/* zombies whose parent had no place left */

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

	if (i == GROUPS_MAX) {
		lost++;
		return NULL;
	}
	if (i == used) {
		groups[used++] = (struct group){ .parent = t->ppid,
			.zombie = *t, .since = time_now(), .base = 1 };
	}
	groups[i].count++;
	return &groups[i];
}

void
group_remove(const struct task *t)
{
	unsigned i = place(t->ppid);

	if (i == used) {
		lost -= lost > 0;
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
	unsigned i, most = n;

	if (n >= used)
		return NULL;
	for (i = n + 1; i < used; i++)
		if (groups[i].count > groups[most].count)
			most = i;
	swap = groups[n];
	groups[n] = groups[most];
	groups[most] = swap;
	return &groups[n];
}

void
group_line(struct fmt *f, const struct zw *z, const struct group *g,
    struct evidence *e)
{
	autopsy(z->dir, &g->zombie, e);
	fmt_add(f, "%d %.60s: %lu zombie%s\n  ", g->parent,
	    e->command[0] != '\0' ? e->command : "?", g->count,
	    g->count == 1 ? "" : "s");
	autopsy_line(f, e);
	fmt_add(f, "\n");
}

static void
show(struct fmt *f, const struct zw *z, const struct group *g)
{
	struct evidence e;

	group_line(f, z, g, &e);
	if (z->verbose)
		autopsy_evidence(f, z->dir, &e);
}

unsigned long
group_lost(void)
{
	return lost;
}

void
group_show(struct fmt *f, const struct zw *z, unsigned most)
{
	const struct group *g;
	unsigned i;

	for (i = 0; i < most && (g = group_at(i)) != NULL; i++) {
		show(f, z, g);
		io_flush(STDOUT_FILENO, f, 1024);
	}
	if (i < used)
		fmt_add(f, "and %u more parents\n", used - i);
	if (group_lost() > 0)
		fmt_add(f, "and %lu zombies of parents beyond these\n", lost);
}
