/* evidence - what /proc tells of a parent that does not reap. */
#include <sys/syscall.h>

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "autopsy.h"

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
look_for_wait(struct evidence *e, pid_t tid)
{
	char where[WHERE_MAX], line[256];
	unsigned long long nr;
	ssize_t n = task_file(tid, "wchan", where, sizeof where);
	long pid = 0;

	if (n < 7 || strcmp(where + n - 7, "do_wait") != 0)
		return;
	e->flags |= E_WAITING;
	if (task_file(tid, "syscall", line, sizeof line) == -1)
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

/* What /proc/PID/status says of a process or thread, in the one buffer
 * there is for it; NULL: it has gone, or is hidden. */
static const char *
status_of(pid_t pid)
{
	static char status[2048];

	return task_file(pid, "status", status, sizeof status) == -1 ?
	    NULL : status;
}

/* Look at each of a process's threads, or descriptors. */
static void
look_at_all(struct evidence *e, const char *what, int most,
    void (*look)(struct evidence *, pid_t))
{
	struct scan s;
	int root = scan_dir, inner = task_open(e->parent.pid, what);
	pid_t n;

	if (inner == -1)
		return;
	scan_dir = inner;
	scan_start(&s);
	while (most-- > 0 && (n = scan_next(&s)) > 0)
		look(e, n);
	scan_leave(root);
}

static void
look_at_thread(struct evidence *e, pid_t tid)
{
	const char *status = status_of(tid);

	if (status == NULL)
		return;
	if (!chld(status, "SigBlk:"))
		e->flags &= ~E_BLOCKED;
	if (chld(status, "SigPnd:"))
		e->flags |= E_PENDING;
	look_for_wait(e, tid);
}

/* Is it a signalfd for SIGCHLD? */
static void
look_at_fd(struct evidence *e, pid_t fd)
{
	char info[512];

	if (task_file(fd, "", info, sizeof info) > 0 &&
	    chld(info, "sigmask:"))
		e->flags |= E_SIGNALFD;
}

void
read_command(struct fmt *f, const struct task *t)
{
	char line[256];
	ssize_t i, n = task_file(t->pid, "cmdline", line, sizeof line);

	while (n > 0 && line[n - 1] == '\0')
		n--;
	for (i = 0; i < n; i++)
		if (line[i] == '\0')
			line[i] = ' ';
	if (n > 0)
		fmt_escape(f, line, n);
	else
		fmt_escape(f, t->comm, t->comm_len);
	if (f->cut)
		fmt_end(f, "...");
}

/* What the state of the parent's first thread says. */
static unsigned
state_flags(const struct evidence *e)
{
	static const char states[] = "TtDZ";
	const char *state = strchr(states, e->parent.state);

	if (strcmp(e->where, "zap_pid_ns_processes") == 0)
		return E_TEARDOWN;
	return state != NULL ? E_STOPPED << (state - states) : 0;
}

static void
look_at_parent(struct evidence *e, pid_t pid)
{
	struct fmt f = { e->command, sizeof e->command, 0, 0 };
	const char *status;
	int i, init;

	if (task_read(pid, &e->parent) == -1 ||
	    (status = status_of(pid)) == NULL) {
		e->flags |= E_UNREAD;
		return;
	}
	e->depth = scan_depth(status, &init);
	if (init)
		e->flags |= E_INIT;
	e->tracer = scan_number(status, "TracerPid:", 0);
	for (i = 0; i < MASKS; i++)
		if (chld(status, masks[i].name))
			e->flags |= masks[i].flag;
	read_command(&f, &e->parent);
	if (task_file(pid, "wchan", e->where, sizeof e->where) == -1 ||
	    strcmp(e->where, "0") == 0)
		e->where[0] = '\0';
	e->flags |= state_flags(e);
	look_at_all(e, "task", THREADS_MAX, look_at_thread);
	if (e->flags & E_BLOCKED)
		look_at_all(e, "fdinfo", FDS_MAX, look_at_fd);
}

/* What the zombie itself tells. */
static void
look_at_zombie(struct evidence *e, const struct task *t)
{
	const char *status = status_of(t->pid);
	int init;

	if (t->signal != SIGCHLD)
		e->flags |= E_CLONED;
	if (status == NULL)
		return;
	e->holder = scan_number(status, "TracerPid:", 0);
	if (e->holder != 0 && e->holder != t->ppid)
		e->flags |= E_TRACED;
	if (e->depth > 0 && scan_depth(status, &init) > e->depth && !init)
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
look_for_heir(struct evidence *e)
{
	enum { GENERATIONS = 64 };
	struct task *t = &e->heir_task;
	const char *status;
	pid_t pid = e->parent.ppid;
	int i, init = 0;

	for (i = 0; i < GENERATIONS && pid > 0; i++, pid = t->ppid) {
		if (task_read(pid, t) == -1 ||
		    (status = status_of(pid)) == NULL)
			return;
		scan_depth(status, &init);
		if (!init && pid != 1 && !known_subreaper(t))
			continue;
		e->heir = pid;
		/* The very next above it: nobody is between. */
		e->heir_known = i == 0 ? "" : init || pid == 1 ?
		    ", or a subreaper between, which /proc does not tell" :
		    ", a known subreaper";
		return;
	}
}

void
autopsy(const struct task *t, struct evidence *e)
{
	memset(e, 0, sizeof *e);
	if (t->ppid == 0)
		e->flags |= E_OUTSIDE;
	else {
		look_at_parent(e, t->ppid);
		look_for_heir(e);
	}
	look_at_zombie(e, t);
	autopsy_judge(e);
}
