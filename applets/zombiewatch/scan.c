/* scan - walk through /proc: one directory, one stat file a process. */
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "fmt.h"
#include "io.h"
#include "scan.h"

/* What getdents64(2) returns; no C library's opendir, which allocates. */
struct entry {
	uint64_t ino;
	int64_t off;
	uint16_t len;
	uint8_t type;
	char name[];
};

int scan_dir;

int
scan_open(const char *root)
{
	return scan_dir = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

void
scan_leave(int before)
{
	close(scan_dir);
	scan_dir = before;
}

int
scan_start(struct scan *s)
{
	memset(s, 0, offsetof(struct scan, buf));
	return lseek(scan_dir, 0, SEEK_SET) == -1 ? -1 : 0;
}

pid_t
scan_next(struct scan *s)
{
	const struct entry *e;
	const char *end;
	unsigned long long pid;

	for (;;) {
		if (s->at >= s->len) {
			s->len = syscall(SYS_getdents64, scan_dir, s->buf,
			    sizeof s->buf);
			s->at = 0;
			if (s->len <= 0)
				return s->len;
		}
		e = (const struct entry *)(s->buf + s->at);
		s->at += e->len;
		if (e->name[0] == '-')
			continue;
		end = proc_digits(e->name, &pid);
		if (end == NULL || *end != '\0' || pid == 0 || pid > INT32_MAX)
			continue;
		s->processes++;
		s->init |= pid == 1;
		return pid;
	}
}

pid_t
scan_task(struct scan *s, struct task *t)
{
	pid_t pid;

	while ((pid = scan_next(s)) > 0 && task_read(pid, t) == -1)
		s->hidden += errno != ENOENT && errno != ESRCH;
	return pid;
}

/* ROOT/PID/NAME without the root; ROOT/PID for no name. */
static const char *
path_of(char path[64], pid_t pid, const char *name)
{
	struct fmt f = { path, 64, 0, 0 };

	fmt_add(&f, *name ? "%d/%s" : "%d", pid, name);
	return path;
}

int
task_open(pid_t pid, const char *name)
{
	char path[64];

	return openat(scan_dir, path_of(path, pid, name), O_RDONLY | O_CLOEXEC);
}

ssize_t
task_file(pid_t pid, const char *name, char *buf, size_t size)
{
	char path[64];

	return io_slurp(scan_dir, path_of(path, pid, name), buf, size);
}

ssize_t
task_link(pid_t pid, const char *name, char *buf, size_t size)
{
	char path[64];
	ssize_t n = readlinkat(scan_dir, path_of(path, pid, name), buf,
	    size - 1);

	buf[n > 0 ? n : 0] = '\0';
	return n;
}

/*
 * A status of 0 may be a lie: it is what the kernel shows to those who may
 * not know.  It then refuses to read the link to the program too, which of
 * a zombie is gone (ENOENT) for those who may.
 */
static int
may_know(pid_t pid)
{
	char link[2];

	return task_link(pid, "exe", link, sizeof link) == -1 &&
	    errno == ENOENT;
}

int
task_read(pid_t pid, struct task *t)
{
	char line[2048];
	ssize_t n;
	int fd = task_open(pid, "stat");

	if (fd == -1)
		return -1;
	n = io_read(fd, line, sizeof line - 1);
	close(fd);
	if (n == -1)
		return -1;
	line[n] = '\0';
	t->pid = pid;
	if (proc_task(line, n, t) == -1) {
		errno = n == 0 ? ESRCH : EINVAL;
		return -1;
	}
	if (t->state == 'Z' && t->status == 0)
		t->known = t->known && may_know(pid);
	return 0;
}

int
task_same(const struct task *was)
{
	struct task is;

	return task_read(was->pid, &is) == 0 && is.start == was->start;
}

int
task_user(pid_t pid, uid_t *uid)
{
	char status[1024];
	unsigned long long v;

	if (task_file(pid, "status", status, sizeof status) == -1)
		return -1;
	v = scan_number(status, "Uid:", ULLONG_MAX);
	*uid = v;
	return v == ULLONG_MAX ? -1 : 0;
}

int
task_zombie(const struct task *t)
{
	return t->state == 'Z' && t->threads <= 1;
}

int
task_leader(const struct task *t)
{
	return t->state == 'Z' && t->threads > 1;
}

const char *
scan_field(const char *text, const char *key)
{
	size_t n = strlen(key);

	while (strncmp(text, key, n) != 0) {
		text = strchr(text, '\n');
		if (text == NULL)
			return NULL;
		text++;
	}
	for (text += n; *text == ' ' || *text == '\t' || *text == ':'; text++)
		;
	return text;
}

unsigned long long
scan_number(const char *text, const char *key, unsigned long long otherwise)
{
	const char *s = scan_field(text, key);
	unsigned long long v;

	return s != NULL && proc_digits(s, &v) != NULL ? v : otherwise;
}

int
scan_depth(const char *status, int *init)
{
	const char *s = scan_field(status, "NSpid:"), *last = s;
	int n = 1;

	*init = 0;
	if (s == NULL)
		return 0;
	for (; *s == '\t' || *s >= '0'; s++)
		if (*s == '\t') {
			last = s + 1;
			n++;
		}
	*init = *last == '1' && s - last == 1;
	return n;
}

/*
 * When the machine was booted: "btime" in /proc/stat, behind lines that grow
 * with processors and interrupts.  Of the buffer only what is read is there.
 */
static unsigned long long
boot_time(void)
{
	static char stat[1024 * 1024];

	if (io_slurp(scan_dir, "stat", stat, sizeof stat) == -1)
		return 0;
	return scan_number(stat, "btime", 0);
}

unsigned long long
task_started(const struct task *t)
{
	static unsigned long long btime;

	if (btime == 0)
		btime = boot_time();
	return btime == 0 ? 0 : btime + t->start / getauxval(AT_CLKTCK);
}

int
scan_partial(const struct scan *s, const char *root)
{
	struct statfs fs;

	if (s->hidden == 0 && (s->init || fstatfs(scan_dir, &fs) == -1 ||
	    fs.f_type != PROC_SUPER_MAGIC))
		return 0;
	warn("%s hides processes of others (hidepid); run as root to see all",
	    root);
	return 1;
}

int
scan_status(const struct scan *s, const char *root, unsigned zombies)
{
	return zombies > 0 ? NO : scan_partial(s, root) ? SYSTEM : OK;
}

int
scan_inner(void)
{
	/* The first namespace has a fixed number (linux/proc_ns.h). */
	static const char first[] = "pid:[4026531836]";
	char ns[32];

	return task_link(1, "ns/pid", ns, sizeof ns) > 0 &&
	    strcmp(ns, first) != 0;
}
