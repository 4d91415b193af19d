/* child - start programs as an init does, learn how they end, end all. */
#ifndef CHILD_H
#define CHILD_H

#include <signal.h>
#include <sys/resource.h>
#include <sys/types.h>

struct fmt;

/* What child_start arranges for the program. */
enum {
	CHILD_GROUP = 1,	/* it leads a process group; if ours has the
				 * terminal, that group gets it */
	CHILD_SESSION = 2,	/* it leads a session, and takes terminal 0 */
};

/*
 * Start a program, searched for in PATH, with a signal mask (NULL: none
 * blocked) and our dispositions.  The sockets that were passed to us by
 * LISTEN_PID are passed on.  It returns when the program runs, so that
 * no signal sent to its group comes too early.  Returns the pid, or -1
 * with errno: of fork(2), or of the execve(2) that failed.
 */
pid_t child_start(char *const *argv, const sigset_t *mask, unsigned how);

/*
 * The same for who brings about more: a process, in new namespaces if flags
 * of clone(2) say so, that becomes the program by a function, which returns
 * only if it could not, with errno.
 */
pid_t child_spawn(unsigned flags, void (*become)(void *), void *);

/* The exit code for the errno of child_start: 127 there is no such
 * program, 126 it is none, 125 the system had no room. */
int child_code(int error);

/* A child that ended. */
struct child {
	pid_t pid;
	int status;			/* for proc_status and proc_code */
	unsigned long long lived;	/* ns from start to now; 0: unknown */
	struct rusage usage;
	char name[16];			/* as in /proc/PID/comm, "?" unknown */
};

/*
 * Reap one dead child as proc_reap does (pid, 0 or -1), but learn first
 * from /proc what it was; that costs a few system calls each.
 */
pid_t child_reap(struct child *);

/* Add what is known: "cron (pid 9): exit 0 after 1.25 s, cpu 0.003 s,
 * memory 1024 KB". */
void child_format(struct fmt *, const struct child *);

/* How child_stop reaches all, and whom it tells. */
struct child_stop {
	int signals;			/* descriptor of sig_open, with CHLD */
	unsigned long long grace;	/* ns from TERM to KILL; 0: KILL */
	void (*each)(int);		/* send all that is left a signal */
	void (*passed)(int);		/* another signal came; NULL: drop */
	void (*ended)(const struct child *);	/* NULL: do not look */
};

/*
 * End all children and those they leave us: TERM (and CONT, for stopped
 * ones), after the grace KILL.
 * Returns 0 as soon as no child is left, or -1 with ETIMEDOUT when some
 * outlived KILL for two seconds, as those that wait in the kernel do.
 */
int child_stop(const struct child_stop *);

#endif
