/* init - run a program, give it every signal, reap all, leave nothing. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aim.h"
#include "child.h"
#include "err.h"
#include "fmt.h"
#include "init.h"
#include "io.h"
#include "proc.h"
#include "sig.h"
#include "terminal.h"
#include "zombiewatch.h"

struct init init;
static pid_t program;
static int terminal;	/* there is one, with jobs to be controlled */

/*
 * Signals that tell of a fault of our own are left to the kernel: blocked,
 * they would kill us all the same, and nobody else is meant.  Two cannot
 * be had.
 */
static int
is_ours(int sig)
{
	switch (sig) {
	case SIGABRT:
	case SIGBUS:
	case SIGFPE:
	case SIGILL:
	case SIGKILL:
	case SIGSEGV:
	case SIGSTOP:
	case SIGSYS:
	case SIGTRAP:
		return 1;
	}
	return 0;
}

int
init_signals(sigset_t *old)
{
	int list[_NSIG], sig, n = 0;

	for (sig = 1; sig < _NSIG; sig++)
		if (!is_ours(sig))
			list[n++] = sig;
	list[n] = 0;
	return sig_open(list, old);
}

/*
 * Say what is on the page, unless nobody reads it: an init that waits for
 * the reader of its log reaps nothing.  What was dropped is counted and told later.
 */
static void
say(void)
{
	static unsigned dropped;
	int ready = io_poll(STDERR_FILENO, POLLOUT, 0);

	if (ready == -1 || !(ready & POLLOUT)) {
		dropped++;
	} else {
		if (dropped > 0)
			warn("%u lines lost, as nobody read them", dropped);
		dropped = 0;
		warn("%s", page.buf);
	}
	fmt_reset(&page);
}

static void
ended(const struct child *c)
{
	child_format(&page, c);
	say();
}

/* Reap all that is dead.  Returns 1 when the program is among them. */
static int
reap(int *status)
{
	struct child c;
	pid_t pid;
	int found = 0;

	while ((pid = init.verbose ? child_reap(&c) :
				      proc_reap(&c.status, NULL)) > 0) {
		if (init.verbose)
			ended(&c);
		if (pid == program) {
			found = 1;
			*status = c.status;
		}
	}
	return found;
}

/* Send a signal to those who get them. */
static void
deliver(int sig)
{
	if (init.to == TO_TREE && tree_kill(sig) == 0)
		return;
	/* A program that left the group it was given is met by its pid. */
	if (init.to == TO_CHILD || kill(-program, sig) == -1)
		kill(program, sig);
}

static void
pass(int sig, const struct signalfd_siginfo *info)
{
	int as = init.to_signal[sig];

	/* Our own write to a broken pipe is our own affair. */
	if (info->ssi_code == SI_USER && info->ssi_pid == (unsigned)getpid())
		return;
	if (init.verbose > 1) {
		sig_name(&page, sig);
		print(" from pid %u: ", info->ssi_pid);
		if (as == 0)
			print("dropped");
		else
			sig_name(&page, as);
		say();
	}
	if (as == 0)
		return;
	if (sig == SIGCONT && terminal)
		terminal_give(program);
	deliver(as);
	/* dumb-init's way: whoever stops the program stops us. */
	if (!(init.how & CHILD_GROUP) &&
	    (sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU))
		kill(getpid(), SIGSTOP);
}

/* A signal that comes while all are being ended. */
static void
pass_late(int sig)
{
	int as = init.to_signal[sig];

	if (as != 0)
		tree_kill(as);
}

/* All that is left; without /proc the program's group stands for it. */
static void
send_all(int sig)
{
	if (tree_kill(sig) == -1)
		kill(-program, sig);
}

/* If the program was stopped from the terminal, stop with it and resume
 * with it, so that a shell sees its job stopped. */
static void
stop_with(void)
{
	siginfo_t stopped;
	sigset_t pending;

	stopped.si_pid = 0;
	if (waitid(P_PID, program, &stopped, WSTOPPED | WNOHANG) == -1 ||
	    stopped.si_pid == 0 || !terminal_stops(program, stopped.si_status))
		return;
	terminal_stop();
	/* What continued us is about to be passed on.  Twice would be once too
	 * late now and then: after the next stop, which it would undo. */
	sigpending(&pending);
	if (sigismember(&pending, SIGCONT))
		return;
	terminal_give(program);
	deliver(SIGCONT);
}

static int
serve(int signals)
{
	struct signalfd_siginfo info;
	int status = 0, sig;

	for (;;) {
		sig = sig_next(signals, &info);
		if (sig != SIGCHLD && sig > 0 && sig < _NSIG)
			pass(sig, &info);
		if (sig != SIGCHLD)
			continue;
		if (reap(&status))
			return status;
		if (terminal)
			stop_with();
	}
}

/* Become the parent of orphans, or say that nobody here is. */
static void
adopt(void)
{
	if (getpid() == 1 ||
	    (init.adopt && prctl(PR_SET_CHILD_SUBREAPER, 1) == 0))
		return;
	if (init.adopt)
		warn("not process 1, and no child subreaper; orphans go "
		     "elsewhere:");
	else if (!init.quiet)
		warn("not process 1: orphans go elsewhere; -s adopts them");
}

/* End what the program left, and tell the exit code. */
static int
finish(int signals, int status)
{
	struct child_stop stop = {
		.signals = signals,
		.grace = init.grace,
		.each = send_all,
		.passed = pass_late,
		.ended = init.verbose ? ended : NULL,
	};
	int code = proc_code(status);

	if (terminal)
		terminal_take(program);
	if (init.leave > 1 && init.to == TO_GROUP &&
	    init.to_signal[SIGTERM] != 0)
		kill(-program, init.to_signal[SIGTERM]);
	if (!init.leave && child_stop(&stop) == -1)
		warn("some processes cannot be killed");
	return init.is_zero[code & 0xff] ? OK : code;
}

int
init_run(void)
{
	sigset_t old;
	int signals, code;

	code = init.failed ? init.failed : 125;
	signals = init_signals(&old);
	if (signals == -1)
		die(code, "signals:");
	adopt();
	if (init.how & CHILD_SESSION)
		terminal_leave();
	program = child_start(init.argv, &old, init.how);
	if (program == -1) {
		code = init.failed ? init.failed : child_code(errno);
		warn("%s:", init.argv[0]);
		return code;
	}
	if (init.verbose) {
		print("%s runs as pid %d", init.argv[0], program);
		say();
	}
	terminal = init.how & CHILD_GROUP && terminal_have();
	signals = let_go(signals);
	/* One read a signal, which waits: no poll, no wake-up while idle. */
	io_nonblock(signals, 0);
	return finish(signals, serve(signals));
}

void
init_defaults(struct init *i)
{
	int sig;

	i->how = CHILD_GROUP;
	for (sig = 1; sig < _NSIG; sig++)
		i->to_signal[sig] = sig;
}

int
init_rewrite(struct init *i, const char *word)
{
	char *colon = strchr(word, ':');
	int from, to;

	if (colon == NULL)
		return -1;
	*colon = '\0';
	from = sig_number(word);
	*colon++ = ':';
	to = strcmp(colon, "0") == 0 ? 0 : sig_number(colon);
	if (from == -1 || to == -1)
		return -1;
	i->to_signal[from] = to;
	return is_ours(from) || from == SIGCHLD;
}
