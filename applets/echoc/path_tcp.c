/* path_tcp - what TCP makes of a path: its MSS, and if that gets through. */
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>

#include "echoc.h"
#include "link.h"
#include "path.h"
#include "prng.h"
#include "time.h"

enum {
	WORD = 32,		/* passes everywhere */
	BULK = 16384,		/* has segments of the full size */
	SMALLEST_MSS = 88,	/* what Linux takes for TCP_MAXSEG */
	LARGEST_MSS = 32767,
};

static unsigned char out[BULK], in[BULK];

/* TCP_INFO; a kernel that has none leaves it all 0. */
static void
read_info(struct path *p)
{
	struct tcp_info info;

	if (link_info(&p->dial.link, &info) == -1)
		return;
	p->mss = info.tcpi_snd_mss;
	p->tcp_mtu = info.tcpi_pmtu;
	p->there = info.tcpi_unacked > 0;
}

/*
 * Send so many bytes at once and wait until they are back.  Returns 1, 0
 * if nothing moves any more, or -1 if the connection failed.
 */
static int
pass(struct path *p, size_t size)
{
	struct pollfd q = { p->dial.link.fd, 0, 0 };
	size_t sent = 0, got = 0;
	ssize_t n;

	prng_fill(out, size, prng_seed(), 0, 0);
	while (got < size) {
		q.events = sent < size ? POLLIN | POLLOUT : POLLIN;
		if (poll(&q, 1, time_left(time_now() + p->o->timeout)) == 0) {
			p->stuck = got > 0 ? V_STALLED : V_SILENT;
			return 0;
		}
		if (q.revents & POLLOUT) {
			n = link_send(&p->dial.link, out + sent, size - sent);
			sent += n > 0 ? n : 0;
		}
		n = link_recv(&p->dial.link, in, size - got);
		if (n == -1 && errno == EAGAIN)
			continue;
		if (n <= 0 || memcmp(in, out + got, n) != 0) {
			p->verdict = n > 0 ? V_WRONG :
			    n == 0	   ? V_CLOSED :
					     verdict_errno();
			return -1;
		}
		got += n;
	}
	return 1;
}

static int
connect_with(struct path *p, unsigned mss)
{
	struct options o = *p->o;

	o.key.mss = mss != 0 ? mss : o.key.mss;
	if (dial(&p->dial, &o, 0) == 1)
		return 1;
	p->verdict = p->dial.verdict;
	return 0;
}

/* The same on a connection with this MSS, and without one a 0. */
static int
passes(struct path *p, unsigned mss)
{
	int result;

	if (!connect_with(p, mss))
		return 0;
	result = pass(p, BULK);
	link_close(&p->dial.link);
	return result == 1;
}

/* The largest MSS whose segments pass: each that does not costs -W. */
static void
search(struct path *p)
{
	unsigned low = SMALLEST_MSS, headers = p->v6 ? 60 : 40;
	unsigned high = p->tcp_mtu > headers + low ? p->tcp_mtu - headers - 1 :
						     p->mss - 1;
	unsigned try;
	int first = 1;

	high = high < LARGEST_MSS ? high : LARGEST_MSS;
	try = p->mtu > low + headers ? p->mtu - headers : high;
	/* What UDP found is most likely right here too, and one more not. */
	for (; low < high && p->verdict == V_OK; first = 0) {
		try = try < high ? try : high;
		if (passes(p, try))
			low = try;
		else
			high = try - 1;
		try = first && low == try ? low + 1 :
					    low + (high - low + 1) / 2;
	}
	p->passing_mss = low;
}

void
path_tcp(struct path *p)
{
	int passed;

	if (!connect_with(p, 0))
		return;
	p->connected = 1;
	read_info(p);
	if (pass(p, WORD) == 0)
		p->verdict = p->stuck;
	passed = p->verdict != V_OK || pass(p, BULK) != 0;
	read_info(p);
	link_close(&p->dial.link);
	if (passed)
		return;
	/* What stops small segments too is not their size. */
	p->stalled = passes(p, SMALLEST_MSS);
	if (p->stalled)
		search(p);
	else if (p->verdict == V_OK)
		p->verdict = V_STALLED;
}
