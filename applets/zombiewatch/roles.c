/* roles - what the payload of a trial does, run by the init on trial. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "err.h"
#include "init.h"
#include "io.h"
#include "opt.h"
#include "sig.h"
#include "time.h"
#include "trial.h"

enum { LIFE = 20 };	/* seconds; a payload that is forgotten ends */

/* To the trial. Once it is gone nobody else would end us: each answer raises
 * a SIGPIPE, which is one more signal to answer. */
static void
say(unsigned char c)
{
	if (io_write(STDOUT_FILENO, &c, 1) == -1)
		_exit(99);
}

/* Wait to be killed, but not for ever. */
static int
linger(void)
{
	say(READY);
	time_sleep(LIFE * TIME_S);
	return 99;
}

/* Every signal that is passed on, as a descriptor that waits. */
static int
all_signals(void)
{
	sigset_t old;
	int fd = init_signals(&old);

	io_nonblock(fd, 0);
	return fd;
}

/* A pipe that all of the payload hold, until one of them lets it go, and
 * wait until nobody else does. */
static int held[2];

static void
alone(void)
{
	char c;

	close(held[1]);
	io_read(held[0], &c, 1);
}

static void
unblock(int sig)
{
	signal(sig, SIG_DFL);
	sig_mask(SIG_UNBLOCK, sig, 0);
}

static int
role_exit(int code)
{
	return code;
}

static int
role_die(int sig)
{
	unblock(sig);
	kill(getpid(), sig);
	return linger();
}

/* Answer each signal with its number; end with 7 at one of them. */
static int
answer(int last)
{
	int sig, fd = all_signals();

	say(READY);
	while (io_poll(fd, POLLIN, LIFE * 1000) > 0) {
		sig = sig_next(fd, NULL);
		if (sig == last)
			return 7;
		if (sig != SIGCHLD)
			say(sig);
	}
	return 99;
}

/* Two processes of one group, both answer. */
static int
role_group(int unused)
{
	fork();
	return answer(SIGTERM);
}

/* Die of TERM, however the init left it. */
static int
role_default(int unused)
{
	unblock(SIGTERM);
	return linger();
}

/* Make orphans that die at once, many at a time. */
static int
role_burst(int n)
{
	while (n-- > 0)
		if (fork() == 0) {
			fork();
			_exit(0);
		}
	while (wait(NULL) > 0)
		;
	return linger();
}

/* Make orphans that die together when a byte is read. */
static int
role_pile(int n)
{
	pid_t pid;
	char c;

	while (n-- > 0) {
		pid = fork();
		if (pid == 0 && fork() != 0)
			_exit(0);
		if (pid == 0) {
			alone();
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
	say(READY);
	io_read(STDIN_FILENO, &c, 1);
	close(held[1]);
	time_sleep(LIFE * TIME_S);
	return 99;
}

/* A daemon: does the init become its parent?  It says y or n, and ends;
 * then the program is ready. */
static int
role_daemon(int unused)
{
	pid_t parent = getppid(), between;
	int tries;

	between = fork();
	if (between == 0) {
		between = getpid();
		setsid();
		if (fork() != 0)
			_exit(0);
		for (tries = 0; getppid() == between && tries < 2000; tries++)
			time_sleep(TIME_MS);
		say(getppid() == parent ? 'y' : 'n');
		_exit(0);
	}
	waitpid(between, NULL, 0);
	alone();
	return linger();
}

/*
 * End, and leave one that needs a moment after its TERM: it says t when it
 * was asked, d when it is done.
 */
static int
role_left(int session)
{
	int fd, sig;

	if (fork() != 0) {
		alone();
		return 0;
	}
	if (session)
		setsid();
	fd = all_signals();
	alarm(LIFE);
	close(held[1]);
	do
		sig = sig_next(fd, NULL);
	while (sig != SIGTERM && sig != SIGALRM);
	say('t');
	time_sleep(50 * TIME_MS);
	say('d');
	return 0;
}

/* Is our group in the foreground of the terminal? */
static int
role_terminal(int unused)
{
	unblock(SIGINT);
	say(tcgetpgrp(STDIN_FILENO) == getpgrp() ? 'y' : 'n');
	return linger();
}

/* Hold no descriptor but 0, 1 and 2. */
static int
role_bare(int unused)
{
	int fd;

	for (fd = STDERR_FILENO + 1; fd < 256; fd++)
		close(fd);
	return linger();
}

/* The code tells what was lost: 1 USR1 blocked, 2 HUP ignored; 4 and TERM
 * is blocked. */
static int
role_mask(int unused)
{
	struct sigaction hup;
	sigset_t set;

	sigprocmask(SIG_BLOCK, NULL, &set);
	sigaction(SIGHUP, NULL, &hup);
	return (sigismember(&set, SIGUSR1) ? 0 : 1) +
	    (hup.sa_handler == SIG_IGN ? 0 : 2) +
	    (sigismember(&set, SIGTERM) ? 4 : 0);
}

/* Are the sockets of systemd for us? */
static int
role_listen(int unused)
{
	const char *pid = getenv("LISTEN_PID");
	unsigned long long v;

	return pid != NULL && opt_number(pid, getpid(), getpid(), &v) == 0 ? 7 :
									    8;
}

/* In the order of enum role. */
static int (*const roles[ROLES])(int) = { answer, role_bare, role_burst,
	role_daemon, role_default, role_die, role_exit, role_group, role_left,
	role_listen, role_mask, role_pile, role_terminal };

int
role_main(const char *role, const char *number)
{
	unsigned long long v = 0;

	if (pipe2(held, O_CLOEXEC) == -1)
		return 99;
	if (number != NULL)
		opt_number(number, 0, 255, &v);
	return *role >= 'a' && *role < 'a' + ROLES ? roles[*role - 'a'](v) : 99;
}
