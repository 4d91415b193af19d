/* list - one look at /proc: the zombies, their parents, how they ended. */
#include <stdint.h>
#include <string.h>

#include "err.h"
#include "group.h"
#include "known.h"
#include "time.h"
#include "zombiewatch.h"

/* What one walk came to. */
struct tally {
	unsigned zombies;
	unsigned leaders;
	unsigned shown;
};

static struct scan scan;

/* Which are looked for now: the first look of two only remembers. */
enum pass { REMEMBER, ZOMBIES, LEADERS };

static int
wanted(const struct zw *z, const struct task *t, enum pass pass)
{
	if (pass == LEADERS ? !task_leader(t) : !task_zombie(t))
		return 0;
	if (ENABLE_ZW_FILTER && !filter_match(t))
		return 0;
	return !ENABLE_ZW_FILTER || pass != ZOMBIES || z->age == 0 ||
	    known_find(t) != NULL;
}

static void
show(const struct zw *z, const struct task *t, int first)
{
	if (z->quiet)
		return;
	if (ENABLE_JSON && z->format == FORMAT_JSON) {
		row_json(t);
		print("}\n");
	} else {
		if (first)
			row_head(task_leader(t));
		row_text(t);
	}
	row_out(1024);
}

static void
found(const struct zw *z, struct tally *n,
    const struct task *t, enum pass pass)
{
	n->zombies += task_zombie(t);
	if (ENABLE_ZW_FILTER && pass == REMEMBER) {
		known_add(t, 0);
		return;
	}
	if (ENABLE_ZW_AUTOPSY && pass == ZOMBIES)
		group_add(t);
	show(z, t, n->shown++ == 0);
}

/* Walk once, show what is wanted, count everything. */
static void
look(const struct zw *z, struct tally *n, enum pass pass)
{
	struct task t;
	pid_t pid = -1;

	memset(n, 0, sizeof *n);
	if (scan_start(&scan) == 0)
		while ((pid = scan_task(&scan, &t)) > 0) {
			n->leaders += task_leader(&t);
			if (wanted(z, &t, pass))
				found(z, n, &t, pass);
		}
	if (pid == -1)
		die(SYSTEM, "%s:", z->root);
}

static void
summary(const struct zw *z, const struct tally *n)
{
	if (n->zombies == 0)
		print("no zombie");
	else
		row_count(n->zombies);
	print(" among %u processes\n", scan.processes);
	if (ENABLE_ZW_AUTOPSY)
		group_show(z->verbose);
	if (ENABLE_ZW_AUTOPSY && z->verbose && scan_inner())
		print("this is a PID namespace's view: "
		    "what is outside is not seen\n");
	if (n->leaders > 0)
		print("dead leaders of live threads, not zombies:\n");
}

int
list_main(struct zw *z)
{
	struct tally n, again;

	if (ENABLE_ZW_FILTER && z->age != 0) {
		look(z, &n, REMEMBER);
		if (n.zombies > 0)
			time_sleep(z->age);
	}
	look(z, &n, ZOMBIES);
	if (scan.processes == 0)
		die(SYSTEM, SCAN_EMPTY, z->root);
	if (!z->quiet && z->format == FORMAT_TEXT)
		summary(z, &n);
	if (n.leaders > 0)
		look(z, &again, LEADERS);
	row_out(SIZE_MAX);
	return scan_status(&scan, z->root, n.zombies);
}
