/* aim - signal the process that is meant, not one that has its number. */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "aim.h"

enum { DEPTH_MAX = 4096 };	/* a chain that changes under us still ends */

int aim_numbers;

int
aim(const struct task *t, int sig, int (*right)(const struct task *))
{
	int error = ESRCH, fd = syscall(SYS_pidfd_open, t->pid, 0);

	if (fd == -1 && errno == ESRCH)
		return error;
	aim_numbers |= fd == -1;
	if (right(t))
		error = (fd == -1 ? kill(t->pid, sig) :
			syscall(SYS_pidfd_send_signal, fd, sig, NULL, 0)) == -1 ?
		    errno : 0;
	close(fd);
	return error;
}

int
is_below(pid_t pid, pid_t above)
{
	struct task t = { .ppid = pid };
	int depth;

	for (depth = 0; depth < DEPTH_MAX && t.ppid > 1; depth++)
		if (t.ppid == above)
			return 1;
		else if (task_read(t.ppid, &t) == -1)
			return 0;
	return 0;
}

static int
is_ours(const struct task *t)
{
	return is_below(t->pid, getpid());
}

int
tree_kill(int sig)
{
	struct scan s;
	struct task t;
	pid_t us = getpid();
	int before = scan_dir;

	if (us == 1) {
		kill(-1, sig);
		return 0;
	}
	if (scan_open("/proc") == -1)
		return -1;
	t.pid = scan_start(&s);
	while (t.pid != -1 && (t.pid = scan_next(&s)) > 0)
		if (t.pid != us)
			aim(&t, sig, is_ours);
	scan_leave(before);
	return t.pid;
}
