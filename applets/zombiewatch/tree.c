/* tree - signal everything below us, whatever session it went to. */
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init.h"
#include "zombiewatch.h"

enum { DEPTH_MAX = 4096 };	/* a chain that changes under us still ends */

/* Climb from a process to its parents.  Returns 1 if we are one. */
static int
is_below(int dir, pid_t pid, pid_t us)
{
	struct task t;
	int depth;

	for (depth = 0; depth < DEPTH_MAX && pid > 1; depth++) {
		if (task_read(dir, pid, &t) == -1)
			return 0;
		if (t.ppid == us)
			return 1;
		pid = t.ppid;
	}
	return 0;
}

/*
 * The pidfd is opened before we look whose it is: a process that takes a
 * number over meanwhile never gets what was meant for another.
 */
static void
kill_below(int dir, pid_t pid, pid_t us, int sig)
{
#ifdef SYS_pidfd_send_signal
	int fd = syscall(SYS_pidfd_open, pid, 0);

	if (fd != -1) {
		if (is_below(dir, pid, us))
			syscall(SYS_pidfd_send_signal, fd, sig, NULL, 0);
		close(fd);
		return;
	}
	if (errno == ESRCH)
		return;
#endif
	if (is_below(dir, pid, us))	/* before Linux 5.3 */
		kill(pid, sig);
}

int
tree_kill(int sig)
{
	struct scan s;
	pid_t pid = -1, us = getpid();
	int dir;

	if (us == 1) {
		kill(-1, sig);
		return 0;
	}
	dir = scan_open("/proc");
	if (dir == -1)
		return -1;
	if (scan_start(&s, dir) == 0)
		while ((pid = scan_next(&s)) > 0)
			if (pid != us)
				kill_below(dir, pid, us, sig);
	close(dir);
	return pid;
}
