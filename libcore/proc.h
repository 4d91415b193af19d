/* proc - children: how they end, and that none is left dead. */
#ifndef PROC_H
#define PROC_H

#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

struct fmt;

enum { COMM_MAX = 16 };

/* A process, as its /proc/PID/stat tells (proc(5)). */
struct task {
	pid_t pid;
	pid_t ppid;
	int threads;
	int status;		/* how it ended; zombies only */
	int known;		/* 1: status could be read */
	unsigned long long start;	/* clock ticks after the boot */
	int signal;		/* what its parent gets at its end; 0 none */
	char state;
	unsigned char comm_len;
	char comm[COMM_MAX];	/* any bytes, not terminated */
};

/* Take the text of that file apart; pid stays.  Returns 0, or -1 when it
 * is none. */
int proc_task(const char *text, size_t n, struct task *);

/* Read decimal digits, the sign before them gone over.  Returns what
 * follows, or NULL. */
const char *proc_digits(const char *, unsigned long long *);

/*
 * Reap one dead child, never waiting (wait4(2), WNOHANG).  Returns its
 * pid, sets *status and, if it is not NULL, *usage; 0 when no child is
 * dead, or -1 when there is no child at all.  Call it until it returns 0
 * or -1: one SIGCHLD may stand for many deaths.
 */
pid_t proc_reap(int *status, struct rusage *usage);

/* Add how a process ended by its wait status: "exit 3", "SIGKILL",
 * "SIGSEGV core". */
void proc_status(struct fmt *, int status);

/*
 * See to it that so many descriptors may be open (RLIMIT_NOFILE), raising
 * the hard limit too where that is allowed.  Returns the limit there is
 * now, which may be lower.
 */
unsigned long proc_descriptors(unsigned long need);

/* The shell's exit code for a wait status: the child's own, or 128+n. */
int proc_code(int status);

#endif
