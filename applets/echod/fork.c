/* fork - the model of the notes: a child process for each connection. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "board.h"
#include "echod.h"
#include "err.h"
#include "log.h"
#include "model.h"
#include "stream.h"

/* Which child serves which slot; children cannot reach it. */
static pid_t *pids;

/* In a child the client is descriptor 0, so that a handler can know it. */
enum { CLIENT = 0 };

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

static void
fork_start(void)
{
	struct sigaction sa = { .sa_handler = end_handler };

	/* Set here and blocked: it is the children's, who inherit it. */
	sigaction(SIGTERM, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	pids = board_private(board_size() * sizeof *pids);
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

/* A child has what it serves, its log, and nothing else. */
static void
close_others(void)
{
	int fd;

	if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0u, 0) == 0)
		return;
	for (fd = STDERR_FILENO + 1; fd < 64; fd++)
		close(fd);
}

static _Noreturn void
child(int fd, unsigned slot, pid_t parent)
{
	struct stream s = { .fd = CLIENT, .slot = board_slot(slot) };
	sigset_t set;

	/* A parent that died before this call will send no signal. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(SYSTEM);
	dup2(fd, CLIENT);
	close_others();
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	_exit(stream_echo(&s) == -1 ? NO : OK);
}

static int
fork_serve(int fd, unsigned slot)
{
	pid_t parent = server->pid, pid = bare_fork();
	int saved = errno;

	if (pid == 0)
		child(fd, slot, parent);
	close(fd);
	if (pid == -1) {
		board_free(slot);
		errno = saved;
		return -1;
	}
	pids[slot] = pid;
	return 0;
}

static void
fork_end(unsigned slot, int force)
{
	/* Not reaped yet, so the pid is still this child's. */
	kill(pids[slot], force ? SIGKILL : SIGTERM);
}

static void
fork_reaped(pid_t pid, int status, const struct rusage *usage)
{
	unsigned slot;

	for (slot = 0; slot < board_size(); slot++)
		if (pids[slot] == pid)
			break;
	if (slot == board_size())
		return;
	server->count.bytes += board_bytes(board_slot(slot));
	log_disconnected(board_slot(slot), status, usage);
	pids[slot] = 0;
	board_free(slot);
}

extern const struct model fork_model;
const struct model fork_model = {
	"fork", fork_start, fork_serve, fork_end, fork_reaped,
};
