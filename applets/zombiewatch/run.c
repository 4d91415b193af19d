/* run - start an init on trial, watch it from outside, end it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aim.h"
#include "applet.h"
#include "child.h"
#include "fmt.h"
#include "io.h"
#include "proc.h"
#include "sig.h"
#include "time.h"
#include "trial.h"

enum { ARGV_MAX = 64, ENV_MAX = 128 };

/* What the new process needs to know. */
struct start {
	const struct run *run;
	enum how how;
	enum role role;
	int number, talk, held;
};

/* A terminal of its own: both sides. */
static int
open_pty(int fds[2])
{
	int zero = 0, number;
	FMT(name, 32);

	fds[0] = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fds[0] == -1 || ioctl(fds[0], TIOCSPTLCK, &zero) == -1 ||
	    ioctl(fds[0], TIOCGPTN, &number) == -1)
		return -1;
	fmt_add(&name, "/dev/pts/%d", number);
	fds[1] = open(name.buf, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return fds[1];
}

static void
set_signals(enum how how)
{
	sig_mask(SIG_SETMASK, how == PENDING || how == BLOCKED ? SIGTERM : 0,
	    how == NOHUP ? SIGUSR1 : 0);
	signal(SIGPIPE, SIG_DFL);
	/* No kill(2): an init may take no notice of what it sends itself; and
	 * raise(3) knows the pid from before clone(2). */
	if (how == PENDING)
		syscall(SYS_tkill, getpid(), SIGTERM);
	if (how == NOHUP)
		signal(SIGHUP, SIG_IGN);
	if (how == DEAF)
		signal(SIGCHLD, SIG_IGN);
}

static void
set_files(const struct start *s)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (!s->run->verbose)
		dup2(fd, 2);
	for (fd = 0; fd < 2; fd++)
		dup2(s->talk, fd);
	if (s->how == HOLD)
		fcntl(s->held, F_SETFD, 0);
	for (fd = 0; s->how == CLOSED && fd <= 2; fd++)
		close(fd);
}

/* As systemd does it: sd_listen_fds(3). */
static void
set_environment(const struct start *s, char **to, struct fmt *pid)
{
	char **from = environ, **end = to + ENV_MAX - 1;

	if (s->how == LISTEN) {
		fmt_add(pid, "LISTEN_PID=%d", getpid());
		*to++ = pid->buf;
		*to++ = "LISTEN_FDS=1";
	}
	for (; *from != NULL && to < end; from++)
		if (strncmp(*from, "LISTEN_", 7) != 0)
			*to++ = *from;
	*to = NULL;
}

/* The whole command line.  A link named after the applet is called by its
 * options, any other name of the box by the applet's. */
static void
fill(const struct start *s, char **to, struct fmt *text)
{
	static char applet[] = "zombiewatch";
	const struct run *r = s->run;
	const char *slash = strrchr(r->exe, '/');
	char *const *p, **end = to + ARGV_MAX - 6;
	int times;

	fmt_add(text, "=%c%c%d", 'a' + s->role, '\0', s->number);
	for (times = s->how == TWICE; times >= 0; times--)
		for (p = r->prefix; *p != NULL && to < end;)
			*to++ = *p++;
	if (s->role >= ROLES)
		*to++ = s->role == NO_PROGRAM ? "/no/such/program" : "/dev/null";
	else {
		*to++ = (char *)r->exe;
		if (slash == NULL || strcmp(slash + 1, applet) != 0)
			*to++ = applet;
		*to++ = "-t";
		*to++ = text->buf;
	}
	*to++ = text->buf + 3;
	*to = NULL;
}

/* Become the init on trial. */
static void
enter(void *arg)
{
	const struct start *s = arg;
	char *argv[ARGV_MAX], *env[ENV_MAX];
	FMT(pid, 32);
	FMT(text, 16);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (s->how == TTY) {
		setsid();
		ioctl(s->talk, TIOCSCTTY, 0);
	}
	set_environment(s, env, &pid);
	fill(s, argv, &text);
	chdir("/dev");
	set_files(s);
	set_signals(s->how);
	execvpe(argv[0], argv, env);
}

int
run_start(struct run *r, enum how how, enum role role, int number)
{
	struct start s = { r, how, role, number, -1, -1 };
	int talk[2], held[2];

	if (how == TTY && open_pty(talk) == -1)
		return SKIP;
	if ((how != TTY && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
		talk) == -1) || pipe2(held, O_CLOEXEC) == -1)
		die(SYSTEM, "socketpair:");
	r->talk = talk[0];
	r->held = held[0];
	s.talk = talk[1];
	s.held = held[1];
	r->init = child_spawn(r->namespace, enter, &s);
	if (r->init == -1)
		die(SYSTEM, "%s:", r->prefix[0]);
	close(talk[1]);
	close(held[1]);
	return PASS;
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
	close(r->talk);
	close(r->held);
	r->talk = r->held = -1;
	r->init = 0;
}

/* Wait for something on a descriptor.  Returns what poll(2) tells. */
static int
await(int fd)
{
	unsigned long long end = time_now() + PATIENCE;
	int n;

	do
		n = io_poll(fd, POLLIN, time_left(end));
	while (n == -1 && errno == EINTR);
	return n > 0 ? n : 0;
}

int
run_byte(struct run *r)
{
	unsigned char c;

	return await(r->talk) != 0 && io_read(r->talk, &c, 1) == 1 ? c : -1;
}

int
run_hangup(int fd)
{
	return (await(fd) & POLLHUP) != 0;
}

int
run_ended(struct run *r, int unused)
{
	int status;
	pid_t pid;

	while ((pid = proc_reap(&status, NULL)) > 0)
		if (pid == r->init) {
			r->code = proc_code(status);
			r->init = 0;
			return 1;
		}
	return 0;
}
