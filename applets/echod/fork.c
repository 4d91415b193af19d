/* fork - the model of the notes: a child process for each connection. */
#include <signal.h>
#include <unistd.h>

#include "board.h"
#include "forked.h"
#include "echod.h"
#include "err.h"
#include "model.h"
#include "program.h"
#include "sandbox.h"
#include "stream.h"

HOT static _Noreturn void
child(int fd, unsigned slot)
{
	struct stream s = { .bulk.fd = CLIENT, .slot = board_slot(slot) };

	if (fd != CLIENT)
		dup2(fd, CLIENT);
	forked_close(STDERR_FILENO + 1);
	if (ENABLE_ECHOD_PROGRAM && opts.program != NULL)
		program_run();
	forked_listen();
	_exit(stream_echo(&s) == -1 ? NO : OK);
}

HOT static int
fork_serve(int fd, unsigned slot)
{
	pid_t pid = forked_fork(slot);

	if (pid == 0)
		child(fd, slot);
	if (pid == -1)
		return -1;
	close(fd);
	return 0;
}

static void
fork_reaped(pid_t pid, int status, const struct rusage *usage)
{
	int slot = forked_reaped(pid);

	if (slot != -1)
		accept_over(slot, status, usage);
}

/* The next accept finds the client's descriptor free. */
static void
fork_start(void)
{
	forked_start(NULL);
	close(CLIENT);
}

const struct model fork_model = {
	.name = "fork",
	.needs = SANDBOX_KILL,
	.row = FORKED_ROW,
	.start = fork_start,
	.serve = fork_serve,
	.end = forked_end,
	.reaped = fork_reaped,
	.pid = forked_pid,
};
