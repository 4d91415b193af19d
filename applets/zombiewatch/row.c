/* row - a zombie as a line of text or of JSON. */
#include <sys/wait.h>

#include <string.h>
#include <time.h>

#include "autopsy.h"
#include "proc.h"
#include "user.h"
#include "zombiewatch.h"

#ifndef ENABLE_ZW_USERS
#define ENABLE_ZW_USERS 1	/* users by name, not number; 700 bytes */
#endif

/* Most zombies share a parent, so the last one is kept. */
static struct task last;

void
row_forget(void)
{
	last.pid = 0;
}

const struct task *
row_parent(int dir, pid_t pid)
{
	if (last.pid != pid && task_read(dir, pid, &last) == -1) {
		memset(&last, 0, sizeof last);
		last.comm[0] = last.state = '?';
		last.comm_len = 1;
	}
	return &last;
}

void
row_age(struct fmt *f, unsigned long long s)
{
	if (s >= 86400)
		fmt_add(f, "%llud%lluh", s / 86400, s / 3600 % 24);
	else if (s >= 3600)
		fmt_add(f, "%lluh%llum", s / 3600, s / 60 % 60);
	else
		fmt_add(f, "%llum%llus", s / 60, s % 60);
}

void
row_name(struct fmt *f, const struct task *t, int width)
{
	FMT(name, 4 * COMM_MAX + 1);

	fmt_escape(&name, t->comm, t->comm_len);
	fmt_add(f, "%-*s", width, name.buf);
}

static void
add_started(struct fmt *f, int dir, const struct task *t)
{
	unsigned long long now = time(NULL), started = task_started(dir, t);
	FMT(age, 32);

	if (started == 0)
		fmt_add(&age, "?");
	else
		row_age(&age, now > started ? now - started : 0);
	fmt_add(f, "%8s ", age.buf);
}

static void
add_user(struct fmt *f, int dir, pid_t pid)
{
	uid_t uid;
	FMT(name, 64);

	if (task_user(dir, pid, &uid) == -1)
		fmt_add(&name, "?");
	else if (ENABLE_ZW_USERS)
		user_name(&name, uid);
	else
		fmt_add(&name, "%u", (unsigned)uid);
	fmt_add(f, "%-8.32s ", name.buf);
}

void
row_head(struct fmt *f, int leaders)
{
	fmt_add(f, "%7s %7s %-15s %-12s %-8s %8s NAME\n", "PID", "PPID",
	    "PARENT", leaders ? "ALIVE" : "ENDED", "USER", "STARTED");
}

void
row_ended(struct fmt *f, const struct task *t)
{
	if (task_leader(t))
		fmt_add(f, "%d threads", t->threads - 1);
	else if (t->known)
		proc_status(f, t->status);
	else
		fmt_add(f, "?");
}

void
row_text(struct fmt *f, const struct zw *z, const struct task *t)
{
	FMT(ended, 32);

	row_ended(&ended, t);
	fmt_add(f, "%7d %7d ", t->pid, t->ppid);
	row_name(f, row_parent(z->dir, t->ppid), 15);
	fmt_add(f, " %-12s ", ended.buf);
	add_user(f, z->dir, t->pid);
	add_started(f, z->dir, t);
	row_name(f, t, 0);
	fmt_add(f, "\n");
}

static void
add_exit(struct fmt *f, const struct task *t)
{
	int signaled = WIFSIGNALED(t->status);

	fmt_add(f, ",\"exit\":{\"kind\":\"%s\",\"value\":",
	    !t->known	? "unknown" :
		signaled ? "signaled" :
			   "exited");
	if (t->known)
		fmt_add(f, "%d", signaled ? WTERMSIG(t->status) :
					    WEXITSTATUS(t->status));
	else
		fmt_add(f, "null");
	fmt_add(f, ",\"core\":%s}", t->known && signaled &&
		WCOREDUMP(t->status) ? "true" : "false");
}

void
row_json(struct fmt *f, const struct zw *z, const struct task *t)
{
	const struct task *p = row_parent(z->dir, t->ppid);
	unsigned long long started = task_started(z->dir, t);
	uid_t uid;

	fmt_add(f, "{\"pid\":%d,\"ppid\":%d,\"comm\":", t->pid, t->ppid);
	fmt_json(f, t->comm, t->comm_len);
	add_exit(f, t);
	fmt_add(f, ",\"parent\":{\"pid\":%d,\"comm\":", t->ppid);
	fmt_json(f, p->comm, p->comm_len);
	fmt_add(f, ",\"state\":\"%c\"},\"started\":", p->state);
	if (started == 0)
		fmt_add(f, "null");
	else
		fmt_add(f, "%llu", started);
	if (task_user(z->dir, t->pid, &uid) == 0)
		fmt_add(f, ",\"uid\":%u", (unsigned)uid);
	if (ENABLE_ZW_AUTOPSY)
		autopsy_json(f, z, t);
}
