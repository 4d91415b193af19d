/* trips - load that is round trips over connections that stay. */
#include <sys/epoll.h>
#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load.h"

enum { BATCH = 256, FILES = 65536 };

static struct {
	unsigned long long start;
	size_t sent, got;
} slot[FILES];				/* by descriptor */

static struct hist times;
static unsigned long long done;
static char *message, *buf;
static size_t size;
static int epfd;

static void
speak(int fd)
{
	ssize_t n;

	while (slot[fd].sent < size) {
		n = send(fd, message + slot[fd].sent, size - slot[fd].sent, 0);
		if (n == -1 && errno == EAGAIN)
			return;
		if (n <= 0)
			fail("send");
		slot[fd].sent += n;
	}
}

static void
begin_trip(int fd)
{
	slot[fd].sent = slot[fd].got = 0;
	slot[fd].start = now();
	speak(fd);
}

/* Returns 1 when a whole answer came; the next trip is not begun. */
static int
hear(int fd)
{
	ssize_t n;

	while (slot[fd].got < size) {
		n = recv(fd, buf, size - slot[fd].got, 0);
		if (n == -1 && errno == EAGAIN)
			return 0;
		if (n <= 0)
			fail("recv: the server ended a connection");
		if (memcmp(buf, message + slot[fd].got, n) != 0)
			fail("the echo is not what was sent");
		slot[fd].got += n;
	}
	hist_add(&times, now() - slot[fd].start);
	done++;
	return 1;
}

static int
open_one(void)
{
	struct epoll_event ev = { .events = EPOLLOUT };
	int fd = dial(), error;
	socklen_t len = sizeof error;

	if (fd >= FILES)
		fail("too many descriptors");
	epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev);
	if (epoll_wait(epfd, &ev, 1, 10000) != 1 ||
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		fail("connect: no answer in 10 s");
	errno = error;
	if (error != 0)
		fail("connect");
	epoll_ctl(epfd, EPOLL_CTL_DEL, fd, NULL);
	return fd;
}

/* The first trip alone, so that every connection is served before the rest. */
static int
settle(void)
{
	int fd = open_one();
	struct epoll_event ev = { .events = EPOLLIN | EPOLLOUT | EPOLLET,
		.data.fd = fd };

	epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev);
	begin_trip(fd);
	while (!hear(fd)) {
		if (epoll_wait(epfd, &ev, 1, 10000) < 1)
			fail("no echo in 10 s");
		speak(fd);
	}
	return fd;
}

static void
prepare(size_t n)
{
	size = n;
	message = malloc(size);
	buf = malloc(size);
	if (message == NULL || buf == NULL)
		fail("malloc");
	pattern(message, size);
	epfd = epoll_create1(0);
}

void
trips(int connections, size_t message_size, double seconds)
{
	struct epoll_event ev[BATCH];
	unsigned long long begin, end;
	int *fds = calloc(connections, sizeof *fds), i, n;
	double used;

	prepare(message_size);
	for (i = 0; i < connections; i++)
		fds[i] = settle();
	settled();
	memset(&times, 0, sizeof times);
	done = 0;
	used = cpu();
	begin = now();
	end = begin + seconds * 1e9;
	for (i = 0; i < connections; i++)
		begin_trip(fds[i]);
	while (now() < end) {
		n = epoll_wait(epfd, ev, BATCH, 10000);
		if (n < 1)
			fail("no echo in 10 s");
		for (i = 0; i < n; i++) {
			speak(ev[i].data.fd);
			while (hear(ev[i].data.fd))
				begin_trip(ev[i].data.fd);
		}
	}
	result("{\"per_s\": %.1f, \"done\": %llu, \"p50_us\": %.1f, "
	    "\"p99_us\": %.1f, \"client_cpu_s\": %.3f}\n",
	    done * 1e9 / (now() - begin), done, hist_at(&times, 0.5) / 1e3,
	    hist_at(&times, 0.99) / 1e3, cpu() - used);
}
