/* view - the watch as a full screen: parents first, then zombies. */
#include "autopsy.h"
#include "limits.h"
#include "time.h"
#include "watch.h"

static int row;			/* where the next line goes */

/* The page so far is a line of the screen. */
static void
next(void)
{
	/* A row of the table ends its line itself. */
	if (page.len > 0 && page.buf[page.len - 1] == '\n')
		page.buf[page.len - 1] = '\0';
	screen_line(row++, page.buf);
	fmt_reset(&page);
}

static void
parent(const struct group *g)
{
	struct evidence e;

	autopsy(&g->zombie, &e);
	print("%d %.40s: %u", g->parent,
	    e.command[0] != '\0' ? e.command : "?", g->count);
	limits_outlook(g->parent, group_hourly(g, time_now()));
	next();
	print("  ");
	autopsy_line(&e);
	next();
}

void
view_paint(struct watch *w)
{
	const struct group *g;
	const struct known *k;
	unsigned i;
	int rows = screen_rows();

	row = 0;
	print("zombiewatch: ");
	row_count(w->zombies);
	if (w->events == -1)
		print(" among %u processes (by scan)", w->processes);
	else
		print(" (by the kernel's events)");
	print("; q quits");
	next();
	for (i = 0; row + 2 <= rows / 2 && (g = group_at(i)) != NULL; i++)
		parent(g);
	next();
	if (w->zombies > 0) {
		row_head(0);
		next();
	}
	for (i = 0; row < rows && (k = known_at(i)) != NULL; i++)
		if (k->told) {
			row_text(&k->t);
			next();
		}
	while (row < rows)
		next();
	screen_out();
}
