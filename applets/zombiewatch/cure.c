/* cure - make parents reap: a ladder of signals, each rung verified. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

#include "aim.h"
#include "autopsy.h"
#include "err.h"
#include "fast.h"
#include "group.h"
#include "known.h"
#include "sig.h"
#include "time.h"

enum { STEP_MS = 10 };	/* between looks if the zombies went */

/* From the mildest to the last resort; which a parent gets is in fits. */
enum { RUNG_CONT, RUNG_CHLD, RUNG_USER, RUNG_TERM, RUNG_KILL, RUNGS };
static unsigned char rungs[RUNGS] = { SIGCONT, SIGCHLD, 0, SIGTERM, SIGKILL };

static struct fast fast;

/* Nobody's own parent, nor what keeps the machine or the namespace. */
static const char *
untouchable(pid_t pid)
{
	return pid == 1			 ? "process 1 is not ended" :
	    is_below(getpid(), pid) ? "zombiewatch itself runs below it" :
				      NULL;
}

/* Is this rung one for the parent? */
static int
fits(const struct zw *z, const struct evidence *e, int rung)
{
	switch (rung) {
	case RUNG_CONT:
		return (e->flags & E_STOPPED) != 0;
	case RUNG_CHLD:
		return (e->flags & (E_STOPPED | E_CHLD)) == E_CHLD;
	case RUNG_USER:
		return rungs[RUNG_USER] != 0;
	}
	return z->end && untouchable(e->parent.pid) == NULL;
}

/* How many of a parent's zombies are still there, and wait for them to go
 * until the deadline. */
static unsigned
remain(pid_t parent, unsigned long long deadline)
{
	const struct known *k;
	unsigned n;
	unsigned i;

	for (;;) {
		n = 0;
		for (i = 0; (k = known_at(i)) != NULL; i++)
			n += k->t.ppid == parent && task_same(&k->t);
		if (n == 0 || time_now() >= deadline)
			return n;
		time_sleep(STEP_MS * TIME_MS);
	}
}

/* The signals of a rung. */
static void
add_signals(int rung)
{
	sig_name(&page, rungs[rung]);
	if (rung == RUNG_CONT)
		print(" and SIGCHLD");
}

/* Send one to the parent and nobody else.  Returns 0 or an errno. */
static int
deliver(const struct task *parent, int sig)
{
	static int told;
	int error = aim(parent, sig, task_same);

	if (aim_numbers && !told++)
		warn("no pidfd_open here: the number is signalled");
	return error;
}

/* One rung. Returns how many zombies remain. */
static unsigned
step(const struct zw *z, const struct task *parent, int rung,
    unsigned before)
{
	unsigned left;
	int error = deliver(parent, rungs[rung]);

	if (rung == RUNG_CONT && !error)
		error = deliver(parent, SIGCHLD);
	print("  ");
	add_signals(rung);
	if (error != 0 && error != ESRCH) {
		print(": %s\n", error == EPERM ? "not permitted" : "failed");
		return before;
	}
	left = remain(parent->pid, time_now() + z->interval);
	print(": %s%u of %u zombies went\n",
	    error ? "not sent, the parent has gone; " : "", before - left,
	    before);
	return left;
}

/* What ending the parent would mean. */
static void
outlook(const struct zw *z, const struct evidence *e)
{
	const char *why = untouchable(e->parent.pid);

	if (why != NULL)
		print("  %s", why);
	else {
		print("  %s; its children go to ", z->end ?
			"when it has ended" : "-E would end it");
		autopsy_heir(e);
	}
	print("\n");
}

/* Say what would be done, and what only with -E. */
static void
plan(const struct zw *z, const struct evidence *e)
{
	int rung, any = 0;

	for (rung = 0; rung < RUNGS; rung++)
		if (fits(z, e, rung)) {
			print(any++ ? ", then " : "  would send ");
			add_signals(rung);
		}
	print(any ? "\n" : "  no signal would help\n");
	if (!(e->flags & (E_OUTSIDE | E_UNREAD)))
		outlook(z, e);
}

/* Climb until the zombies of this parent are gone. Returns what is left. */
static unsigned
treat(const struct zw *z, const struct group *g)
{
	struct evidence e;
	unsigned left = g->count;
	int rung;

	group_line(g, &e);
	if (!z->yes || (e.flags & (E_OUTSIDE | E_UNREAD))) {
		plan(z, &e);
		return left;
	}
	for (rung = 0; rung < RUNGS && left > 0; rung++)
		if (fits(z, &e, rung))
			left = step(z, &e.parent, rung, left);
	if (left > 0 && task_same(&e.parent))
		outlook(z, &e);
	return left;
}

int
cure_main(struct zw *z)
{
	const struct group *g;
	unsigned left = 0;
	unsigned i;
	int own = fast_own();

	if (z->yes && !own)
		die(SYSTEM, "%s: not of our own PID namespace", z->root);
	if (z->interval == 0)
		z->interval = TIME_S;
	rungs[RUNG_USER] = z->signal;
	group_collect(z, &fast, own);
	for (i = 0; (g = group_at(i)) != NULL; i++) {
		left += treat(z, g);
		if (z->quiet)
			fmt_reset(&page);
		row_out(SIZE_MAX);
	}
	if (group_lost > 0)
		warn("%u zombies of further parents are left", group_lost);
	left += group_lost;
	if (left > 0 && !z->yes && !z->quiet)
		warn("nothing was done; -y does it");
	return scan_status(&fast.scan, z->root, left);
}
