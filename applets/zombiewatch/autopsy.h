/* autopsy - why a zombie is not reaped: evidence and verdict. */
#ifndef AUTOPSY_H
#define AUTOPSY_H

#include "zombiewatch.h"

enum { WHERE_MAX = 40, COMMAND_MAX = 160 };

/* What was found out; each can be asked of a verdict. */
enum {
	E_OUTSIDE = 1 << 0,	/* the parent is not in this namespace */
	E_UNREAD = 1 << 1,	/* the parent could not be read */
	E_TRACED = 1 << 2,	/* another process traces the zombie */
	E_TEARDOWN = 1 << 3,	/* the parent, an init, ends its namespace */
	/* The parent's state, T t D Z in this order. */
	E_STOPPED = 1 << 4,	/* SIGSTOP and its like */
	E_HELD = 1 << 5,	/* by its tracer */
	E_DISK = 1 << 6,	/* uninterruptible sleep */
	E_LEADER = 1 << 7,	/* its first thread has ended */
	E_CLONED = 1 << 8,	/* ends without SIGCHLD */
	E_WAITING = 1 << 9,	/* a thread of the parent is in wait */
	E_OTHER = 1 << 10,	/* and for one other child only */
	E_IGNORED = 1 << 11,	/* SIGCHLD */
	E_CAUGHT = 1 << 12,
	E_BLOCKED = 1 << 13,	/* in every thread */
	E_PENDING = 1 << 14,
	E_SIGNALFD = 1 << 15,
	E_INIT = 1 << 16,	/* the parent is process 1 of a namespace */
	E_ENTERED = 1 << 17,	/* the zombie's namespace is not the parent's */
	E_CHLD = 1 << 18,	/* the verdict: a SIGCHLD may help */
};

/* The signal masks of /proc/PID/status, what SIGCHLD in each is, and the
 * further evidence that is shown beside them. */
struct mask {
	unsigned flag;
	char name[12];
};
enum { MASKS = 5, SHOWN = 3 };
extern const struct mask masks[];

struct evidence {
	unsigned flags;
	const char *code;	/* the verdict: a word, and behind it the text */
	pid_t tracer;		/* of the parent */
	pid_t holder;		/* who traces the zombie */
	pid_t waits_for;
	int depth;		/* of the parent in PID namespaces; 0 unknown */
	pid_t heir;		/* who gets the zombies when the parent goes */
	const char *heir_known;	/* how sure that is, in words */
	char where[WHERE_MAX];	/* in the kernel; "" unknown */
	struct task parent;
	struct task heir_task;
	char command[COMMAND_MAX];	/* of the parent, escaped */
};

/* Add the command line of a process, escaped, or the name of one that has
 * none; "..." where it had to be cut. */
void read_command(struct fmt *, const struct task *);

/* Collect the evidence for a zombie, and judge. */
void autopsy(const struct task *, struct evidence *);

/* Reach the verdict on it; there always is one. */
void autopsy_judge(struct evidence *);

/* Add the verdict as one line with its evidence, without a newline. */
void autopsy_line(const struct evidence *);

/* Add who inherits, as words, without a newline. */
void autopsy_heir(const struct evidence *);

/* Add all evidence, what limits there are, and who inherits, in lines. */
void autopsy_evidence(const struct evidence *);

/* Add the verdict to a JSON object: ,"verdict":... */
void autopsy_json(const struct task *);

#endif
