/* run - start an init on trial, watch it from outside, end it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "applet.h"
#include "fmt.h"
#include "init.h"
#include "io.h"
#include "proc.h"
#include "time.h"
#include "trial.h"

enum { ARGV_MAX = 64, STACK = 32768 };

/* What the new process needs to know. */
struct start {
	const struct run *run;
	unsigned how;
	char **argv;
	int in, out, held, error;
};

/* A terminal of its own: *master, and the name of the other side. */
static int
open_pty(int *master, struct fmt *name)
{
	int zero = 0, number;

	*master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (*master == -1)
		return -1;
	if (ioctl(*master, TIOCSPTLCK, &zero) == -1 ||
	    ioctl(*master, TIOCGPTN, &number) == -1) {
		close(*master);
		return -1;
	}
	fmt_add(name, "/dev/pts/%d", number);
	return 0;
}

static void
set_signals(unsigned how)
{
	sigset_t set;

	sigemptyset(&set);
	if (how & (HOW_PENDING | HOW_BLOCKED))
		sigaddset(&set, SIGTERM);
	if (how & HOW_NOHUP)
		sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_SETMASK, &set, NULL);
	signal(SIGPIPE, SIG_DFL);
	/* No kill(2): an init may take no notice of what it sends itself; and
	 * raise(3) knows the pid from before clone(2). */
	if (how & HOW_PENDING)
		syscall(SYS_tkill, getpid(), SIGTERM);
	if (how & HOW_NOHUP)
		signal(SIGHUP, SIG_IGN);
	if (how & HOW_DEAF)
		signal(SIGCHLD, SIG_IGN);
}

static void
set_files(const struct start *s)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(s->in, 0);
	dup2(s->out, 1);
	if (!s->run->verbose)
		dup2(null, 2);
	if (s->how & HOW_HOLD)
		fcntl(s->held, F_SETFD, 0);
	if (s->how & HOW_CLOSED) {
		close(0);
		close(1);
		close(2);
	}
}

/* As systemd does it: sd_listen_fds(3). */
static void
set_listen(void)
{
	static char pid[32], *env[128], count[] = "LISTEN_FDS=1";
	struct fmt f = { pid, sizeof pid, 0, 0 };
	size_t i, n = 2;

	fmt_add(&f, "LISTEN_PID=%d", getpid());
	env[0] = pid;
	env[1] = count;
	for (i = 0; environ[i] != NULL && n < 127; i++)
		if (strncmp(environ[i], "LISTEN_", 7) != 0)
			env[n++] = environ[i];
	environ = env;
}

/* Become the init on trial. */
static int
enter(void *arg)
{
	struct start *s = arg;
	int error;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (s->how & HOW_TTY) {
		setsid();
		ioctl(s->in, TIOCSCTTY, 0);
	}
	if (s->how & HOW_LISTEN)
		set_listen();
	chdir("/dev");
	set_files(s);
	set_signals(s->how);
	execvp(s->argv[0], s->argv);
	error = errno;
	io_write(s->error, &error, sizeof error);
	return 127;
}

/* The whole command line.  A link named after the applet is called by its
 * options, any other name of the box by the applet's. */
static void
fill(const struct run *r, char **argv, const char *role, char *number)
{
	static char option[] = "-t", applet[] = "zombiewatch", word[32];
	struct fmt f = { word, sizeof word, 0, 0 };
	const char *slash = strrchr(r->exe, '/');
	int i, n = 0, times;

	for (times = 0; times <= r->twice; times++)
		for (i = 0; r->prefix[i] != NULL && n < ARGV_MAX - 6; i++)
			argv[n++] = r->prefix[i];
	if (strchr(role, '/') == NULL) {
		argv[n++] = (char *)r->exe;
		if (slash == NULL || strcmp(slash + 1, applet) != 0)
			argv[n++] = applet;
		argv[n++] = option;
		fmt_add(&f, "=%s", role);
	} else
		fmt_add(&f, "%s", role);
	argv[n++] = word;
	argv[n++] = number;
	argv[n] = NULL;
}

static pid_t
launch(struct start *s)
{
	static char stack[STACK] __attribute__((aligned(16)));
	int error, fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) == -1)
		die(SYSTEM, "pipe:");
	s->error = fds[1];
	pid = clone(enter, stack + sizeof stack,
	    (s->run->namespace ? CLONE_NEWPID : 0) | SIGCHLD, s);
	if (pid == -1)
		die(SYSTEM, "clone:");
	close(fds[1]);
	if (io_read(fds[0], &error, sizeof error) == sizeof error) {
		errno = error;
		die(SYSTEM, "%s:", s->argv[0]);
	}
	close(fds[0]);
	return pid;
}

/* The pipes or the terminal: theirs in *s, ours in *r. */
static int
connect_files(struct run *r, struct start *s)
{
	int in[2], out[2], held[2];
	FMT(name, 32);

	if (s->how & HOW_TTY) {
		if (open_pty(&r->out, &name) == -1)
			return SKIP;
		s->in = s->out = open(name.buf, O_RDWR | O_NOCTTY | O_CLOEXEC);
		if (s->in == -1)
			return SKIP;
		return 0;
	}
	if (pipe2(in, O_CLOEXEC) == -1 || pipe2(out, O_CLOEXEC) == -1 ||
	    pipe2(held, O_CLOEXEC) == -1)
		die(SYSTEM, "pipe:");
	s->in = in[0];
	r->in = in[1];
	s->out = out[1];
	r->out = out[0];
	s->held = held[1];
	r->held = held[0];
	return 0;
}

int
run_start(struct run *r, unsigned how, const char *role, int number)
{
	char *argv[ARGV_MAX], text[16];
	struct fmt f = { text, sizeof text, 0, 0 };
	struct start s = { .run = r, .how = how, .argv = argv, .held = -1 };

	r->in = r->out = r->held = -1;
	fmt_add(&f, "%d", number);
	fill(r, argv, role, text);
	if (connect_files(r, &s) == SKIP)
		return SKIP;
	r->init = launch(&s);
	close(s.in);
	close(s.out);
	close(s.held);
	return 0;
}

void
run_end(struct run *r)
{
	int status;

	if (r->init > 0)
		kill(r->init, SIGKILL);
	if (!r->namespace)
		tree_kill(SIGKILL);
	while (waitpid(-1, &status, 0) > 0 || errno == EINTR)
		;
	close(r->in);
	close(r->out);
	close(r->held);
	r->init = 0;
}

/* Wait for something on a descriptor.  Returns what poll(2) tells. */
static int
await(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	unsigned long long end = time_now() + PATIENCE;
	int n;

	do
		n = poll(&p, 1, time_left(end));
	while (n == -1 && errno == EINTR);
	return n == 1 ? p.revents : 0;
}

int
run_byte(struct run *r)
{
	unsigned char c;

	return await(r->out) != 0 && io_read(r->out, &c, 1) == 1 ? c : -1;
}

int
run_hangup(int fd)
{
	return await(fd) & POLLHUP ? 0 : -1;
}

int
run_code(struct run *r)
{
	unsigned long long end = time_now() + PATIENCE;
	int status;
	pid_t pid;

	while ((pid = proc_reap(&status, NULL)) != r->init) {
		if (pid > 0)
			continue;
		if (time_now() > end)
			return -1;
		time_sleep(TIME_MS);
	}
	r->init = 0;
	return proc_code(status);
}
