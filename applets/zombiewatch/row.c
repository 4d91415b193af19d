/* row - a zombie as a line of text or of JSON. */
#include <sys/wait.h>

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "autopsy.h"
#include "err.h"
#include "io.h"
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
row_out(struct fmt *f, size_t spare)
{
	if (io_flush(STDOUT_FILENO, f, spare) == -1)
		die(SYSTEM, "standard output:");
}

void
row_age(struct fmt *f, unsigned s)
{
	static const unsigned units[] = { 86400, 3600, 60, 1 };
	static const char letters[] = "dhms";
	int i = s >= 86400 ? 0 : s >= 3600 ? 1 : 2;

	fmt_add(f, "%u%c%u%c", s / units[i], letters[i],
	    s % units[i] / units[i + 1], letters[i + 1]);
}

void
row_count(struct fmt *f, unsigned long n)
{
	fmt_add(f, "%lu zombie%s", n, n == 1 ? "" : "s");
}

/* Blanks up to a column, one at least. */
static void
pad(struct fmt *f, size_t column)
{
	fmt_add(f, "%*s", (int)(column > f->len ? column - f->len : 1), "");
}

void
row_name(struct fmt *f, const struct task *t)
{
	fmt_escape(f, t->comm, t->comm_len);
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

void
row_head(struct fmt *f, int leaders)
{
	fmt_add(f, "    PID    PPID PARENT          %s        USER      STARTED "
	    "NAME\n", leaders ? "ALIVE" : "ENDED");
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
	size_t start = f->len;
	uid_t uid;

	fmt_add(f, "%7d %7d ", t->pid, t->ppid);
	row_name(f, row_parent(z->dir, t->ppid));
	pad(f, start + 32);
	row_ended(f, t);
	pad(f, start + 45);
	if (task_user(z->dir, t->pid, &uid) == -1)
		fmt_add(f, "?");
	else if (ENABLE_ZW_USERS)
		user_name(f, uid);
	else
		fmt_add(f, "%u", (unsigned)uid);
	pad(f, start + 54);
	add_started(f, z->dir, t);
	row_name(f, t);
	fmt_add(f, "\n");
}

void
row_number(struct fmt *f, const char *key, unsigned long long v)
{
	fmt_add(f, v ? ",\"%s\":%llu" : ",\"%s\":null", key, v);
}

void
row_string(struct fmt *f, const char *key, const char *text, size_t n)
{
	fmt_add(f, text != NULL ? ",\"%s\":" : ",\"%s\":null", key);
	if (text != NULL)
		fmt_json(f, text, n);
}

static void
add_exit(struct fmt *f, const struct task *t)
{
	int signaled = WIFSIGNALED(t->status);

	if (task_leader(t))
		fmt_add(f, ",\"threads\":%d", t->threads - 1);
	else if (t->known)
		fmt_add(f, ",\"exit\":{\"kind\":\"%s\",\"value\":%d,"
		    "\"core\":%s}", signaled ? "signaled" : "exited",
		    signaled ? WTERMSIG(t->status) : WEXITSTATUS(t->status),
		    signaled && WCOREDUMP(t->status) ? "true" : "false");
	else
		fmt_add(f, ",\"exit\":{\"kind\":\"unknown\",\"value\":null,"
		    "\"core\":false}");
}

void
row_json(struct fmt *f, const struct zw *z, const struct task *t)
{
	const struct task *p = row_parent(z->dir, t->ppid);
	uid_t uid;

	fmt_add(f, "{\"%s\":%d,\"ppid\":%d", task_leader(t) ? "leader" : "pid",
	    t->pid, t->ppid);
	row_string(f, "comm", t->comm, t->comm_len);
	add_exit(f, t);
	fmt_add(f, ",\"parent\":{\"pid\":%d", t->ppid);
	row_string(f, "comm", p->comm, p->comm_len);
	fmt_add(f, ",\"state\":\"%c\"}", p->state);
	row_number(f, "started", task_started(z->dir, t));
	if (task_user(z->dir, t->pid, &uid) == 0)
		fmt_add(f, ",\"uid\":%u", (unsigned)uid);
	if (ENABLE_ZW_AUTOPSY && !task_leader(t))
		autopsy_json(f, z, t);
}
