/* packets - datagrams by the batch: receive many, answer many. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "board.h"
#include "packets.h"

/*
 * So many datagrams at a stretch.  Each has a small buffer, and a large one
 * for what does not fit, whose pages are touched only when one comes: a
 * server of small datagrams stays small.
 */
enum { BATCH = 64, SMALL = 2048, LARGE = 65536 - SMALL, CONTROL = 128 };

/* What one UDP_SEGMENT message may carry: less than an IP packet. */
enum { SEGMENT_MAX = 1472, TOTAL_MAX = 65000, TROUBLE = 3 };

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103		/* linux/udp.h, since 4.18 */
#endif

/* Answers that go out as one message: to datagrams like the first one that
 * came after each other. */
struct group {
	struct mmsghdr *first;
	int n;
	unsigned plain;		/* length of the control data without these */
};

/* Where a datagram is received, and its answer sent from. */
struct place {
	size_t told[CONTROL / sizeof(size_t)];	/* struct cmsghdr, aligned */
	struct net_addr from;
	unsigned char small[SMALL];
};

struct packets {
	int received, groups;
	int segments;		/* the kernel cuts messages into datagrams */
	int trouble;		/* how often it would not */
	int no_ttl;		/* it cannot be told the hops of a message */
	struct group group[BATCH];
	struct mmsghdr in[BATCH], out[BATCH];
	struct iovec data[BATCH][2];	/* behind each other, see struct group */
	struct place place[BATCH];
	unsigned char large[BATCH][LARGE];
};

/* Make the first n ready to be received into. */
static void
make_room(struct packets *p, int n)
{
	struct place *at;
	struct msghdr *m;

	while (n-- > 0) {
		at = &p->place[n];
		p->data[n][0] = (struct iovec){ at->small, SMALL };
		p->data[n][1] = (struct iovec){ p->large[n], LARGE };
		m = &p->in[n].msg_hdr;
		m->msg_name = &at->from.u;
		m->msg_namelen = sizeof at->from.u;
		m->msg_iov = p->data[n];
		m->msg_iovlen = 2;
		m->msg_control = at->told;
		m->msg_controllen = CONTROL;
	}
}

struct packets *
packets_open(int fd)
{
	int value;
	socklen_t len = sizeof value;
	struct packets *p = board_map(sizeof *p, MAP_PRIVATE | MAP_NORESERVE);

	make_room(p, BATCH);
	/* A kernel that does not know it would send one large datagram; and
	 * emulators pass the size on in their own byte order. */
	p->segments = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ &&
	    getsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &value, &len) == 0;
	return p;
}

/* What a socket is to tell of each datagram.  The hops are not needed:
 * without them a loop on this machine would go on until one is lost.  A
 * socket of both families tells of IPv4 by IPv4's options. */
static const struct {
	unsigned char level, name;
} options[] = {
	{ IPPROTO_IP, IP_RECVTTL },
	{ IPPROTO_IP, IP_PKTINFO },
	{ IPPROTO_IPV6, IPV6_RECVHOPLIMIT },
	{ IPPROTO_IPV6, IPV6_RECVPKTINFO },
};

static int
turn(int fd, int i, int on)
{
	return setsockopt(fd, options[i].level, options[i].name, &on,
	    sizeof on);
}

void
packets_leave(int fd, int turned)
{
	int i;

	for (i = 0; i < 4; i++)
		if (turned & 1 << i)
			turn(fd, i, 0);
}

int
packets_socket(int fd, int family)
{
	int i, n = family == AF_INET ? 2 : 4, error = 0, turned = 0, on;
	socklen_t len = sizeof on;

	for (i = 0; i < n; i++) {
		on = 0;
		getsockopt(fd, options[i].level, options[i].name, &on, &len);
		error = on ? 0 : turn(fd, i, 1);
		turned |= !on << i;
	}
	/* The last one's, which is needed. */
	return error == -1 ? -1 : turned;
}

/* recvmsg(2)'s answer: no kernel says this, and each writes what it says
 * before it returns, where a handler comes first. */
enum { NONE = -1 };

void
packets_expect(struct packets *p)
{
	*(volatile int *)&p->in[0].msg_hdr.msg_flags = NONE;
}

int
packets_none(const struct packets *p)
{
	return *(const volatile int *)&p->in[0].msg_hdr.msg_flags == NONE;
}

/*
 * The system calls themselves: musl's sendmmsg is a loop around sendmsg on
 * 64-bit machines, for the sake of padding that is zero here.  Kernels and
 * emulators without them get the loop.
 */
int
packets_receive(struct packets *p, int fd, int flags)
{
	ssize_t n;
	int got;

	make_room(p, p->received);
	p->received = p->groups = 0;
#ifdef SYS_recvmmsg
	got = syscall(SYS_recvmmsg, fd, p->in, BATCH, flags, NULL);
#else
	got = syscall(SYS_recvmmsg_time64, fd, p->in, BATCH, flags, NULL);
#endif
	if (got == -1 && errno == ENOSYS) {
		n = recvmsg(fd, &p->in[0].msg_hdr, flags & ~MSG_WAITFORONE);
		p->in[0].msg_len = n;
		got = n == -1 ? -1 : 1;
	}
	if (got > 0)
		p->received = got;
	return got;
}

/*
 * Read what the kernel told, and make of what tells our address what an
 * answer is to be told: from there, whatever way it takes.  Returns whether
 * it was that.
 */
static int
read_control(struct cmsghdr *c, struct packet *k)
{
	struct in6_pktinfo *six = (void *)CMSG_DATA(c);
	struct in_pktinfo *four = (void *)six;

	switch (c->cmsg_level << 8 | c->cmsg_type) {
	case IPPROTO_IP << 8 | IP_PKTINFO:
		/* They differ where the address is not ours alone: broadcast
		 * and multicast (ip(7)).  Of what came before we asked there
		 * is only the latter; from a broadcast address the kernel
		 * sends no answer. */
		k->many = four->ipi_ifindex == 0 ?
		    IN_MULTICAST(ntohl(four->ipi_addr.s_addr)) :
		    four->ipi_spec_dst.s_addr != four->ipi_addr.s_addr;
		four->ipi_spec_dst = four->ipi_addr;
		four->ipi_ifindex = 0;
		return 1;
	case IPPROTO_IPV6 << 8 | IPV6_PKTINFO:
		k->many = IN6_IS_ADDR_MULTICAST(&six->ipi6_addr);
		/* An address of one link is nothing without it, and a client
		 * with a wider one does not say which it is. */
		if (!IN6_IS_ADDR_LINKLOCAL(&six->ipi6_addr))
			six->ipi6_ifindex = 0;
		return 1;
	case IPPROTO_IPV6 << 8 | IPV6_HOPLIMIT:
		k->six = 1;
		/* FALLTHROUGH */
	case IPPROTO_IP << 8 | IP_TTL:
		memcpy(&k->ttl, six, sizeof k->ttl);
	}
	return 0;
}

void
packets_get(struct packets *p, int i, struct packet *k)
{
	struct msghdr *m = &p->in[i].msg_hdr;
	char *at = m->msg_control, *kept = at, *end = at + m->msg_controllen;
	struct cmsghdr *c;
	size_t n;

	memset(k, 0, sizeof *k);
	k->from = m->msg_name;
	k->ttl = -1;
	k->length = p->in[i].msg_len;
	for (; at + sizeof *c <= end; at += n) {
		c = (void *)at;
		n = CMSG_SPACE(c->cmsg_len - CMSG_LEN(0));
		if (n < sizeof *c)
			break;		/* no kernel's */
		if (read_control(c, k)) {
			memmove(kept, c, n);
			kept += n;
		}
	}
	m->msg_controllen = kept - (char *)m->msg_control;
}

static __attribute__((noinline)) void
tell(struct msghdr *m, int level, int type, const void *data, size_t n)
{
	struct cmsghdr *c = (void *)((char *)m->msg_control +
	    m->msg_controllen);

	memset(c, 0, CMSG_SPACE(n));
	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(n);
	memcpy(CMSG_DATA(c), data, n);
	m->msg_controllen += CMSG_SPACE(n);
}

/* Whether an answer can go out with those before it. */
static int
joins(const struct packets *p, const struct group *g, const struct mmsghdr *d)
{
	const struct msghdr *a = &g->first->msg_hdr, *b = &d->msg_hdr;
	unsigned n = d->msg_len;

	return p->segments && g->first + g->n == d &&
	    n == g->first->msg_len && n > 0 && n <= SEGMENT_MAX &&
	    (g->n + 1) * n <= TOTAL_MAX &&
	    a->msg_namelen == b->msg_namelen &&
	    memcmp(a->msg_name, b->msg_name, a->msg_namelen) == 0 &&
	    a->msg_controllen == b->msg_controllen &&
	    memcmp(a->msg_control, b->msg_control, a->msg_controllen) == 0;
}

void
packets_answer(struct packets *p, int i, const struct packet *k, int ttl)
{
	struct group *g = &p->group[p->groups];
	struct mmsghdr *d = &p->in[i];
	struct msghdr *m = &d->msg_hdr;
	unsigned n = k->length, plain = m->msg_controllen;

	if (ttl > 0 && !p->no_ttl)
		tell(m, k->six ? IPPROTO_IPV6 : IPPROTO_IP,
		    k->six ? IPV6_HOPLIMIT : IP_TTL, &ttl, sizeof ttl);
	m->msg_iov[0].iov_len = n < SMALL ? n : SMALL;
	m->msg_iov[1].iov_len = n < SMALL ? 0 : n - SMALL;
	if (p->groups > 0 && joins(p, g - 1, d)) {
		g[-1].n++;
		return;
	}
	g->first = d;
	g->n = 1;
	g->plain = plain;
	p->groups++;
}

/* The kernel does not take a message as it is: the datagrams one by one,
 * and without their hops if it cannot be that. */
static void
send_plain(struct packets *p, int fd, const struct group *g,
    struct packets_sent *sent)
{
	struct mmsghdr *d = g->first;

	if (g->n > 1 && ++p->trouble == TROUBLE)
		p->segments = 0;
	for (; d < g->first + g->n; d++) {
		d->msg_hdr.msg_controllen = g->plain;
		if (sendmsg(fd, &d->msg_hdr, MSG_DONTWAIT) == -1) {
			sent->unsent++;
			continue;
		}
		sent->echoed++;
		sent->bytes += d->msg_len;
		p->no_ttl |= g->n == 1;
	}
}

static int
send_some(int fd, struct mmsghdr *out, int n)
{
	int sent = syscall(SYS_sendmmsg, fd, out, n, MSG_DONTWAIT);

	if (sent != -1 || errno != ENOSYS)
		return sent;
	return sendmsg(fd, &out->msg_hdr, MSG_DONTWAIT) == -1 ? -1 : 1;
}

/* Make one message of a group, which lies behind each other. */
static void
make_message(const struct group *g, struct mmsghdr *out)
{
	unsigned short size = g->first->msg_len;

	*out = *g->first;
	out->msg_hdr.msg_iovlen = 2 * g->n;
	if (g->n > 1)
		tell(&out->msg_hdr, IPPROTO_UDP, UDP_SEGMENT, &size,
		    sizeof size);
}

/* Never wait and never try again: what the system does not take is lost,
 * as datagrams are. */
void
packets_send(struct packets *p, int fd, struct packets_sent *sent)
{
	const struct group *g = p->group, *end = g + p->groups;
	struct mmsghdr *out = p->out;
	int n;

	for (; g < end; g++)
		make_message(g, out++);
	for (g = p->group, out = p->out; g < end;) {
		n = send_some(fd, out, end - g);
		if (n > 0) {
			out += n;
			for (; n > 0; n--, g++) {
				sent->echoed += g->n;
				sent->bytes += g->n * g->first->msg_len;
			}
			continue;
		}
		if (errno == EAGAIN || errno == ENOBUFS) {
			for (; g < end; g++)
				sent->unsent += g->n;
			return;
		}
		/* Too large for the way, cut, is EMSGSIZE since Linux 6.13. */
		if (errno == EINVAL || errno == EIO || errno == EMSGSIZE)
			send_plain(p, fd, g, sent);
		else
			sent->unsent += g->n;
		g++;
		out++;
	}
}
