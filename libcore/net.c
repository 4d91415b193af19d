/* net - addresses and their text, listening, accepting, connecting. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fmt.h"
#include "net.h"
#include "opt.h"

int net_names = -1;

static int
fail(int error)
{
	errno = error;
	return -1;
}

/* Close without losing the errno of what went wrong before. */
static int
fail_close(int fd)
{
	int saved = errno;

	close(fd);
	return fail(saved);
}

int
net_parse_port(const char *s)
{
	unsigned long long v;

	return opt_number(s, 0, 65535, &v) == -1 ? -1 : (int)v;
}

void
net_any(struct net_addr *a, int family, unsigned port)
{
	memset(a, 0, sizeof *a);
	a->u.sa.sa_family = family;
	a->len = family == AF_INET6 ? sizeof a->u.in6 : sizeof a->u.in;
	net_set_port(a, port);
}

unsigned
net_port(const struct net_addr *a)
{
	/* The port is at the same place in both families. */
	return a->u.sa.sa_family == AF_UNIX ? 0 : ntohs(a->u.in.sin_port);
}

void
net_set_port(struct net_addr *a, unsigned port)
{
	if (a->u.sa.sa_family != AF_UNIX)
		a->u.in.sin_port = htons(port);
}

static int
parse_unix(struct net_addr *a, const char *path)
{
	size_t n = strlen(path);

	memset(a, 0, sizeof *a);
	a->u.sa.sa_family = AF_UNIX;
	if (n == 0)
		return fail(EINVAL);
	if (n >= sizeof a->u.un.sun_path)
		return fail(ENAMETOOLONG);
	memcpy(a->u.un.sun_path, path, n);
	a->len = offsetof(struct sockaddr_un, sun_path) + n + 1;
	if (*path == '@') {	/* abstract: a NUL first, none at the end */
		a->u.un.sun_path[0] = '\0';
		a->len--;
	}
	return 0;
}

int
net_parse_host(struct net_addr *a, const char *host, unsigned port)
{
	char text[INET6_ADDRSTRLEN];
	size_t n = strcspn(host, "%");

	net_any(a, AF_INET, port);
	if (inet_pton(AF_INET, host, &a->u.in.sin_addr) == 1)
		return 0;
	net_any(a, AF_INET6, port);
	if (n >= sizeof text)
		return fail(EINVAL);
	memcpy(text, host, n);
	text[n] = '\0';
	if (inet_pton(AF_INET6, text, &a->u.in6.sin6_addr) != 1)
		return fail(EINVAL);
	if (host[n] == '\0')
		return 0;
	a->u.in6.sin6_scope_id = if_nametoindex(host + n + 1);
	return a->u.in6.sin6_scope_id == 0 ? fail(ENODEV) : 0;
}

int
net_parse(struct net_addr *a, const char *s)
{
	char host[INET6_ADDRSTRLEN + 1 + IF_NAMESIZE];
	const char *colon = strrchr(s, ':');
	size_t n = colon == NULL ? 0 : colon - s;
	int port, v6 = n > 1 && s[0] == '[' && s[n - 1] == ']';

	if (ENABLE_UNIX && strncmp(s, "unix:", 5) == 0)
		return parse_unix(a, s + 5);
	port = net_parse_port(colon == NULL ? s : colon + 1);
	if (port == -1)
		return -1;
	net_any(a, AF_UNSPEC, port);
	if (colon == NULL || (n == 1 && *s == '*'))
		return 0;
	if (v6) {
		s++;
		n -= 2;
	}
	if (n == 0 || n >= sizeof host)
		return fail(EINVAL);
	memcpy(host, s, n);
	host[n] = '\0';
	if (net_parse_host(a, host, port) == -1)
		return -1;
	/* A bare ::1:7 could be read in two ways. */
	return v6 == (a->u.sa.sa_family == AF_INET6) ? 0 : fail(EINVAL);
}

/* As if_indextoname(3), but where sockets are forbidden by one that is there. */
static int
interface_name(unsigned index, struct ifreq *r)
{
	int result, fd = net_names;

	if (fd == -1)
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	r->ifr_ifindex = index;
	result = ioctl(fd, SIOCGIFNAME, r);
	if (net_names == -1)
		close(fd);
	else if (result == -1)
		result = ioctl(STDIN_FILENO, SIOCGIFNAME, r);
	return result;
}

static void
format6(struct fmt *f, const struct sockaddr_in6 *in6)
{
	const unsigned char *b = in6->sin6_addr.s6_addr;
	struct ifreq r[1];	/* an array needs no aligned stack */
	int i, n = 0, len = 2, start = 8;

	/* The longest run of two or more zero groups (RFC 5952, 4.2), the first
	 * of equals. */
	for (i = 7; i >= 0; i--) {
		n = (b[2 * i] | b[2 * i + 1]) == 0 ? n + 1 : 0;
		if (n >= len) {
			len = n;
			start = i;
		}
	}
	for (i = 0; i < 8; i++) {
		if (i == start) {
			fmt_add(f, "::");
			i += len - 1;
			continue;
		}
		fmt_add(f, "%s%x", i == 0 || i == start + len ? "" : ":",
		    b[2 * i] << 8 | b[2 * i + 1]);
	}
	if (in6->sin6_scope_id == 0)
		return;
	if (interface_name(in6->sin6_scope_id, r) == 0)
		fmt_add(f, "%%%s", r->ifr_name);
	else
		fmt_add(f, "%%%u", in6->sin6_scope_id);
}

static void
format_unix(struct fmt *f, const struct net_addr *a)
{
	const char *path = a->u.un.sun_path;
	size_t n = a->len - offsetof(struct sockaddr_un, sun_path);

	if (a->len <= offsetof(struct sockaddr_un, sun_path))
		fmt_add(f, "-");
	else if (path[0] != '\0')
		fmt_escape(f, path, strnlen(path, n));
	else {
		fmt_add(f, "@");
		fmt_escape(f, path + 1, n - 1);
	}
}

void
net_format(struct fmt *f, const struct net_addr *a)
{
	const unsigned char *b = (const void *)&a->u.in.sin_addr;

	switch (a->u.sa.sa_family) {
	case AF_UNIX:
		if (ENABLE_UNIX)
			format_unix(f, a);
		return;
	case AF_INET6:
		fmt_add(f, "[");
		format6(f, &a->u.in6);
		fmt_add(f, "]");
		break;
	case AF_INET:
		fmt_add(f, "%d.%d.%d.%d", b[0], b[1], b[2], b[3]);
		break;
	default:
		fmt_add(f, "*");
	}
	fmt_add(f, ":%u", net_port(a));
}

/* What has to be said before bind(2) looks for conflicts. */
static int
prepare(int fd, int family, int type, const char *interface)
{
	int on = 1;

	/* For datagrams it would let another server share, or steal, them. */
	if (family != AF_UNIX && type == SOCK_STREAM &&
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == -1)
		return -1;
	if (family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == -1)
		return -1;
	if (family != AF_UNIX && interface != NULL)
		return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface,
		    strlen(interface));
	return 0;
}

int
net_bind(struct net_addr *a, int type, const char *interface)
{
	int fd, family = a->u.sa.sa_family;

	fd = socket(family, type | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	if (prepare(fd, family, type, interface) == -1 ||
	    bind(fd, &a->u.sa, a->len) == -1)
		return fail_close(fd);
	/* Only to learn the port; a unix path is known better than told. */
	a->len = family == AF_UNIX ? a->len : sizeof a->u;
	if (family != AF_UNIX && getsockname(fd, &a->u.sa, &a->len) == -1)
		return fail_close(fd);
	return fd;
}

int
net_accept(int listener, struct net_addr *peer, int flags)
{
	int fd;

	for (;;) {
		peer->len = sizeof peer->u;
		fd = accept4(listener, &peer->u.sa, &peer->len,
		    SOCK_CLOEXEC | flags);
		if (fd != -1)
			return fd;
		switch (errno) {
		case EINTR:
		case ECONNABORTED:
		case EPROTO:
		/* accept(2): pending errors of the network are its answers. */
		case ENETDOWN:
		case ENOPROTOOPT:
		case EHOSTDOWN:
		case ENONET:
		case EHOSTUNREACH:
		case EOPNOTSUPP:
		case ENETUNREACH:
			continue;
		}
		return -1;
	}
}

int
net_connect(const struct net_addr *a, int type)
{
	int fd = socket(a->u.sa.sa_family,
	    type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return -1;
	if (connect(fd, &a->u.sa, a->len) == -1 && errno != EINPROGRESS)
		return fail_close(fd);
	return fd;
}

int
net_connected(int fd)
{
	struct net_addr here, there;
	socklen_t len = sizeof(int);
	int error;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		return -1;
	if (error != 0)
		return fail(error);
	here.len = there.len = sizeof here.u;
	if (getpeername(fd, &there.u.sa, &there.len) == -1 ||
	    getsockname(fd, &here.u.sa, &here.len) == -1)
		return -1;
	if (here.u.sa.sa_family != AF_UNIX && here.len == there.len &&
	    memcmp(&here.u, &there.u, here.len) == 0)
		return fail(ECONNREFUSED);
	return 0;
}
