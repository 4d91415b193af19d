/* forked - what the models that fork have in common. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "board.h"
#include "forked.h"
#include "echod.h"
#include "err.h"

/* Which child serves which slot; children cannot reach it. */
static pid_t *pids;

/* The slot that a pid had last, by the pid's low bits: the kernel counts
 * pids up, so it is nearly always the one asked for. */
static unsigned *hints;
static unsigned hint_mask;

/*
 * The only handler there is, in children: it makes the client's descriptor
 * non-blocking.  Whether the child sleeps in a read or is about to, it gets
 * EAGAIN when all that was received is echoed: there is no flag and no
 * race.
 */
static void
end_handler(int signal)
{
	int saved = errno;

	fcntl(CLIENT, F_SETFL, O_RDWR | O_NONBLOCK);
	errno = saved;
}

void
forked_start(void)
{
	struct sigaction sa = { .sa_handler = end_handler };

	/* Set here, where it is blocked, and inherited by the children. */
	sigaction(SIGTERM, &sa, NULL);
	for (hint_mask = 1; hint_mask < board_size();)
		hint_mask = hint_mask << 1 | 1;
	pids = board_private(board_size() * sizeof *pids +
	    (hint_mask + 1) * sizeof *hints);
	hints = (unsigned *)(pids + board_size());
}

/*
 * fork(2) as the system call.  The C library's blocks and restores signals
 * around it and writes to its thread's page, four calls and a page of
 * memory a child; we have one thread and no fork handlers.
 */
static pid_t
bare_fork(void)
{
#ifdef __s390x__
	return syscall(SYS_clone, 0, SIGCHLD, 0, 0, 0);
#else
	return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
#endif
}

pid_t
forked_fork(unsigned slot)
{
	pid_t parent = server->pid, pid = bare_fork();

	if (pid > 0) {
		pids[slot] = pid;
		hints[pid & hint_mask] = slot;
	}
	if (pid != 0)
		return pid;
	/* A parent that died before this call will send no signal. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(SYSTEM);
	return 0;
}

void
forked_close(void)
{
	int fd;

#ifdef SYS_close_range
	if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0u, 0) == 0)
		return;
#endif
	for (fd = STDERR_FILENO + 1; fd < LISTENERS + WATCHES + 16; fd++)
		close(fd);
}

void
forked_signals(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(how, &set, NULL);
}

void
forked_end(unsigned slot, int force)
{
	/* Not reaped yet, so the pid is still this child's. */
	if (pids[slot] > 0)
		kill(pids[slot], force ? SIGKILL : SIGTERM);
}

int
forked_reaped(pid_t pid)
{
	unsigned slot = hints[pid & hint_mask];

	if (pids[slot] != pid)
		for (slot = 0; slot < board_size(); slot++)
			if (pids[slot] == pid)
				break;
	if (slot == board_size())
		return -1;
	pids[slot] = 0;
	return slot;
}

pid_t
forked_pid(unsigned slot)
{
	return pids[slot];
}
