/* scan - walk through /proc: what a process is, and who is a zombie. */
#ifndef SCAN_H
#define SCAN_H

#include <sys/types.h>

#include "proc.h"

enum { SCAN_BUF = 8192 };

/*
 * The proc file system that all here look at: a descriptor of its root, or
 * for a while of a folder in it, such as a process's task.
 */
extern int scan_dir;

/* Open one and look at it.  Returns scan_dir, or -1 with errno. */
int scan_open(const char *root);

/* Close it, and look at the one from before again. */
void scan_leave(int before);

/* A walk through its processes. */
struct scan {
	int len;		/* bytes in buf, and how far they are read */
	int at;
	int init;		/* process 1 was there */
	unsigned processes;	/* so far */
	unsigned hidden;	/* could not be read */
	_Alignas(8) char buf[SCAN_BUF];
};

/* Begin the walk anew.  Returns 0, or -1 with errno. */
int scan_start(struct scan *);

/* Return the next process, 0 at the end, or -1 with errno. */
pid_t scan_next(struct scan *);

/* The same, and read it: one that has gone meanwhile is gone over, one
 * that is hidden is counted. */
pid_t scan_task(struct scan *, struct task *);

/* What to say of a root without any process. */
#define SCAN_EMPTY "%s: no process in it; is proc mounted there?"

/*
 * After a walk: were processes hidden from us?  Those that could not be
 * read were, and a proc file system that hides others' (hidepid) does not
 * show process 1 either.  Warns and returns 1 if so.
 */
int scan_partial(const struct scan *, const char *root);

/* The exit status for so many zombies: none is an answer only where all
 * could be seen. */
int scan_status(const struct scan *, const char *root, unsigned zombies);

/* Is the root that of an inner PID namespace, as far as we may know? */
int scan_inner(void);

/*
 * Read a process.  Returns 0, or -1 with errno: ENOENT or ESRCH that it
 * has gone, EACCES or EPERM that it is hidden, EINVAL that the kernel's
 * words were not understood.
 */
int task_read(pid_t, struct task *);

/* Is it still the same process? */
int task_same(const struct task *);

/* Open ROOT/PID/NAME (ROOT/PID for ""); read it, as io_slurp does; or read
 * the link that it is, terminated, "" if it cannot be read. */
int task_open(pid_t, const char *name);
ssize_t task_file(pid_t, const char *name, char *, size_t);
ssize_t task_link(pid_t, const char *name, char *, size_t);

/* Set the real user.  Returns 0, or -1. */
int task_user(pid_t, uid_t *);

/*
 * Find a line of a file such as /proc/PID/status by its first word, and
 * return what follows behind a colon and blanks, or NULL; the same as a number.
 */
const char *scan_field(const char *text, const char *key);
unsigned long long scan_number(const char *text, const char *key,
    unsigned long long otherwise);

/* How deep a process with such a status is in PID namespaces, 0 unknown, and
 * if it is the deepest's process 1 (NSpid, since Linux 4.1). */
int scan_depth(const char *status, int *init);

/* A zombie; or a dead leader of live threads, which nobody can reap yet. */
int task_zombie(const struct task *);
int task_leader(const struct task *);

/* When a process started, in seconds of the epoch; 0: unknown. */
unsigned long long task_started(const struct task *);

#endif
