/* prefork - workers that were forked before the client came. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "acl.h"
#include "board.h"
#include "forked.h"
#include "echod.h"
#include "err.h"
#include "fmt.h"
#include "io.h"
#include "log.h"
#include "model.h"
#include "opener.h"
#include "proc.h"
#include "sandbox.h"
#include "stream.h"
#include "time.h"
#include "wake.h"

/* The last listener, or standard error: what a worker does not need. */
static int beyond = STDERR_FILENO + 1;

/* In a worker: told to go once its client has left, and what it waits for
 * clients with. */
static volatile sig_atomic_t leaving;
static int ep;

/*
 * It never has to be kept out: whoever looked at leaving before it came
 * finds the client's descriptor non-blocking, or nothing to wait with, and
 * looks again.
 */
static void
leave_handler(int signal)
{
	int saved = errno;

	if (!leaving)
		close(ep);
	leaving = 1;
	fcntl(CLIENT, F_SETFL, O_RDWR | O_NONBLOCK);
	errno = saved;
}

/*
 * One epoll descriptor a worker, made by it: EPOLLEXCLUSIVE (Linux 4.5)
 * then wakes one worker for a client, not all of them.
 */
static int
watch_listeners(void)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLEXCLUSIVE };
	int i;

	ep = epoll_create1(EPOLL_CLOEXEC);
	for (i = 0; i < nlisteners && ep != -1; i++) {
		e.data.u32 = i;
		if (listeners[i].fd == -1 ||
		    epoll_ctl(ep, EPOLL_CTL_ADD, listeners[i].fd, &e) == 0)
			continue;
		e.events = EPOLLIN;
		if (epoll_ctl(ep, EPOLL_CTL_ADD, listeners[i].fd, &e) == -1)
			return -1;
	}
	return ep;
}

HOT static int
take(const struct listener *l, struct slot *slot)
{
	struct net_addr peer;
	int fd = accept_client(l, &peer, 0);

	if (fd != -1) {
		board_client(slot, &peer);
		wake_taken();
	}
	return fd;
}

/* Wait for a client.  Returns its descriptor, or -1. */
HOT static int
next_client(struct slot *slot)
{
	struct epoll_event e;
	int fd;

	if (epoll_wait(ep, &e, 1, -1) != 1) {
		if (!leaving && errno != EINTR)
			time_sleep(accept_pause("epoll"));
		return -1;
	}
	fd = take(&listeners[e.data.u32], slot);
	/* Out of descriptors or memory: all of us are, so do not spin. */
	if (fd != -1)
		accept_resume();
	else if (errno != EAGAIN)
		time_sleep(accept_pause("accept"));
	return fd;
}

HOT static void
serve(int fd, struct slot *slot)
{
	struct stream s = { .bulk.fd = CLIENT, .slot = slot };

	if (fd != CLIENT) {
		dup2(fd, CLIENT);
		close(fd);
	}
	if (leaving)
		io_nonblock(CLIENT, 1);
	log_connected(slot);
	stream_echo(&s);
	/* The main process logs it, which also sees how we end. */
	if (opts.served == 1)
		_exit(OK);
	close(CLIENT);
	log_disconnected(slot, -1, NULL);
	board_leave(slot);
}

HOT static _Noreturn void
worker(struct slot *slot)
{
	unsigned served = 0;
	int i, fd;

	forked_close(beyond);
	if (ENABLE_ECHOD_OPENER)
		opener_forget();
	if (watch_listeners() == -1)
		die(SYSTEM, "worker:");
	close(CLIENT);		/* the next accept finds it free */
	/* What a client would have to wait for is done before he comes: a
	 * fresh process gets its pages as it touches them. */
	board_leave(slot);
	time_now();
	if (ENABLE_ECHOD_ACL)
		acl_allows(&listeners[0].addr);
	leaving = board_shared()->stopping;
	forked_listen();
	while (!leaving && (opts.served == 0 || served < opts.served)) {
		fd = next_client(slot);
		if (fd != -1) {
			serve(fd, slot);
			served++;
		}
	}
	/* Who was let into the backlog before the stop is served. */
	for (i = 0; board_shared()->stopping && i < nlisteners; i++) {
		if (listeners[i].fd == -1)
			continue;
		while ((fd = take(&listeners[i], slot)) != -1)
			serve(fd, slot);
		if (errno != EAGAIN)
			_exit(SYSTEM);
	}
	_exit(OK);
}

/* Keep all workers there, at the stop while somebody waits; what the system
 * refuses is tried again later. */
HOT static void
prefork_round(void)
{
	pid_t pid;
	int slot;

	while (board_taken() < board_size() && accept_ready() &&
	    (server->stop == 0 || accept_left())) {
		slot = board_take();
		pid = forked_fork(slot);
		if (pid == 0)
			worker(board_slot(slot));
		if (pid != -1)
			continue;
		accept_pause("fork");
		board_free(slot);
	}
}

static void
prefork_start(void)
{
	int i;

	forked_start(leave_handler);
	for (i = 0; i < nlisteners; i++)
		if (listeners[i].fd >= beyond)
			beyond = listeners[i].fd + 1;
	prefork_round();
}

/* A worker that cannot even start would be forked for ever. */
static void
worker_lost(const struct slot *s, int status)
{
	FMT(how, 64);

	proc_status(&how, status);
	warn("a worker without a client ended: %s", how.buf);
	if (time_now() - s->start < TIME_S)
		accept_pause("worker");
}

static void
prefork_reaped(pid_t pid, int status, const struct rusage *usage)
{
	int slot = forked_reaped(pid);
	struct slot *s;

	if (slot == -1)
		return;
	s = board_slot(slot);
	if (status == 0)
		accept_resume();
	if (s->live) {
		accept_over(slot, status, usage);
		return;
	}
	if (status != 0)
		worker_lost(s, status);
	board_free(slot);
}

const struct model prefork_model = {
	.name = "prefork",
	.needs = SANDBOX_KILL | SANDBOX_EVENTS,
	.most = &opts.workers,
	.row = FORKED_ROW,
	.start = prefork_start,
	.end = forked_end,
	.reaped = prefork_reaped,
	.pid = forked_pid,
	.round = prefork_round,
};
