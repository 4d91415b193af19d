/* can - ask whether this (emulated) machine can do a thing: can FEATURE. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static const char *self;	/* our path, for what is another program there */

/* A connection to a port of 127.0.0.1: a listener's, or nobody's. */
static int
dial(int type, int listening, int *listener)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof in;
	int fd = socket(AF_INET, type | SOCK_NONBLOCK, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*listener = socket(AF_INET, type, 0);
	if (bind(*listener, (struct sockaddr *)&in, len) == -1)
		return -1;
	if (listening)
		listen(*listener, 1);
	getsockname(*listener, (struct sockaddr *)&in, &len);
	connect(fd, (struct sockaddr *)&in, len);
	return fd;
}

/* TCP_INFO, whole. */
static int
tcp_info(void)
{
	struct tcp_info info;
	socklen_t len = sizeof info;
	int listener, fd = dial(SOCK_STREAM, 1, &listener);

	memset(&info, 0, sizeof info);
	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 &&
	    info.tcpi_snd_cwnd > 0 && info.tcpi_snd_mss > 0;
}

/* Whether a datagram's hops are wanted can be asked as well as said. */
static int
asked_hops(void)
{
	int on = 0, fd = socket(AF_INET, SOCK_DGRAM, 0);
	socklen_t len = sizeof on;

	return getsockopt(fd, IPPROTO_IP, IP_RECVTTL, &on, &len) == 0;
}

/* SO_ERROR in this machine's numbers. */
static int
so_error(void)
{
	struct pollfd p = { .events = POLLOUT };
	int error = 0, listener;
	socklen_t len = sizeof error;

	p.fd = dial(SOCK_STREAM, 0, &listener);
	poll(&p, 1, 1000);
	return getsockopt(p.fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 &&
	    error == ECONNREFUSED;
}

/* The path MTU that the kernel knows of. */
static int
path_mtu(void)
{
	int mtu = 0, listener, fd = dial(SOCK_DGRAM, 0, &listener);
	int on = IP_PMTUDISC_PROBE;
	socklen_t len = sizeof mtu;

	return setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &on, sizeof on) == 0 &&
	    getsockopt(fd, IPPROTO_IP, IP_MTU, &mtu, &len) == 0 && mtu > 1000;
}

static int
mark(void)
{
	int listener, one = 1, fd = dial(SOCK_DGRAM, 0, &listener);

	return setsockopt(fd, SOL_SOCKET, SO_MARK, &one, sizeof one) == 0 ||
	    errno == EPERM;
}

static int
filter(void)
{
	struct sock_filter allow = { BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW };
	struct sock_fprog program = { 1, &allow };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static int
subreaper(void)
{
	int is = 0;

	return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 &&
	    prctl(PR_GET_CHILD_SUBREAPER, &is, 0, 0, 0) == 0 && is;
}

/* The kernel's news of processes that start and end. */
static int
connector(void)
{
	return socket(AF_NETLINK, SOCK_DGRAM, NETLINK_CONNECTOR) != -1;
}

/* Less than this program has: the kernel must mean us, not the emulator. */
static int
few_descriptors(void)
{
	struct rlimit r = { 4, 4 };

	return setrlimit(RLIMIT_NOFILE, &r) == 0 && dup(0) != -1 && dup(0) == -1;
}

/* What we are called by is our own name, not the emulator's. */
static int
own_name(void)
{
	char name[16] = "";
	int fd;

	prctl(PR_SET_NAME, "can-own-name");
	fd = open("/proc/self/comm", O_RDONLY);
	return read(fd, name, sizeof name) == 13 && name[4] == 'o';
}

/* To be started where no descriptor is left but 0 to 2. */
static int
start_at_limit(void)
{
	struct rlimit r = { 3, 3 };
	int status = -1;

	if (fork() == 0) {
		setrlimit(RLIMIT_NOFILE, &r);
		execl(self, self, "start", (char *)NULL);
		_exit(3);
	}
	wait(&status);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int
start(void)
{
	return 1;
}

/* A program that is started without a standard input has none. */
static int
closed_input(void)
{
	int status = -1;

	if (fork() == 0) {
		close(STDIN_FILENO);
		execl(self, self, "no_input", (char *)NULL);
		_exit(3);
	}
	wait(&status);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int
no_input(void)
{
	return fcntl(STDIN_FILENO, F_GETFD) == -1;
}

/* A tracer sees our calls, and not an emulator's. */
static int
traced(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

/* The number behind a word of a file in /proc. */
static unsigned long long
number_in(const char *file, const char *word, int base)
{
	char text[4096];
	const char *found;
	int fd = open(file, O_RDONLY);
	ssize_t n = read(fd, text, sizeof text - 1);

	close(fd);
	text[n < 0 ? 0 : n] = '\0';
	found = strstr(text, word);
	return found == NULL ? 0 : strtoull(found + strlen(word), NULL, base);
}

static long
number(const char *file, const char *word)
{
	return number_in(file, word, 10);
}

/* A process without threads is one for the kernel's limits too. */
static int
one_task(void)
{
	return number("/proc/self/status", "\nThreads:") == 1;
}

/* /proc tells of our calls by our own numbers. */
static int
syscall_numbers(void)
{
	return number("/proc/self/syscall", "") == SYS_read;
}

/* The memory of a small program is small. */
static int
own_memory(void)
{
	return number("/proc/self/status", "\nRssAnon:") < 500;
}

static void *
nothing(void *p)
{
	return p;
}

/* What a thread took is given back when it ends. */
static int
thread_memory(void)
{
	long before = 0;
	pthread_t thread;
	int i;

	for (i = 0; i < 64; i++) {
		if (i == 8)
			before = number("/proc/self/smaps_rollup", "\nAnonymous:");
		if (pthread_create(&thread, NULL, nothing, NULL) == 0)
			pthread_join(thread, NULL);
	}
	return number("/proc/self/smaps_rollup", "\nAnonymous:") <
	    before + 100;
}

/* The signals of /proc are counted as ours are. */
static int
signal_numbers(void)
{
	signal(SIGUSR1, SIG_IGN);
	return number_in("/proc/self/status", "\nSigIgn:", 16) >>
	    (SIGUSR1 - 1) & 1;
}

/* A /proc of our own making. */
static int
mount_proc(void)
{
	return unshare(CLONE_NEWNS) == 0 &&
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("proc", "/proc", "proc", 0, NULL) == 0;
}

/* The interface of an IPv6 address in our byte order. */
static int
scope_id(void)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6, .sin6_scope_id = 1 };
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	socklen_t len = sizeof a;

	a.sin6_addr.s6_addr[0] = 0xff;	/* ff02::1, all nodes of a link */
	a.sin6_addr.s6_addr[1] = 2;
	a.sin6_addr.s6_addr[15] = 1;
	return bind(fd, (struct sockaddr *)&a, len) == 0 &&
	    getsockname(fd, (struct sockaddr *)&a, &len) == 0 &&
	    a.sin6_scope_id == 1;
}

/* A program that catches no signal is one that catches none. */
static int
no_handlers(void)
{
	return number_in("/proc/self/status", "\nSigCgt:", 16) == 0;
}

/* How many hops a datagram has left, given and told beside it. */
static int
hops(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	union {
		struct cmsghdr h;
		char room[64];
	} control = { .h = { .cmsg_len = CMSG_LEN(sizeof(int)),
		.cmsg_level = IPPROTO_IP, .cmsg_type = IP_TTL } };
	char byte = 0;
	struct iovec io = { &byte, 1 };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_name = &in,
		.msg_namelen = sizeof in, .msg_control = &control,
		.msg_controllen = CMSG_SPACE(sizeof(int)) };
	socklen_t len = sizeof in;
	int value = 33, one = 1, fd = socket(AF_INET, SOCK_DGRAM, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	memcpy(CMSG_DATA(&control.h), &value, sizeof value);
	if (bind(fd, (struct sockaddr *)&in, len) == -1 ||
	    getsockname(fd, (struct sockaddr *)&in, &len) == -1 ||
	    setsockopt(fd, IPPROTO_IP, IP_RECVTTL, &one, sizeof one) == -1 ||
	    sendmsg(fd, &m, 0) != 1)
		return 0;
	m.msg_controllen = sizeof control;
	if (recvmsg(fd, &m, 0) != 1 || CMSG_FIRSTHDR(&m) == NULL ||
	    control.h.cmsg_type != IP_TTL)
		return 0;
	memcpy(&value, CMSG_DATA(&control.h), sizeof value);
	return value == 33;
}

/* A serial line at the highest speed that Linux knows. */
static int
fast_line(void)
{
	int fd = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	struct termios t;

	if (tcgetattr(fd, &t) == -1 || cfsetspeed(&t, B4000000) == -1 ||
	    tcsetattr(fd, TCSANOW, &t) == -1 || tcgetattr(fd, &t) == -1)
		return 0;
	return cfgetospeed(&t) == B4000000;
}

static const struct {
	const char *name;
	int (*can)(void);
} features[] = {
	{ "tcp_info", tcp_info },
	{ "so_error", so_error },
	{ "path_mtu", path_mtu },
	{ "mark", mark },
	{ "filter", filter },
	{ "subreaper", subreaper },
	{ "connector", connector },
	{ "few_descriptors", few_descriptors },
	{ "own_name", own_name },
	{ "start", start },
	{ "start_at_limit", start_at_limit },
	{ "one_task", one_task },
	{ "thread_memory", thread_memory },
	{ "own_memory", own_memory },
	{ "syscall_numbers", syscall_numbers },
	{ "scope_id", scope_id },
	{ "hops", hops },
	{ "asked_hops", asked_hops },
	{ "closed_input", closed_input },
	{ "no_input", no_input },
	{ "traced", traced },
	{ "mount_proc", mount_proc },
	{ "no_handlers", no_handlers },
	{ "fast_line", fast_line },
	{ "signal_numbers", signal_numbers },
};

int
main(int argc, char **argv)
{
	size_t i;

	self = argv[0];
	for (i = 0; argc == 2 && i < sizeof features / sizeof *features; i++)
		if (strcmp(features[i].name, argv[1]) == 0)
			return !features[i].can();
	return 2;
}
