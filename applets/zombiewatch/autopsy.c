/* autopsy - the verdicts: what the evidence says, and what would help. */
#include <string.h>

#include "autopsy.h"
#include "limits.h"

/* The first whose evidence is all there wins: what is special first. */
static const struct verdict verdicts[] = {
	{ E_OUTSIDE, "outside\0"
	    "its parent is outside this PID namespace" },
	{ E_UNREAD, "unreadable\0its parent cannot be read" },
	{ E_TRACED, "traced\0"
	    "its tracer must wait for it before the parent can" },
	{ E_TEARDOWN, "teardown\0"
	    "its parent ends a PID namespace and waits for all in it" },
	{ E_STOPPED | E_CHLD, "stopped\0the parent is stopped: continue it" },
	{ E_HELD, "held\0the parent is held by its tracer" },
	{ E_DISK, "disk\0"
	    "the parent sleeps uninterruptibly; no signal reaches it" },
	{ E_LEADER | E_CHLD, "leader\0"
	    "the parent's first thread has ended; its others do not wait" },
	{ E_CLONED, "cloned\0"
	    "cloned without SIGCHLD: only a wait with __WALL sees it" },
	{ E_OTHER, "other\0the parent waits for another child only" },
	{ E_WAITING, "waiting\0"
	    "the parent is in wait, for other children or just now" },
	{ E_ENTERED | E_CHLD, "entered\0"
	    "entered a PID namespace from outside and now holds it up" },
	{ E_IGNORED, "ignored\0SIGCHLD ignored only after the death" },
	{ E_SIGNALFD | E_PENDING, "signalfd\0"
	    "SIGCHLD waits in a signalfd that the parent does not read" },
	{ E_BLOCKED | E_PENDING, "blocked\0"
	    "SIGCHLD is blocked and pending: the parent is not told" },
	{ E_PENDING, "pending\0"
	    "SIGCHLD is pending: the parent has not come to it yet" },
	{ E_CAUGHT | E_CHLD, "one-wait\0"
	    "SIGCHLD handler, but one wait for several deaths, or none" },
	{ E_BLOCKED | E_CHLD, "one-wait\0"
	    "took SIGCHLD, but one wait for several deaths, or none" },
	{ E_INIT, "init\0"
	    "the parent is process 1 and does not wait: use zombiewatch -r" },
	{ 0, "no-wait\0"
	    "the parent has no SIGCHLD handler and does not wait" },
};

const struct mask masks[] = { { E_CAUGHT, "SigCgt" }, { E_IGNORED, "SigIgn" },
	{ E_BLOCKED, "SigBlk" }, { E_PENDING, "SigPnd" },
	{ E_PENDING, "ShdPnd" }, { E_PENDING, "pending" },
	{ E_SIGNALFD, "signalfd" }, { E_WAITING, "in wait" } };

const struct verdict *
autopsy_verdict(const struct evidence *e)
{
	const struct verdict *v = verdicts;

	while (v->has & ~E_CHLD & ~e->flags)
		v++;
	return v;
}

void
autopsy_line(const struct evidence *e)
{
	const char *code = autopsy_verdict(e)->code;

	print("%s", code + strlen(code) + 1);
	if (e->flags & E_OTHER)
		print(" (%d)", e->waits_for);
	if (e->flags & E_TRACED)
		print(" (%d)", e->holder);
	else if (e->tracer != 0)
		print(" (traced by %d)", e->tracer);
	if (e->flags & (E_OUTSIDE | E_UNREAD))
		return;
	print(" [%c", e->parent.state);
	if (e->where[0] != '\0')
		print(" in %s", e->where);
	print(e->parent.threads > 1 ? ", %d threads]" : "]",
	    e->parent.threads);
}

void
autopsy_heir(const struct evidence *e)
{
	if (e->flags & E_INIT)
		print("nobody: all of its PID namespace ends with it");
	else if (e->heir == 0)
		print("whom, is not known");
	else {
		print("%d ", e->heir);
		row_name(&e->heir_task);
		print("%s", e->heir_known);
	}
}

void
autopsy_evidence(const struct evidence *e)
{
	struct limit l[LIMITS_MAX];
	int i;

	print("  evidence: SIGCHLD");
	for (i = 0; i < MASKS + SHOWN; i++)
		if (i < MASKS - 2 || i >= MASKS)
			print("%s %s %s", i > 0 ? "," : "", masks[i].name,
			    e->flags & masks[i].flag ? "yes" : "no");
	print("\n            state %c, threads %d, tracer %d, %sprocess 1 "
	    "of a namespace\n  processes: ", e->parent.state,
	    e->parent.threads, e->tracer, e->flags & E_INIT ? "" : "not ");
	limits_find(e->parent.pid, l);
	limits_show(l);
	print("\n  if it goes, its children go to ");
	autopsy_heir(e);
	print("\n");
}

void
autopsy_json(const struct task *t)
{
	struct evidence e;

	autopsy(t, &e);
	print(",\"verdict\":\"%s\"", autopsy_verdict(&e)->code);
	row_string("cmdline", e.command, strlen(e.command));
	print(",\"wchan\":\"%s\"", e.where);
	row_number("heir", e.heir);
}
