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
static unsigned zombies;

/* A name as a label: escaped as text is, and its escapes once more. */
static void
add_label(const char *key, const struct task *t)
{
	FMT(name, 4 * COMM_MAX + 1);

	fmt_escape(&name, t->comm, t->comm_len);
	print("%s=", key);
	fmt_json(&page, name.buf, name.len);
}

/* What goes before the samples of a metric, and the one it mostly has. */
static void
metric(const char *name, const char *help)
{
	print("# HELP zombiewatch_%s %s.\n# TYPE zombiewatch_%s gauge\n"
	    "zombiewatch_%s", name, help, name, name);
}

static void
gauge(const char *name, const char *help, unsigned long long v)
{
	metric(name, help);
	print(" %llu\n", v);
}

static void
prom(void)
{
	static const char parents[] = "parent_zombies";
	const struct group *g;
	struct evidence e;
	struct limit l[LIMITS_MAX];
	unsigned i;

	gauge("processes", "Processes seen", fast.scan.processes);
	gauge("zombies", "Ended and not waited for", zombies);
	limits_find(0, l);
	if (l->name != NULL) {
		gauge("threads", "Processes and threads", l->used);
		gauge("threads_limit", "Most there can be", l->max);
	}
	for (i = 0; i < PARENTS_TOLD && (g = group_at(i)) != NULL; i++) {
		if (i == 0)
			metric(parents, "By parent, and why");
		else
			print("zombiewatch_%s", parents);
		autopsy(&g->zombie, &e);
		print("{pid=\"%d\",", g->parent);
		add_label("comm", &e.parent);
		print(",verdict=\"%s\"} %u\n",
		    e.code, g->count);
	}
}

static int
nagios(const struct zw *z)
{
	static const char words[][9] = { "OK", "WARNING", "CRITICAL" };
	const struct group *g = group_at(0);
	struct evidence e;
	char *bar;
	int state = zombies > z->crit ? 2 : zombies > z->warn;

	print("ZOMBIES %s - ", words[state]);
	row_count(zombies);
	if (g != NULL) {
		autopsy(&g->zombie, &e);
		print(", %u of %d ", g->count, g->parent);
		row_name(&e.parent);
		print(": ");
		autopsy_line(&e);
	}
	/* A bar begins the performance data, and a name may have one. */
	while ((bar = strchr(page.buf, '|')) != NULL)
		*bar = '/';
	print(" | zombies=%u;%u;", zombies, z->warn);
	if (z->crit != NO_LIMIT)
		print("%u", z->crit);
	print(";0 processes=%u;;;0\n", fast.scan.processes);
	return state;
}

/* Replace the file as a whole: who reads it sees the old or the new. */
static void
put_file(const char *path)
{
	int fd;
	FMT(new, PATH_MAX);

	fmt_add(&new, "%s.%d", path, (int)getpid());
	if (new.cut)
		die(SYSTEM, "%s: path too long", path);
	fd = open(new.buf, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd == -1)
		die(SYSTEM, "%s:", new.buf);
	if (io_write(fd, page.buf, page.len) == -1 || close(fd) == -1 ||
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

	zombies = group_collect(z, &fast, !z->by_stat && fast_own());
	if (z->format == FORMAT_PROM)
		prom();
	else if (z->format == FORMAT_NAGIOS)
		status = nagios(z);
	else
		status = zombies > 0 ? NO : OK;
	if (z->file != NULL)
		put_file(z->file);
	else
		row_out(SIZE_MAX);
	if (zombies == 0 && scan_partial(&fast.scan, z->root))
		return SYSTEM;
	return status;
}
