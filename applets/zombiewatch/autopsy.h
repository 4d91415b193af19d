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
	E_STOPPED = 1 << 4,	/* the parent: SIGSTOP and its like */
	E_HELD = 1 << 5,	/* the parent: by its tracer */
	E_DISK = 1 << 6,	/* the parent: uninterruptible sleep */
	E_LEADER = 1 << 7,	/* the parent's first thread has ended */
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
};

struct evidence {
	unsigned flags;
	struct task parent;
	pid_t tracer;		/* of the parent */
	pid_t holder;		/* who traces the zombie */
	pid_t waits_for;
	pid_t heir;		/* who gets the zombies when the parent goes */
	int heir_known;		/* 1: for sure, 2: known for a subreaper */
	struct task heir_task;
	char where[WHERE_MAX];	/* in the kernel; "" unknown */
	char command[COMMAND_MAX];	/* of the parent, escaped */
};

struct verdict {
	const char *code;	/* a word for programs */
	unsigned has;		/* all of this evidence */
	int chld;		/* 1: a SIGCHLD may help */
	const char *text;
};

/* Collect the evidence for a zombie. */
void autopsy(int dir, const struct task *, struct evidence *);

/* The verdict on the evidence; there always is one. */
const struct verdict *autopsy_verdict(const struct evidence *);

/* Add the verdict as one line with its evidence, without a newline. */
void autopsy_line(struct fmt *, const struct evidence *);

/* Add who inherits, as words, without a newline. */
void autopsy_heir(struct fmt *, const struct evidence *);

/* Add all evidence, what limits there are, and who inherits, in lines. */
void autopsy_evidence(struct fmt *, int dir, const struct evidence *);

/* Add the verdict to a JSON object: ,"verdict":... */
void autopsy_json(struct fmt *, const struct zw *, const struct task *);

#endif
