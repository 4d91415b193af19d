/* dns - ask a name server for the addresses of a name. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dns.h"
#include "echoc.h"
#include "io.h"
#include "net.h"
#include "time.h"

#if ENABLE_NAMES

enum {
	HEADER = 12,		/* of a message (RFC 1035, 4.1.1) */
	QUERY_MAX = HEADER + 255 + 4,
	ANSWER_MAX = 1500,	/* without EDNS 512 would do */
	TYPE_A = 1,
	TYPE_AAAA = 28,
	PER_TYPE = DNS_ADDRS / 2,
};

/* One question on its way. */
struct query {
	unsigned char q[2 + QUERY_MAX];	/* its length in front, for TCP */
	size_t len;			/* without those two bytes */
	int type;
	int answered;
	int count;
	struct net_addr *found;		/* PER_TYPE of them */
};

static unsigned
get16(const unsigned char *p)
{
	return p[0] << 8 | p[1];
}

static void
put16(unsigned char *p, unsigned v)
{
	p[0] = v >> 8;
	p[1] = v;
}

/* Write the question.  Returns 0, or -1 where the name cannot be one. */
static int
build(struct query *u, const char *name, unsigned id, int type,
    struct net_addr *found)
{
	unsigned char *p = u->q + 2;
	size_t n;

	memset(u, 0, sizeof *u);
	u->type = type;
	u->found = found;
	put16(p, id);
	p[2] = 1;	/* recursion desired */
	p[5] = 1;	/* one question */
	p += HEADER;
	while (*name != '\0') {
		n = strcspn(name, ".");
		if (n == 0 || n > 63 || p + n + 6 > u->q + sizeof u->q)
			return -1;
		*p++ = n;
		memcpy(p, name, n);
		p += n;
		name += n + (name[n] == '.');
	}
	*p++ = 0;
	put16(p, type);
	put16(p + 2, 1);	/* class IN */
	u->len = p + 4 - (u->q + 2);
	put16(u->q, u->len);
	return 0;
}

/* Return what is behind a name in a message, or NULL. */
static const unsigned char *
skip_name(const unsigned char *p, const unsigned char *end)
{
	while (p < end && *p != 0) {
		if (*p >= 0xc0)		/* a pointer ends a name */
			return end - p < 2 ? NULL : p + 2;
		if (end - p < *p + 1)
			return NULL;
		p += *p + 1;
	}
	return p < end ? p + 1 : NULL;
}

/* Take the addresses of the records, whoever's: aliases lead to them. */
static void
take_records(struct query *u, const unsigned char *p,
    const unsigned char *end, unsigned count)
{
	struct net_addr *a;
	size_t want = u->type == TYPE_A ? 4 : 16, len;

	while (count-- > 0 && (p = skip_name(p, end)) != NULL &&
	    end - p >= 10) {
		len = get16(p + 8);
		if ((size_t)(end - p - 10) < len)
			return;
		if (get16(p) == (unsigned)u->type && get16(p + 2) == 1 &&
		    len == want && u->count < PER_TYPE) {
			a = &u->found[u->count++];
			net_any(a, u->type == TYPE_A ? AF_INET : AF_INET6, 0);
			memcpy(u->type == TYPE_A ? (void *)&a->u.in.sin_addr :
			    (void *)&a->u.in6.sin6_addr, p + 10, len);
		}
		p += 10 + len;
	}
}

/*
 * Read what may be the answer to a question: it must have its number and
 * repeat it.  Returns 0 when the question is answered; or -1 with EPROTO,
 * this is none, EAGAIN, the server cannot, or EMSGSIZE, truncated.
 */
static int
take_answer(struct query *u, const unsigned char *p, size_t n)
{
	const unsigned char *q = u->q + 2;
	int code = n < HEADER ? 0 : p[3] & 15;

	errno = EPROTO;
	if (n < u->len || memcmp(p, q, 2) != 0 || (p[2] & 0xf8) != 0x80 ||
	    get16(p + 4) != 1 ||
	    memcmp(p + HEADER, q + HEADER, u->len - HEADER) != 0)
		return -1;
	errno = EAGAIN;
	if (code != 0 && code != 3)	/* neither fine nor no such name */
		return -1;
	take_records(u, p + u->len, p + n, get16(p + 6));
	errno = EMSGSIZE;
	if (u->count == 0 && (p[2] & 2))
		return -1;
	u->answered = 1;
	return 0;
}

/* Wait for an event.  Returns 0, or -1 once the time is up. */
static int
await(int fd, short events, unsigned long long deadline)
{
	int n;

	do
		n = time_now() < deadline ?
		    io_poll(fd, events, time_left(deadline)) : 0;
	while (n == -1 && errno == EINTR);
	return n > 0 ? 0 : -1;
}

static int
read_all(int fd, unsigned char *p, size_t n, unsigned long long deadline)
{
	ssize_t got;

	while (n > 0) {
		if (await(fd, POLLIN, deadline) == -1)
			return -1;
		got = io_read(fd, p, n);
		if (got <= 0)
			return -1;
		p += got;
		n -= got;
	}
	return 0;
}

/* The same question over TCP, where no answer is too long. */
static int
ask_tcp(struct query *u, const struct net_addr *server,
    unsigned long long deadline)
{
	unsigned char p[2 + 4096];
	size_t n, size = u->len + 2;
	int result = -1, fd = net_connect(server, SOCK_STREAM);

	if (fd == -1)
		return -1;
	if (await(fd, POLLOUT, deadline) == 0 && net_connected(fd) == 0 &&
	    io_write_some(fd, u->q, size) == (ssize_t)size &&
	    read_all(fd, p, 2, deadline) == 0 &&
	    (n = get16(p)) <= sizeof p - 2 &&
	    read_all(fd, p + 2, n, deadline) == 0)
		result = take_answer(u, p + 2, n);
	close(fd);
	return result;
}

/* Read answers until both questions have one.  Returns -1 when the server
 * says that it cannot, or says nothing in time. */
static int
read_answers(struct query u[2], int fd, const struct net_addr *server,
    unsigned long long deadline)
{
	unsigned char p[ANSWER_MAX];
	ssize_t n;
	int i;

	while (!u[0].answered || !u[1].answered) {
		if (await(fd, POLLIN, deadline) == -1)
			return -1;
		n = io_read(fd, p, sizeof p);
		if (n == -1 && errno == EAGAIN)
			continue;
		if (n == -1)
			return -1;
		for (i = 0; i < 2; i++) {
			if (u[i].answered || take_answer(&u[i], p, n) == 0 ||
			    errno == EPROTO)
				continue;
			if (errno == EAGAIN ||
			    ask_tcp(&u[i], server, deadline) == -1)
				return -1;
		}
	}
	return 0;
}

/* Numbers nobody can guess, or a forged answer would do. */
static void
random_ids(unsigned short id[2])
{
	int fd = -1;

	if (getrandom(id, 2 * sizeof *id, GRND_NONBLOCK) == -1) {
		id[0] = time_now();	/* before Linux 3.17, or too early */
		id[1] = time_now() >> 16;
		fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	}
	if (fd != -1) {
		io_read(fd, id, 2 * sizeof *id);
		close(fd);
	}
	if (id[0] == id[1])
		id[1]++;
}

int
dns_ask(const struct net_addr *server, const char *name,
    unsigned long long ns, struct net_addr found[DNS_ADDRS])
{
	unsigned long long deadline = time_now() + ns;
	struct query u[2];
	unsigned short id[2];
	int i, fd, failed;

	random_ids(id);
	errno = ENOENT;
	if (build(&u[0], name, id[0], TYPE_AAAA, found) == -1 ||
	    build(&u[1], name, id[1], TYPE_A, found + PER_TYPE) == -1)
		return -1;
	fd = net_connect(server, SOCK_DGRAM);
	failed = fd == -1 || io_write_some(fd, u[0].q + 2, u[0].len) == -1 ||
	    io_write_some(fd, u[1].q + 2, u[1].len) == -1 ||
	    read_answers(u, fd, server, deadline) == -1;
	if (fd != -1)
		close(fd);
	memmove(found + u[0].count, u[1].found, u[1].count * sizeof *found);
	i = u[0].count + u[1].count;
	errno = failed ? EAGAIN : ENOENT;
	return i > 0 ? i : -1;
}

#endif
