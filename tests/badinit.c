/* badinit - an init that gets one thing wrong, to try the trial card on. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *mode;
static pid_t program;

/* The trial whose subject is done wrong, or "good". */
static int
bad(const char *what)
{
	return strcmp(mode, what) == 0;
}

static void
start(char **argv, const sigset_t *old)
{
	char pid[32];

	if (bad("early"))
		usleep(20000);
	setpgid(0, 0);
	if (!bad("terminal"))
		tcsetpgrp(0, getpid());
	snprintf(pid, sizeof pid, "%d", getpid());
	if (getenv("LISTEN_PID") != NULL && !bad("listen"))
		setenv("LISTEN_PID", pid, 1);
	sigprocmask(bad("mask") ? SIG_UNBLOCK : SIG_SETMASK, old, NULL);
	execvp(argv[0], argv);
	_exit(bad("exec") ? 1 : errno == ENOENT ? 127 : 126);
}

static int
code(int status)
{
	if (WIFEXITED(status))
		return bad("exit") ? 0 : WEXITSTATUS(status);
	return bad("killed") ? 1 : 128 + WTERMSIG(status);
}

/* What is left: TERM, a second for it, and the kernel does the rest. */
static void
finish(void)
{
	struct timespec tick = { 0, 10000000 };
	int i;

	if (bad("grace"))
		return;
	/* All there are, but of our own namespace alone: elsewhere -1 is
	 * everybody on this machine. */
	kill(bad("session") || getpid() != 1 ? -program : -1, SIGTERM);
	for (i = 0; i < 100; i++) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (errno == ECHILD)
			return;
		nanosleep(&tick, NULL);
	}
}

/* Returns 1 when the program is reaped. */
static int
reap(int *status)
{
	int s, found = 0, flags = WNOHANG | (bad("stop") ? WUNTRACED : 0);
	pid_t pid;

	do {
		pid = waitpid(bad("daemon") ? program : -1, &s, flags);
		if (pid == program) {
			*status = WIFSTOPPED(s) ? 0 : s;
			found = 1;
		}
	} while (pid > 0 && !bad("burst") && !bad("pile"));
	return found;
}

static void
pass(int sig)
{
	if ((bad("signals") && sig == SIGWINCH) ||
	    (bad("realtime") && sig > 31) || (bad("hangup") && sig == SIGHUP))
		return;
	kill(bad("group") ? program : -program, sig);
}

static void
let_go(void)
{
	int fd;

	for (fd = 3; fd < 1024 && !bad("hold"); fd++)
		close(fd);
	if (!bad("directory") && chdir("/") == -1)
		exit(1);
}

int
main(int argc, char **argv)
{
	struct timespec tick = { 0, 500000000 };
	sigset_t all, old;
	int sig, status;

	mode = argc > 2 ? argv[1] : "";
	tick.tv_sec = bad("idle") ? 0 : 3600;
	if ((bad("closed") && fcntl(0, F_GETFD) == -1) ||
	    (bad("nested") && getpid() != 1))
		return 1;
	if (!bad("deaf"))
		signal(SIGCHLD, SIG_DFL);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	program = fork();
	if (program == 0)
		start(argv + 2, bad("mask") ? &all : &old);
	if (!bad("early"))
		setpgid(program, program);
	let_go();
	for (;;) {
		sig = sigtimedwait(&all, NULL, &tick);
		if (sig == SIGCHLD && reap(&status))
			break;
		if (sig > 0 && sig != SIGCHLD)
			pass(sig);
	}
	finish();
	return code(status);
}
