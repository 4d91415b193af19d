/* activate - sockets that were opened before us, by systemd or s6. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "applet.h"
#include "dgram.h"
#include "echod.h"
#include "err.h"
#include "io.h"
#include "net.h"
#include "packets.h"

enum { FIRST = 3 };	/* SD_LISTEN_FDS_START, sd_listen_fds(3) */

static int
option(int fd, int name)
{
	int value;
	socklen_t len = sizeof value;

	if (getsockopt(fd, SOL_SOCKET, name, &value, &len) == -1)
		return -1;
	return value;
}

static struct listener *
add(int fd)
{
	struct listener *l = listen_row();

	l->inherited = 1;
	l->flags = fcntl(fd, F_GETFL);
	l->addr.len = sizeof l->addr.u;
	if (l->flags == -1 || fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 ||
	    getsockname(fd, &l->addr.u.sa, &l->addr.len) == -1)
		die(SYSTEM, "descriptor %d:", fd);
	return l;
}

/* Returns the descriptor if it is a connection, or -1. */
static int
take(int fd)
{
	int type = option(fd, SO_TYPE);
	struct listener *l;

	if (type == SOCK_STREAM && option(fd, SO_ACCEPTCONN) == 0)
		return fd;
	if (type == SOCK_STREAM) {
		l = add(fd);
		l->fd = fd;
		if (io_nonblock(fd, 1) == -1)
			die(SYSTEM, "descriptor %d:", fd);
		return -1;
	}
	if (type == SOCK_DGRAM && ENABLE_ECHOD_UDP) {
		l = add(fd);
		if (l->addr.u.sa.sa_family != AF_UNIX) {
			l->udp = fd;
			return -1;
		}
	}
	die(SYSTEM, "descriptor %d: no socket that can be served", fd);
}

/* How many descriptors systemd passed to this very process. */
static int
passed(void)
{
	const char *pid = getenv("LISTEN_PID"), *n = getenv("LISTEN_FDS");
	unsigned long long v;

	if (pid == NULL || n == NULL || opt_number(pid, 1, 1 << 30, &v) == -1 ||
	    v != (unsigned long long)getpid())
		return 0;
	if (opt_number(n, 0, LISTENERS, &v) == -1)
		die(SYSTEM, "LISTEN_FDS '%s': not 0 to %d", n, LISTENERS);
	return v;
}

/* It moves: descriptor 0 is where the models that fork have their client. */
static int
standard_input(void)
{
	return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, FIRST);
}

int
activate(int addresses)
{
	int i, n = passed(), fd, connection = -1;

	/* "wait": the socket is ours until we end; "nowait": one client. */
	if (opts.inetd && (option(STDIN_FILENO, SO_ACCEPTCONN) == 1 ||
	    option(STDIN_FILENO, SO_TYPE) == SOCK_DGRAM)) {
		take(standard_input());
		return -1;
	}
	if (opts.inetd) {
		if (option(STDIN_FILENO, SO_ACCEPTCONN) != 0)
			die(SYSTEM, "-i: descriptor 0 is no connection");
		return STDIN_FILENO;
	}

	for (i = 0; i < n; i++) {
		fd = take(FIRST + i);
		if (fd != -1 && n > 1)
			die(SYSTEM, "descriptor %d: a connection must come "
			    "alone", fd);
		connection = fd;
	}
	/* Only a listener: standard input is a connected socket for many who
	 * run commands, and they do not mean it. */
	if (n == 0 && addresses == 0 && option(STDIN_FILENO,
		SO_ACCEPTCONN) == 1)
		take(standard_input());
	return connection;
}

void
activate_restore(const struct listener *l)
{
	fcntl(l->fd == -1 ? l->udp : l->fd, F_SETFL, l->flags);
	if (ENABLE_ECHOD_UDP)
		packets_leave(l->udp, l->told);
}
