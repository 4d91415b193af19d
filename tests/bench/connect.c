/* connect - load that is new connections: as fast as it goes, or paced. */
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load.h"

enum { SIZE = 64, BATCH = 256, FILES = 65536 };

static struct {
	unsigned long long start;
	int sent, got;
} slot[FILES];				/* by descriptor */

static struct hist times;		/* connect to first echoed byte */
static unsigned long long done, failed;
static char message[SIZE];
static int epfd, busy;

static void
watch(int op, int fd, unsigned events)
{
	struct epoll_event ev = { .events = events, .data.fd = fd };

	if (epoll_ctl(epfd, op, fd, &ev) == -1)
		fail("epoll_ctl");
}

static int
speak(int fd)
{
	slot[fd].sent = send(fd, message, SIZE, MSG_NOSIGNAL) == SIZE;
	return slot[fd].sent;
}

static void
start(void)
{
	unsigned long long t = now();
	int fd = dial();

	if (fd >= FILES)
		fail("too many descriptors");
	slot[fd].start = t;
	slot[fd].got = 0;
	busy++;
	/* On loopback the handshake is over here: one epoll_ctl is enough. */
	watch(EPOLL_CTL_ADD, fd, speak(fd) ? EPOLLIN : EPOLLOUT);
}

static void
finish(int fd, int ok)
{
	close(fd);
	busy--;
	done += ok;
	failed += !ok;
}

static void
step(int fd)
{
	char buf[SIZE];
	ssize_t n;

	if (!slot[fd].sent) {
		if (!speak(fd))
			finish(fd, 0);
		else
			watch(EPOLL_CTL_MOD, fd, EPOLLIN);
		return;
	}
	n = recv(fd, buf, SIZE - slot[fd].got, 0);
	if (n <= 0 || memcmp(buf, message + slot[fd].got, n) != 0) {
		finish(fd, 0);
		return;
	}
	if (slot[fd].got == 0)
		hist_add(&times, now() - slot[fd].start);
	slot[fd].got += n;
	if (slot[fd].got == SIZE)
		finish(fd, 1);
}

static void
report(double seconds)
{
	printf("{\"per_s\": %.1f, \"done\": %llu, \"errors\": %llu, "
	    "\"first_byte_p50_us\": %.1f, \"first_byte_p99_us\": %.1f, "
	    "\"client_cpu_s\": %.3f}\n", done / seconds, done, failed,
	    hist_at(&times, 0.5) / 1e3, hist_at(&times, 0.99) / 1e3, cpu());
}

void
churn(int at_once, double seconds)
{
	struct epoll_event ev[BATCH];
	unsigned long long begin = now(), end = begin + seconds * 1e9;
	int i, n;

	epfd = epoll_create1(0);
	pattern(message, SIZE);
	while (now() < end) {
		while (busy < at_once)
			start();
		n = epoll_wait(epfd, ev, BATCH, 100);
		for (i = 0; i < n; i++)
			step(ev[i].data.fd);
	}
	report((now() - begin) / 1e9);
}

void
paced(int per_second, double seconds)
{
	struct epoll_event ev[BATCH];
	unsigned long long begin = now(), end = begin + seconds * 1e9, ticks;
	struct itimerspec every = { { 0, 1000000000 / per_second },
	    { 0, 1000000000 / per_second } };
	int i, n, timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);

	epfd = epoll_create1(0);
	pattern(message, SIZE);
	if (per_second < 2 || timerfd_settime(timer, 0, &every, NULL) == -1)
		fail("timer");
	watch(EPOLL_CTL_ADD, timer, EPOLLIN);
	while (now() < end) {
		n = epoll_wait(epfd, ev, BATCH, 100);
		for (i = 0; i < n; i++)
			if (ev[i].data.fd != timer)
				step(ev[i].data.fd);
			else if (read(timer, &ticks, sizeof ticks) == sizeof ticks)
				while (ticks-- > 0 && busy < FILES / 4)
					start();
	}
	report((now() - begin) / 1e9);
}
