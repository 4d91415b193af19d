/* path_udp - the path MTU, by datagrams that may not be fragmented. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <linux/errqueue.h>

#include "echoc.h"
#include "io.h"
#include "link.h"
#include "path.h"
#include "prng.h"
#include "time.h"

enum {
	SMALLEST = 576,		/* every IPv4 path takes it (RFC 791) */
	SMALLEST6 = 1280,	/* ... and every IPv6 one (RFC 8200) */
	LARGEST = 65535,
	HEADERS = 28,		/* IPv4 and UDP */
	HEADERS6 = 48,
	TRIES = 3,		/* a lost datagram is no small MTU */
};

static unsigned char out[LARGEST], in[LARGEST];

/* Don't fragment, believe no MTU heard of before, and queue the errors. */
static void
set_probing(int fd, int v6)
{
	int probe = v6 ? IPV6_PMTUDISC_PROBE : IP_PMTUDISC_PROBE, on = 1;

	if (v6) {
		setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &probe,
		    sizeof probe);
		setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
	} else {
		setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &probe,
		    sizeof probe);
		setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
	}
}

static enum passage
read_error(struct path *p, const struct sock_extended_err *e)
{
	const struct sockaddr *from = SO_EE_OFFENDER(e);

	if (e->ee_errno == ECONNREFUSED)
		return PASSED;	/* nobody listens, but it was there */
	if (e->ee_errno != EMSGSIZE) {
		errno = e->ee_errno;
		p->udp = verdict_errno();
		return UNHEARD;
	}
	if (e->ee_origin == SO_EE_ORIGIN_LOCAL) {
		p->interface_mtu = e->ee_info;
		return TOO_LARGE;
	}
	p->told = e->ee_info;
	memset(&p->teller, 0, sizeof p->teller);
	p->teller.len = p->v6 ? sizeof p->teller.u.in6 :
				sizeof p->teller.u.in;
	if (from->sa_family != AF_UNSPEC)
		memcpy(&p->teller.u, from, p->teller.len);
	net_set_port(&p->teller, 0);
	return TOLD;
}

/* Take one error off the queue; VANISHED if there is none. */
static enum passage
next_error(struct path *p)
{
	_Alignas(struct cmsghdr) char control[512];
	struct iovec v = { in, sizeof in };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof control };
	struct cmsghdr *c;
	ssize_t n = recvmsg(p->dial.link.fd, &m,
	    MSG_ERRQUEUE | MSG_DONTWAIT);

	/* It quotes what it is of, as far as it does: an earlier try? */
	if (n == -1 || (n >= 4 && memcmp(in, out, 4) != 0))
		return VANISHED;
	c = CMSG_FIRSTHDR(&m);	/* nothing else was asked for */
	return c == NULL ? VANISHED :
	    read_error(p, (const void *)CMSG_DATA(c));
}

/* Wait for the echo of the datagram in out, or for an error, until then. */
static enum passage
answer(struct path *p, size_t n, unsigned long long sent,
    unsigned long long until)
{
	enum passage error;
	unsigned long long took;
	ssize_t got;

	while (time_now() < until) {
		io_poll(p->dial.link.fd, POLLIN, time_left(until));
		error = next_error(p);
		if (error != VANISHED)
			return error;
		got = link_recv(&p->dial.link, in, sizeof in);
		if (got < 4 || memcmp(in, out, 4) != 0)
			continue;	/* of an earlier try */
		if ((size_t)got != n || memcmp(in, out, n) != 0) {
			p->udp = V_WRONG;
			return UNHEARD;
		}
		took = time_now() - sent;
		if (p->rtt == 0 || took < p->rtt)
			p->rtt = took;
		return PASSED;
	}
	return VANISHED;
}

/* How long to wait: the timeout until something is known of the path. */
static unsigned long long
patience(const struct path *p, int try)
{
	unsigned long long wait = (20 * TIME_MS + 8 * p->rtt) << 2 * try;

	return p->rtt == 0 || wait > p->o->timeout ? p->o->timeout : wait;
}

static enum passage
probe(struct path *p, unsigned mtu)
{
	size_t n = mtu - (p->v6 ? HEADERS6 : HEADERS);
	enum passage result = VANISHED;
	unsigned long long now;
	int try;

	for (try = 0; try < TRIES && result == VANISHED; try++) {
		prng_fill(out, n, p->seed, ++p->serial, 0);
		now = time_now();
		/* A queued error comes out here once: then it is sent again. */
		if (link_send(&p->dial.link, out, n) == -1 &&
		    errno != EMSGSIZE && (errno == EAGAIN ||
			link_send(&p->dial.link, out, n) == -1)) {
			p->udp = verdict_errno();
			return UNHEARD;
		}
		result = answer(p, n, now, now + patience(p, try));
	}
	return result;
}

/* Halve what lies between, but try first what somebody said. */
static void
search(struct path *p, unsigned most)
{
	unsigned high = most, try = most;
	enum passage result;

	while (p->mtu < high) {
		result = probe(p, try);
		if (result == PASSED)
			p->mtu = try;
		else {
			high = try - 1;
			p->beyond = result;
		}
		/* Smaller ones may pass a server that cuts what is large. */
		if (result == UNHEARD && p->udp != V_WRONG &&
		    p->udp != V_DESCRIPTORS)
			return;
		try = p->mtu + (high - p->mtu + 1) / 2;
		if (result == TOLD && p->told > p->mtu && p->told <= high)
			try = p->told;
		if (result == TOO_LARGE && p->interface_mtu > p->mtu &&
		    p->interface_mtu <= high)
			try = p->interface_mtu;
	}
}

void
path_udp(struct path *p)
{
	struct options udp = *p->o;
	unsigned smallest = p->v6 ? SMALLEST6 : SMALLEST;

	udp.given['u' - 'A'] = 1;
	if (dial(&p->dial, &udp, 0) == -1) {
		p->udp = p->dial.verdict;
		return;
	}
	set_probing(p->dial.link.fd, p->v6);
	p->seed = prng_seed();
	p->beyond = TOO_LARGE;	/* no IP packet is larger */
	if (probe(p, smallest) == PASSED) {
		p->mtu = smallest;
		search(p, LARGEST);
	}
	link_close(&p->dial.link);
}
