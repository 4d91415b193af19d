/* fast - a walk that finds only zombies, by pidfd where that works. */
#include <sys/vfs.h>

#include <errno.h>
#include <linux/magic.h>
#include <unistd.h>

#include "aim.h"
#include "fast.h"
#include "io.h"

int
fast_own(void)
{
	char status[2048];
	int init;
	struct statfs fs;
	pid_t us = getpid();

	/* The root of an outer namespace might have us by the same number;
	 * but it knows more than one.  Kernels without this line (before
	 * 4.1) have no pidfd either. */
	if (fstatfs(scan_dir, &fs) == -1 || fs.f_type != PROC_SUPER_MAGIC ||
	    io_slurp(scan_dir, "self/status", status, sizeof status) == -1 ||
	    scan_number(status, "Pid:", 0) != (unsigned)us)
		return 0;
	return scan_depth(status, &init) == 1;
}

int
fast_start(struct fast *f, int pidfds)
{
	f->pidfds = pidfds;
	f->n = f->at = 0;
	return scan_start(&f->scan);
}

/* One call for each run of neighbours: what was open before us may lie
 * between two of them. */
static void
close_batch(const struct fast *f)
{
	const struct pollfd *p = f->p, *end = p + f->n, *last;

	for (; p < end; p = last + 1) {
		last = p;
		if (p->fd == -1)
			continue;
		while (last + 1 < end && last[1].fd == last->fd + 1)
			last++;
		if (syscall(SYS_close_range, p->fd, last->fd, 0) == -1) {
			last = p;
			close(p->fd);
		}
	}
}

/*
 * Take the next processes and ask by pidfd which of them have ended with
 * their last thread: those are readable, a dead leader of live threads is
 * not.  One that no pidfd could be had for stays in the batch without.
 * Returns the size of the batch, 0 at the end, -1 with errno.
 */
static int
fill(struct fast *f)
{
	pid_t pid = 0;
	unsigned i;
	int fd = 0, opened = 0;

	f->n = f->at = 0;
	while (f->n < FAST_BATCH && fd != -1 && (pid = scan_next(&f->scan)) > 0) {
		fd = f->pidfds ? syscall(SYS_pidfd_open, pid, 0) : -1;
		/* Out of descriptors is for this batch, else for good. */
		if (fd == -1 && errno != ESRCH)
			f->pidfds &= errno == EMFILE || errno == ENFILE;
		opened += fd != -1;
		f->pid[f->n] = pid;
		f->p[f->n++] = (struct pollfd){ .fd = fd, .events = POLLIN };
	}
	if (opened > 0) {
		/* Without an answer all of them are read. */
		if (poll(f->p, f->n, 0) == -1)
			for (i = 0; i < f->n; i++)
				f->p[i].revents = POLLERR;
		close_batch(f);
	}
	return pid == -1 ? -1 : (int)f->n;
}

pid_t
fast_next(struct fast *f, struct task *t)
{
	const struct pollfd *p;
	int n;

	for (;;) {
		if (f->at == f->n && (n = fill(f)) <= 0)
			return n;
		p = &f->p[f->at];
		if (p->fd != -1 && p->revents == 0) {
			f->at++;
			continue;
		}
		if (task_read(f->pid[f->at++], t) == -1)
			/* One that was reaped meanwhile is no matter. */
			f->scan.hidden += errno != ENOENT && errno != ESRCH;
		else if (task_zombie(t))
			return t->pid;
	}
}
