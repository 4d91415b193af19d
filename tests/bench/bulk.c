/* bulk - load that is as many bytes, or datagrams, as can be. */
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load.h"

enum { CHUNK = 256 * 1024, BATCH = 32, LARGEST = 65507 };

/* Send until the end, then wait: what was sent must all come back.  No
 * half-close, which some peers do not pass on. */
void
bulk(double seconds)
{
	static char out[CHUNK], in[CHUNK];
	unsigned long long begin, end, sent = 0, got = 0;
	struct pollfd p = { .events = POLLIN | POLLOUT };
	ssize_t n;

	pattern(out, sizeof out);
	p.fd = dial();
	begin = now();
	end = begin + seconds * 1e9;
	for (;;) {
		if (poll(&p, 1, 2000) < 1) {
			errno = 0;
			fail("bulk: nothing moved for 2 s");
		}
		if (p.revents & POLLOUT) {
			n = send(p.fd, out, sizeof out, 0);
			if (n == -1 && errno != EAGAIN)
				fail("send");
			sent += n > 0 ? n : 0;
		}
		if (p.events & POLLOUT && now() > end)
			p.events = POLLIN;
		if (p.revents & (POLLIN | POLLHUP)) {
			n = recv(p.fd, in, sizeof in, 0);
			if (n == 0 || (n == -1 && errno != EAGAIN))
				fail("bulk: not all came back");
			got += n > 0 ? n : 0;
		}
		if (got == sent && !(p.events & POLLOUT))
			break;
	}
	printf("{\"gb_per_s\": %.4f, \"gb\": %.4f, \"client_cpu_s\": %.3f}\n",
	    (double)got / (now() - begin), got / 1e9, cpu());
}

static struct mmsghdr batch[BATCH];
static struct iovec parts[BATCH];
static char *packets;

static void
prepare(size_t size)
{
	int i;

	packets = malloc(BATCH * (size_t)LARGEST);
	if (packets == NULL)
		fail("malloc");
	for (i = 0; i < BATCH; i++) {
		parts[i].iov_base = packets + i * (size_t)LARGEST;
		parts[i].iov_len = size;
		pattern(parts[i].iov_base, size);
		batch[i].msg_hdr.msg_iov = &parts[i];
		batch[i].msg_hdr.msg_iovlen = 1;
	}
}

static int
udp(void)
{
	int size = 8 << 20, fd = socket(AF_INET, SOCK_DGRAM, 0);

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
	if (connect(fd, (struct sockaddr *)&target, sizeof target) == -1)
		fail("connect");
	return fd;
}

/* Up to window datagrams under way; what does not come in 50 ms is lost. */
void
flood(size_t size, int window, double seconds)
{
	unsigned long long begin = now(), end = begin + seconds * 1e9;
	unsigned long long sent = 0, got = 0, lost = 0;
	struct pollfd p = { .fd = udp(), .events = POLLIN };
	int under_way = 0, n;

	prepare(size);
	while (now() < end || under_way > 0) {
		if (now() < end && under_way <= window - window / 4) {
			n = window - under_way;
			n = sendmmsg(p.fd, batch, n < BATCH ? n : BATCH, 0);
			if (n == -1 && errno != ECONNREFUSED)
				fail("sendmmsg");
			sent += n > 0 ? n : 0;
			under_way += n > 0 ? n : 0;
		}
		n = recvmmsg(p.fd, batch, BATCH, MSG_DONTWAIT, NULL);
		if (n > 0) {
			got += n;
			under_way -= n < under_way ? n : under_way;
		} else if (poll(&p, 1, 50) == 0) {
			lost += under_way;
			under_way = 0;
		}
	}
	lost = sent > got ? sent - got : 0;	/* late ones did come */
	printf("{\"per_s\": %.1f, \"sent\": %llu, \"got\": %llu, "
	    "\"lost_percent\": %.4f, \"client_cpu_s\": %.3f}\n",
	    got * 1e9 / (now() - begin), sent, got,
	    sent ? 100.0 * lost / sent : 0.0, cpu());
}
