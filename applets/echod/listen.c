/* listen - open the sockets that the ADDRESS words ask for. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#include "applet.h"
#include "board.h"
#include "daemon.h"
#include "dgram.h"
#include "echod.h"
#include "err.h"
#include "fmt.h"
#include "io.h"
#include "model.h"
#include "net.h"
#include "opener.h"
#include "serial.h"
#include "time.h"

/* Port 0 is to be the same number for all families and protocols; somebody
 * may have it in one of them. */
enum { TRIES = 32 };

/* Beside the small variables, in a page that is written anyway. */
struct listener listeners[LISTENERS] __attribute__((aligned(8)));
int nlisteners;

static _Noreturn void
refuse(const char *word)
{
	if (!ENABLE_ERRORS && errno != EADDRINUSE && errno != EACCES)
		die(SYSTEM, "listen %s:", word);
	switch (errno) {
	case EADDRINUSE:
		die(SYSTEM, "%s: in use; by another server?", word);
	case EACCES:
		die(SYSTEM, "%s: not permitted; ports below 1024 need root",
		    word);
	case EPERM:
		die(SYSTEM, "%s: not permitted; -O interface needs root", word);
	case EADDRNOTAVAIL:
		die(SYSTEM, "%s: no interface here has this address", word);
	case ENODEV:
		die(SYSTEM, "%s: no interface '%s'", word,
		    opts.interface == NULL ? "" : opts.interface);
	case EAFNOSUPPORT:
		die(SYSTEM, "%s: this kernel lacks the family", word);
	}
	die(SYSTEM, "listen %s:", word);
}

struct listener *
listen_row(void)
{
	struct listener *l = &listeners[nlisteners];

	if (nlisteners == LISTENERS)
		die(SYSTEM, "more than %d addresses", LISTENERS);
	memset(l, 0, sizeof *l);
	l->fd = l->udp = -1;
	nlisteners++;
	return l;
}

void
listen_tune(int fd)
{
	/* Asked four times, that it takes as long again. */
	int on = 1, count = 4, idle = (opts.keepalive + TIME_S - 1) / TIME_S,
	    probe = (idle + count - 1) / count;

	/* An echo that waits for an acknowledgement is late. */
	if (opts.nodelay)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (!ENABLE_ECHOD_KEYS || idle == 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &probe, sizeof probe);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
}

static void
close_row(struct listener *l)
{
	if (ENABLE_ECHOD_ACTIVATE && l->inherited)
		activate_restore(l);
	if (l->fd != -1)
		close(l->fd);
	if (l->udp != -1)
		close(l->udp);
	l->fd = l->udp = -1;
}

/* Whether workers may be at it to empty its queue: a socket that is not ours
 * would block them if it were left as it was found now. */
static int
is_needed(const struct listener *l)
{
	return ENABLE_ECHOD_ACTIVATE && l->inherited && server != NULL &&
	    MODEL->serve == NULL && board_taken() > 0;
}

static void
unlisten(int n)
{
	int saved = errno;

	while (nlisteners > n) {
		nlisteners--;
		if (ENABLE_UNIX)
			path_unlink(&listeners[nlisteners]);
		close_row(&listeners[nlisteners]);
	}
	errno = saved;
}

static int
open_stream(struct listener *l)
{
	if (ENABLE_UNIX && l->addr.u.sa.sa_family == AF_UNIX)
		l->fd = path_bind(l);
	else
		l->fd = net_bind(&l->addr, SOCK_STREAM, opts.interface);
	if (l->fd == -1 || io_nonblock(l->fd, 1) == -1)
		return -1;
	if (l->addr.u.sa.sa_family != AF_UNIX)
		listen_tune(l->fd);
	return listen(l->fd, opts.backlog);
}

/* One address: its stream, and its datagrams on the same port. */
static int
open_one(const struct net_addr *a)
{
	int first = nlisteners;
	struct listener *l = listen_row();

	l->addr = *a;
	if (open_stream(l) == 0 && (!ENABLE_ECHOD_UDP || !opts.udp ||
		a->u.sa.sa_family == AF_UNIX ||
		(l->udp = net_bind(&l->addr, SOCK_DGRAM, opts.interface)) !=
		    -1))
		return 0;
	unlisten(first);
	return -1;
}

/* Every address of both families, those that the kernel has. */
static int
open_any(unsigned port)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct net_addr a;
	int i, first = nlisteners;

	for (i = 0; i < 2; i++) {
		net_any(&a, families[i], port);
		if (open_one(&a) == -1) {
			if (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)
				continue;
			unlisten(first);
			return -1;
		}
		port = net_port(&listeners[nlisteners - 1].addr);
	}
	return nlisteners == first ? -1 : 0;
}

void
listen_add(const char *word)
{
	struct net_addr a;
	int tries = 0;

	if (ENABLE_ECHOD_TTY && strncmp(word, "tty:", 4) == 0) {
		serial_add(word + 4);
		return;
	}
	if (net_parse(&a, word) == -1) {
		/* It may come yet: no mistake of the command line. */
		if (ENABLE_ERRORS && errno == ENODEV)
			die(SYSTEM, "%s: no such interface", word);
		usage("'%s': no [ADDR:]PORT up to 65535, unix:PATH or "
		      "tty:DEVICE@SPEED", word);
	}
	while ((a.u.sa.sa_family == AF_UNSPEC ? open_any(net_port(&a)) :
						open_one(&a)) == -1)
		if (a.u.sa.sa_family == AF_UNIX || net_port(&a) != 0 ||
		    errno != EADDRINUSE || ++tries == TRIES)
			refuse(word);
}

static void
add_line(struct fmt *f, const char *kind, const struct net_addr *a)
{
	fmt_add(f, "%s ", kind);
	net_format(f, a);
	fmt_add(f, "\n");
}

int
listen_stdout(int null)
{
	int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

	if (fd == -1 || dup2(null, STDOUT_FILENO) == -1)
		die(SYSTEM, "standard output:");
	return fd;
}

void
listen_ready(void)
{
	struct listener *l;
	FMT(f, LISTENERS * 448 + 512);	/* each byte as \xHH */

	for (l = listeners; l < listeners + nlisteners; l++) {
		if (ENABLE_UNIX && l->addr.u.sa.sa_family == AF_UNIX)
			add_line(&f, "unix", &l->addr);
		else if (l->fd != -1)
			add_line(&f, "tcp", &l->addr);
		if (ENABLE_ECHOD_UDP && l->udp != -1)
			add_line(&f, "udp", &l->addr);
	}
	if (ENABLE_ECHOD_TTY)
		serial_lines(&f);
	/* Nobody may be there to read it: that is no reason to end. */
	if ((!ENABLE_ECHOD_MODELS || !opts.inetd) &&
	    io_write(server->ready, f.buf, f.len) == -1 && errno != EPIPE)
		warn("standard output:");
	close(server->ready);
	server->ready = -1;
}

void
listen_close(void)
{
	struct listener *l;

	if (ENABLE_ECHOD_OPENER)
		opener_open(OPENER_UNLINK);
	else {
		for (l = listeners; ENABLE_UNIX && l < listeners + nlisteners;
		     l++)
			path_unlink(l);
		if (ENABLE_ECHOD_DAEMON)
			daemon_unlink();
	}
	for (l = listeners; l < listeners + nlisteners; l++)
		if (!is_needed(l))
			close_row(l);
}
