/* link - a way to the server: a connection, datagrams, a serial line. */
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "echoc.h"
#include "err.h"
#include "frame.h"
#include "io.h"
#include "link.h"
#include "link_tty.h"
#include "net.h"
#include "target.h"

/* What -O asks for, by IPv4 and by IPv6; of TCP only on a stream. */
static const struct {
	unsigned short level, name, level6, name6, key;
} wishes[] = {
#define WISH(level, name, level6, name6, key)                                  \
	{ level, name, level6, name6, offsetof(struct options, key) }
	/* Small questions wait for nobody (Nagle); off is for comparing. */
	WISH(IPPROTO_TCP, TCP_NODELAY, IPPROTO_TCP, TCP_NODELAY, key.nodelay),
	WISH(IPPROTO_TCP, TCP_MAXSEG, IPPROTO_TCP, TCP_MAXSEG, key.mss),
	WISH(SOL_SOCKET, SO_MARK, SOL_SOCKET, SO_MARK, key.mark),
	WISH(IPPROTO_IP, IP_TOS, IPPROTO_IPV6, IPV6_TCLASS, key.tos),
	WISH(IPPROTO_IP, IP_TTL, IPPROTO_IPV6, IPV6_UNICAST_HOPS, key.ttl),
#undef WISH
};

/* -I: a source address of the same family, else the name of an interface. */
static int
bind_from(int fd, int family, const char *from)
{
	struct net_addr a;

	if (net_parse_host(&a, from, 0) == 0) {
		if (a.u.sa.sa_family != family) {
			errno = EAFNOSUPPORT;
			return -1;
		}
		if (bind(fd, &a.u.sa, a.len) == 0)
			return 0;
		if (errno != EADDRNOTAVAIL)
			return -1;
		errno = ENODEV;	/* not the lack of ports that it means later */
		return -1;
	}
	return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, from,
	    strnlen(from, IFNAMSIZ - 1) + 1);
}

static int
prepare(int fd, int family, int stream, const struct options *o)
{
	static const struct linger reset = { .l_onoff = 1 };
	size_t i, end = ENABLE_ECHOC_KEYS ? sizeof wishes / sizeof *wishes : 1;
	const unsigned *value;
	int v6 = family == AF_INET6;

	if (family == AF_UNIX)
		return 0;
	if (ENABLE_ECHOC_KEYS && o->key.reset == 1 &&
	    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) == -1)
		return -1;
	if (ENABLE_ECHOC_KEYS && o->from != NULL &&
	    bind_from(fd, family, o->from) == -1)
		return -1;
	for (i = 0; i < end; i++) {
		value = (const void *)((const char *)o + wishes[i].key);
		if (*value != UNSET &&
		    (stream || wishes[i].level != IPPROTO_TCP) &&
		    setsockopt(fd, v6 ? wishes[i].level6 : wishes[i].level,
			v6 ? wishes[i].name6 : wishes[i].name, value,
			sizeof *value) == -1)
			return -1;
	}
	return 0;
}

static int
open_socket(struct link *l, const struct target *t, int i,
    const struct options *o)
{
	const struct net_addr *a = &t->addr[i];
	int family = a->u.sa.sa_family, saved;

	l->kind = ENABLE_DATAGRAM && given(o, 'u') ? DATAGRAM : STREAM;
	l->fd = socket(family, (l->kind == STREAM ? SOCK_STREAM : SOCK_DGRAM) |
		SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (l->fd == -1)
		return -1;
	if (prepare(l->fd, family, l->kind == STREAM, o) == 0 &&
	    (connect(l->fd, &a->u.sa, a->len) == 0 || errno == EINPROGRESS))
		return 0;
	saved = errno;
	link_close(l);
	/* What a full backlog is to a unix socket is no free port to UDP. */
	errno = ENABLE_DATAGRAM && saved == EAGAIN && family != AF_UNIX ?
	    EADDRNOTAVAIL : saved;
	return -1;
}

int
link_open(struct link *l, const struct target *t, int i,
    const struct options *o)
{
	if (!ENABLE_ECHOC_TTY || t->device == NULL)
		return open_socket(l, t, i, o);
	l->kind = SERIAL;
	l->fd = link_tty_open(t->device);
	return l->fd == -1 ? -1 : 0;
}

static int
serial(const struct link *l)
{
	return ENABLE_ECHOC_TTY && l->kind == SERIAL;
}

int
link_connected(const struct link *l)
{
	struct net_addr a = { .len = sizeof a.u };
	int error;

	if (serial(l) || net_connected(l->fd) == 0)
		return 0;
	error = errno;
	/* A refused socket has no peer; one connected to itself has. */
	if (error == ECONNREFUSED &&
	    getpeername(l->fd, &a.u.sa, &a.len) == 0)
		error = ELOOP;
	else if (error == ENOTCONN)	/* it was up, and is gone */
		error = ECONNRESET;
	errno = error;
	return -1;
}

const char *
link_transport(const struct target *t, const struct options *o)
{
	if (t->device != NULL)
		return "tty";
	if (t->count > 0 && t->addr[0].u.sa.sa_family == AF_UNIX)
		return "unix";
	return given(o, 'u') ? "udp" : "tcp";
}

ssize_t
link_send(struct link *l, const void *buf, size_t n)
{
	if (serial(l))
		return link_tty_send(l->fd, buf, n);
	return io_write_some(l->fd, buf, n);
}

ssize_t
link_recv(struct link *l, void *buf, size_t n)
{
	if (serial(l))
		return link_tty_recv(l->fd, buf, n);
	return io_read(l->fd, buf, n);
}

unsigned
link_most(const struct target *t)
{
	return t->device != NULL ? FRAME_MAX : DATAGRAM_MOST;
}

int
link_info(const struct link *l, struct tcp_info *info)
{
	socklen_t len = sizeof *info;

	memset(info, 0, sizeof *info);
	return getsockopt(l->fd, IPPROTO_TCP, TCP_INFO, info, &len);
}

void
link_close(struct link *l)
{
	if (l->fd != -1 && serial(l))
		link_tty_close(l->fd);
	else if (l->fd != -1)
		close(l->fd);
	l->fd = -1;
}
