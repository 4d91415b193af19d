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
enum { SEGMENT_MAX = 1472, SEGMENTS = 64, TOTAL_MAX = 65000, TROUBLE = 3 };

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103		/* linux/udp.h, since 4.18 */
#endif

/* Answers that go out as one message: like the first one, and so many. */
struct group {
	struct packet first;
	int ttl, n;
	unsigned total;
	unsigned plain;		/* length of the control data without these */
	/* size_t: a struct cmsghdr needs its alignment. */
	size_t tell[CONTROL / sizeof(size_t)];
};

struct packets {
	int received, groups, nparts;
	int segments;		/* the kernel cuts messages into datagrams */
	int trouble;		/* how often it would not */
	int no_ttl;		/* it cannot be told the hops of a message */
	struct mmsghdr in[BATCH], out[BATCH];
	struct group group[BATCH];
	struct iovec room[BATCH][2], parts[2 * BATCH];
	struct net_addr from[BATCH];
	size_t told[BATCH][CONTROL / sizeof(size_t)];
	unsigned char small[BATCH][SMALL];
	unsigned char large[BATCH][LARGE];
};

/* Make the first n ready to be received into. */
static void
make_room(struct packets *p, int n)
{
	struct msghdr *m;
	int i;

	for (i = 0; i < n; i++) {
		p->room[i][0] = (struct iovec){ p->small[i], SMALL };
		p->room[i][1] = (struct iovec){ p->large[i], LARGE };
		m = &p->in[i].msg_hdr;
		m->msg_name = &p->from[i].u;
		m->msg_namelen = sizeof p->from[i].u;
		m->msg_iov = p->room[i];
		m->msg_iovlen = 2;
		m->msg_control = p->told[i];
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

static int
turn_on(int fd, int level, int option)
{
	int on = 1;

	return setsockopt(fd, level, option, &on, sizeof on);
}

int
packets_socket(int fd)
{
	struct sockaddr_storage a;
	socklen_t len = sizeof a;

	if (getsockname(fd, (struct sockaddr *)&a, &len) == -1)
		return -1;
	/* Without the hops a loop on this machine would go on until one is
	 * lost; that is no reason not to serve. */
	if (a.ss_family == AF_INET) {
		turn_on(fd, IPPROTO_IP, IP_RECVTTL);
		return turn_on(fd, IPPROTO_IP, IP_PKTINFO);
	}
	turn_on(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT);
	/* A socket of both families tells of IPv4 only this way. */
	turn_on(fd, IPPROTO_IP, IP_RECVTTL);
	turn_on(fd, IPPROTO_IP, IP_PKTINFO);
	return turn_on(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO);
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
	p->received = p->groups = p->nparts = 0;
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

static void
read_control(struct cmsghdr *c, struct packet *k)
{
	struct in6_pktinfo six;
	struct in_pktinfo four;

	if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
		memcpy(&four, CMSG_DATA(c), sizeof four);
		/* They differ where the address is not ours alone: broadcast
		 * and multicast (ip(7)).  Of what came before we asked there
		 * is only the latter; from a broadcast address the kernel
		 * sends no answer. */
		k->many = four.ipi_ifindex == 0 ?
		    IN_MULTICAST(ntohl(four.ipi_addr.s_addr)) :
		    four.ipi_spec_dst.s_addr != four.ipi_addr.s_addr;
		k->family = AF_INET;
		memcpy(&k->asked, &four.ipi_addr, sizeof four.ipi_addr);
	} else if (c->cmsg_level == IPPROTO_IPV6 &&
	    c->cmsg_type == IPV6_PKTINFO) {
		memcpy(&six, CMSG_DATA(c), sizeof six);
		k->many = IN6_IS_ADDR_MULTICAST(&six.ipi6_addr);
		k->family = AF_INET6;
		k->asked = six.ipi6_addr;
	} else if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL) ||
	    (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT))
		memcpy(&k->ttl, CMSG_DATA(c), sizeof k->ttl);
}

void
packets_get(struct packets *p, int i, struct packet *k)
{
	struct msghdr *m = &p->in[i].msg_hdr;
	struct cmsghdr *c;

	memset(k, 0, sizeof *k);
	k->from = &p->from[i];
	k->ttl = -1;
	k->length = p->in[i].msg_len;
	for (c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c))
		read_control(c, k);
}

static void
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

/* From the address that was asked, whatever way the answer takes. */
static void
tell_source(struct msghdr *m, const struct packet *k)
{
	struct in_pktinfo four = { 0 };
	struct in6_pktinfo six = { 0 };

	memcpy(&four.ipi_spec_dst, &k->asked, sizeof four.ipi_spec_dst);
	six.ipi6_addr = k->asked;
	if (k->family == AF_INET6)
		tell(m, IPPROTO_IPV6, IPV6_PKTINFO, &six, sizeof six);
	else
		tell(m, IPPROTO_IP, IP_PKTINFO, &four, sizeof four);
}

static socklen_t
length(const struct net_addr *a)
{
	return a->u.sa.sa_family == AF_INET ? sizeof a->u.in : sizeof a->u.in6;
}

/* Whether an answer can go out with those before it. */
static int
joins(const struct packets *p, const struct group *g, const struct packet *k,
    int ttl)
{
	return p->segments && g->n < SEGMENTS &&
	    k->length == g->first.length && k->length > 0 &&
	    k->length <= SEGMENT_MAX && ttl == g->ttl &&
	    g->total + k->length <= TOTAL_MAX &&
	    memcmp(&k->from->u, &g->first.from->u, length(k->from)) == 0 &&
	    memcmp(&k->asked, &g->first.asked, sizeof k->asked) == 0;
}

static void
begin(struct packets *p, struct group *g, const struct packet *k, int ttl)
{
	struct msghdr *m = &p->out[p->groups++].msg_hdr;
	int six = k->family == AF_INET6;

	g->first = *k;
	g->ttl = ttl;
	g->n = g->total = 0;
	m->msg_name = (void *)&k->from->u;
	m->msg_namelen = length(k->from);
	m->msg_iov = &p->parts[p->nparts];
	m->msg_iovlen = 0;
	m->msg_control = g->tell;
	m->msg_controllen = 0;
	tell_source(m, k);
	g->plain = m->msg_controllen;
	if (ttl > 0 && !p->no_ttl)
		tell(m, six ? IPPROTO_IPV6 : IPPROTO_IP,
		    six ? IPV6_HOPLIMIT : IP_TTL, &ttl, sizeof ttl);
}

static void
add_part(struct packets *p, void *buf, size_t n)
{
	struct iovec *part = &p->parts[p->nparts++];

	part->iov_base = buf;
	part->iov_len = n;
	p->out[p->groups - 1].msg_hdr.msg_iovlen++;
}

void
packets_answer(struct packets *p, int i, const struct packet *k, int ttl)
{
	struct group *g = &p->group[p->groups];
	unsigned n = k->length;

	if (p->groups > 0 && joins(p, g - 1, k, ttl))
		g--;
	else
		begin(p, g, k, ttl);
	g->n++;
	g->total += n;
	add_part(p, p->small[i], n < SMALL ? n : SMALL);
	if (n > SMALL)
		add_part(p, p->large[i], n - SMALL);
}

/* The kernel does not take a message as it is: the datagrams one by one,
 * and without their hops if it cannot be that. */
static void
send_plain(struct packets *p, int fd, int i, struct packets_sent *sent)
{
	struct group *g = &p->group[i];
	struct msghdr *all = &p->out[i].msg_hdr, m = *all;
	int j;

	if (g->n > 1 && ++p->trouble == TROUBLE)
		p->segments = 0;
	m.msg_controllen = g->plain;
	for (j = 0; j < g->n; j++) {
		if (g->n > 1) {
			m.msg_iov = &all->msg_iov[j];
			m.msg_iovlen = 1;
		}
		if (sendmsg(fd, &m, MSG_DONTWAIT) == -1) {
			sent->unsent++;
			continue;
		}
		sent->echoed++;
		sent->bytes += g->first.length;
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

/* Never wait and never try again: what the system does not take is lost,
 * as datagrams are. */
void
packets_send(struct packets *p, int fd, struct packets_sent *sent)
{
	unsigned short size;
	int i, n;

	for (i = 0; i < p->groups; i++)
		if (p->group[i].n > 1) {
			size = p->group[i].first.length;
			tell(&p->out[i].msg_hdr, IPPROTO_UDP, UDP_SEGMENT,
			    &size, sizeof size);
		}
	for (i = 0; i < p->groups;) {
		n = send_some(fd, p->out + i, p->groups - i);
		for (; n > 0; n--, i++) {
			sent->echoed += p->group[i].n;
			sent->bytes += p->group[i].total;
		}
		if (n == 0)
			continue;
		if (errno == EINVAL || errno == EIO)
			send_plain(p, fd, i++, sent);
		else if (errno == EAGAIN || errno == ENOBUFS)
			for (; i < p->groups; i++)
				sent->unsent += p->group[i].n;
		else
			sent->unsent += p->group[i++].n;
	}
}
