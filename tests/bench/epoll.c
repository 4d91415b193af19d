/* epoll - the least an event-driven echo server can do: the no-fork limit.
 *
 * One process, one epoll, level-triggered, no limits, no log, no options:
 * what every model of echod is measured against.  It is honest: what the
 * socket does not take is kept and sent later, and nothing is read then.
 * Not to be changed together with what it judges. */
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIZE = 65536, BATCH = 256 };

struct pending {
	char *data;
	size_t off, len;
};

static struct pending *pending;		/* by descriptor */
static int epfd;

static void
watch(int op, int fd, unsigned events)
{
	struct epoll_event ev = { .events = events, .data.fd = fd };

	if (epoll_ctl(epfd, op, fd, &ev) == -1)
		exit(3);
}

static void
drop(int fd)
{
	free(pending[fd].data);
	pending[fd].data = NULL;
	close(fd);
}

static void
keep(int fd, const char *data, size_t len)
{
	pending[fd].data = malloc(len);
	if (pending[fd].data == NULL)
		exit(3);
	memcpy(pending[fd].data, data, len);
	pending[fd].off = 0;
	pending[fd].len = len;
	watch(EPOLL_CTL_MOD, fd, EPOLLOUT);
}

static void
echo(int fd)
{
	static char buf[SIZE];
	ssize_t n = read(fd, buf, sizeof buf), sent;

	if (n <= 0) {
		if (n == 0 || errno != EAGAIN)
			drop(fd);
		return;
	}
	sent = write(fd, buf, n);
	if (sent < n)
		keep(fd, buf + (sent > 0 ? sent : 0), n - (sent > 0 ? sent : 0));
}

static void
resume(int fd)
{
	struct pending *p = &pending[fd];
	ssize_t n = write(fd, p->data + p->off, p->len - p->off);

	if (n <= 0) {
		drop(fd);
		return;
	}
	p->off += n;
	if (p->off < p->len)
		return;
	free(p->data);
	p->data = NULL;
	watch(EPOLL_CTL_MOD, fd, EPOLLIN);
}

static void
accept_all(int lfd)
{
	int fd;

	while ((fd = accept4(lfd, NULL, NULL, SOCK_NONBLOCK)) != -1)
		watch(EPOLL_CTL_ADD, fd, EPOLLIN);
}

static int
listen_on(const char *address, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	a.sin_port = htons(port);
	if (inet_pton(AF_INET, address, &a.sin_addr) != 1)
		exit(2);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	/* What is accepted inherits it: no 40 ms for a large message's tail. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&a, sizeof a) == -1 ||
	    listen(fd, 4096) == -1) {
		perror("listen");
		exit(3);
	}
	return fd;
}

int
main(int argc, char **argv)
{
	struct epoll_event ev[BATCH];
	struct rlimit files;
	int i, n, lfd;

	if (argc != 3)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max < 65536 ? files.rlim_max : 65536;
	setrlimit(RLIMIT_NOFILE, &files);
	pending = calloc(files.rlim_cur, sizeof *pending);
	lfd = listen_on(argv[1], atoi(argv[2]));
	epfd = epoll_create1(0);
	watch(EPOLL_CTL_ADD, lfd, EPOLLIN);
	for (;;) {
		n = epoll_wait(epfd, ev, BATCH, -1);
		for (i = 0; i < n; i++)
			if (ev[i].data.fd == lfd)
				accept_all(lfd);
			else if (pending[ev[i].data.fd].data != NULL)
				resume(ev[i].data.fd);
			else
				echo(ev[i].data.fd);
	}
}
