/* limits - how many more processes there can be. */
#include <limits.h>
#include <string.h>

#include "io.h"
#include "limits.h"
#include "zombiewatch.h"

/* The number a file begins with; "max" and what cannot be read are the
 * otherwise. */
static unsigned long long
file_number(const char *path, unsigned long long otherwise)
{
	char buf[64];

	if (io_slurp(scan_dir, path, buf, sizeof buf) == -1)
		return otherwise;
	return scan_number(buf, "", otherwise);
}

/* The machine: threads in use are what /proc/loadavg has behind a slash. */
static void
machine(struct limit *l)
{
	unsigned long long pids, threads;
	char buf[128] = "";
	const char *slash;

	pids = file_number("sys/kernel/pid_max", ULLONG_MAX);
	threads = file_number("sys/kernel/threads-max", ULLONG_MAX);
	io_slurp(scan_dir, "loadavg", buf, sizeof buf);
	slash = strchr(buf, '/');
	if (slash == NULL)
		return;
	l->used = scan_number(slash + 1, "", 0);
	l->max = pids < threads ? pids : threads;
	l->name = l->max == ULLONG_MAX ? NULL :
	    pids < threads	       ? "pid_max" :
					 "threads-max";
}

/* Where a process is in the hierarchy that counts pids: a line
 * "8:pids:/path" of /proc/PID/cgroup, or "0::/path" (cgroups(7)). */
static char *
cgroup_path(char *text, int *v2)
{
	char *line, *controllers, *path;

	while ((line = io_word(&text, "\n")) != NULL) {
		controllers = strchr(line, ':');
		path = controllers ? strchr(controllers + 1, ':') : NULL;
		if (path == NULL)
			continue;
		*v2 = controllers + 1 == path;
		if (*v2 || (path - controllers == 5 &&
			memcmp(controllers, ":pids", 5) == 0))
			return path + 1;
	}
	return NULL;
}

/* A number of a cgroup. */
static unsigned long long
cgroup_number(const char *root, const char *path, const char *what,
    unsigned long long otherwise)
{
	FMT(file, PATH_MAX);

	fmt_add(&file, "%s%s/pids.%s", root, path, what);
	return file_number(file.buf, otherwise);
}

/* Take the limit of one cgroup if it is tighter than what we have. */
static void
tighter(const char *root, const char *path, struct limit *l)
{
	unsigned long long max = cgroup_number(root, path, "max", ULLONG_MAX);
	unsigned long long used = cgroup_number(root, path, "current", 0);

	if (max != ULLONG_MAX &&
	    (l->name == NULL || max - used < l->max - l->used))
		*l = (struct limit){ "pids.max of its cgroup", used, max };
}

static void
cgroup(pid_t pid, struct limit *l)
{
	static const char *const roots[] = { "/sys/fs/cgroup/pids",
		"/sys/fs/cgroup", "/sys/fs/cgroup/unified" };
	char text[2048], *path, *end;
	int v2 = 0;

	if (task_file(pid, "cgroup", text, sizeof text) == -1)
		return;
	path = cgroup_path(text, &v2);
	while (path != NULL && (end = strrchr(path, '/')) != NULL) {
		tighter(roots[v2], path, l);
		if (v2)
			tighter(roots[2], path, l);
		*end = '\0';
	}
}

/* The processes and threads of a user. */
static void
user(pid_t pid, struct limit *l)
{
	static struct scan s;
	struct task t;
	char text[2048];
	uid_t uid, is;

	if (task_user(pid, &uid) == -1 || uid == 0 ||
	    task_file(pid, "limits", text, sizeof text) == -1)
		return;
	l->max = scan_number(text, "Max processes", ULLONG_MAX);
	if (l->max == ULLONG_MAX || scan_start(&s) == -1)
		return;
	while (scan_task(&s, &t) > 0)
		if (task_user(t.pid, &is) == 0 && is == uid)
			l->used += t.threads > 0 ? t.threads : 1;
	l->name = "RLIMIT_NPROC";
}

void
limits_find(pid_t pid, struct limit l[LIMITS_MAX])
{
	memset(l, 0, LIMITS_MAX * sizeof *l);
	machine(&l[0]);
	cgroup(pid, &l[1]);
	user(pid, &l[2]);
}

void
limits_show(const struct limit l[LIMITS_MAX])
{
	const char *comma = "";
	int i;

	for (i = 0; i < LIMITS_MAX; i++)
		if (l[i].name != NULL) {
			print("%s%llu of %llu (%s)", comma, l[i].used,
			    l[i].max, l[i].name);
			comma = ", ";
		}
}

const char *
limits_first(pid_t pid, unsigned long long hourly,
    unsigned long long *seconds)
{
	struct limit l[LIMITS_MAX];
	unsigned long long room, s;
	const char *which = NULL;
	int i;

	limits_find(pid, l);
	for (i = 0; i < LIMITS_MAX && hourly > 0; i++) {
		room = l[i].max > l[i].used ? l[i].max - l[i].used : 0;
		s = room * 3600 / hourly;
		if (l[i].name != NULL && (which == NULL || s < *seconds)) {
			*seconds = s;
			which = l[i].name;
		}
	}
	return which;
}

void
limits_outlook(pid_t pid, unsigned long long hourly)
{
	unsigned long long s;
	const char *which = limits_first(pid, hourly, &s);

	/* In the first second there is no rate yet. */
	if (hourly > 0)
		print(", %llu more an hour", hourly);
	if (which != NULL) {
		print("; %s reached in ", which);
		row_age(0, s);
	}
}
