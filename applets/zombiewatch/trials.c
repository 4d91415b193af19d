/* trials - what an init can get wrong, a row each. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fmt.h"
#include "io.h"
#include "sig.h"
#include "time.h"
#include "trial.h"
#include "zombiewatch.h"

/* Run a role to its end, and compare the exit code. */
static int
ends(struct run *r, unsigned how, const char *role, int number, int want)
{
	int code;

	if (run_start(r, how, role, number) == SKIP)
		return SKIP;
	code = run_code(r);
	run_end(r);
	if (code == -1)
		return FAILED(r, "it never ends, instead of exit %d", want);
	if (code != want)
		return FAILED(r, "exit %d instead of %d", code, want);
	return PASS;
}

int
run_begin(struct run *r, unsigned how, const char *role, int number)
{
	int c, result = run_start(r, how, role, number);

	if (result != 0)
		return result;
	c = run_byte(r);
	return c == READY ? PASS : FAILED(r, "the program does not run");
}

static int
judge_exit(struct run *r)
{
	static const unsigned char codes[] = { 0, 1, 42, 255 };
	size_t i;

	for (i = 0; i < sizeof codes; i++)
		if (ends(r, 0, "exit", codes[i], codes[i]) != PASS)
			return FAIL;
	return PASS;
}

static int
judge_killed(struct run *r)
{
	if (ends(r, 0, "die", SIGTERM, 128 + SIGTERM) != PASS)
		return FAIL;
	return ends(r, 0, "die", SIGKILL, 128 + SIGKILL);
}

static int
judge_exec(struct run *r)
{
	if (ends(r, 0, "/no/such/program", 0, 127) != PASS)
		return FAIL;
	return ends(r, 0, "/dev/null", 0, 126);
}

/* Orphans that died: none may stay but the payload, alive. */
static int
all_reaped(struct run *r)
{
	struct brood b;

	if (run_await(r, 1, 0, &b) == -1)
		return FAILED(r, "%d zombies stay", b.dead);
	return PASS;
}

static int
judge_burst(struct run *r)
{
	int result = run_begin(r, 0, "burst", 200);

	return result != PASS ? result : all_reaped(r);
}

static int
judge_pile(struct run *r)
{
	enum { PILE = 50 };
	struct brood b;
	int result = run_begin(r, 0, "pile", PILE);

	if (result != PASS)
		return result;
	if (run_await(r, PILE + 1, 0, &b) == -1)
		return FAILED(r, "%d of %d orphans came", b.all - 1, PILE);
	kill(r->init, SIGSTOP);
	if (run_stopped(r->init) == -1)
		return FAILED(r, "it does not stop");
	io_write(r->in, "", 1);
	if (run_await(r, PILE + 1, PILE, &b) == -1)
		return FAILED(r, "%d of %d orphans died", b.dead, PILE);
	kill(r->init, SIGCONT);
	return all_reaped(r);
}

static int
judge_daemon(struct run *r)
{
	int i, c, adopted = 0, ready = 0;

	if (run_start(r, 0, "daemon", 0) == SKIP)
		return SKIP;
	for (i = 0; i < 2; i++) {
		c = run_byte(r);
		adopted |= c == 'y';
		ready |= c == READY;
	}
	if (!ready || !adopted)
		return FAILED(r, "the orphan went elsewhere");
	return all_reaped(r);
}

static int
judge_deaf(struct run *r)
{
	return ends(r, HOW_DEAF, "exit", 7, 7);
}

static int
judge_closed(struct run *r)
{
	return ends(r, HOW_CLOSED, "exit", 7, 7);
}

static int
judge_listen(struct run *r)
{
	return ends(r, HOW_LISTEN, "listen", 0, 7);
}

static int
judge_mask(struct run *r)
{
	int code;

	run_start(r, HOW_NOHUP, "mask", 0);
	code = run_code(r);
	if (code == 0)
		return PASS;
	return FAILED(r, code & 1 ? "a blocked signal is not any more" :
		code & 2	  ? "an ignored signal is not any more" :
				    "a signal is blocked that was not");
}

static int
judge_left(struct run *r, int session)
{
	int c, code;

	run_start(r, 0, "left", session);
	c = run_byte(r);
	if (c != 't')
		return FAILED(r, "who is left gets no TERM");
	if (run_byte(r) != 'd')
		return FAILED(r, "who is left gets no time");
	code = run_code(r);
	return code == 0 ? PASS : FAILED(r, code == -1 ?
		"nothing is left, and it waits" : "exit %d", code);
}

static int
judge_grace(struct run *r)
{
	return judge_left(r, 0);
}

static int
judge_session(struct run *r)
{
	return judge_left(r, 1);
}

static int
judge_hold(struct run *r)
{
	int result = run_begin(r, HOW_HOLD, "bare", 0);

	if (result != PASS)
		return result;
	return run_hangup(r->held) == 0 ? PASS : FAILED(r,
		"it keeps what it inherited");
}

static int
judge_directory(struct run *r)
{
	char link[8];
	int n, tries, result = run_begin(r, 0, "answer", 0);
	FMT(path, 32);

	if (result != PASS)
		return result;
	fmt_add(&path, "/proc/%d/cwd", r->init);
	for (tries = 0; tries < 300; tries++) {
		n = readlink(path.buf, link, sizeof link);
		if (n == -1)
			return SKIP;
		if (n == 1)
			return PASS;
		time_sleep(10 * TIME_MS);
	}
	return FAILED(r, "it stays where it was started");
}

/* How often a process went to sleep, and so was woken; -1: unknown. */
static long long
sleeps(pid_t pid)
{
	char text[4096];
	FMT(path, 32);

	fmt_add(&path, "/proc/%d/status", pid);
	if (io_slurp(AT_FDCWD, path.buf, text, sizeof text) == -1)
		return -1;
	return scan_number(text, "voluntary_ctxt_switches:", -1ull);
}

static int
judge_idle(struct run *r)
{
	long long before;
	int result = run_begin(r, 0, "answer", 0);

	if (result != PASS)
		return result;
	time_sleep(200 * TIME_MS);	/* it may still be on its way to rest */
	before = sleeps(r->init);
	if (before == -1)
		return SKIP;
	time_sleep(2100 * TIME_MS);
	before = sleeps(r->init) - before;
	return before == 0 ? PASS : FAILED(r, "%lld wake-ups in 2 s", before);
}

const struct trial trials[] = {
	{ "exit", "its exit status is the program's", "baseimage#45",
		judge_exit },
	{ "killed", "128+n for a program killed by signal n", "dumb-init#59",
		judge_killed },
	{ "exec", "127 for no such program, 126 for none", "tini#59",
		judge_exec },
	{ "burst", "200 orphans that die at once are reaped", "websrv#1",
		judge_burst },
	{ "pile", "deaths while it was stopped count, each", "erlinit#52",
		judge_pile },
	{ "daemon", "it adopts a daemon, and reaps it", "tini#130",
		judge_daemon },
	{ "signals", "it passes on HUP to PWR", "moby#12228", judge_signals },
	{ "realtime", "it passes on real-time signals", "dumb-init#70",
		judge_realtime },
	{ "early", "a TERM in its first milliseconds counts", "tini -g",
		judge_early },
	{ "group", "the program's children get signals too", "dumb-init#53",
		judge_group },
	{ "stop", "a program that stops has not ended", "wait(2)",
		judge_stop },
	{ "terminal", "the program has the terminal and its ^C", "tini#19",
		judge_terminal },
	{ "hangup", "a lost terminal is told of, by HUP", "dumb-init#136",
		judge_hangup },
	{ "nested", "an init below an init gets its TERM", "tini.c:158",
		judge_nested },
	{ "deaf", "SIGCHLD ignored at the start does no harm", "tini.c:553",
		judge_deaf },
	{ "closed", "nor do closed descriptors 0, 1 and 2", "tini.c:115",
		judge_closed },
	{ "mask", "the program inherits mask and ignored signals",
		"dumb-init.c:260", judge_mask },
	{ "grace", "who is left gets TERM, and time", "tini#180", judge_grace },
	{ "session", "in a session of its own, too", "tini#95", judge_session },
	{ "hold", "it keeps no inherited descriptor", "catatonit#12",
		judge_hold },
	{ "listen", "the program gets systemd's sockets", "catatonit#13",
		judge_listen },
	{ "directory", "it keeps no directory but /", "catatonit#28",
		judge_directory },
	{ "idle", "it sleeps while there is nothing to do", "tini.c:115",
		judge_idle },
};

const int trials_count = sizeof trials / sizeof *trials;
