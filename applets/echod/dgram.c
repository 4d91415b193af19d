/* dgram - the echo of datagrams (RFC 862 over UDP), in one loop. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "dgram.h"
#include "echod.h"
#include "err.h"
#include "fmt.h"
#include "keep.h"
#include "packets.h"
#include "tally.h"
#include "time.h"

enum { COUNTERS = sizeof(struct dgram_count) / sizeof(long long) };

/* A socket that gave MANY may have more, but others have a turn, too. */
enum { MANY = 16, ROUNDS = 8 };

static struct tally *tally;
static struct dgram_count count;
static int fds[LISTENERS];
static int nfds;

/* Datagrams from this machine are answered with one hop less than they
 * had: a loop of two servers here ends, whatever their ports. */
static int
hops(const struct packet *k)
{
	return k->ttl > 1 && guard_local(k->from) ? k->ttl - 1 : 0;
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

/* Take what waits and answer it.  Returns how many it were. */
static int
echo(int fd, struct packets *p, int flags)
{
	struct packets_sent sent = { 0 };
	struct packet k;
	enum reason why;
	unsigned long long now;
	int i, n = packets_receive(p, fd, flags);

	if (n == -1 && errno != EAGAIN && errno != EINTR)
		rest();
	if (n <= 0)
		return 0;
	now = time_now();
	for (i = 0; i < n; i++) {
		packets_get(p, i, &k);
		why = guard_check(&k, now);
		if (why == GUARD_ANSWER)
			packets_answer(p, i, &k, hops(&k));
		else
			count.refused[why]++;
	}
	packets_send(p, fd, &sent);
	count.received += n;
	count.echoed += sent.echoed;
	count.bytes += sent.bytes;
	count.refused[GUARD_UNSENT] += sent.unsent;
	tally_write(tally, (unsigned long long *)&count, COUNTERS);
	return n;
}

static void
wait_some(struct packets *b)
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
			     echo(fds[i], b, MSG_DONTWAIT) >= MANY; rounds++)
				;
}

static void
serve(int unused)
{
	struct packets *p = packets_open(fds[0]);

	if (p == NULL)
		die(SYSTEM, "memory for datagrams:");
	dgram_read(&count);
	for (;;)
		/* One socket needs no poll: it waits for the first itself. */
		if (nfds > 1 || !echo(fds[0], p, MSG_WAITFORONE))
			wait_some(p);
}

int
dgram_open(struct net_addr *a)
{
	return net_bind(a, SOCK_DGRAM, opts.interface);
}

/* Have a socket served; one that was passed to us as well. */
static void
add(int fd)
{
	struct net_addr a;

	a.len = sizeof a.u;
	if (getsockname(fd, &a.u.sa, &a.len) == -1 ||
	    packets_socket(fd) == -1)
		die(SYSTEM, "udp: which address is asked cannot be known:");
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
