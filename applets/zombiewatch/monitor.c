/* monitor - one look for monitoring: Nagios, Prometheus, or a status. */
#include <errno.h>
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
#include "known.h"
#include "limits.h"
#include "time.h"

/* So many parents go out by name: a label each is a series each. */
enum { PARENTS_TOLD = 16 };

static struct fast fast;
static unsigned long zombies;

/* Look once; the first look of two (-a) only remembers. */
static void
look(const struct zw *z, int remember)
{
	struct task t;
	pid_t pid = -1;

	zombies = 0;
	if (fast_start(&fast, z->dir, !z->by_stat && fast_own(z->dir)) == 0)
		while ((pid = fast_next(&fast, &t)) > 0) {
			if (!filter_match(z, &t) || (!remember && z->age != 0 &&
				known_find(&t) == NULL))
				continue;
			zombies++;
			if (remember)
				known_add(&t, 0);
			else
				group_add(&t);
		}
	if (pid == -1)
		die(SYSTEM, "%s:", z->root);
	if (fast.processes == 0)
		die(SYSTEM, SCAN_EMPTY, z->root);
}

/* A name as a label: escaped as text is, and its escapes once more. */
static void
add_label(struct fmt *f, const char *key, const struct task *t)
{
	FMT(name, 4 * COMM_MAX + 1);

	row_name(&name, t, 0);
	fmt_add(f, "%s=", key);
	fmt_json(f, name.buf, name.len);
}

static void
prom_limit(struct fmt *f, const struct limit *l)
{
	if (l->name == NULL)
		return;
	fmt_add(f, "# HELP zombiewatch_threads Processes and threads.\n"
	    "# TYPE zombiewatch_threads gauge\n"
	    "zombiewatch_threads %llu\n"
	    "# HELP zombiewatch_threads_limit Most there can be.\n"
	    "# TYPE zombiewatch_threads_limit gauge\n"
	    "zombiewatch_threads_limit %llu\n", l->used, l->max);
}

static void
prom(struct fmt *f, const struct zw *z)
{
	const struct group *g;
	struct evidence e;
	struct limit l[LIMITS_MAX];
	unsigned i;

	fmt_add(f, "# HELP zombiewatch_processes Processes seen.\n"
	    "# TYPE zombiewatch_processes gauge\n"
	    "zombiewatch_processes %lu\n"
	    "# HELP zombiewatch_zombies Ended and not waited for.\n"
	    "# TYPE zombiewatch_zombies gauge\n"
	    "zombiewatch_zombies %lu\n", fast.processes, zombies);
	limits_find(z->dir, 0, l);
	prom_limit(f, &l[0]);
	fmt_add(f, "# HELP zombiewatch_parent_zombies By parent, and why.\n"
	    "# TYPE zombiewatch_parent_zombies gauge\n");
	for (i = 0; i < PARENTS_TOLD && (g = group_at(i)) != NULL; i++) {
		autopsy(z->dir, &g->zombie, &e);
		fmt_add(f, "zombiewatch_parent_zombies{pid=\"%d\",", g->parent);
		add_label(f, "comm", &e.parent);
		fmt_add(f, ",verdict=\"%s\"} %lu\n",
		    autopsy_verdict(&e)->code, g->count);
	}
}

static int
nagios(struct fmt *f, const struct zw *z)
{
	static const char *const words[] = { "OK", "WARNING", "CRITICAL" };
	const struct group *g = group_at(0);
	struct evidence e;
	char *bar;
	int state = zombies > z->crit ? 2 : zombies > z->warn;

	fmt_add(f, "ZOMBIES %s - %lu zombie%s", words[state], zombies,
	    zombies == 1 ? "" : "s");
	if (g != NULL) {
		autopsy(z->dir, &g->zombie, &e);
		fmt_add(f, ", %lu of %d ", g->count, g->parent);
		row_name(f, &e.parent, 0);
		fmt_add(f, ": ");
		autopsy_line(f, &e);
	}
	/* A bar begins the performance data, and a name may have one. */
	while ((bar = strchr(f->buf, '|')) != NULL)
		*bar = '/';
	fmt_add(f, " | zombies=%lu;%lu;", zombies, z->warn);
	if (z->crit != ULONG_MAX)
		fmt_add(f, "%lu", z->crit);
	fmt_add(f, ";0 processes=%lu;;;0\n", fast.processes);
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

static void
put(const struct zw *z, const struct fmt *f)
{
	if (z->file != NULL)
		put_file(z->file, f);
	else if (io_write(STDOUT_FILENO, f->buf, f->len) == -1)
		die(SYSTEM, "standard output:");
}

int
monitor_main(struct zw *z)
{
	int status = OK;
	FMT(f, 8192);

	if (z->age != 0) {
		look(z, 1);
		if (zombies > 0)
			time_sleep(z->age);
	}
	look(z, 0);
	if (z->format == FORMAT_PROM)
		prom(&f, z);
	else if (z->format == FORMAT_NAGIOS)
		status = nagios(&f, z);
	else
		status = zombies > 0 ? NO : OK;
	put(z, &f);
	if (zombies == 0 && scan_partial(z->dir, z->root, fast.hidden, fast.init))
		return SYSTEM;
	return status;
}
