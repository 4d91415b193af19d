/* echod - echo server, one child process for each connection. */
#include <fcntl.h>
#include <unistd.h>

#include "acl.h"
#include "applet.h"
#include "board.h"
#include "dgram.h"
#include "echod.h"
#include "keep.h"
#include "log.h"
#include "model.h"
#include "opt.h"
#include "rights.h"
#include "sig.h"
#include "time.h"

APPLET(echod,
    "[-m model] [-c max] [-b backlog] [-g grace] [-vq]\n"
    "\t[[ADDR:]PORT | unix:PATH ...]",
    "echo server, one child process for each connection",
    "Send back to each client what it sends. A bare PORT is every address of\n"
    "both families, 0 any free one; default 7. When ready, the addresses go\n"
    "to standard output; the log goes to standard error.\n"
    "  -m model    fork (default)\n"
    "  -c max      connections at once, more clients wait (256)\n"
    "  -b backlog  clients that may wait for each address (128)\n"
    "  -g grace    when stopped, wait so long for connections (5)\n"
    "  -v -q       log the data too; log errors only\n"
    "TERM, INT: stop; QUIT: at once; USR1: counters into the log.\n");

struct options opts = {
	.max = 256,
	.backlog = 128,
	.grace = 5 * TIME_S,
	.udprate = 1000,
	.nodelay = 1,
	.mode = -1,
	.sandbox = -1,
};
struct server *server;

static void
read_options(struct opt *o)
{
	int letter;

	opts.model = model_find("fork");
	while ((letter = applet_opt(o)) != 0)
		switch (letter) {
		case 'm':
			opts.model = model_find(o->arg);
			if (opts.model == NULL)
				usage("-m '%s': no such model", o->arg);
			break;
		case 'c':
			opts.max = applet_number(o, 1, 1 << 20);
			break;
		case 'b':
			opts.backlog = applet_number(o, 1, 65535);
			break;
		case 'g':
			opts.grace = applet_time(o);
			break;
		case 'u':
			opts.udp = 1;
			break;
		case 'a':
		case 'x':
			acl_rule(o->name, o->arg, letter == 'a');
			break;
		case 'A':
			opts.rules = o->arg;
			break;
		case 'U':
			rights_user(o->arg);
			break;
		case 'D':
			opts.root = o->arg;
			break;
		case 'v':
			opts.verbose = 1;
			break;
		case 'q':
			opts.quiet = 1;
			break;
		}
	if (opts.verbose && opts.quiet)
		usage("-v and -q: one or the other");
}

static void
start(void)
{
	static const int signals[] = { SIGCHLD, SIGTERM, SIGINT, SIGQUIT,
		SIGHUP, SIGUSR1, 0 };

	server = board_private(sizeof *server);
	server->pid = getpid();
	server->start = time_now();
	server->reserve = open("/dev/null", O_RDWR | O_CLOEXEC);
	server->signals = sig_open(signals, &server->mask);
	if (server->signals == -1)
		die(SYSTEM, "signals:");
	if (board_open(opts.max) == -1)
		die(SYSTEM, "memory for %u connections:", opts.max);
	if (ENABLE_ECHOD_UDP)
		dgram_start(opts.udprate);
	rights_give_up();
	opts.model->start();
	if (ENABLE_ECHOD_KEEP)
		keep_start();
}

/*
 * The order is the point: what needs rights first, then what children
 * inherit, then the loss of rights, and ready only when all is up.
 */
static int
echod_main(int argc, char **argv)
{
	int connection;
	struct opt o = { .argv = argv + 1, .letters = "m:c:b:g:vqua:x:A:U:D:" };

	read_options(&o);
	connection = activate(*o.argv != NULL);
	if (*o.argv == NULL && nlisteners == 0 && connection == -1)
		listen_add("7");
	for (; *o.argv != NULL; o.argv++)
		listen_add(*o.argv);
	start();
	log_start();
	listen_ready();
	loop_run();
	return OK;
}
