/* group - zombies by parent: who leaves how many. */
#include <string.h>
#include <unistd.h>

#include "autopsy.h"
#include "group.h"
#include "io.h"

static struct group groups[GROUPS_MAX];
static unsigned used;
static unsigned long lost;	/* zombies whose parent had no place left */

void
group_reset(void)
{
	used = 0;
	lost = 0;
}

void
group_add(const struct task *t)
{
	static unsigned last;
	unsigned i = last;

	/* A leaking parent's zombies come one after the other. */
	if (i >= used || groups[i].parent != t->ppid)
		for (i = 0; i < used && groups[i].parent != t->ppid; i++)
			;
	if (i == GROUPS_MAX) {
		lost++;
		return;
	}
	if (i == used) {
		groups[used++] = (struct group){ .parent = t->ppid };
		groups[i].zombie = *t;
	}
	groups[i].count++;
	last = i;
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

unsigned long
group_lost(void)
{
	return lost;
}

static void
show(struct fmt *f, const struct zw *z, const struct group *g)
{
	struct evidence e;

	autopsy(z->dir, &g->zombie, &e);
	fmt_add(f, "%d %.60s: %lu zombie%s\n  ", g->parent,
	    e.command[0] != '\0' ? e.command : "?", g->count,
	    g->count == 1 ? "" : "s");
	autopsy_line(f, &e);
	fmt_add(f, "\n");
	if (z->verbose)
		autopsy_evidence(f, z->dir, &e);
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
	if (lost > 0)
		fmt_add(f, "and %lu zombies of parents beyond these\n", lost);
}
