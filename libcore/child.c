/* child - start programs as an init does, learn how they end, end all. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "fmt.h"
#include "io.h"
#include "opt.h"
#include "proc.h"
#include "sig.h"
#include "time.h"

enum { LISTEN_MAX = sizeof "LISTEN_PID=-2147483648" };

#define KILL_WAIT (2 * TIME_S)
#define KILL_AGAIN (50 * TIME_MS)	/* also for what was forked meanwhile */

/*
 * sd_listen_fds(3): the descriptors from 3 on are for the process that
 * LISTEN_PID names.  If that is us, the program takes our place; the
 * newer LISTEN_PIDFDID would contradict, so it goes.
 */
static void
pass_listen(pid_t us, char *text, size_t size)
{
	struct fmt f = { text, size, 0, 0 };
	unsigned long long pid;
	char **from, **to;
	int ours = 0;

	for (from = environ; from != NULL && *from != NULL; from++)
		if (strncmp(*from, "LISTEN_PID=", 11) == 0 &&
		    opt_number(*from + 11, us, us, &pid) == 0) {
			fmt_add(&f, "LISTEN_PID=%d", getpid());
			*from = text;
			ours = 1;
		}
	for (from = to = environ; ours && *from != NULL; from++)
		if (strncmp(*from, "LISTEN_PIDFDID=", 15) != 0)
			*to++ = *from;
	if (ours)
		*to = NULL;
}

/* Lead a group, and have the terminal if the group we leave has it. */
static int
lead_group(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	int foreground = tcgetpgrp(fd == -1 ? 0 : fd) == getpgrp();

	if (setpgid(0, 0) == -1)
		return -1;
	/* TTOU is blocked here, so it may be done from the background.  A
	 * terminal that went away meanwhile is no reason not to start. */
	if (foreground)
		tcsetpgrp(fd == -1 ? 0 : fd, getpid());
	close(fd);
	return 0;
}

/* What child_start was asked for. */
struct start {
	char *const *argv;
	const sigset_t *mask;
	unsigned how;
	pid_t us;
};

static void
become(void *arg)
{
	const struct start *s = arg;
	char listen[LISTEN_MAX];
	sigset_t set;

	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (s->how & CHILD_SESSION) {
		if (setsid() == -1)
			return;
		ioctl(STDIN_FILENO, TIOCSCTTY, 0);
	} else if (s->how & CHILD_GROUP && lead_group() == -1)
		return;
	pass_listen(s->us, listen, sizeof listen);
	sigemptyset(&set);
	sigprocmask(SIG_SETMASK, s->mask != NULL ? s->mask : &set, NULL);
	execvp(s->argv[0], s->argv);
}

/* fork(2) into new namespaces. */
static pid_t
new_process(unsigned flags)
{
	if (flags == 0)
		return fork();
#ifdef __s390x__
	return syscall(SYS_clone, 0, flags | SIGCHLD, 0, 0, 0);
#else
	return syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
#endif
}

pid_t
child_spawn(unsigned flags, void (*program)(void *), void *arg)
{
	pid_t pid;
	int error = 0, fds[2];
	ssize_t n;

	if (pipe2(fds, O_CLOEXEC) == -1)
		return -1;
	pid = new_process(flags);
	if (pid == 0) {
		program(arg);
		error = errno;
		io_write(fds[1], &error, sizeof error);
		_exit(child_code(error));
	}
	if (pid == -1)
		error = errno;
	close(fds[1]);
	/* The end of file is the exec that closed the other end. */
	n = pid == -1 ? 0 : io_read(fds[0], &error, sizeof error);
	close(fds[0]);
	if (pid != -1 && n != sizeof error)
		return pid;
	while (pid != -1 && waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
	errno = error;
	return -1;
}

pid_t
child_start(char *const *argv, const sigset_t *mask, unsigned how)
{
	struct start s = { argv, mask, how, getpid() };

	return child_spawn(0, become, &s);
}

int
child_code(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		return 127;
	case EAGAIN:
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return 125;
	}
	return 126;
}

/* Read name and age from /proc/PID/stat.  The start is in ticks of the clock
 * that counts a suspended machine's time too. */
static void
look(struct child *c)
{
	unsigned long long born, hz = getauxval(AT_CLKTCK);
	struct timespec now;
	struct task t;
	char stat[1024];
	ssize_t n;
	FMT(path, 32);

	fmt_add(&path, "/proc/%d/stat", c->pid);
	n = io_slurp(AT_FDCWD, path.buf, stat, sizeof stat);
	if (n == -1 || proc_task(stat, n, &t) == -1)
		return;
	/* It has its NUL from before. */
	memcpy(c->name, t.comm, t.comm_len < sizeof c->name ? t.comm_len :
		sizeof c->name - 1);
	if (hz == 0)
		return;
	clock_gettime(CLOCK_BOOTTIME, &now);
	born = t.start / hz * TIME_S + t.start % hz * TIME_S / hz;
	c->lived = now.tv_sec * TIME_S + now.tv_nsec;
	c->lived = c->lived > born ? c->lived - born : 0;
}

pid_t
child_reap(struct child *c)
{
	siginfo_t dead;
	pid_t pid;
	int result;

	memset(c, 0, sizeof *c);
	c->name[0] = '?';
	dead.si_pid = 0;
	do
		result = waitid(P_ALL, 0, &dead, WEXITED | WNOHANG | WNOWAIT);
	while (result == -1 && errno == EINTR);
	if (result == -1 || dead.si_pid == 0)
		return result;
	c->pid = dead.si_pid;
	look(c);
	do
		pid = wait4(c->pid, &c->status, 0, &c->usage);
	while (pid == -1 && errno == EINTR);
	return pid;
}

static unsigned long long
cpu(const struct rusage *r)
{
	return (r->ru_utime.tv_sec + r->ru_stime.tv_sec) * 1000000ull +
	    r->ru_utime.tv_usec + r->ru_stime.tv_usec;
}

void
child_format(struct fmt *f, const struct child *c)
{
	fmt_escape(f, c->name, strlen(c->name));
	fmt_add(f, " (pid %d): ", c->pid);
	proc_status(f, c->status);
	if (c->lived != 0) {
		fmt_add(f, " after ");
		fmt_fixed(f, c->lived, 9, 2);
		fmt_add(f, " s");
	}
	fmt_add(f, ", cpu ");
	fmt_fixed(f, cpu(&c->usage), 6, 3);
	fmt_add(f, " s, memory %ld KB", c->usage.ru_maxrss);
}

/* Reap all that is dead.  Returns -1 when no child is left at all. */
static int
reap(const struct child_stop *s)
{
	struct child c;
	pid_t pid;

	if (s->ended == NULL)
		while ((pid = proc_reap(&c.status, NULL)) > 0)
			;
	else
		while ((pid = child_reap(&c)) > 0)
			s->ended(&c);
	return pid;
}

/* Wait until a child ends or the time has come.  Returns 1 when it has. */
static int
wait_until(const struct child_stop *s, unsigned long long end)
{
	int sig, left = time_left(end);

	if (left == 0)
		return 1;
	if (io_poll(s->signals, POLLIN, left) > 0 &&
	    (sig = sig_next(s->signals, NULL)) != 0 && sig != SIGCHLD &&
	    s->passed != NULL)
		s->passed(sig);
	return 0;
}

int
child_stop(const struct child_stop *s)
{
	unsigned long long start = time_now(), end = start + s->grace;

	if (reap(s) == -1)
		return 0;
	if (s->grace != 0) {
		s->each(SIGTERM);
		s->each(SIGCONT);
	}
	while (reap(s) != -1)
		if (wait_until(s, end))
			break;
	start = end = time_now();
	while (reap(s) != -1) {
		if (time_now() - start > KILL_WAIT) {
			errno = ETIMEDOUT;
			return -1;
		}
		if (wait_until(s, end)) {
			s->each(SIGKILL);
			end = time_now() + KILL_AGAIN;
		}
	}
	return 0;
}
