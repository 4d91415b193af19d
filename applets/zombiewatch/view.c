/* view - the watch as a full screen: parents first, then zombies. */
#include <stdint.h>
#include <unistd.h>

#include "autopsy.h"
#include "io.h"
#include "limits.h"
#include "time.h"
#include "watch.h"

/* Where the next line goes, and its text so far. */
struct page {
	int row;
	struct fmt *out;
	struct fmt *line;
};

static void
next(struct page *p)
{
	/* A row of the table ends its line itself. */
	if (p->line->len > 0 && p->line->buf[p->line->len - 1] == '\n')
		p->line->buf[p->line->len - 1] = '\0';
	screen_line(p->out, p->row++, p->line->buf);
	fmt_reset(p->line);
}

static void
head(struct page *p, const struct watch *w)
{
	fmt_add(p->line, "zombiewatch: ");
	row_count(p->line, w->zombies);
	if (w->events == -1)
		fmt_add(p->line, " among %lu processes (by scan)",
		    w->processes);
	else
		fmt_add(p->line, " (by the kernel's events)");
	fmt_add(p->line, "; q quits");
	next(p);
}

static void
parent(struct page *p, const struct watch *w, const struct group *g)
{
	struct evidence e;
	unsigned long long hourly = group_hourly(g, time_now());

	autopsy(w->z->dir, &g->zombie, &e);
	fmt_add(p->line, "%d %.40s: %lu", g->parent,
	    e.command[0] != '\0' ? e.command : "?", g->count);
	if (hourly > 0)
		limits_outlook(p->line, w->z->dir, g->parent, hourly);
	next(p);
	fmt_add(p->line, "  ");
	autopsy_line(p->line, &e);
	next(p);
}

void
view_paint(struct watch *w)
{
	const struct group *g;
	const struct known *k;
	unsigned i;
	int rows = screen_rows();
	FMT(line, 1024);
	FMT(out, 2048);
	struct page p = { 0, &out, &line };

	head(&p, w);
	for (i = 0; p.row + 2 <= rows / 2 && (g = group_at(i)) != NULL; i++)
		parent(&p, w, g);
	next(&p);
	if (w->zombies > 0) {
		row_head(&line, 0);
		next(&p);
	}
	for (i = 0; p.row < rows && (k = known_at(i)) != NULL; i++)
		if (k->told) {
			row_text(&line, w->z, &k->t);
			next(&p);
		}
	while (p.row < rows)
		next(&p);
	io_flush(STDOUT_FILENO, &out, SIZE_MAX);
}
