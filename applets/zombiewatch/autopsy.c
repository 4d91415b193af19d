/* autopsy - the verdicts: what the evidence says, and what would help. */
#include <string.h>

#include "autopsy.h"
#include "limits.h"

/* The first whose evidence is all there wins: what is special first.  A word
 * for programs, and the text. */
#define VERDICTS(V)                                                            \
V(E_OUTSIDE, "outside", "its parent is outside this PID namespace")            \
V(E_UNREAD, "unreadable", "its parent cannot be read")                         \
V(E_TRACED, "traced", "its tracer must wait for it before the parent can")     \
V(E_TEARDOWN, "teardown",                                                      \
    "its parent ends a PID namespace and waits for all in it")                 \
V(E_STOPPED | E_CHLD, "stopped", "the parent is stopped: continue it")         \
V(E_HELD, "held", "the parent is held by its tracer")                          \
V(E_DISK, "disk", "the parent sleeps uninterruptibly; no signal reaches it")   \
V(E_LEADER | E_CHLD, "leader",                                                 \
    "the parent's first thread has ended; its others do not wait")             \
V(E_CLONED, "cloned",                                                          \
    "cloned without SIGCHLD: only a wait with __WALL sees it")                 \
V(E_OTHER, "other", "the parent waits for another child only")                 \
V(E_WAITING, "waiting",                                                        \
    "the parent is in wait, for other children or just now")                   \
V(E_ENTERED | E_CHLD, "entered",                                               \
    "entered a PID namespace from outside and now holds it up")                \
V(E_IGNORED, "ignored", "SIGCHLD ignored only after the death")                \
V(E_SIGNALFD | E_PENDING, "signalfd",                                          \
    "SIGCHLD waits in a signalfd that the parent does not read")               \
V(E_BLOCKED | E_PENDING, "blocked",                                            \
    "SIGCHLD is blocked and pending: the parent is not told")                  \
V(E_PENDING, "pending",                                                        \
    "SIGCHLD is pending: the parent has not come to it yet")                   \
V(E_CAUGHT | E_CHLD, "one-wait",                                               \
    "SIGCHLD handler, but one wait for several deaths, or none")               \
V(E_BLOCKED | E_CHLD, "one-wait",                                              \
    "took SIGCHLD, but one wait for several deaths, or none")                  \
V(E_INIT, "init",                                                              \
    "the parent is process 1 and does not wait: use zombiewatch -r")           \
V(0, "no-wait", "the parent has no SIGCHLD handler and does not wait")

#define HAS(has, code, text) has,
static const unsigned has[] = { VERDICTS(HAS) };

#define TEXTS(has, code, text) code "\0" text "\0"
static const char texts[] = VERDICTS(TEXTS);

const struct mask masks[] = { { E_CAUGHT, "SigCgt" }, { E_IGNORED, "SigIgn" },
	{ E_BLOCKED, "SigBlk" }, { E_PENDING, "SigPnd" },
	{ E_PENDING, "ShdPnd" }, { E_PENDING, "pending" },
	{ E_SIGNALFD, "signalfd" }, { E_WAITING, "in wait" } };

void
autopsy_judge(struct evidence *e)
{
	const unsigned *h = has;

	for (e->code = texts; *h & ~E_CHLD & ~e->flags; h++)
		e->code = behind(behind(e->code));
	e->flags |= *h & E_CHLD;
}

void
autopsy_line(const struct evidence *e)
{
	print("%s", behind(e->code));
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
	print(",\"verdict\":\"%s\"", e.code);
	row_string("cmdline", e.command, strlen(e.command));
	print(",\"wchan\":\"%s\"", e.where);
	row_number("heir", e.heir);
}
