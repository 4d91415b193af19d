/* trial - what the parts of the trial card share. */
#ifndef ZW_TRIAL_H
#define ZW_TRIAL_H

#include <sys/types.h>

#include "fmt.h"

#ifndef ENABLE_ZW_TRIAL
#define ENABLE_ZW_TRIAL 1	/* zombiewatch -t; 11,900 bytes */
#endif

/* How the init on trial is started. */
enum {
	HOW_PENDING = 1,	/* TERM blocked, and waiting already */
	HOW_DEAF = 2,		/* SIGCHLD ignored */
	HOW_CLOSED = 4,		/* descriptors 0, 1 and 2 closed */
	HOW_NOHUP = 8,		/* HUP ignored, USR1 blocked */
	HOW_LISTEN = 16,	/* with a socket from systemd */
	HOW_HOLD = 32,		/* with one more descriptor */
	HOW_TTY = 64,		/* leading a session on a terminal */
	HOW_BLOCKED = 128,	/* TERM blocked */
};

enum { PASS, FAIL, SKIP };

#define PATIENCE (3 * TIME_S)	/* a good init needs a few milliseconds */

enum { READY = 255 };	/* what the payload writes when it is set up */

/* An init on trial. */
struct run {
	char *const *prefix;	/* its command line, to be continued */
	const char *exe;	/* our own program */
	int namespace;		/* it is process 1 of one */
	int verbose;		/* its messages may be seen */
	pid_t init;
	int in;			/* of the payload, to write to */
	int out;		/* of the payload, to read from */
	int held;		/* HOW_HOLD: end of file when nobody has it */
	int twice;		/* it runs itself, which runs the payload */
	struct fmt *why;	/* what was wrong */
};

/*
 * Start the init with a payload: our own program in a role with a number.
 * A role that has a slash is a program's path.  Returns 0, or SKIP when
 * this machine cannot; where the init does not run, we end.
 */
int run_start(struct run *, unsigned how, const char *role, int number);

/* Start a role, and wait until it is ready.  Returns PASS, FAIL, SKIP. */
int run_begin(struct run *, unsigned how, const char *role, int number);

/* End it, and everything it started. */
void run_end(struct run *);

/* The next byte of the payload; -1: none came in time, or no more can. */
int run_byte(struct run *);

/* Wait until nobody can write to a pipe any more.  Returns 0, or -1. */
int run_hangup(int fd);

/* The init's exit code; -1: it did not end in time. */
int run_code(struct run *);

/* The children of the init: how many, how many dead, and one that lives. */
struct brood {
	int all;
	int dead;
	pid_t alive;
};
void run_brood(const struct run *, struct brood *);

/* Wait until it has so many children, so many of them dead.  Returns 0, or
 * -1 when it did not come in time, and *b is how it is then. */
int run_await(const struct run *, int all, int dead, struct brood *b);

/* Wait until a process is stopped.  Returns 0, or -1. */
int run_stopped(pid_t);

/* Say why it failed. */
#define FAILED(r, ...) (fmt_add((r)->why, __VA_ARGS__), FAIL)

/* A trial, one row of the card. */
struct trial {
	const char *name;
	const char *what;	/* what a good init does */
	const char *cite;	/* who found out */
	int (*judge)(struct run *);
};
extern const struct trial trials[];
extern const int trials_count;

/* The judges of the rows that are about signals and terminals. */
int judge_signals(struct run *);
int judge_realtime(struct run *);
int judge_early(struct run *);
int judge_group(struct run *);
int judge_stop(struct run *);
int judge_terminal(struct run *);
int judge_hangup(struct run *);
int judge_nested(struct run *);

/* Be the payload.  Returns its exit code. */
int role_main(const char *name, const char *number);

/* The mode -t. */
int trial_main(int, char **);

#if ENABLE_ZW_TRIAL
#define TRIAL_LETTERS "t"
#define TRIAL_SYNOPSIS " | -t [-jv] [-n name] -- INIT [arg ...]"
#define TRIAL_HELP                                                             \
	"Trial card: what INIT, such as 'tini -s --', does right and wrong:\n"  \
	"  -t       run each trial; -n name: this one only\n"                   \
	"Exit of -t: 0 all passed, 1 some failed, 2 usage, 3 no trial could run.\n"
#else
#define TRIAL_LETTERS
#define TRIAL_SYNOPSIS
#define TRIAL_HELP
#endif

#endif
