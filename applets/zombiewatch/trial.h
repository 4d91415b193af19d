/* trial - what the parts of the trial card share. */
#ifndef ZW_TRIAL_H
#define ZW_TRIAL_H

#include <sys/types.h>

#include "fmt.h"

#ifndef ENABLE_ZW_TRIAL
#define ENABLE_ZW_TRIAL 1	/* zombiewatch -t; 7,500 bytes */
#endif

/* How the init on trial is started. */
enum how {
	PLAIN,
	PENDING,	/* TERM blocked, and waiting already */
	BLOCKED,	/* TERM blocked */
	DEAF,		/* SIGCHLD ignored */
	CLOSED,		/* descriptors 0, 1 and 2 closed */
	NOHUP,		/* HUP ignored, USR1 blocked */
	LISTEN,		/* with a socket from systemd */
	HOLD,		/* with one more descriptor */
	TTY,		/* leading a session on a terminal */
	TWICE,		/* it runs itself, which runs the payload */
};

/* What the payload does: our own program in a role (roles.c), or a path. */
enum role {
	ANSWER, BARE, BURST, DAEMON, DEFAULT, DIE, EXIT, GROUP, LEFT, LISTENER,
	MASK, PILE, TERMINAL, ROLES, NO_PROGRAM = ROLES, NO_EXECUTABLE
};

enum { PASS, FAIL, SKIP };

#define PATIENCE (3 * TIME_S)	/* a good init needs a few milliseconds */

enum { READY = 255 };	/* what the payload writes when it is set up */

/* An init on trial. */
struct run {
	char *const *prefix;	/* its command line, to be continued */
	struct fmt *why;	/* what was wrong */
	const char *exe;	/* our own program */
	int namespace;		/* CLONE_NEWPID: it is process 1 of one */
	int verbose;		/* its messages may be seen */
	pid_t init;
	int code;		/* its exit code, once it has ended */
	int talk;		/* with the payload */
	int held;		/* HOLD: end of file when nobody has it */
	/* Its children: how many, how many dead, and one that lives. */
	int all;
	int dead;
	pid_t alive;
};

/*
 * Start the init with a payload and its number.  Returns PASS, or SKIP
 * when this machine cannot; where the init does not run, we end.
 */
int run_start(struct run *, enum how, enum role, int number);

/* End it, and everything it started. */
void run_end(struct run *);

/* The next byte of the payload; -1: none came in time, or no more can. */
int run_byte(struct run *);

/* Wait until nobody can write to a pipe any more.  Returns 1 if so. */
int run_hangup(int fd);

/* Has the init ended?  Then its exit code is known. */
int run_ended(struct run *, int);

/* Look at the init's children. */
void run_brood(struct run *);

/* A step of a trial: what is done, or must be so. */
struct step {
	unsigned char op;
	unsigned char a, b, c;
};

/* Take a step.  Returns PASS, FAIL and says why, or SKIP. */
int step_take(struct run *, const struct step *);

enum op {
	END,
	RUN,		/* a HOW, b the role, c its number */
	BEGIN,		/* the same, and it gets ready */
	BYTE,		/* a is the next byte; else the complaint is b */
	CODE,		/* a is the exit code; else the complaint may be b */
	BROOD,		/* a children, b of them dead */
	TELL,		/* signal a to the init */
	SIGNALS,	/* signals a to b get to the payload */
	WRITE,		/* byte a to the payload */
	FREEZE,		/* stop the init */
	CLOSE,		/* our end of what the payload talks to */
	RELEASED,	/* nobody holds what was to be let go */
	STOP,		/* stop the payload, and continue it */
	EARLY,		/* TERM at all times of its start */
	ROOT,		/* it goes to / */
	IDLE,		/* it sleeps, and is not woken */
};

/* What can be wrong with a byte or a code. */
enum complaint {
	NOTHING, ELSEWHERE, NOBODY, NOT_ALL, WENT, BACKGROUND, NO_TERM, NO_TIME,
	MASKS
};

/* All trials, one after the other: NAME, CITE, WHAT, each terminated, and
 * the steps, which end with END. */
extern const char trial_texts[];
extern const struct step trial_steps[];

/* Be the payload.  Returns its exit code. */
int role_main(const char *role, const char *number);

/* The mode -t. */
int trial_main(char **argv);

#if ENABLE_ZW_TRIAL
#define TRIAL_SYNOPSIS " | -t [-jv] [-n name] -- INIT [arg ...]"
#define TRIAL_HELP                                                             \
	"Trial card: what INIT, such as 'tini -s --', gets wrong:\n"           \
	"  -t         all trials;  -n name: this one\n"                        \
	"Exit of -t: 0 all passed, 1 some failed, 3 none could run.\n"
#else
#define TRIAL_SYNOPSIS
#define TRIAL_HELP
#endif

#endif
