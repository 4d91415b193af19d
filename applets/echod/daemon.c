/* daemon - life without a terminal: -d and -p. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon.h"
#include "echod.h"
#include "err.h"
#include "fmt.h"
#include "io.h"
#include "opt.h"
#include "proc.h"

static int launcher = -1;	/* a pipe to it */
static int written = -1;	/* the pid file; held, its inode stays its own */

static _Noreturn void
wait_ready(int from, pid_t pid)
{
	char c;
	int status;

	if (io_read(from, &c, 1) == 1)
		_exit(OK);
	/* It has said why. */
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			_exit(SYSTEM);
	status = proc_code(status);
	_exit(status == USAGE ? USAGE : SYSTEM);
}

void
daemon_start(void)
{
	int ends[2];
	pid_t pid;

	if (!opts.daemon)
		return;
	if (pipe2(ends, O_CLOEXEC) == -1)
		die(SYSTEM, "pipe:");
	pid = fork();
	if (pid == -1)
		die(SYSTEM, "fork:");
	if (pid > 0) {
		close(ends[1]);
		wait_ready(ends[0], pid);
	}
	close(ends[0]);
	launcher = ends[1];
	setsid();
}

/* The pid that the file names, if there is such a process; or 0. */
static pid_t
running(const char *path)
{
	unsigned long long pid;
	char text[32];
	ssize_t n = io_slurp(AT_FDCWD, path, text, sizeof text);

	if (n > 0 && text[n - 1] == '\n')
		text[n - 1] = '\0';
	if (n <= 0 || opt_number(text, 1, 1u << 30, &pid) == -1)
		return 0;
	return kill(pid, 0) == 0 || errno == EPERM ? (pid_t)pid : 0;
}

static void
write_pid(const char *path)
{
	pid_t other;
	struct stat st;
	int fd;
	FMT(f, 32);

	/* Not a device, which would be lost, or a pipe, which says nothing. */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		die(SYSTEM, "-p %s: not a file", path);
	other = running(path);
	if (other > 0 && other != getpid())
		die(SYSTEM, "-p %s: process %d runs already", path,
		    (int)other);
	/* A new file: what a link of this name leads to is not ours. */
	if (unlink(path) == -1 && errno != ENOENT)
		die(SYSTEM, "-p %s:", path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	fmt_add(&f, "%d\n", (int)getpid());
	if (fd == -1 || io_write(fd, f.buf, f.len) == -1 ||
	    (written = open(path, O_PATH | O_CLOEXEC)) == -1)
		die(SYSTEM, "-p %s:", path);
	close(fd);
}

void
daemon_settle(void)
{
	if (opts.pidfile != NULL)
		write_pid(opts.pidfile);
	if (!opts.daemon)
		return;
	dup2(server->reserve, STDIN_FILENO);
	if (isatty(STDERR_FILENO))
		dup2(server->reserve, STDERR_FILENO);
}

void
daemon_ready(void)
{
	if (launcher == -1)
		return;
	io_write(launcher, "", 1);
	close(launcher);
}

void
daemon_unlink(void)
{
	struct stat ours, st;

	if (written != -1 && fstat(written, &ours) == 0 &&
	    lstat(opts.pidfile, &st) == 0 &&
	    st.st_ino == ours.st_ino && st.st_dev == ours.st_dev)
		unlink(opts.pidfile);
}
