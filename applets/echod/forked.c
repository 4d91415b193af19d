/* forked - what the models that fork have in common. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "board.h"
#include "forked.h"
#include "echod.h"
#include "err.h"
#include "io.h"
#include "keep.h"
#include "model.h"
#include "opt.h"
#include "program.h"
#include "sig.h"

enum { SPARE = 16 };	/* descriptors of our own that come later */

/*
 * Which child serves which slot, in the slot's row, where no child can
 * reach it.  A reaped pid finds its slot by lists of those with the same
 * remainder; there are as many lists as the rows that are in use.
 */
struct child {
	pid_t pid;		/* 0: none */
	unsigned next;		/* of its list, a slot + 1; 0 is its end */
	unsigned head;		/* of the list of this row's number */
};
static unsigned lists;

/* Where forked_close ends without close_range(2), of Linux 5.9. */
static unsigned last = 2 * LISTENERS + WATCHES + SPARE;

static struct child *
child(unsigned slot)
{
	return (void *)board_row(slot)->model;
}

static void
enlist(unsigned slot)
{
	struct child *c = child(slot), *list = child(c->pid % lists);

	c->next = list->head;
	list->head = slot + 1;
}

/* Twice as many lists, and everybody into the right one. */
static void
more_lists(void)
{
	unsigned i;

	lists = lists < board_size() / 2 ? 2 * lists : board_size();
	for (i = 0; i < lists; i++)
		child(i)->head = 0;
	for (i = 0; i < server->used; i++)
		if (child(i)->pid != 0)
			enlist(i);
}

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
forked_start(void (*handler)(int))
{
	struct sigaction sa = {
		.sa_handler = handler == NULL ? end_handler : handler,
	};

	/* Set here, where it is blocked, and inherited by the children. */
	sigaction(SIGTERM, &sa, NULL);
	lists = 1;
}

HOT pid_t
forked_fork(unsigned slot)
{
	pid_t parent = server->pid, pid = fork();

	if (pid > 0) {
		while (slot >= lists)
			more_lists();
		child(slot)->pid = pid;
		enlist(slot);
	}
	if (pid != 0)
		return pid;
	/* A parent that died before this call will send no signal. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(SYSTEM);
	return 0;
}

/* From here on; returns 0, or -1 where the kernel cannot. */
HOT static int
close_from(int fd)
{
#ifdef SYS_close_range
	return syscall(SYS_close_range, fd, ~0u, 0);
#else
	return -1;
#endif
}

/* The kernel tells how large its table of our descriptors is. */
void
forked_open(void)
{
	char text[512], *line;
	unsigned long long n;

	/* A helper that is started later has a client and a pipe each. */
	if (ENABLE_ECHOD_KEEP && MODEL->descriptors)
		last += 3 * opts.max;
	if (!ENABLE_ECHOD_INHERITED || close_from(INT_MAX) == 0 ||
	    io_slurp(AT_FDCWD, "/proc/self/status", text, sizeof text) == -1 ||
	    (line = strstr(text, "FDSize:\t")) == NULL)
		return;
	line[strcspn(line, "\n")] = '\0';
	if (opt_number(line + 8, 0, INT_MAX / 2, &n) == 0)
		last += n;
}

HOT void
forked_close(int fd)
{
	if (close_from(fd) == 0)
		return;
	for (; fd < (int)last; fd++)
		close(fd);
}

HOT void
forked_listen(void)
{
	sig_mask(SIG_UNBLOCK, SIGTERM, 0);
}

void
forked_end(unsigned slot, int force)
{
	/* Not reaped yet, so the pid is still this child's. */
	pid_t pid = forked_pid(slot);
	int sig = force ? SIGKILL : SIGTERM;

	if (pid == 0)
		return;
	/* What a program has started holds the client, too. */
	if (ENABLE_ECHOD_PROGRAM && opts.program != NULL &&
	    kill(-pid, sig) == 0)
		return;
	kill(pid, sig);
}

int
forked_reaped(pid_t pid)
{
	unsigned *link = &child(pid % lists)->head;
	struct child *c;
	int slot;

	for (; *link != 0; link = &c->next) {
		slot = *link - 1;
		c = child(slot);
		if (c->pid != pid)
			continue;
		*link = c->next;
		c->pid = 0;
		return slot;
	}
	return -1;
}

pid_t
forked_pid(unsigned slot)
{
	return child(slot)->pid;
}
