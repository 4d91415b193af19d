/* dgram - the echo of datagrams (RFC 862 over UDP), in one loop. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "dgram.h"
#include "echod.h"
#include "err.h"
#include "fmt.h"
#include "keep.h"
#include "tally.h"
#include "time.h"

/*
 * So many datagrams at a stretch.  Each has a small buffer of its own, and
 * a large one for what does not fit, whose pages are touched only when one
 * comes: a server of small datagrams stays small.
 */
enum { BATCH = 32, SMALL = 2048, LARGE = 65536 - SMALL, CONTROL = 128,
	ROUNDS = 8 };

struct batch {
	struct mmsghdr in[BATCH], out[BATCH];
	struct iovec iov[BATCH][2];
	struct net_addr from[BATCH];
	/* size_t: a struct cmsghdr needs its alignment. */
	size_t control[BATCH][CONTROL / sizeof(size_t)];
	unsigned char small[BATCH][SMALL];
	unsigned char large[BATCH][LARGE];
};

enum { COUNTERS = sizeof(struct dgram_count) / sizeof(long long) };

static struct tally *tally;
static struct dgram_count count;
static int fds[LISTENERS];
static int nfds;

/*
 * The system calls themselves: musl's sendmmsg is a loop around sendmsg on
 * 64-bit machines, for the sake of padding that is zero here.  Kernels or
 * emulators without them get the loop.
 */
static int
receive(int fd, struct batch *b, int flags)
{
	ssize_t n;
	int got;

#ifdef SYS_recvmmsg
	got = syscall(SYS_recvmmsg, fd, b->in, BATCH, flags, NULL);
#else
	got = syscall(SYS_recvmmsg_time64, fd, b->in, BATCH, flags, NULL);
#endif
	if (got != -1 || errno != ENOSYS)
		return got;
	n = recvmsg(fd, &b->in[0].msg_hdr, flags & ~MSG_WAITFORONE);
	b->in[0].msg_len = n;
	return n == -1 ? -1 : 1;
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
static void
send_all(int fd, struct mmsghdr *out, int n)
{
	int sent, i;

	while (n > 0) {
		sent = send_some(fd, out, n);
		if (sent == -1 && errno == EINTR)
			continue;
		if (sent == -1) {
			i = errno == EAGAIN ? n : 1;
			count.refused[GUARD_UNSENT] += i;
			out += i;
			n -= i;
			continue;
		}
		for (i = 0; i < sent; i++)
			count.bytes += out[i].msg_len;
		count.echoed += sent;
		out += sent;
		n -= sent;
	}
}

static void
set_up(struct batch *b)
{
	struct msghdr *m;
	int i;

	for (i = 0; i < BATCH; i++) {
		b->iov[i][0] = (struct iovec){ b->small[i], SMALL };
		b->iov[i][1] = (struct iovec){ b->large[i], LARGE };
		m = &b->in[i].msg_hdr;
		m->msg_name = &b->from[i].u;
		m->msg_iov = b->iov[i];
		m->msg_control = b->control[i];
		m->msg_namelen = sizeof b->from[i].u;
		m->msg_iovlen = 2;
		m->msg_controllen = CONTROL;
	}
}

/* Make the one that was used ready for the next. */
static void
reset(struct batch *b, int i)
{
	struct msghdr *m = &b->in[i].msg_hdr;

	b->iov[i][0].iov_len = SMALL;
	b->iov[i][1].iov_len = LARGE;
	m->msg_namelen = sizeof b->from[i].u;
	m->msg_controllen = CONTROL;
}

/* The address that was asked, and how many hops were left. */
struct route {
	int family;
	struct in6_addr here;		/* IPv4 in its first word */
	int many, ttl;
};

static void
read_control(const struct msghdr *m, struct route *r)
{
	struct in6_pktinfo six;
	struct in_pktinfo four;
	struct cmsghdr *c;

	memset(r, 0, sizeof *r);
	r->ttl = -1;
	for (c = CMSG_FIRSTHDR(m); c != NULL;
	     c = CMSG_NXTHDR((struct msghdr *)m, c)) {
		if (c->cmsg_level == IPPROTO_IP &&
		    c->cmsg_type == IP_PKTINFO) {
			memcpy(&four, CMSG_DATA(c), sizeof four);
			/* They differ where the address is not ours alone:
			 * broadcast and multicast (ip(7)). */
			r->many = four.ipi_spec_dst.s_addr !=
			    four.ipi_addr.s_addr;
			r->family = AF_INET;
			memcpy(&r->here, &four.ipi_addr, sizeof four.ipi_addr);
		} else if (c->cmsg_level == IPPROTO_IPV6 &&
		    c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&six, CMSG_DATA(c), sizeof six);
			r->many = IN6_IS_ADDR_MULTICAST(&six.ipi6_addr);
			r->family = AF_INET6;
			r->here = six.ipi6_addr;
		} else if ((c->cmsg_level == IPPROTO_IP &&
			       c->cmsg_type == IP_TTL) ||
		    (c->cmsg_level == IPPROTO_IPV6 &&
			c->cmsg_type == IPV6_HOPLIMIT))
			memcpy(&r->ttl, CMSG_DATA(c), sizeof r->ttl);
	}
}

static void
add_control(struct msghdr *m, int level, int type, const void *data,
    size_t n)
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

/* Answer from the address that was asked, whatever route the answer takes;
 * to this machine with one hop less than it came with. */
static void
write_control(struct msghdr *m, const struct route *r, int local)
{
	struct in_pktinfo four = { 0 };
	struct in6_pktinfo six = { 0 };
	int ttl = r->ttl - 1;

	m->msg_controllen = 0;
	if (r->family == AF_INET) {
		memcpy(&four.ipi_spec_dst, &r->here, sizeof four.ipi_spec_dst);
		add_control(m, IPPROTO_IP, IP_PKTINFO, &four, sizeof four);
		if (local && ttl > 0)
			add_control(m, IPPROTO_IP, IP_TTL, &ttl, sizeof ttl);
	} else if (r->family == AF_INET6) {
		six.ipi6_addr = r->here;
		add_control(m, IPPROTO_IPV6, IPV6_PKTINFO, &six, sizeof six);
		if (local && ttl > 0)
			add_control(m, IPPROTO_IPV6, IPV6_HOPLIMIT, &ttl,
			    sizeof ttl);
	}
}

/* Make the answer of a datagram: the same bytes, back to where it is from.
 * Returns 0 if there is none. */
static int
answer(struct batch *b, int i, struct mmsghdr *out, unsigned long long now)
{
	struct msghdr *m = &b->in[i].msg_hdr;
	struct guard_datagram d;
	struct route r;
	enum reason why;
	unsigned n = b->in[i].msg_len;

	read_control(m, &r);
	d.from = &b->from[i];
	d.many = r.many;
	d.ttl = r.ttl;
	d.length = n;
	why = guard_check(&d, now);
	if (why != GUARD_ANSWER) {
		count.refused[why]++;
		return 0;
	}
	write_control(m, &r, guard_local(d.from));
	b->iov[i][0].iov_len = n < SMALL ? n : SMALL;
	b->iov[i][1].iov_len = n - b->iov[i][0].iov_len;
	out->msg_hdr = *m;
	out->msg_hdr.msg_iovlen = n > SMALL ? 2 : 1;
	out->msg_hdr.msg_flags = 0;
	return 1;
}

void
dgram_read(struct dgram_count *c)
{
	memset(c, 0, sizeof *c);
	if (tally != NULL)
		tally_read(tally, (unsigned long long *)c, COUNTERS);
}

/* An error is one of the socket's past, such as ECONNREFUSED for an answer
 * that nobody wanted any more: it is told once and means nothing here.  But
 * without memory it would be told for ever. */
static void
rest(void)
{
	if (errno == ENOMEM || errno == ENOBUFS)
		time_sleep(10 * TIME_MS);
}

void
dgram_status(void)
{
	static const char *const names[GUARD_REASONS] = {
		[GUARD_PORT] = "port", [GUARD_CAST] = "broadcast",
		[GUARD_RATE] = "rate", [GUARD_DENIED] = "denied",
		[GUARD_LOOP] = "loop", [GUARD_UNSENT] = "unsent",
	};
	struct dgram_count c;
	int i;
	FMT(f, 256);

	if (tally == NULL)
		return;
	dgram_read(&c);
	for (i = GUARD_ANSWER + 1; i < GUARD_REASONS; i++)
		fmt_add(&f, ", %s %llu", names[i], c.refused[i]);
	warn("udp: received %llu, echoed %llu, bytes %llu; not answered:%s",
	    c.received, c.echoed, c.bytes, f.buf + 1);
}

/* Take what waits and answer it.  Returns how many it were, or -1. */
static int
echo(int fd, struct batch *b, int flags)
{
	int i, n = receive(fd, b, flags), out = 0;
	unsigned long long now;

	if (n == -1 && errno != EAGAIN && errno != EINTR)
		rest();
	if (n <= 0)
		return -1;
	now = time_now();
	for (i = 0; i < n; i++)
		out += answer(b, i, &b->out[out], now);
	count.received += n;
	send_all(fd, b->out, out);
	for (i = 0; i < n; i++)
		reset(b, i);
	tally_write(tally, (unsigned long long *)&count, COUNTERS);
	return n;
}

static void
wait_some(struct batch *b)
{
	struct pollfd p[LISTENERS];
	int i, rounds;

	for (i = 0; i < nfds; i++)
		p[i] = (struct pollfd){ fds[i], POLLIN, 0 };
	if (poll(p, nfds, -1) <= 0)
		return;
	for (i = 0; i < nfds; i++)
		if (p[i].revents)
			for (rounds = 0; rounds < ROUNDS &&
			     echo(fds[i], b, MSG_DONTWAIT) == BATCH; rounds++)
				;
}

static void
serve(int unused)
{
	struct batch *b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (b == MAP_FAILED)
		die(SYSTEM, "memory for datagrams:");
	set_up(b);
	dgram_read(&count);
	for (;;)
		/* One socket needs no poll: it waits for the first itself. */
		if (nfds > 1 || echo(fds[0], b, MSG_WAITFORONE) == -1)
			wait_some(b);
}

int
dgram_open(struct net_addr *a)
{
	return net_bind(a, SOCK_DGRAM, opts.interface);
}

static int
turn_on(int fd, int level, int option)
{
	int on = 1;

	return setsockopt(fd, level, option, &on, sizeof on);
}

/* Have a socket served; one that was passed to us as well. */
static void
add(int fd)
{
	struct net_addr a;
	int four;

	a.len = sizeof a.u;
	if (getsockname(fd, &a.u.sa, &a.len) == -1)
		die(SYSTEM, "udp socket:");
	four = a.u.sa.sa_family == AF_INET;
	if ((four ? turn_on(fd, IPPROTO_IP, IP_PKTINFO) :
		    turn_on(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO)) == -1)
		die(SYSTEM, "udp: which address is asked cannot be known:");
	/* Without it a loop on this machine ends only if a datagram is lost. */
	if (four)
		turn_on(fd, IPPROTO_IP, IP_RECVTTL);
	else
		turn_on(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT);
	guard_own(net_port(&a));
	fds[nfds++] = fd;
}

void
dgram_start(unsigned rate)
{
	int i;

	for (i = 0; i < nlisteners; i++)
		if (listeners[i].udp != -1)
			add(listeners[i].udp);
	if (nfds == 0)
		return;
	tally = tally_open();
	guard_rate(rate);
	keep_add("udp", serve, 0, NULL);
}
