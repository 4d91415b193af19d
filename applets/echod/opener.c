/* opener - opens for the server what it may no longer open itself. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon.h"
#include "echod.h"
#include "err.h"
#include "io.h"
#include "log.h"
#include "opener.h"
#include "sink.h"

enum { WAIT = 5000 };	/* ms for an answer; it may wait for a disk */

/* The line to the opener; or there never was one, or it is dead or late. */
enum { NONE = -1, GONE = -2 };
static int line = NONE;
static pid_t opener;

static int
do_it(unsigned what)
{
	int i;

	switch (what) {
	case OPENER_RULES:
		return open(opts.rules, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	case OPENER_SYSLOG:
		return sink_connect(STDERR_FILENO);
	case OPENER_UNLINK:
		for (i = 0; i < nlisteners; i++)
			path_unlink(&listeners[i]);
		if (ENABLE_ECHOD_DAEMON)
			daemon_unlink();
		return 0;
	case OPENER_TTY:
		break;
	}
	errno = EINVAL;
	return ENABLE_ECHOD_TTY ? serial_open(what - OPENER_TTY) : -1;
}

/* An answer is an errno, and with 0 maybe a descriptor (unix(7)). */
struct answer {
	struct msghdr m;
	struct iovec iov;
	int error;
	size_t control[CMSG_SPACE(sizeof(int)) / sizeof(size_t) + 1];
};

static void
answer_open(struct answer *a)
{
	memset(a, 0, sizeof *a);
	a->iov.iov_base = &a->error;
	a->iov.iov_len = sizeof a->error;
	a->m.msg_iov = &a->iov;
	a->m.msg_iovlen = 1;
	a->m.msg_control = a->control;
	a->m.msg_controllen = CMSG_SPACE(sizeof(int));
}

static void
answer(int to, int fd)
{
	struct answer a;
	struct cmsghdr *c = (void *)a.control;

	answer_open(&a);
	a.error = fd == -1 ? errno : 0;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	if (fd <= 0)
		a.m.msg_controllen = 0;
	sendmsg(to, &a.m, MSG_NOSIGNAL);
	if (fd > 0)
		close(fd);
}

static _Noreturn void
serve(int from)
{
	unsigned char what;

	/* The end of the line is the end of the server. */
	while (io_read(from, &what, 1) == 1)
		answer(from, do_it(what));
	_exit(OK);
}

static int
is_needed(void)
{
	int i;

	if (opts.rules != NULL || opts.log == LOG_SYSLOG ||
	    opts.pidfile != NULL || (ENABLE_ECHOD_TTY && serial_count() > 0))
		return 1;
	for (i = 0; i < nlisteners; i++)
		if (listeners[i].ino != 0)
			return 1;
	return 0;
}

void
opener_start(void)
{
	int pair[2], ready = server->ready;
	pid_t pid;

	if (!is_needed())
		return;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		die(SYSTEM, "opener:");
	pid = fork();
	if (pid == -1)
		die(SYSTEM, "opener: fork:");
	if (pid > 0) {
		opener = pid;
		line = pair[0];
		close(pair[1]);
		return;
	}
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	/* Signals to our group are the server's to answer, and its are blocked
	 * here; it holds neither its listeners, nor its end
	 * of the line, nor the pipe of the address lines. */
	for (pid = 0; pid < nlisteners; pid++) {
		close(listeners[pid].fd);
		close(listeners[pid].udp);
	}
	close(pair[0]);
	close(ready);
	serve(pair[1]);
}

static int
receive(int fd)
{
	struct answer a;
	struct cmsghdr *c;
	int got = 0;

	answer_open(&a);
	if (recvmsg(fd, &a.m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) !=
	    sizeof a.error) {
		errno = EPIPE;	/* somebody has ended it */
		return -1;
	}
	c = CMSG_FIRSTHDR(&a.m);
	if (c != NULL && c->cmsg_type == SCM_RIGHTS)
		memcpy(&got, CMSG_DATA(c), sizeof got);
	errno = a.error;
	return a.error != 0 ? -1 : got;
}

int
opener_reaped(pid_t pid)
{
	if (pid != opener)
		return 0;
	opener_forget();
	warn("the opener is gone: nothing can be opened again; restart");
	return 1;
}

void
opener_forget(void)
{
	if (line < 0)
		return;
	close(line);
	line = GONE;
}

int
opener_open(unsigned what)
{
	char c = what;

	if (line == NONE)
		return do_it(what);
	if (line == GONE || send(line, &c, 1, MSG_NOSIGNAL) != 1) {
		errno = EPIPE;
		return -1;
	}
	if (io_poll(line, POLLIN, WAIT) > 0)
		return receive(line);
	/* A late answer must not be taken for the next question's. */
	opener_forget();
	errno = ETIMEDOUT;
	return -1;
}
