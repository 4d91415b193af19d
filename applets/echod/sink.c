/* sink - where log lines go: written at once, or dropped and counted. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "board.h"
#include "count.h"
#include "echod.h"
#include "err.h"
#include "fmt.h"
#include "io.h"
#include "log.h"
#include "opener.h"
#include "sink.h"

/* RFC 3164: a number before the line; 3 is the facility of daemons. */
enum { FACILITY = 3 << 3 };

#define LOG (ENABLE_ECHOD_LOGS ? opts.log : LOG_LINES)

static int is_socket, may_block;

/* Log to what was just opened.  Returns 0, or -1 when it was not. */
static int
use(int fd)
{
	if (fd == -1)
		return -1;
	dup2(fd, STDERR_FILENO);
	return close(fd);
}

/*
 * A pipe or a terminal that nobody reads must not stop us.  O_NONBLOCK
 * would be everybody's who has it open, so it is opened once more.  Where
 * that cannot be, as it is another user's, or without /proc, each write is
 * asked about: what fits into PIPE_BUF then does not block.
 */
static void
reopen(void)
{
	struct stat st;

	if (fstat(STDERR_FILENO, &st) == -1)
		return;
	is_socket = S_ISSOCK(st.st_mode);
	if (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode))
		may_block = use(open("/proc/self/fd/2",
		    O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

void
sink_open(void)
{
	const char *path = LOG == LOG_KMSG ? "/dev/kmsg" : "/dev/log";

	if (LOG < LOG_SYSLOG) {
		reopen();
		return;
	}
	if (use(LOG == LOG_SYSLOG ? opener_open(OPENER_SYSLOG) :
		open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) == -1)
		die(SYSTEM, "log %s:", path);
	is_socket = LOG == LOG_SYSLOG;
}

/* One write of three pieces: a copy of them all on the stack would be a
 * page more that each child of a fork has to keep. */
static int
put(struct iovec *v, int n)
{
	struct msghdr m = { .msg_iov = v, .msg_iovlen = n };
	ssize_t done;

	if (may_block && io_poll(STDERR_FILENO, POLLOUT, 0) <= 0) {
		errno = EAGAIN;
		return -1;
	}
	do
		done = is_socket ? sendmsg(STDERR_FILENO, &m,
		    MSG_DONTWAIT | MSG_NOSIGNAL) :
				   writev(STDERR_FILENO, v, n);
	while (done == -1 && errno == EINTR);
	return done == -1 ? -1 : 0;
}

/* The system's logger was started anew: its socket is another one. */
static int
again(struct iovec *v, int n)
{
	if (LOG != LOG_SYSLOG || errno == EAGAIN || errno == ENOBUFS ||
	    use(opener_open(OPENER_SYSLOG)) == -1)
		return -1;
	return put(v, n);
}

static int
send_line(const struct fmt *line, int importance)
{
	FMT(head, 64);
	struct iovec v[] = { { head.buf, 0 }, { line->buf, line->len },
		{ (char *)"\n", LOG != LOG_SYSLOG } };

	if (LOG == LOG_SYSLOG)
		fmt_add(&head, "<%d>%s[%d]: ", FACILITY | importance, err_name,
		    (int)getpid());
	else if (LOG == LOG_KMSG)
		fmt_add(&head, "<%d>%s: ", FACILITY | importance, err_name);
	else if (LOG == LOG_LINES)
		fmt_add(&head, "%s: ", err_name);
	v[0].iov_len = head.len;
	return put(v, 3) == 0 ? 0 : again(v, 3);
}

void
sink_line(const struct fmt *line, int importance)
{
	unsigned *dropped = &board_shared()->dropped, n;
	FMT(f, 128);

	if (LOG == LOG_KMSG && importance == SINK_DEBUG)
		return;
	n = __atomic_exchange_n(dropped, 0, __ATOMIC_RELAXED);
	if (n > 0)
		fmt_add(&f, LOG == LOG_JSON ?
			"{\"event\":\"dropped\",\"lines\":%u}" :
			"%u log lines were dropped", n);
	if (n == 0 || send_line(&f, SINK_WARNING) == 0) {
		if (send_line(line, importance) == 0)
			return;
		n = 0;
	}
	count_add(COUNT_DROPPED, 1);
	__atomic_fetch_add(dropped, n + 1, __ATOMIC_RELAXED);
}
