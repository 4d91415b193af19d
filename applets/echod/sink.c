/* sink - where log lines go: written at once, or dropped and counted. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "board.h"
#include "count.h"
#include "echod.h"
#include "err.h"
#include "fmt.h"
#include "io.h"
#include "log.h"
#include "net.h"
#include "opener.h"
#include "sink.h"
#include "time.h"

/* RFC 3164: a number before the line; 3 is the facility of daemons. */
enum { FACILITY = 3 << 3 };

/* The kernel takes no longer record than 992 bytes (printk's LOG_LINE_MAX):
 * so much of a line is better than nothing. */
enum { KMSG_LINE = 960 };

#define LOG (ENABLE_ECHOD_LOGS ? opts.log : LOG_LINES)

static int is_socket, may_block;
static pid_t main_process;

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

int
sink_connect(int fd)
{
	struct net_addr a;

	if (net_parse(&a, "unix:/dev/log") == -1)
		return -1;
	return connect(fd, &a.u.sa, a.len);
}

static int
open_syslog(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	is_socket = 1;
	main_process = getpid();
	/* What cannot be used is not closed: the server does not start. */
	return fd == -1 || sink_connect(fd) == -1 ? -1 : use(fd);
}

void
sink_open(void)
{
	if (LOG < LOG_SYSLOG)
		reopen();
	else if (LOG == LOG_SYSLOG && open_syslog() == -1)
		die(SYSTEM, "log /dev/log:");
	else if (LOG == LOG_KMSG && use(open("/dev/kmsg",
		     O_WRONLY | O_NONBLOCK | O_CLOEXEC)) == -1)
		die(SYSTEM, "log /dev/kmsg:");
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

/* Nobody is at the logger's end; else it only has not read for a while. */
static int
is_gone(void)
{
	return LOG == LOG_SYSLOG && errno != EAGAIN && errno != ENOBUFS;
}

/* Only the main process may ask for a new logger, and of it only the first
 * thread, as there is one line to the opener. */
static int
again(struct iovec *v, int n)
{
	if (!is_gone() || syscall(SYS_gettid) != main_process ||
	    opener_open(OPENER_SYSLOG) == -1)
		return -1;
	return put(v, n);
}

static int
send_line(const struct fmt *line, int importance)
{
	FMT(head, 64);
	struct iovec v[] = { { head.buf, 0 }, { line->buf, line->len },
		{ (char *)"\n", LOG != LOG_SYSLOG } };

	if (LOG == LOG_KMSG && line->len > KMSG_LINE)
		v[1].iov_len = KMSG_LINE;
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

/* Before the next line: how many were not written.  Returns that number
 * if it could not be said either. */
static unsigned
say_dropped(void)
{
	unsigned n = __atomic_exchange_n(&board_shared()->dropped, 0,
	    __ATOMIC_RELAXED);
	FMT(f, 128);

	if (n == 0)
		return 0;
	if (LOG == LOG_JSON)
		log_begin(&f, "dropped", NULL);
	fmt_add(&f, LOG == LOG_JSON ? ",\"lines\":%u}" :
		"%u log lines were dropped", n);
	return send_line(&f, SINK_WARNING) == 0 ? 0 : n;
}

static void
drop(unsigned n)
{
	__atomic_fetch_add(&board_shared()->dropped, n, __ATOMIC_RELAXED);
}

void
sink_line(const struct fmt *line, int importance)
{
	unsigned n;

	if (LOG == LOG_KMSG && importance == SINK_DEBUG)
		return;
	n = say_dropped();
	if (n == 0 && send_line(line, importance) == 0)
		return;
	count_add(COUNT_DROPPED, 1);
	drop(n + 1);
	/* It is heard as a child's end is; by the main process from itself,
	 * too, as event may not look at the time for long. */
	if (is_gone() && __atomic_exchange_n(&board_shared()->lost, 1,
		__ATOMIC_SEQ_CST) == 0)
		kill(main_process, SIGCHLD);
}

unsigned long long
sink_mend(void)
{
	static unsigned long long next;
	struct shared *s = board_shared();

	if (LOG != LOG_SYSLOG || s->lost == 0)
		return 0;
	if (time_now() < next)
		return next;
	/* First, so that who finds it gone from here on says so. */
	__atomic_store_n(&s->lost, 0, __ATOMIC_SEQ_CST);
	if (opener_open(OPENER_SYSLOG) == -1) {
		s->lost = 1;
		return next = time_now() + TIME_S;
	}
	drop(say_dropped());
	return 0;
}
