/* net - addresses and their text, listening, accepting, connecting. */
#ifndef NET_H
#define NET_H

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#ifndef ENABLE_UNIX
#define ENABLE_UNIX 1	/* unix: addresses; 1 KB */
#endif

struct fmt;

/*
 * The address of a socket.  With family AF_UNSPEC only the port counts
 * (sa.in.sin_port): every address of every family.
 */
struct net_addr {
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
	} u;
	socklen_t len;
};

/*
 * Read a numeric address: PORT, *:PORT, ADDR:PORT, [V6]:PORT,
 * [V6%INTERFACE]:PORT, unix:PATH, unix:@NAME (abstract).  Returns 0, or -1
 * with EINVAL (no address), ERANGE (port beyond 65535), ENODEV (no such
 * interface) or ENAMETOOLONG (path over 107 bytes).
 */
int net_parse(struct net_addr *, const char *);

/* Read one numeric IPv4 or IPv6 address without a port (V6%INTERFACE
 * too), and set the port.  Returns 0, or -1 with EINVAL or ENODEV. */
int net_parse_host(struct net_addr *, const char *, unsigned port);

/* Read a port.  Returns 0 to 65535, or -1 with EINVAL or ERANGE. */
int net_parse_port(const char *);

/* The unspecified address of a family: 0.0.0.0 or ::. */
void net_any(struct net_addr *, int family, unsigned port);

/* Add an address as net_parse and RFC 5952 write it, without "unix:"; a
 * unix path is escaped, a nameless unix socket is "-". */
void net_format(struct fmt *, const struct net_addr *);

/*
 * A socket to ask for the names of interfaces with; -1: open one each time.
 * For who may open none later: where this one is closed, descriptor 0 is
 * asked.
 */
extern int net_names;

/* Return the port of an IP address in host order, 0 for others. */
unsigned net_port(const struct net_addr *);
void net_set_port(struct net_addr *, unsigned port);

/*
 * Open a bound socket of a type (SOCK_STREAM, SOCK_DGRAM), to an interface
 * by name (SO_BINDTODEVICE) unless that is NULL: close-on-exec, a stream
 * one SO_REUSEADDR, and IPV6_V6ONLY so that both families can have the
 * port.  *a becomes the address it got.  Returns the descriptor, which the
 * caller closes (and a unix path, which he unlinks); or -1 with errno.
 */
int net_bind(struct net_addr *a, int type, const char *interface);

/*
 * Take a connection (accept4(2)): close-on-exec, and blocking whatever the
 * listener is unless flags has SOCK_NONBLOCK.  *peer becomes its address.  Returns the descriptor, or
 * -1 with errno; EINTR and connections that died while waiting are gone
 * over, EAGAIN means that none waits.
 */
int net_accept(int listener, struct net_addr *peer, int flags);

/*
 * Begin to connect a new non-blocking, close-on-exec socket of a type
 * (SOCK_STREAM, SOCK_DGRAM).  Returns the descriptor: connected, or under
 * way (then wait for POLLOUT and ask net_connected); or -1 with errno.
 */
int net_connect(const struct net_addr *, int type);

/*
 * How a connection that was under way came out: 0, or -1 with errno;
 * ECONNREFUSED also for a socket that was connected to itself, as TCP's
 * simultaneous open allows when nobody listens on a local port.
 */
int net_connected(int fd);

#endif
