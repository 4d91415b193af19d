/* steps - the steps of which the trials of an init are made. */
#include <signal.h>
#include <unistd.h>

#include "io.h"
#include "sig.h"
#include "time.h"
#include "trial.h"
#include "zombiewatch.h"

/* Say why it failed. */
#define FAILED(r, ...) (fmt_add((r)->why, __VA_ARGS__), FAIL)

/* In the order of enum complaint. */
static const char complaints[] = "\0the orphan went elsewhere\0"
    "nobody gets it\0only the program gets it\0"
    "the program went, as if it had ended\0"
    "the program is in the background\0who is left gets no TERM\0"
    "who is left gets no time\0: 1 unblocked, 2 not ignored, 4 TERM";

static const char *
complaint(enum complaint n)
{
	const char *text = complaints;

	while (n-- > NOTHING)
		text = behind(text);
	return text;
}

void
run_brood(struct run *r)
{
	struct scan s;
	struct task t;

	r->all = r->dead = 0;
	scan_start(&s);
	while (scan_task(&s, &t) > 0) {
		if (t.ppid != r->init || t.ppid == 0)
			continue;
		r->all++;
		if (t.state == 'Z')
			r->dead++;
		else
			r->alive = t.pid;
	}
}

/* Wait until something is so; a good init does not take long. */
static int
until(struct run *r, int (*is)(struct run *, int), int what)
{
	unsigned long long end = time_now() + PATIENCE;
	int so;

	while (!(so = is(r, what)) && time_now() < end)
		time_sleep(TIME_MS);
	return so;
}

static int
is_brood(struct run *r, int what)
{
	run_brood(r);
	return r->all == what >> 8 && r->dead == (what & 255);
}

static int
is_stopped(struct run *r, int pid)
{
	struct task t;

	return task_read(pid, &t) == 0 && t.state == 'T';
}

/* In the root directory?  2: who knows. */
static int
is_root(struct run *r, int unused)
{
	char link[8];
	ssize_t n = task_link(r->init, "cwd", link, sizeof link);

	return n == -1 ? 2 : n == 1;
}

/* Who has ended has the number 0, which kill(2) takes for our own group. */
static void
tell(pid_t pid, int sig)
{
	if (pid > 0)
		kill(pid, sig);
}

/* The init or its payload, stopped. */
static int
freeze(struct run *r, pid_t pid)
{
	tell(pid, SIGSTOP);
	return until(r, is_stopped, pid) ? PASS : FAILED(r, "no stop");
}

static int
code(struct run *r, int want, enum complaint how)
{
	if (!until(r, run_ended, 0))
		return FAILED(r, "it never ends, instead of exit %d", want);
	if (r->code == want)
		return PASS;
	return FAILED(r, "exit %d instead of %d%s", r->code, want,
	    complaint(how));
}

/* Send signals to the init; the payload must have each. */
static int
signals(struct run *r, int sig, int last)
{
	int c;

	for (; sig <= last; sig++) {
		tell(r->init, sig);
		c = run_byte(r);
		if (c != sig) {
			sig_name(r->why, sig);
			return FAILED(r, c == -1 ? " is lost" : " becomes %d",
			    c);
		}
	}
	return PASS;
}

static int
early(struct run *r)
{
	enum { TIMES = 25 };
	int i;

	for (i = 0; i < TIMES; i++) {
		run_end(r);
		run_start(r, i == 0 ? PENDING : BLOCKED, DEFAULT, 0);
		time_sleep(i * TIME_MS / 4);
		if (i > 0)
			tell(r->init, SIGTERM);
		if (code(r, 128 + SIGTERM, 0) != PASS)
			return FAILED(r, ": TERM after %d us", i * 250);
	}
	return PASS;
}

/* Time to see it stopped: once it goes on, there is nothing to see. */
static int
stop(struct run *r)
{
	run_brood(r);
	if (r->all == 0 || freeze(r, r->alive) != PASS)
		return FAILED(r, "the program is not its child");
	time_sleep(200 * TIME_MS);
	tell(r->alive, SIGCONT);
	return PASS;
}

/* How often the init went to sleep, and so was woken; -1: unknown. */
static int
sleeps(const struct run *r)
{
	char text[4096];

	if (task_file(r->init, "status", text, sizeof text) == -1)
		return -1;
	return scan_number(text, "voluntary_ctxt_switches:", -1ull);
}

static int
idle(struct run *r)
{
	int n;

	time_sleep(200 * TIME_MS);	/* it may still be on its way to rest */
	n = sleeps(r);
	if (n == -1)
		return SKIP;
	time_sleep(2100 * TIME_MS);
	n = sleeps(r) - n;
	return n == 0 ? PASS : FAILED(r, "%d wake-ups in 2 s", n);
}

/* How long a small board needs until the program runs is not on trial. */
static int
runs(struct run *r)
{
	int i;

	for (i = 0; i < 10; i++)
		if (run_byte(r) == READY)
			return 1;
	return 0;
}

int
step_take(struct run *r, const struct step *s)
{
	int result;

	switch (s->op) {
	case RUN:
	case BEGIN:
		run_end(r);
		result = run_start(r, s->a, s->b, s->c);
		if (result == PASS && s->op == BEGIN && !runs(r))
			result = FAILED(r, "the program does not run");
		return result;
	case BYTE:
		return run_byte(r) == s->a ? PASS :
					     FAILED(r, "%s", complaint(s->b));
	case CODE:
		return code(r, s->a, s->b);
	case BROOD:
		return until(r, is_brood, s->a << 8 | s->b) ? PASS :
		    FAILED(r, "%d children, %d of them zombies, not %d and %d",
			r->all, r->dead, s->a, s->b);
	case TELL:
		tell(r->init, s->a);
		return PASS;
	case SIGNALS:
		return signals(r, s->a, s->b);
	case WRITE:
		io_write(r->talk, &s->a, 1);
		return PASS;
	case FREEZE:
		return freeze(r, r->init);
	case CLOSE:
		close(r->talk);
		r->talk = -1;
		return PASS;
	case RELEASED:
		return run_hangup(r->held) ? PASS : FAILED(r, "it keeps it");
	case STOP:
		return stop(r);
	case EARLY:
		return early(r);
	case ROOT:
		result = until(r, is_root, 0);
		return result == 1 ? PASS : result == 2 ? SKIP :
		    FAILED(r, "it stays where it was started");
	}
	return idle(r);
}
