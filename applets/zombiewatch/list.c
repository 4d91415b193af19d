/* list - one look at /proc: the zombies, their parents, how they ended. */
#include <sys/vfs.h>

#include <errno.h>
#include <linux/magic.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "err.h"
#include "io.h"
#include "proc.h"
#include "zombiewatch.h"

/* What one walk came to. */
struct tally {
	unsigned long processes;
	unsigned long zombies;
	unsigned long leaders;
	unsigned long hidden;	/* could not be read */
	int init;		/* process 1 was there */
};

static struct scan scan;

/* A parent's name and state; most zombies share one, so it is kept. */
static const struct task *
parent(int dir, pid_t pid)
{
	static struct task t;

	if (t.pid != pid && task_read(dir, pid, &t) == -1) {
		memset(&t, 0, sizeof t);
		t.comm[0] = t.state = '?';
		t.comm_len = 1;
	}
	return &t;
}

/* Add a duration in two units, as people say it. */
static void
add_age(struct fmt *f, unsigned long long s)
{
	FMT(age, 32);

	if (s >= 86400)
		fmt_add(&age, "%llud%lluh", s / 86400, s / 3600 % 24);
	else if (s >= 3600)
		fmt_add(&age, "%lluh%llum", s / 3600, s / 60 % 60);
	else
		fmt_add(&age, "%llum%llus", s / 60, s % 60);
	fmt_add(f, "%8s", age.buf);
}

static void
add_started(struct fmt *f, int dir, const struct task *t)
{
	unsigned long long now = time(NULL), started = task_started(dir, t);

	if (started == 0)
		fmt_add(f, "%8s", "?");
	else
		add_age(f, now > started ? now - started : 0);
}

static void
add_comm(struct fmt *f, const struct task *t, int width)
{
	FMT(name, 4 * COMM_MAX + 1);

	fmt_escape(&name, t->comm, t->comm_len);
	fmt_add(f, "%-*s", width, name.buf);
}

static void
add_user(struct fmt *f, int dir, pid_t pid)
{
	char status[1024];
	const char *uid = NULL;
	FMT(path, 32);

	fmt_add(&path, "%d/status", pid);
	if (io_slurp(dir, path.buf, status, sizeof status) != -1)
		uid = scan_field(status, "Uid:");
	if (uid == NULL)
		uid = "?";
	fmt_add(f, "%-8.*s ", (int)strcspn(uid, "\t\n"), uid);
}

static void
row(struct fmt *f, const struct zw *z, const struct task *t)
{
	FMT(ended, 32);

	if (task_leader(t))
		fmt_add(&ended, "%d threads", t->threads - 1);
	else if (t->known)
		proc_status(&ended, t->status);
	else
		fmt_add(&ended, "?");
	fmt_add(f, "%7d %7d ", t->pid, t->ppid);
	add_comm(f, parent(z->dir, t->ppid), 15);
	fmt_add(f, " %-12s ", ended.buf);
	add_user(f, z->dir, t->pid);
	add_started(f, z->dir, t);
	fmt_add(f, " ");
	add_comm(f, t, 0);
	fmt_add(f, "\n");
}

static void
row_json(struct fmt *f, const struct zw *z, const struct task *t)
{
	const struct task *p = parent(z->dir, t->ppid);
	unsigned long long started = task_started(z->dir, t);
	int signaled = WIFSIGNALED(t->status);

	fmt_add(f, "{\"pid\":%d,\"ppid\":%d,\"comm\":", t->pid, t->ppid);
	fmt_json(f, t->comm, t->comm_len);
	if (!t->known)
		fmt_add(f, ",\"exit\":{\"kind\":\"unknown\",\"value\":null,"
		    "\"core\":false}");
	else
		fmt_add(f, ",\"exit\":{\"kind\":\"%s\",\"value\":%d,\"core\":%s}",
		    signaled ? "signaled" : "exited",
		    signaled ? WTERMSIG(t->status) : WEXITSTATUS(t->status),
		    WCOREDUMP(t->status) ? "true" : "false");
	fmt_add(f, ",\"parent\":{\"pid\":%d,\"comm\":", t->ppid);
	fmt_json(f, p->comm, p->comm_len);
	fmt_add(f, ",\"state\":\"%c\"},\"started\":", p->state);
	if (started == 0)
		fmt_add(f, "null}\n");
	else
		fmt_add(f, "%llu}\n", started);
}

static void
show(struct fmt *f, const struct zw *z, const struct task *t, int first)
{
	if (z->quiet)
		return;
	if (ENABLE_JSON && z->json)
		row_json(f, z, t);
	else {
		if (first)
			fmt_add(f, "%7s %7s %-15s %-12s %-8s %8s NAME\n", "PID",
			    "PPID", "PARENT", task_leader(t) ? "ALIVE" : "ENDED",
			    "USER", "STARTED");
		row(f, z, t);
	}
	if (io_flush(STDOUT_FILENO, f, 512) == -1)
		die(SYSTEM, "standard output:");
}

/* Walk once, show what is wanted, count everything. */
static int
look(struct fmt *f, const struct zw *z, struct tally *n,
    int (*wanted)(const struct task *))
{
	unsigned long shown = 0;
	struct task t;
	pid_t pid;

	memset(n, 0, sizeof *n);
	if (scan_start(&scan, z->dir) == -1)
		return -1;
	while ((pid = scan_next(&scan)) > 0) {
		n->processes++;
		n->init |= pid == 1;
		if (task_read(z->dir, pid, &t) == -1) {
			/* One that ended meanwhile is no matter. */
			n->hidden += errno != ENOENT && errno != ESRCH;
			continue;
		}
		n->zombies += task_zombie(&t);
		n->leaders += task_leader(&t);
		if (wanted(&t))
			show(f, z, &t, shown++ == 0);
	}
	return pid;
}

/* A proc that hides others' processes (hidepid) hides process 1 too. */
static int
partial(const struct zw *z, const struct tally *n)
{
	struct statfs fs;

	if (n->hidden == 0 && (n->init || fstatfs(z->dir, &fs) == -1 ||
	    fs.f_type != PROC_SUPER_MAGIC))
		return 0;
	warn("%s hides processes of others (hidepid); run as root to see all",
	    z->root);
	return 1;
}

static void
summary(struct fmt *f, const struct tally *n)
{
	if (n->zombies == 0)
		fmt_add(f, "no zombie among %lu processes\n", n->processes);
	else
		fmt_add(f, "%lu zombie%s among %lu processes\n", n->zombies,
		    n->zombies == 1 ? "" : "s", n->processes);
}

int
list_main(struct zw *z)
{
	struct tally n, again;
	int hides;
	FMT(f, 4096);

	if (look(&f, z, &n, task_zombie) == -1)
		die(SYSTEM, "%s:", z->root);
	if (n.processes == 0)
		die(SYSTEM, "%s: no process in it; is proc mounted there?",
		    z->root);
	if (!z->quiet && !z->json)
		summary(&f, &n);
	if (n.leaders > 0 && !z->quiet && !z->json) {
		fmt_add(&f, "dead leaders of live threads, not zombies:\n");
		if (look(&f, z, &again, task_leader) == -1)
			die(SYSTEM, "%s:", z->root);
	}
	if (io_flush(STDOUT_FILENO, &f, SIZE_MAX) == -1)
		die(SYSTEM, "standard output:");
	hides = partial(z, &n);
	return n.zombies > 0 ? NO : hides ? SYSTEM : OK;
}
