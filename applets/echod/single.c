/* single - one process, one client; the next ones wait for it to leave. */
#include <sys/socket.h>
#include <unistd.h>

#include "board.h"
#include "echod.h"
#include "model.h"
#include "stream.h"
#include "time.h"

enum { NOBODY, SERVING, ENDING, CUT };
static int state;

/* The main loop goes on below the client: signals, datagrams, timers.  And
 * so the grace of a stop has to be seen to here. */
static int
single_wait(int fd, short events, unsigned long long until)
{
	static unsigned long long over;

	loop_once(fd, events, over != 0 && over < until ? over : until);
	if (server->stop > 0 && over == 0)
		over = time_now() + opts.grace;
	if (state == CUT || server->stop > 1 ||
	    (server->stop > 0 && time_now() >= over))
		return -1;
	return state == ENDING || server->stop > 0;
}

static int
single_serve(int fd, unsigned slot)
{
	struct stream s = { .bulk.fd = fd, .slot = board_slot(slot),
		.wait = single_wait };

	state = SERVING;
	if (stream_echo(&s) == -1 && server->stop > 0 && s.deadline != 0 &&
	    time_now() >= s.deadline)
		server->killed++;
	state = NOBODY;
	close(fd);
	accept_over(slot, -1, NULL);
	return 0;
}

static void
single_end(unsigned slot, int force)
{
	if (state != NOBODY)
		state = force ? CUT : ENDING;
}

static const unsigned one = 1;

const struct model single_model = {
	.name = "single",
	.most = &one,
	.accept = SOCK_NONBLOCK,
	.serve = single_serve,
	.end = single_end,
};
