/* echod - echo server, one child process for each connection. */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "acl.h"
#include "admit.h"
#include "applet.h"
#include "board.h"
#include "chaos.h"
#include "count.h"
#include "daemon.h"
#include "dgram.h"
#include "echod.h"
#include "forked.h"
#include "io.h"
#include "keep.h"
#include "limits.h"
#include "log.h"
#include "model.h"
#include "program.h"
#include "rights.h"
#include "serial.h"
#include "sig.h"
#include "time.h"

#if ENABLE_ECHOD_CHOICE
#define SYNOPSIS                                                               \
	"[-diquv] [-m model] [-c max] [-C max] [-n workers] [-r served]\n"     \
	"\t[-b backlog] [-t idle] [-g grace] [-p path] [-e program] [-o log]\n" \
	"\t[-a | -x range] [-A rules] [-U user] [-D root] [-O key=value]\n"    \
	"\t[ADDRESS ...]"
#else
#define SYNOPSIS                                                               \
	"[-qv] [-m fork] [-c max] [-b backlog] [-t idle] [-g grace] [ADDRESS ...]"
#endif

APPLET(echod, SYNOPSIS,
    "echo server, one child process for each connection",
    "ADDRESS is [ADDR:]PORT, [V6]:PORT, " SERIAL_HELP "; a bare\n"
    "PORT is both families' every address, 0 any free one; default 7.\n"
    "  -m model    single, fork (default), prefork, thread or event\n"
    "  -c max      connections at once, more wait (256)\n"
    "  -C max      at once from one source\n"
    "  -n workers  of prefork (8)\n"
    "  -r served   connections a worker serves\n"
    "  -b backlog  clients that may wait (128)\n"
    "  -t idle     end a connection after so long without an echo\n"
    "  -g grace    wait so long for connections at the end (5)\n"
    "  -d -p path  be a daemon; write its process number\n"
    "  -o log      text, json, syslog or kmsg\n"
    PROGRAM_HELP
    "  -v -q       log the data too; log errors only\n"
    "  -u          datagrams too\n"
    "  -i          inetd: the client is descriptor 0\n"
    "  -a -x range allow, deny ADDR/BITS or any; the first match\n"
    "  -A rules    a file of such lines, read again on HUP\n"
    "  -U user     become USER[:GROUP]\n"
    "  -D root     change the root directory\n"
    "  -O lifetime=TIME  end a connection after so long\n"
    "  -O bytes=SIZE     or so many bytes\n"
    "  -O rate=NUMBER    connections a second from one source\n"
    "  -O full=WHAT      wait, refuse or evict:TIME, who is idle so long (60)\n"
    "  -O reserve=N, admin=CIDR   slots for this host, or those\n"
    CHAOS_HELP
    "  -O udprate=N, keepalive=TIME, nodelay=0, interface=NAME, mode=OCTAL,\n"
    "     sandbox=on|off\n"
    "TERM, INT: stop; QUIT: at once; HUP: read rules; USR1: log the counters.\n");

struct server *server;

static void
start(void)
{
	static const int signals[] = { SIGCHLD, SIGTERM, SIGINT, SIGQUIT,
		SIGHUP, SIGUSR1, 0 };

	board_open(opts.max);
	server->pid = getpid();
	server->start = time_now();
	server->reserve = io_null(O_CLOEXEC);
	/* inetd's client, or its socket, is descriptors 1 and 2 as well: a log
	 * that is not the system's or the kernel's goes nowhere. */
	if (ENABLE_ECHOD_MODELS && opts.inetd)
		dup2(server->reserve, STDERR_FILENO);
	server->ready = listen_stdout(server->reserve);
	server->signals = sig_open(signals, &server->mask);
	if (server->signals == -1)
		die(SYSTEM, "signals:");
	count_open();
	forked_open();
	if (ENABLE_ECHOD_DAEMON)
		daemon_settle();
	log_open();
	limits_open();
	if (ENABLE_ECHOD_ADMIT)
		admit_start();
	signal(SIGPIPE, SIG_IGN);
	/* A log that has grown to its limit ends nobody. */
	signal(SIGXFSZ, SIG_IGN);
	if (ENABLE_ECHOD_UDP)
		dgram_start();
	rights_give_up();
	/* Not before: a filter is tried on a child that is waited for. */
	if (ENABLE_ECHOD_CHAOS)
		chaos_start();
	if (ENABLE_ECHOD_PROGRAM)
		program_find();
	if (MODEL->start != NULL)
		MODEL->start();
	if (ENABLE_ECHOD_KEEP)
		keep_start();
}

/* Be no server, but serve the one connection that was passed to us.  What
 * may be the client too, descriptors 1 and 2, hears nothing; the log can
 * be the system's or the kernel's. */
static int
serve_one(int fd)
{
	struct net_addr peer = { .len = sizeof peer.u };
	int status = NO;
	unsigned slot;

	opts.model = model_find("single");
	opts.max = 1;
	opts.quiet = opts.log < LOG_SYSLOG;
	start();
	if (opts.quiet)
		dup2(server->reserve, STDERR_FILENO);
	if (getpeername(fd, &peer.u.sa, &peer.len) == 0 &&
	    (!ENABLE_ECHOD_ACL || acl_allows(&peer))) {
		/* Whoever accepted it left it blocking; we have signals to
		 * answer. */
		io_nonblock(fd, 1);
		path_client(fd, &peer);
		listen_tune(fd);
		slot = board_take();
		board_client(board_slot(slot), &peer);
		limits_new(slot);
		MODEL->serve(fd, slot);
		status = OK;
	}
	listen_close();
	return status;
}

/* A start that fails leaves no pid file and no path, and what was passed to
 * us as it was.  Whom it has forked by then fails alone. */
static pid_t starter;

static void
undo(void)
{
	if (getpid() != starter)
		return;
	listen_close();
	if (ENABLE_ECHOD_TTY)
		serial_close();
}

/*
 * The order is the point: what needs rights first, then what children
 * inherit, then the loss of rights, and ready only when all is up.
 */
static int
echod_main(int argc, char **argv)
{
	int connection;

	argv = options_read(argv + 1);
	if (ENABLE_ECHOD_MODELS && opts.inetd && opts.daemon)
		usage("-d and -i: one of them");
	if (ENABLE_ECHOD_MODELS && opts.inetd && *argv != NULL)
		usage("-i takes no address: the client is descriptor 0");
	if (ENABLE_UNDO) {
		starter = getpid();
		err_last = undo;
	}
	connection = ENABLE_ECHOD_ACTIVATE ? activate(*argv != NULL) : -1;
	if (ENABLE_ECHOD_KEYS)
		options_listen(argv, connection);
	if (ENABLE_ECHOD_MODELS && connection != -1)
		return serve_one(connection);
	if (*argv == NULL && (!ENABLE_ECHOD_ACTIVATE || nlisteners == 0))
		listen_add("7");
	for (; *argv != NULL; argv++)
		listen_add(*argv);
	if (ENABLE_ECHOD_PROGRAM)
		program_check();
	if (ENABLE_ECHOD_DAEMON)
		daemon_start();
	if (ENABLE_UNDO)
		starter = getpid();
	start();
	log_start();
	listen_ready();
	if (ENABLE_ECHOD_DAEMON)
		daemon_ready();
	loop_run();
	return OK;
}
