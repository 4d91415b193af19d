/* filter - which zombies count: by parent, user, name, PID namespace. */
#include <limits.h>
#include <string.h>

#include "applet.h"
#include "user.h"
#include "zombiewatch.h"

static struct {
	const struct zw *z;
	pid_t parent;		/* 0: by name, or not at all */
	uid_t uid;
	char ns[32];		/* "pid:[4026531836]" */
} want;

void
filter_ready(const struct zw *z)
{
	unsigned long long pid;
	gid_t gid;

	want.z = z;
	if (z->parent != NULL && opt_number(z->parent, 1, INT_MAX, &pid) == 0)
		want.parent = pid;
	if (z->user != NULL && user_find(z->user, &want.uid, &gid) == -1)
		usage("-u '%s': no such user", z->user);
	if (z->ns == NULL)
		return;
	if (opt_number(z->ns, 1, INT_MAX, &pid) == -1)
		usage("-O ns='%s': not a process number", z->ns);
	if (task_link(pid, "ns/pid", want.ns, sizeof want.ns) <= 0)
		die(SYSTEM, "PID namespace of %s:", z->ns);
}

/* Is the word a part of the process's name? */
static int
named(const struct task *t, const char *word)
{
	size_t i, n = strlen(word);

	for (i = 0; i + n <= t->comm_len; i++)
		if (memcmp(t->comm + i, word, n) == 0)
			return 1;
	return 0;
}

int
filter_match(const struct task *t)
{
	const struct zw *z = want.z;
	char ns[sizeof want.ns];
	uid_t uid;

	if (!ENABLE_ZW_FILTER)
		return 1;
	if (z->parent != NULL && (want.parent != 0 ?
		t->ppid != want.parent :
		!named(row_parent(t->ppid), z->parent)))
		return 0;
	if (z->name != NULL && !named(t, z->name))
		return 0;
	if (z->user != NULL && (task_user(t->pid, &uid) == -1 ||
		uid != want.uid))
		return 0;
	return z->ns == NULL ||
	    (task_link(t->pid, "ns/pid", ns, sizeof ns) > 0 &&
		strcmp(ns, want.ns) == 0);
}
