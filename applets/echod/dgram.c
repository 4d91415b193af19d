/* dgram - the echo of datagrams (RFC 862 over UDP), in one loop. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "count.h"
#include "dgram.h"
#include "echod.h"
#include "err.h"
#include "io.h"
#include "keep.h"
#include "log.h"
#include "packets.h"
#include "time.h"

/* A socket that gave MANY may have more, but others have a turn, too. */
enum { MANY = 16, ROUNDS = 8 };

static int fds[LISTENERS];
static int nfds;

static struct packets *packets;
static volatile sig_atomic_t leaving;

/* Told to end: at once, or when all that was received is answered. */
static void
leave(int unused)
{
	if (packets_none(packets))
		_exit(OK);
	leaving = 1;
}

/* Datagrams from this machine are answered with one hop less than they
 * had: a loop of two servers here ends, whatever their ports. */
static int
hops(const struct packet *k)
{
	return k->ttl > 1 && guard_local(k->from) ? k->ttl - 1 : 0;
}

/* An error is one of the socket's past, such as ECONNREFUSED for an answer
 * that nobody wanted any more: it is told once and means nothing here.  But
 * others, without memory say, would be told for ever. */
static void
rest(void)
{
	if (errno != ECONNREFUSED)
		time_sleep(10 * TIME_MS);
}

void
dgram_status(void)
{
	if (nfds > 0)
		log_counts("udp", "", COUNT_UDP, COUNT_TTY);
}

/* Take what waits and answer it.  Returns how many it were. */
static int
echo(int fd, int flags)
{
	struct packets *p = packets;
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
			count_add(COUNT_GUARD + why, 1);
	}
	packets_send(p, fd, &sent);
	count_add(COUNT_UDP, n);
	count_add(COUNT_ECHOED, sent.echoed);
	count_add(COUNT_BYTES, sent.bytes);
	count_add(COUNT_GUARD + GUARD_UNSENT, sent.unsent);
	/* In this order: who is told by then sees it here, and from then on
	 * the handler ends. */
	packets_expect(p);
	if (leaving)
		_exit(OK);
	return n;
}

static void
wait_some(void)
{
	struct pollfd p[LISTENERS];
	int i, rounds;

	for (i = 0; i < nfds; i++)
		p[i] = (struct pollfd){ fds[i], POLLIN, 0 };
	if (io_wait(p, nfds, -1) == 0)
		return;
	for (i = 0; i < nfds; i++)
		if (p[i].revents)
			for (rounds = 0; rounds < ROUNDS &&
			     echo(fds[i], MSG_DONTWAIT) >= MANY; rounds++)
				;
}

static void
serve(int unused)
{
	keep_only(fds, nfds);
	packets = packets_open(fds[0]);
	packets_expect(packets);
	signal(SIGTERM, leave);
	for (;;)
		/* One socket needs no poll: it waits for the first itself. */
		if (nfds > 1 || !echo(fds[0], MSG_WAITFORONE))
			wait_some();
}

/* Have a socket served; one that was passed to us as well. */
static void
add(struct listener *l)
{
	int turned = packets_socket(l->udp, l->addr.u.sa.sa_family);

	if (turned == -1)
		die(SYSTEM, "udp: which address is asked cannot be known:");
	l->told = turned;
	guard_own(net_port(&l->addr));
	fds[nfds++] = l->udp;
}

void
dgram_renew(void)
{
	keep_renew(serve);
}

void
dgram_start(void)
{
	int i;

	for (i = 0; i < nlisteners; i++)
		if (listeners[i].udp != -1)
			add(&listeners[i]);
	if (nfds > 0)
		keep_add("udp", serve, 0, NULL);
}
