/* autopsy - the verdicts: what the evidence says, and what would help. */
#include <string.h>

#include "autopsy.h"
#include "limits.h"

/* The first whose evidence is all there wins: what is special first. */
static const struct verdict verdicts[] = {
	{ "outside", E_OUTSIDE, 0,
	    "its parent is outside this PID namespace; look from there" },
	{ "unreadable", E_UNREAD, 0, "its parent cannot be read" },
	{ "traced", E_TRACED, 0,
	    "its tracer must wait for it before the parent can" },
	{ "teardown", E_TEARDOWN, 0,
	    "its parent ends a PID namespace and waits for all that is in it" },
	{ "stopped", E_STOPPED, 1, "the parent is stopped: continue it" },
	{ "held", E_HELD, 0, "the parent is held by its tracer" },
	{ "disk", E_DISK, 0,
	    "the parent sleeps uninterruptibly; no signal reaches it" },
	{ "leader", E_LEADER, 1,
	    "the parent's first thread has ended; its others do not wait" },
	{ "cloned", E_CLONED, 0,
	    "cloned without SIGCHLD: only a wait with __WALL sees it" },
	{ "other", E_OTHER, 0, "the parent waits for another child only" },
	{ "waiting", E_WAITING, 0,
	    "the parent is in wait, for other children or just now" },
	{ "entered", E_ENTERED, 1,
	    "entered a PID namespace from outside and now holds it up" },
	{ "ignored", E_IGNORED, 0,
	    "SIGCHLD ignored only after the death; later ones go by themselves" },
	{ "signalfd", E_SIGNALFD | E_PENDING, 0,
	    "SIGCHLD waits in a signalfd that the parent does not read" },
	{ "blocked", E_BLOCKED | E_PENDING, 0,
	    "SIGCHLD is blocked and pending: the parent is not told" },
	{ "pending", E_PENDING, 0,
	    "SIGCHLD is pending: the parent has not come to it yet" },
	{ "one-wait", E_CAUGHT, 1,
	    "SIGCHLD handler, but one wait for several deaths, or none" },
	{ "one-wait", E_BLOCKED, 1,
	    "took SIGCHLD, but one wait for several deaths, or none" },
	{ "init", E_INIT, 0,
	    "the parent is process 1 and does not wait: use zombiewatch -r" },
	{ "no-wait", 0, 0,
	    "the parent has no SIGCHLD handler and does not wait" },
};

const struct verdict *
autopsy_verdict(const struct evidence *e)
{
	const struct verdict *v = verdicts;

	while ((e->flags & v->has) != v->has)
		v++;
	return v;
}

static void
add_task(struct fmt *f, pid_t pid, const struct task *t)
{
	fmt_add(f, "%d ", pid);
	row_name(f, t, 0);
}

void
autopsy_line(struct fmt *f, const struct evidence *e)
{
	fmt_add(f, "%s", autopsy_verdict(e)->text);
	if (e->flags & E_OTHER)
		fmt_add(f, " (%d)", e->waits_for);
	if (e->flags & E_TRACED)
		fmt_add(f, " (%d)", e->holder);
	else if (e->tracer != 0)
		fmt_add(f, " (traced by %d)", e->tracer);
	if (e->flags & (E_OUTSIDE | E_UNREAD))
		return;
	fmt_add(f, " [%c", e->parent.state);
	if (e->where[0] != '\0')
		fmt_add(f, " in %s", e->where);
	fmt_add(f, e->parent.threads > 1 ? ", %d threads]" : "]",
	    e->parent.threads);
}

void
autopsy_heir(struct fmt *f, const struct evidence *e)
{
	static const char *const sure[] = {
		", or a subreaper between, which /proc does not tell",
		"", ", a known subreaper" };

	if (e->flags & E_INIT)
		fmt_add(f, "nobody: all of its PID namespace ends with it");
	else if (e->heir == 0)
		fmt_add(f, "whom, is not known");
	else {
		add_task(f, e->heir, &e->heir_task);
		fmt_add(f, "%s", sure[e->heir_known]);
	}
}

/* How many more zombies there is room for, and who gets them. */
static void
add_outlook(struct fmt *f, int dir, const struct evidence *e)
{
	struct limit l[LIMITS_MAX];

	limits_find(dir, e->parent.pid, l);
	fmt_add(f, "  processes: ");
	limits_show(f, l);
	fmt_add(f, "\n  if it goes, its children go to ");
	autopsy_heir(f, e);
	fmt_add(f, "\n");
}

void
autopsy_evidence(struct fmt *f, int dir, const struct evidence *e)
{
	static const struct {
		unsigned flag;
		const char *name;
	} masks[] = { { E_CAUGHT, "SigCgt" }, { E_IGNORED, "SigIgn" },
		{ E_BLOCKED, "SigBlk" }, { E_PENDING, "pending" },
		{ E_SIGNALFD, "signalfd" }, { E_WAITING, "in wait" } };
	size_t i;

	fmt_add(f, "  evidence: SIGCHLD");
	for (i = 0; i < sizeof masks / sizeof *masks; i++)
		fmt_add(f, " %s %s%s", masks[i].name,
		    e->flags & masks[i].flag ? "yes" : "no",
		    i + 1 < sizeof masks / sizeof *masks ? "," : "\n");
	fmt_add(f, "            state %c, threads %d, tracer %d, ",
	    e->parent.state, e->parent.threads, e->tracer);
	fmt_add(f, "%sprocess 1 of a namespace\n",
	    e->flags & E_INIT ? "" : "not ");
	add_outlook(f, dir, e);
}

void
autopsy_json(struct fmt *f, const struct zw *z, const struct task *t)
{
	struct evidence e;

	autopsy(z->dir, t, &e);
	fmt_add(f, ",\"verdict\":\"%s\",\"cmdline\":",
	    autopsy_verdict(&e)->code);
	fmt_json(f, e.command, strlen(e.command));
	fmt_add(f, ",\"wchan\":\"%s\",\"heir\":", e.where);
	fmt_add(f, e.heir ? "%d" : "null", e.heir);
}
