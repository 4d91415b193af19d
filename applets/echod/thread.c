/* thread - a thread for each connection. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "board.h"
#include "echod.h"
#include "err.h"
#include "io.h"
#include "model.h"
#include "sandbox.h"
#include "stream.h"

/* Descriptors and slots are the main thread's: it closes and frees them
 * when a thread says that it is done, so neither is another's too soon. */
struct thread {
	int fd;			/* 0: no connection */
	pthread_t id;
};
static int done[2];		/* a pipe of slots */

static struct thread *
thread_of(unsigned slot)
{
	return (void *)board_row(slot)->model;
}

/* Nothing: the signal is to interrupt a read or a write. */
static void
interrupt(int signal)
{
}

static void *
thread(void *argument)
{
	unsigned slot = (uintptr_t)argument;
	struct stream s = { .bulk.fd = thread_of(slot)->fd,
		.slot = board_slot(slot) };

	stream_echo(&s);
	io_write(done[1], &slot, sizeof slot);
	return NULL;
}

static void
thread_ready(int fd)
{
	unsigned slot;

	/* A write of so few bytes is whole (PIPE_BUF). */
	while (io_read(fd, &slot, sizeof slot) == sizeof slot) {
		pthread_join(thread_of(slot)->id, NULL);
		close(thread_of(slot)->fd);
		thread_of(slot)->fd = 0;
		accept_over(slot, -1, NULL);
	}
}

static int
thread_serve(int fd, unsigned slot)
{
	thread_of(slot)->fd = fd;
	errno = pthread_create(&thread_of(slot)->id, NULL, thread,
	    (void *)(uintptr_t)slot);
	if (errno == 0)
		return 0;
	thread_of(slot)->fd = 0;
	return -1;
}

/*
 * As in forked.c: whether the thread sleeps in a read or is about to, it
 * gets EAGAIN when all is echoed.
 */
static void
thread_end(unsigned slot, int force)
{
	struct thread *t = thread_of(slot);

	if (t->fd == 0)
		return;
	io_nonblock(t->fd, 1);
	if (force)
		shutdown(t->fd, SHUT_RDWR);
	pthread_kill(t->id, SIGALRM);
}

static void
thread_start(void)
{
	struct sigaction sa = { .sa_handler = interrupt };
	sigset_t set;

	sigaction(SIGALRM, &sa, NULL);
	/* Whoever started us may have blocked it. */
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	if (pipe2(done, O_CLOEXEC) == -1 || io_nonblock(done[0], 1) == -1)
		die(SYSTEM, "pipe:");
	loop_watch(done[0], thread_ready);
}

const struct model thread_model = {
	.name = "thread",
	.needs = SANDBOX_THREADS,
	.row = sizeof(struct thread),
	.descriptors = 1,
	.start = thread_start,
	.serve = thread_serve,
	.end = thread_end,
};
