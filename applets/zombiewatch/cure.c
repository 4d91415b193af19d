/* cure - make parents reap: a ladder of signals, each rung verified. */
#include <sys/syscall.h>

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

#include "autopsy.h"
#include "err.h"
#include "fast.h"
#include "group.h"
#include "io.h"
#include "known.h"
#include "sig.h"
#include "time.h"

/* The same on every machine that has it (asm-generic/unistd.h). */
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

enum { STEP_MS = 10 };	/* between looks if the zombies went */

/* From the mildest to the last resort; which a parent gets is in climb. */
enum { RUNG_CONT, RUNG_CHLD, RUNG_USER, RUNG_TERM, RUNG_KILL, RUNGS };

static struct fast fast;

/* Nobody's own parent, nor what keeps the machine or the namespace. */
static const char *
untouchable(int dir, pid_t pid)
{
	struct task t = { .ppid = getpid() };

	if (pid == 1)
		return "process 1 is not ended";
	do {
		if (t.ppid == pid)
			return "zombiewatch itself runs below it";
	} while (t.ppid > 0 && task_read(dir, t.ppid, &t) == 0);
	return NULL;
}

/* Is this rung one for the parent? */
static int
fits(const struct zw *z, const struct evidence *e, int rung)
{
	switch (rung) {
	case RUNG_CONT:
		return (e->flags & E_STOPPED) != 0;
	case RUNG_CHLD:
		return !(e->flags & E_STOPPED) && autopsy_verdict(e)->chld;
	case RUNG_USER:
		return z->signal != 0;
	}
	return z->end && untouchable(z->dir, e->parent.pid) == NULL;
}

static int
number(const struct zw *z, int rung)
{
	const int numbers[RUNGS] = { SIGCONT, SIGCHLD, z->signal, SIGTERM,
		SIGKILL };

	return numbers[rung];
}

/* Is it still the process that we looked at? */
static int
same(int dir, const struct task *was)
{
	struct task is;

	return task_read(dir, was->pid, &is) == 0 && is.start == was->start;
}

/*
 * Signal the parent and nobody else: the descriptor holds the process,
 * and what it holds is then compared with what was looked at, so a number
 * that was given away meanwhile cannot be hit.  Without pidfds the number
 * could still be given away between the comparison and kill(2).
 */
static int
deliver(int dir, const struct task *parent, int sig)
{
	static int told;
	int result, saved, fd = syscall(SYS_pidfd_open, parent->pid, 0);

	if (fd == -1 && errno != ENOSYS)
		return -1;
	if (!same(dir, parent)) {
		result = -1;
		errno = ESRCH;
	} else if (fd != -1)
		result = syscall(SYS_pidfd_send_signal, fd, sig, NULL, 0);
	else {
		if (!told++)
			warn("no pidfd_open here: the start time is checked, "
			    "then the number is signalled");
		result = kill(parent->pid, sig);
	}
	saved = errno;
	if (fd != -1)
		close(fd);
	errno = saved;
	return result;
}

/* How many of a parent's zombies are still there, and wait for them to go
 * until the deadline. */
static unsigned long
remain(int dir, pid_t parent, unsigned long long deadline)
{
	const struct known *k;
	unsigned long n;
	unsigned i;

	for (;;) {
		n = 0;
		for (i = 0; (k = known_at(i)) != NULL; i++)
			n += k->t.ppid == parent && same(dir, &k->t);
		if (n == 0 || time_now() >= deadline)
			return n;
		time_sleep(STEP_MS * TIME_MS);
	}
}

/* One rung. Returns how many zombies remain. */
static unsigned long
step(struct fmt *f, const struct zw *z, const struct evidence *e, int rung,
    unsigned long before)
{
	const struct task *p = &e->parent;
	unsigned long left;
	int failed = deliver(z->dir, p, number(z, rung));

	if (rung == RUNG_CONT && !failed)
		failed = deliver(z->dir, p, SIGCHLD);
	fmt_add(f, "  ");
	sig_name(f, number(z, rung));
	fmt_add(f, rung == RUNG_CONT ? " and SIGCHLD: " : ": ");
	if (failed && errno != ESRCH) {
		fmt_add(f, "%s\n", errno == EPERM ? "not permitted" : "failed");
		return before;
	}
	if (failed)
		fmt_add(f, "not sent, the parent has gone; ");
	left = remain(z->dir, p->pid, time_now() + z->interval);
	fmt_add(f, "%lu of %lu zombies went\n", before - left, before);
	return left;
}

/* What ending the parent would mean. */
static void
outlook(struct fmt *f, const struct zw *z, const struct evidence *e)
{
	const char *why = untouchable(z->dir, e->parent.pid);

	if (why != NULL) {
		fmt_add(f, "  %s\n", why);
		return;
	}
	fmt_add(f, z->end ? "  when it has ended, its children go to " :
			    "  -E would end it; its children go to ");
	autopsy_heir(f, e);
	fmt_add(f, "\n");
}

/* Say what would be done, and what only with -E. */
static void
plan(struct fmt *f, const struct zw *z, const struct evidence *e)
{
	int rung, any = 0;

	for (rung = 0; rung < RUNGS; rung++)
		if (fits(z, e, rung)) {
			fmt_add(f, any++ ? ", then " : "  would send ");
			sig_name(f, number(z, rung));
			if (rung == RUNG_CONT)
				fmt_add(f, " and SIGCHLD");
		}
	fmt_add(f, any ? "\n" : "  no signal would help\n");
	if (!(e->flags & (E_OUTSIDE | E_UNREAD)))
		outlook(f, z, e);
}

/* Climb until the zombies of this parent are gone. Returns what is left. */
static unsigned long
treat(struct fmt *f, const struct zw *z, const struct group *g)
{
	struct evidence e;
	unsigned long left = g->count;
	int rung;

	group_line(f, z, g, &e);
	if (!z->yes || (e.flags & (E_OUTSIDE | E_UNREAD))) {
		plan(f, z, &e);
		return left;
	}
	for (rung = 0; rung < RUNGS && left > 0; rung++)
		if (fits(z, &e, rung))
			left = step(f, z, &e, rung, left);
	if (left > 0 && same(z->dir, &e.parent))
		outlook(f, z, &e);
	return left;
}

/* Find whom to treat: those that are still there after the age. */
static void
collect(const struct zw *z, int own)
{
	const struct known *k;
	struct task t;
	unsigned i;
	pid_t pid = -1;

	if (fast_start(&fast, z->dir, own) == 0)
		while ((pid = fast_next(&fast, &t)) > 0)
			if (filter_match(z, &t))
				known_add(&t, 0);
	if (pid == -1)
		die(SYSTEM, "%s:", z->root);
	if (z->age != 0 && known_at(0) != NULL)
		time_sleep(z->age);
	for (i = 0; (k = known_at(i)) != NULL; i++)
		if (z->age == 0 || same(z->dir, &k->t))
			group_add(&k->t);
}

int
cure_main(struct zw *z)
{
	const struct group *g;
	unsigned long left = 0;
	unsigned i;
	int own = fast_own(z->dir);
	FMT(f, 4096);

	if (z->yes && !own)
		die(SYSTEM, "%s: not of our own PID namespace, so its numbers "
		    "mean other processes here", z->root);
	if (z->interval == 0)
		z->interval = TIME_S;
	collect(z, own);
	for (i = 0; (g = group_at(i)) != NULL; i++) {
		left += treat(&f, z, g);
		if (z->quiet)
			fmt_reset(&f);
		if (io_flush(STDOUT_FILENO, &f, SIZE_MAX) == -1)
			die(SYSTEM, "standard output:");
	}
	if (group_lost() > 0)
		warn("more than %d parents: %lu zombies are left to the next "
		    "time", GROUPS_MAX, group_lost());
	left += group_lost();
	if (left > 0 && !z->yes && !z->quiet)
		warn("nothing was done; -y does it");
	if (left == 0 && scan_partial(z->dir, z->root, fast.hidden, fast.init))
		return SYSTEM;
	return left > 0 ? NO : OK;
}
