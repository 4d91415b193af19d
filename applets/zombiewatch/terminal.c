/* terminal - job control as the shell above an init expects it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "sig.h"
#include "terminal.h"

/* All of this is done with TTOU blocked, so from the background too.  The
 * terminal is opened each time: one held open could not be hung up. */
static int
open_tty(void)
{
	return open("/dev/tty", O_RDWR | O_CLOEXEC);
}

int
terminal_have(void)
{
	int fd = open_tty();

	close(fd);
	return fd != -1;
}

void
terminal_give(pid_t group)
{
	int fd = open_tty();

	if (fd == -1)
		return;
	if (tcgetpgrp(fd) == getpgrp())
		tcsetpgrp(fd, group);
	close(fd);
}

void
terminal_take(pid_t group)
{
	int fd = open_tty();
	pid_t now;

	if (fd == -1)
		return;
	now = tcgetpgrp(fd);
	if (now == group || (now > 0 && kill(-now, 0) == -1 && errno == ESRCH))
		tcsetpgrp(fd, getpgrp());
	close(fd);
}

int
terminal_stops(pid_t group, int sig)
{
	int fd, ours;

	if (sig == SIGSTOP)
		return 0;
	fd = open_tty();
	if (fd == -1)
		return 0;
	ours = sig != SIGTSTP || tcgetpgrp(fd) == group;
	close(fd);
	return ours;
}

/*
 * The stop is left to the kernel: it drops a TSTP where no shell is above
 * to continue us (an orphaned group, process 1), and then the program is
 * continued at once, as if it had been alone on the terminal.
 */
void
terminal_stop(void)
{
	sig_mask(SIG_UNBLOCK, SIGTSTP, 0);
	kill(0, SIGTSTP);
	sig_mask(SIG_BLOCK, SIGTSTP, 0);
}

/*
 * A session's leader that gives its terminal up is sent HUP and CONT, both
 * before ioctl(2) returns.  They are taken here: passed on, they would end
 * the program now and then.
 */
void
terminal_leave(void)
{
	static const struct timespec now;
	sigset_t set;

	if (ioctl(STDIN_FILENO, TIOCNOTTY) == -1 || getsid(0) != getpid())
		return;
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCONT);
	while (sigtimedwait(&set, NULL, &now) > 0)
		;
}
