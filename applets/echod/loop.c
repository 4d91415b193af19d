/* loop - the main process's life: one poll, from ready until drained. */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "admit.h"
#include "board.h"
#include "chaos.h"
#include "dgram.h"
#include "echod.h"
#include "err.h"
#include "io.h"
#include "keep.h"
#include "limits.h"
#include "log.h"
#include "model.h"
#include "opener.h"
#include "proc.h"
#include "rights.h"
#include "serial.h"
#include "sig.h"
#include "sink.h"
#include "time.h"

void
loop_watch(int fd, void (*ready)(int))
{
	if (server->nwatches == WATCHES)
		die(SYSTEM, "more than %d descriptors to watch", WATCHES);
	server->watch[server->nwatches++] = (struct watch){ fd, ready };
}

/* One SIGCHLD may stand for many deaths: reap until nothing is dead. */
static void
reap(void)
{
	struct rusage usage;
	pid_t pid;
	int status;

	while ((pid = proc_reap(&status, &usage)) > 0)
		if (ENABLE_ECHOD_KEEP && keep_reaped(pid, status))
			continue;
		else if (ENABLE_ECHOD_OPENER && opener_reaped(pid))
			continue;
		else if (MODEL->reaped != NULL)
			MODEL->reaped(pid, status, &usage);
}

/* What the helpers count is theirs to say. */
static void
helpers_status(void)
{
	if (ENABLE_ECHOD_UDP)
		dgram_status();
	if (ENABLE_ECHOD_TTY)
		serial_status();
}

/* One a round: poll tells of the next, and no call is for nothing. */
static void
handle_signal(void)
{
	switch (sig_next(server->signals, NULL)) {
	case SIGCHLD:
		if (chaos_on() && chaos_waits())
			chaos_reap(1);
		else
			reap();
		break;
	case SIGQUIT:
		server->stop++;
		/* FALLTHROUGH */
	case SIGTERM:
	case SIGINT:
		server->stop++;
		break;
	case SIGHUP:
		rights_reload();
		break;
	case SIGUSR1:
		log_status();
		helpers_status();
		break;
	}
}

/* The earlier of two points of time, of which 0 is never. */
static unsigned long long
earlier(unsigned long long a, unsigned long long b)
{
	if (a == 0 || b == 0)
		return a | b;
	return a < b ? a : b;
}

/* Do what is due, and return when something is again. */
static unsigned long long
due(unsigned long long until)
{
	if (chaos_on() && chaos_waits()) {
		chaos_reap(0);
		until = earlier(until, chaos_until());
	}
	if (MODEL->round != NULL)
		MODEL->round();
	if (ENABLE_ECHOD_ADMIT)
		until = earlier(until, admit_until());
	until = earlier(earlier(until, accept_until()), limits_due());
	until = earlier(until, log_unlogged(0));
	if (ENABLE_ECHOD_LOGS)
		until = earlier(until, sink_mend());
	if (ENABLE_ECHOD_KEEP) {
		keep_start();
		until = earlier(until, keep_until());
	}
	return until;
}

short
loop_once(int fd, short events, unsigned long long until)
{
	static int blind;
	struct pollfd p[2 + LISTENERS + WATCHES];
	int i, n = 0, first, timeout, crowded, open, ready;

	open = accept_open() ? nlisteners : 0;
	crowded = ENABLE_ECHOD_ADMIT && open == 0 && admit_crowded();
	if (crowded)
		open = nlisteners;
	p[n++] = (struct pollfd){ .fd = server->signals, .events = POLLIN };
	for (i = 0; i < open; i++)
		p[n++] = (struct pollfd){ listeners[i].fd, POLLIN, 0 };
	first = n;
	for (i = 0; ENABLE_ECHOD_THREAD && i < server->nwatches; i++)
		p[n++] = (struct pollfd){ server->watch[i].fd, POLLIN, 0 };
	if (fd != -1)
		p[n++] = (struct pollfd){ fd, events, 0 };
	timeout = time_left(due(until));
	ready = MODEL->wait != NULL ? MODEL->wait(p, n, timeout) :
				      io_wait(p, n, timeout);
	if (ready == 0)
		return 0;
	if (ready == -1 && errno != EINTR) {
		if (!blind++)
			warn("poll: looking ten times a second instead:");
		/* Whether somebody is there to make room for is not known. */
		open = crowded ? 0 : open;
	}
	if (p[0].revents)
		handle_signal();
	for (i = 0; i < open; i++)
		if (p[1 + i].revents && crowded) {
			admit_evict();
			break;
		} else if (p[1 + i].revents)
			accept_batch(&listeners[i]);
	for (i = 0; ENABLE_ECHOD_THREAD && i < server->nwatches; i++)
		if (p[first + i].revents)
			server->watch[i].ready(server->watch[i].fd);
	return fd == -1 ? 0 : p[n - 1].revents;
}

static void
end_all(int force)
{
	unsigned i;

	for (i = 0; i < board_used(); i++)
		MODEL->end(i, force);
}

/* Wait until no connection is left, or the time is over, or somebody who
 * told us to stop tells us again. */
static void
wait_all(unsigned long long until, int patience)
{
	while (board_taken() + (ENABLE_ECHOD_KEEP ? keep_running() : 0) > 0 &&
	    server->stop <= patience &&
	    time_now() < until)
		loop_once(-1, 0, until);
}

static void
drain(void)
{
	unsigned long long until = time_now() + opts.grace;

	if (ENABLE_ECHOD_KEEP)
		keep_stop(0);
	board_shared()->stopping = 1;
	end_all(0);
	/* Who was let into the backlog is served like the others, as soon as
	 * they make room. */
	while (server->stop == 1 && accept_rest(until))
		loop_once(-1, 0, until);
	listen_close();
	wait_all(until, 1);
	server->killed += board_live();
	end_all(1);
	if (ENABLE_ECHOD_KEEP)
		keep_stop(1);
	wait_all(time_now() + TIME_S, INT_MAX);
	if (ENABLE_ECHOD_ACTIVATE)
		listen_close();		/* what workers still needed */
	if (ENABLE_ECHOD_TTY)
		serial_close();
}

static __attribute__((noinline)) void
run(void)
{
	while (!server->stop)
		loop_once(-1, 0, 0);
	drain();
	if (!opts.quiet)
		helpers_status();
	log_stop();
}

/*
 * The frames of the loop, and of the children it forks, begin at the top of
 * a page: together they dirty one page of stack, and not one or two, as
 * the randomised start of the stack would have it.  What the start has left
 * below that page is nobody's any more.
 */
void
loop_run(void)
{
	enum { PAGE = 4096, DEPTH = 64 * 1024 };
	uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
	char *pad = __builtin_alloca(frame % PAGE);

	__asm__ volatile("" : : "r"(pad) : "memory");
	madvise((char *)(frame - frame % PAGE - PAGE - DEPTH), DEPTH,
	    MADV_DONTNEED);
	run();
}
