/* keep - helper processes that the server keeps running beside the model. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "echod.h"
#include "err.h"
#include "fmt.h"
#include "forked.h"
#include "keep.h"
#include "opener.h"
#include "proc.h"
#include "time.h"

#define PAUSE_MIN (100 * TIME_MS)
#define PAUSE_MAX (30 * TIME_S)

static struct keep {
	const char *name;
	void (*run)(int);
	int argument;
	int (*prepare)(int);
	pid_t pid;			/* 0: does not run */
	int renewed;			/* its end is our wish */
	unsigned long long start;	/* of this one */
	unsigned long long pause;	/* before the next one */
	unsigned long long due;		/* then; 0: now */
} keeps[KEEPS];
static int nkeeps, stopped;

void
keep_add(const char *name, void (*run)(int), int argument,
    int (*prepare)(int))
{
	if (nkeeps == KEEPS)
		die(SYSTEM, "%s: more than %d helpers", name, KEEPS);
	keeps[nkeeps++] = (struct keep){ name, run, argument, prepare, 0 };
}

void
keep_only(const int *fds, int n)
{
	int i, fd, top = STDERR_FILENO + 1;

	for (i = 0; i < n; i++)
		if (fds[i] >= top)
			top = fds[i] + 1;
	for (fd = STDERR_FILENO + 1; fd < top; fd++) {
		for (i = 0; i < n && fds[i] != fd; i++)
			;
		if (i == n)
			close(fd);
	}
	forked_close(top);
}

/* The terminal's INT is for the server; HUP and USR1 say nothing here. */
static _Noreturn void
child(const struct keep *k, pid_t parent, sigset_t *mask)
{
	static const int ignored[] = { SIGINT, SIGQUIT, SIGHUP, SIGUSR1 };
	size_t i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(SYSTEM);
	for (i = 0; i < sizeof ignored / sizeof *ignored; i++)
		signal(ignored[i], SIG_IGN);
	/* Whoever started us may have blocked it. */
	signal(SIGTERM, SIG_DFL);
	sigdelset(mask, SIGTERM);
	if (ENABLE_ECHOD_OPENER)
		opener_forget();
	sigprocmask(SIG_SETMASK, mask, NULL);
	k->run(k->argument);
	_exit(OK);
}

/* One that keeps dying, or cannot start, is tried less and less often. */
static void
put_off(struct keep *k, const char *why)
{
	k->pause = k->pause == 0 ? PAUSE_MIN : 2 * k->pause;
	if (k->pause > PAUSE_MAX)
		k->pause = PAUSE_MAX;
	k->due = time_now() + k->pause;
	warn("%s: %s; again in %u ms", k->name, why,
	    (unsigned)(k->pause / TIME_MS));
}

static void
start_one(struct keep *k)
{
	/* The child does not get the memory that server points to. */
	pid_t parent = server->pid;
	sigset_t mask = server->mask;

	k->start = time_now();
	if (k->prepare != NULL && k->prepare(k->argument) == -1) {
		put_off(k, strerror(errno));
		return;
	}
	k->pid = fork();
	if (k->pid == 0)
		child(k, parent, &mask);
	if (k->pid == -1) {
		k->pid = 0;
		put_off(k, strerror(errno));
	}
}

void
keep_start(void)
{
	struct keep *k;

	for (k = keeps; !stopped && k < keeps + nkeeps; k++)
		if (k->pid == 0 && k->due <= time_now())
			start_one(k);
}

unsigned long long
keep_until(void)
{
	unsigned long long first = 0;
	struct keep *k;

	for (k = keeps; !stopped && k < keeps + nkeeps; k++)
		if (k->pid == 0 && (first == 0 || k->due < first))
			first = k->due;
	return first;
}

/* One that ran for a while starts again soon. */
static void
ended(struct keep *k, int status)
{
	FMT(f, 64);

	if (time_now() - k->start > PAUSE_MAX)
		k->pause = 0;
	fmt_add(&f, "ended, ");
	proc_status(&f, status);
	put_off(k, f.buf);
}

int
keep_reaped(pid_t pid, int status)
{
	struct keep *k;

	for (k = keeps; k < keeps + nkeeps; k++)
		if (k->pid == pid)
			break;
	if (k == keeps + nkeeps)
		return 0;
	k->pid = 0;
	if (!stopped && !k->renewed)
		ended(k, status);
	else
		k->due = 0;
	k->renewed = 0;
	keep_start();
	return 1;
}

void
keep_look(void)
{
	struct keep *k;
	int status = 0;

	/* With SIGCHLD ignored there is nobody to be waited for. */
	for (k = keeps; k < keeps + nkeeps; k++)
		if (k->pid != 0 && waitpid(k->pid, &status, WNOHANG) != 0)
			keep_reaped(k->pid, status);
}

static void
signal_all(int sig)
{
	struct keep *k;

	for (k = keeps; k < keeps + nkeeps; k++)
		if (k->pid != 0)
			kill(k->pid, sig);
}

void
keep_stop(int force)
{
	stopped = 1;
	signal_all(force ? SIGKILL : SIGTERM);
}

void
keep_renew(void (*run)(int))
{
	struct keep *k;

	for (k = keeps; k < keeps + nkeeps; k++)
		if (k->run == run && k->pid != 0) {
			k->renewed = 1;
			kill(k->pid, SIGTERM);
		}
}

int
keep_running(void)
{
	int n = 0;
	struct keep *k;

	for (k = keeps; k < keeps + nkeeps; k++)
		n += k->pid != 0;
	return n;
}
