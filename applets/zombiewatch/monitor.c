/* monitor - one look for monitoring: Nagios, Prometheus, or a status. */
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>	/* only for rename(2) */
#include <string.h>
#include <unistd.h>

#include "autopsy.h"
#include "err.h"
#include "fast.h"
#include "group.h"
#include "io.h"
#include "limits.h"

/* So many parents go out by name: a label each is a series each. */
enum { PARENTS_TOLD = 16 };

static struct fast fast;
static unsigned long zombies;

/* A name as a label: escaped as text is, and its escapes once more. */
static void
add_label(struct fmt *f, const char *key, const struct task *t)
{
	FMT(name, 4 * COMM_MAX + 1);

	row_name(&name, t);
	fmt_add(f, "%s=", key);
	fmt_json(f, name.buf, name.len);
}

/* What goes before the samples of a metric, and the one it mostly has. */
static void
metric(struct fmt *f, const char *name, const char *help)
{
	fmt_add(f, "# HELP zombiewatch_%s %s.\n# TYPE zombiewatch_%s gauge\n"
	    "zombiewatch_%s", name, help, name, name);
}

static void
gauge(struct fmt *f, const char *name, const char *help,
    unsigned long long v)
{
	metric(f, name, help);
	fmt_add(f, " %llu\n", v);
}

static void
prom(struct fmt *f, const struct zw *z)
{
	static const char parents[] = "parent_zombies";
	const struct group *g;
	struct evidence e;
	struct limit l[LIMITS_MAX];
	unsigned i;

	gauge(f, "processes", "Processes seen", fast.scan.processes);
	gauge(f, "zombies", "Ended and not waited for", zombies);
	limits_find(z->dir, 0, l);
	if (l->name != NULL) {
		gauge(f, "threads", "Processes and threads", l->used);
		gauge(f, "threads_limit", "Most there can be", l->max);
	}
	for (i = 0; i < PARENTS_TOLD && (g = group_at(i)) != NULL; i++) {
		if (i == 0)
			metric(f, parents, "By parent, and why");
		else
			fmt_add(f, "zombiewatch_%s", parents);
		autopsy(z->dir, &g->zombie, &e);
		fmt_add(f, "{pid=\"%d\",", g->parent);
		add_label(f, "comm", &e.parent);
		fmt_add(f, ",verdict=\"%s\"} %lu\n",
		    autopsy_verdict(&e)->code, g->count);
	}
}

static int
nagios(struct fmt *f, const struct zw *z)
{
	static const char words[][9] = { "OK", "WARNING", "CRITICAL" };
	const struct group *g = group_at(0);
	struct evidence e;
	char *bar;
	int state = zombies > z->crit ? 2 : zombies > z->warn;

	fmt_add(f, "ZOMBIES %s - ", words[state]);
	row_count(f, zombies);
	if (g != NULL) {
		autopsy(z->dir, &g->zombie, &e);
		fmt_add(f, ", %lu of %d ", g->count, g->parent);
		row_name(f, &e.parent);
		fmt_add(f, ": ");
		autopsy_line(f, &e);
	}
	/* A bar begins the performance data, and a name may have one. */
	while ((bar = strchr(f->buf, '|')) != NULL)
		*bar = '/';
	fmt_add(f, " | zombies=%lu;%u;", zombies, z->warn);
	if (z->crit != NO_LIMIT)
		fmt_add(f, "%u", z->crit);
	fmt_add(f, ";0 processes=%lu;;;0\n", fast.scan.processes);
	return state;
}

/* Replace the file as a whole: who reads it sees the old or the new. */
static void
put_file(const char *path, const struct fmt *f)
{
	int fd;
	FMT(new, PATH_MAX);

	fmt_add(&new, "%s.%d", path, (int)getpid());
	if (new.cut)
		die(SYSTEM, "%s: path too long", path);
	fd = open(new.buf, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd == -1)
		die(SYSTEM, "%s:", new.buf);
	if (io_write(fd, f->buf, f->len) == -1 || close(fd) == -1 ||
	    rename(new.buf, path) == -1) {
		warn("%s:", path);
		unlink(new.buf);
		_exit(SYSTEM);
	}
}

int
monitor_main(struct zw *z)
{
	int status = OK;
	FMT(f, 8192);

	zombies = group_collect(z, &fast, !z->by_stat && fast_own(z->dir));
	if (z->format == FORMAT_PROM)
		prom(&f, z);
	else if (z->format == FORMAT_NAGIOS)
		status = nagios(&f, z);
	else
		status = zombies > 0 ? NO : OK;
	if (z->file != NULL)
		put_file(z->file, &f);
	else
		row_out(&f, SIZE_MAX);
	if (zombies == 0 && scan_partial(&fast.scan, z->root))
		return SYSTEM;
	return status;
}
