/* row - a zombie as a line of text or of JSON. */
#include <sys/wait.h>

#include <stdarg.h>
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
row_parent(pid_t pid)
{
	if (last.pid != pid && task_read(pid, &last) == -1) {
		memset(&last, 0, sizeof last);
		last.comm[0] = last.state = '?';
		last.comm_len = 1;
	}
	return &last;
}

struct fmt page;

void
row_begin(void)
{
	static char buf[8192];

	fmt_use(&page, buf, sizeof buf);
}

void
print(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fmt_vadd(&page, format, ap);
	va_end(ap);
}

void
row_out(size_t spare)
{
	if (io_flush(STDOUT_FILENO, &page, spare) == -1)
		die(SYSTEM, "standard output:");
}

const char *
behind(const char *text)
{
	return text + strlen(text) + 1;
}

void
row_age(int width, unsigned s)
{
	static const unsigned units[] = { 86400, 3600, 60, 1 };
	static const char letters[] = "dhms";
	int i = s >= 86400 ? 0 : s >= 3600 ? 1 : 2;
	unsigned rest = s % units[i] / units[i + 1];

	print("%*u%c%u%c", width - 3 - (rest >= 10), s / units[i], letters[i],
	    rest, letters[i + 1]);
}

void
row_count(unsigned n)
{
	print("%u zombie%s", n, n == 1 ? "" : "s");
}

/* Blanks up to a column, one at least. */
static void
pad(size_t column)
{
	print("%*s", (int)(column > page.len ? column - page.len : 1), "");
}

void
row_name(const struct task *t)
{
	fmt_escape(&page, t->comm, t->comm_len);
}

static void
add_started(const struct task *t)
{
	unsigned long long now = time(NULL), started = task_started(t);

	if (started == 0)
		print("%8s", "?");
	else
		row_age(8, now > started ? now - started : 0);
	print(" ");
}

void
row_head(int leaders)
{
	print("    PID    PPID PARENT          %s        USER      STARTED "
	    "NAME\n", leaders ? "ALIVE" : "ENDED");
}

void
row_ended(const struct task *t)
{
	if (task_leader(t))
		print("%d threads", t->threads - 1);
	else if (t->known)
		proc_status(&page, t->status);
	else
		print("?");
}

void
row_text(const struct task *t)
{
	size_t start = page.len;
	uid_t uid;

	print("%7d %7d ", t->pid, t->ppid);
	row_name(row_parent(t->ppid));
	pad(start + 32);
	row_ended(t);
	pad(start + 45);
	if (task_user(t->pid, &uid) == -1)
		print("?");
	else if (ENABLE_ZW_USERS)
		user_name(&page, uid);
	else
		print("%u", (unsigned)uid);
	pad(start + 54);
	add_started(t);
	row_name(t);
	print("\n");
}

void
row_number(const char *key, unsigned long long v)
{
	print(v ? ",\"%s\":%llu" : ",\"%s\":null", key, v);
}

void
row_string(const char *key, const char *text, size_t n)
{
	print(text != NULL ? ",\"%s\":" : ",\"%s\":null", key);
	if (text != NULL)
		fmt_json(&page, text, n);
}

static void
add_comm(const struct task *t)
{
	row_string("comm", t->comm, t->comm_len);
}

static void
add_exit(const struct task *t)
{
	int signaled = WIFSIGNALED(t->status);

	if (task_leader(t))
		print(",\"threads\":%d", t->threads - 1);
	else if (t->known)
		print(",\"exit\":{\"kind\":\"%s\",\"value\":%d,\"core\":%s}",
		    signaled ? "signaled" : "exited",
		    signaled ? WTERMSIG(t->status) : WEXITSTATUS(t->status),
		    signaled && WCOREDUMP(t->status) ? "true" : "false");
	else
		print(",\"exit\":{\"kind\":\"unknown\",\"value\":null,"
		    "\"core\":false}");
}

void
row_json(const struct task *t)
{
	const struct task *p = row_parent(t->ppid);
	uid_t uid;

	print("{\"%s\":%d,\"ppid\":%d", task_leader(t) ? "leader" : "pid",
	    t->pid, t->ppid);
	add_comm(t);
	add_exit(t);
	print(",\"parent\":{\"pid\":%d", t->ppid);
	add_comm(p);
	print(",\"state\":\"%c\"}", p->state);
	row_number("started", task_started(t));
	if (task_user(t->pid, &uid) == 0)
		print(",\"uid\":%u", (unsigned)uid);
	if (ENABLE_ZW_AUTOPSY && !task_leader(t))
		autopsy_json(t);
}
