/* forker - the least a forking echo server can do: accept, fork, echo, exit.
 *
 * No limits, no log, no signals, one wait for each death: what is left of a
 * connection's cost when a server does nothing but fork.  Not to be changed
 * together with what it judges. */
#include <sys/socket.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

static void
echo(int fd)
{
	char buf[16384];
	ssize_t n, sent, off;

	while ((n = read(fd, buf, sizeof buf)) > 0)
		for (off = 0; off < n; off += sent)
			if ((sent = send(fd, buf + off, n - off, MSG_NOSIGNAL)) <= 0)
				_exit(1);
	_exit(0);
}

int
main(int argc, char **argv)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int on = 1, fd, lfd = socket(AF_INET, SOCK_STREAM, 0);

	if (argc != 3 || inet_pton(AF_INET, argv[1], &a.sin_addr) != 1)
		return 2;
	a.sin_port = htons(atoi(argv[2]));
	setsockopt(lfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	setsockopt(lfd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (bind(lfd, (struct sockaddr *)&a, sizeof a) == -1 ||
	    listen(lfd, 4096) == -1)
		return 3;
	for (;;) {
		fd = accept(lfd, NULL, NULL);
		if (fd == -1)
			continue;
		if (fork() == 0) {
			close(lfd);
			echo(fd);
		}
		close(fd);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}
