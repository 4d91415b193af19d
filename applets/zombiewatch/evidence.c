/* evidence - what /proc tells of a parent that does not reap. */
#include <sys/syscall.h>

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "autopsy.h"
#include "io.h"

enum { THREADS_MAX = 64, FDS_MAX = 256 };

static unsigned long long
hex(const char *s)
{
	unsigned long long v = 0;
	int digit;

	for (; s != NULL; s++) {
		if (*s >= '0' && *s <= '9')
			digit = *s - '0';
		else if (*s >= 'a' && *s <= 'f')
			digit = *s - 'a' + 10;
		else
			break;
		v = v << 4 | digit;
	}
	return v;
}

/* Is SIGCHLD in one of the signal masks of a status file? */
static int
chld(const char *status, const char *key)
{
	return hex(scan_field(status, key)) >> (SIGCHLD - 1) & 1;
}

/* How deep a process is in PID namespaces, and if it is the deepest's
 * process 1 (NSpid, since Linux 4.1). */
static int
depth(const char *status, int *init)
{
	const char *s = scan_field(status, "NSpid:");
	int n = 0;

	*init = 0;
	while (s != NULL && *s >= '0' && *s <= '9') {
		n++;
		*init = s[0] == '1' && (s[1] == '\n' || s[1] == '\0');
		s += strspn(s, "0123456789");
		s += strspn(s, "\t ");
	}
	return n;
}

/* The argument of a line of /proc/PID/syscall: "61 0x1f 0x7ffd ...". */
static long
argument(const char *line, int n)
{
	for (; n >= 0 && line != NULL; n--) {
		line = strchr(line, 'x');
		line = line != NULL ? line + 1 : NULL;
	}
	return (int)hex(line);
}

/* Does the thread wait for children, and for one only?  The system call
 * needs more rights than the name of the place in the kernel. */
static void
look_for_wait(struct evidence *e, int tasks, pid_t tid)
{
	char where[WHERE_MAX] = "", line[256];
	unsigned long long nr = 0;
	size_t n;
	long pid = 0;

	task_file(tasks, tid, "wchan", where, sizeof where);
	n = strlen(where);
	if (n < 7 || strcmp(where + n - 7, "do_wait") != 0)
		return;
	e->flags |= E_WAITING;
	if (task_file(tasks, tid, "syscall", line, sizeof line) == -1)
		return;
	nr = scan_number(line, "", 0);
	if (nr == SYS_wait4)
		pid = argument(line, 0);
	else if (nr == SYS_waitid && argument(line, 0) == P_PID)
		pid = argument(line, 1);
	if (pid > 0) {
		e->flags |= E_OTHER;
		e->waits_for = pid;
	}
}

static void
look_at_threads(struct evidence *e, int dir, pid_t pid)
{
	struct scan s;
	char status[2048];
	pid_t tid;
	int tasks, n;
	FMT(path, 32);

	fmt_add(&path, "%d/task", pid);
	tasks = openat(dir, path.buf, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (tasks == -1)
		return;
	scan_start(&s, tasks);
	for (n = 0; n < THREADS_MAX && (tid = scan_next(&s)) > 0; n++) {
		if (task_file(tasks, tid, "status", status,
			sizeof status) == -1)
			continue;
		if (!chld(status, "SigBlk:"))
			e->flags &= ~E_BLOCKED;
		if (chld(status, "SigPnd:"))
			e->flags |= E_PENDING;
		look_for_wait(e, tasks, tid);
	}
	close(tasks);
}

/* Has it a signalfd for SIGCHLD? */
static void
look_at_fds(struct evidence *e, int dir, pid_t pid)
{
	struct scan s;
	char info[512];
	int fds, fd, n;
	FMT(path, 32);

	fmt_add(&path, "%d/fdinfo", pid);
	fds = openat(dir, path.buf, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fds == -1)
		return;
	scan_start(&s, fds);
	for (n = 0; n < FDS_MAX && (fd = scan_next(&s)) > 0; n++) {
		fmt_reset(&path);
		fmt_add(&path, "%d", fd);
		if (io_slurp(fds, path.buf, info, sizeof info) > 0 &&
		    chld(info, "sigmask:"))
			e->flags |= E_SIGNALFD;
	}
	close(fds);
}

static void
read_command(struct evidence *e, int dir, pid_t pid)
{
	struct fmt f = { e->command, sizeof e->command, 0, 0 };
	char line[256];
	ssize_t i, n = task_file(dir, pid, "cmdline", line, sizeof line);

	fmt_reset(&f);
	while (n > 0 && line[n - 1] == '\0')
		n--;
	for (i = 0; i < n; i++)
		if (line[i] == '\0')
			line[i] = ' ';
	if (n > 0)
		fmt_escape(&f, line, n);
	else
		row_name(&f, &e->parent, 0);
	if (f.cut)
		fmt_end(&f, "...");
}

/* What the state of the parent's first thread says. */
static unsigned
state_flags(const struct evidence *e)
{
	const char *where = e->where;

	if (strcmp(where, "zap_pid_ns_processes") == 0)
		return E_TEARDOWN;
	switch (e->parent.state) {
	case 'T':
		return E_STOPPED;
	case 't':
		return E_HELD;
	case 'D':
		return E_DISK;
	case 'Z':
		return E_LEADER;
	}
	return 0;
}

/* What /proc/PID/status of the parent says. */
static unsigned
status_flags(const char *status)
{
	int init;

	depth(status, &init);
	return (init ? E_INIT : 0) |
	    (chld(status, "SigIgn:") ? E_IGNORED : 0) |
	    (chld(status, "SigCgt:") ? E_CAUGHT : 0) |
	    (chld(status, "SigBlk:") ? E_BLOCKED : 0) |
	    (chld(status, "SigPnd:") || chld(status, "ShdPnd:") ? E_PENDING :
								   0);
}

static void
look_at_parent(struct evidence *e, int dir, pid_t pid)
{
	char status[2048];

	if (task_read(dir, pid, &e->parent) == -1 ||
	    task_file(dir, pid, "status", status, sizeof status) == -1) {
		e->flags |= E_UNREAD;
		return;
	}
	read_command(e, dir, pid);
	if (task_file(dir, pid, "wchan", e->where, sizeof e->where) == -1 ||
	    strcmp(e->where, "0") == 0)
		e->where[0] = '\0';
	e->tracer = scan_number(status, "TracerPid:", 0);
	e->flags |= state_flags(e) | status_flags(status);
	look_at_threads(e, dir, pid);
	if (e->flags & E_BLOCKED)
		look_at_fds(e, dir, pid);
}

/* What the zombie itself tells. */
static void
look_at_zombie(struct evidence *e, int dir, const struct task *t)
{
	char zombie[2048], parent[2048];
	int init = 0, n;

	if (t->signal != SIGCHLD)
		e->flags |= E_CLONED;
	if (task_file(dir, t->pid, "status", zombie, sizeof zombie) == -1)
		return;
	e->holder = scan_number(zombie, "TracerPid:", 0);
	if (e->holder != 0 && e->holder != t->ppid)
		e->flags |= E_TRACED;
	if (task_file(dir, t->ppid, "status", parent, sizeof parent) == -1)
		return;
	n = depth(parent, &init);
	if (depth(zombie, &init) > n && !init)
		e->flags |= E_ENTERED;
}

/* Programs that are known to make themselves child subreapers, which /proc
 * does not show.  A name is cut at 15 bytes. */
static int
known_subreaper(const struct task *t)
{
	static const char names[][COMM_MAX] = { "systemd", "containerd-shim",
		"conmon", "catatonit" };
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (t->comm_len == strlen(names[i]) &&
		    memcmp(t->comm, names[i], t->comm_len) == 0)
			return 1;
	return 0;
}

/* Who would be the parent's children's next: the nearest subreaper above
 * it, or else its PID namespace's process 1 (kernel: find_new_reaper). */
static void
look_for_heir(struct evidence *e, int dir)
{
	enum { GENERATIONS = 64 };
	char status[1024];
	pid_t pid = e->parent.ppid;
	int i, init = 0;

	for (i = 0; i < GENERATIONS && pid > 0; i++) {
		if (task_read(dir, pid, &e->heir_task) == -1 ||
		    task_file(dir, pid, "status", status, sizeof status) == -1)
			return;
		depth(status, &init);
		if (init || pid == 1 || known_subreaper(&e->heir_task)) {
			e->heir = pid;
			/* The very next above it: nobody is between. */
			e->heir_known = i == 0 ? 1 :
			    init || pid == 1 ? 0 :
					       2;
			return;
		}
		pid = e->heir_task.ppid;
	}
}

void
autopsy(int dir, const struct task *t, struct evidence *e)
{
	memset(e, 0, sizeof *e);
	if (t->ppid == 0)
		e->flags |= E_OUTSIDE;
	else {
		look_at_parent(e, dir, t->ppid);
		look_for_heir(e, dir);
	}
	look_at_zombie(e, dir, t);
}
