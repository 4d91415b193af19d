/* accept - take clients from the backlog, within what the system gives. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "acl.h"
#include "admit.h"
#include "board.h"
#include "count.h"
#include "echod.h"
#include "err.h"
#include "io.h"
#include "limits.h"
#include "log.h"
#include "model.h"
#include "time.h"

/* So many at a stretch; then signals and other descriptors have a turn. */
enum { BATCH = 16 };

#define PAUSE_MIN (10 * TIME_MS)
#define PAUSE_MAX TIME_S

static int resting;	/* workers are forked for who is left in the backlog */

/* No accept before this time, and how long the last pause was: each
 * worker's own.  Nobody writes here while all is well. */
static unsigned long long again, backoff;

int
accept_ready(void)
{
	return again == 0 || time_now() >= again;
}

static int
has_room(void)
{
	return accept_ready() && (board_taken() < board_size() ||
	    (ENABLE_ECHOD_ADMIT && opts.full == FULL_REFUSE));
}

int
accept_open(void)
{
	return server->stop == 0 && MODEL->serve != NULL && has_room();
}

unsigned long long
accept_until(void)
{
	return accept_ready() ? 0 : again;
}

/* Many workers may be refused at once: who is first says it for all. */
static int
is_first(unsigned paused)
{
	return !ENABLE_ECHOD_MODELS ||
	    __atomic_exchange_n(&board_shared()->paused, paused,
		__ATOMIC_RELAXED) != paused;
}

unsigned long long
accept_pause(const char *what)
{
	if (again == 0) {
		if (is_first(1))
			warn("%s: clients wait until it works again:", what);
		backoff = PAUSE_MIN;
	} else if (backoff < PAUSE_MAX)
		backoff *= 2;
	count_add(COUNT_FAILURES, 1);
	again = time_now() + backoff;
	return backoff;
}

void
accept_resume(void)
{
	/* A worker may have ended while it was refused: then it is another. */
	if (again == 0 &&
	    (!ENABLE_ECHOD_MODELS || !board_shared()->paused))
		return;
	again = 0;
	if (is_first(0))
		warn("clients are served again");
}

/* Standard output is /dev/null by now; the sandbox lets nothing be opened. */
static void
keep_reserve(void)
{
	if (server->reserve == -1)
		server->reserve = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
}

/* Without a descriptor the client in front cannot be told anything: give
 * up the reserve, so that at least it need not wait for nothing. */
static void
shed(const struct listener *l)
{
	struct net_addr peer;
	int fd;

	close(server->reserve);
	fd = net_accept(l->fd, &peer, 0);
	if (fd != -1)
		close(fd);
	server->reserve = -1;
	keep_reserve();
}

HOT int
accept_client(const struct listener *l, struct net_addr *peer, int flags)
{
	int i, fd;

	for (i = 0; i < BATCH; i++) {
		fd = net_accept(l->fd, peer, flags);
		if (fd == -1)
			return -1;
		if (ENABLE_UNIX)
			path_client(fd, peer);
		if (ENABLE_ECHOD_ACTIVATE && l->inherited)
			listen_tune(fd);
		if (ENABLE_ECHOD_ACL && !acl_allows(peer)) {
			count_add(COUNT_DENIED, 1);
			log_refused(peer, "denied");
			close(fd);
		} else if (!ENABLE_ECHOD_ADMIT || admit_client(fd, peer))
			return fd;
	}
	errno = EAGAIN;
	return -1;
}

static void
give_back(unsigned slot)
{
	if (ENABLE_ECHOD_ADMIT && MODEL->serve != NULL)
		admit_source(slot, NULL);
	board_leave(board_slot(slot));
	board_free(slot);
}

static int
accept_one(const struct listener *l)
{
	struct net_addr peer;
	int slot, fd = accept_client(l, &peer, MODEL->accept);

	if (fd == -1 && errno == EAGAIN)
		return 0;
	if (fd == -1) {
		accept_pause("accept");
		if (errno == EMFILE || errno == ENFILE)
			shed(l);
		return 0;
	}
	slot = board_take();
	board_client(board_slot(slot), &peer);
	limits_new(slot);
	if (ENABLE_ECHOD_ADMIT)
		admit_source(slot, &peer);
	log_connected(board_slot(slot));
	if (MODEL->serve(fd, slot) == -1) {
		accept_pause(MODEL->name);
		close(fd);
		give_back(slot);
		return 0;
	}
	accept_resume();
	/* A limit below its number had taken it away. */
	keep_reserve();
	if (server->stop > 0)
		MODEL->end(slot, 0);
	return 1;
}

/*
 * Behind the first client there may be others.  Where there was none, it is
 * not looked for the next times: poll tells of them, too, and a call that
 * fails writes errno, whose page the last child then has to itself.
 */
void
accept_batch(const struct listener *l)
{
	int i;

	for (i = 0; i < BATCH && accept_open(); i++) {
		if (i > 0 && server->alone > 0) {
			server->alone--;
			return;
		}
		if (accept_one(l))
			continue;
		if (i == 1)
			server->alone = BATCH;
		return;
	}
}

void
accept_over(unsigned slot, int status, const struct rusage *usage)
{
	log_disconnected(board_slot(slot), status, usage);
	give_back(slot);
}

int
accept_left(void)
{
	int i;

	for (i = 0; resting && server->stop == 1 && i < nlisteners; i++)
		if (listeners[i].fd != -1 &&
		    io_poll(listeners[i].fd, POLLIN, 0) > 0)
			return 1;
	return 0;
}

int
accept_rest(unsigned long long until)
{
	int i;

	if (MODEL->serve == NULL) {
		resting = time_now() < until;
		return resting = accept_left();
	}
	for (i = 0; i < nlisteners; i++)
		while (listeners[i].fd != -1 && time_now() < until)
			if (!has_room())
				return 1;
			else if (!accept_one(&listeners[i]))
				break;
	return 0;
}
