/* init - what the parts of the init share. */
#ifndef ZW_INIT_H
#define ZW_INIT_H

#include <signal.h>

#ifndef ENABLE_ZW_INIT
#define ENABLE_ZW_INIT 1	/* zombiewatch -r; 5,500 bytes */
#endif
#ifndef ENABLE_ZW_ALIASES
#define ENABLE_ZW_ALIASES 1	/* called as tini or dumb-init; 2,300 bytes */
#endif

#define INIT_ALIASES (ENABLE_ZW_ALIASES ? "tini\0dumb-init\0" : NULL)

/* What the applet's help says of it. */
#if ENABLE_ZW_INIT
#define INIT_SYNOPSIS                                                          \
	" | -r [-1av] [-e code] [-g grace] [-s SIG:SIG] CMD [arg ...]"
#define INIT_HELP                                                              \
	"Init: run CMD, pass signals on to its group, reap all:\n"             \
	"  -r CMD     its exit status is ours (125, 126, 127 as env's)\n"      \
	"  -1         signals to CMD alone;  -a: to all below\n"               \
	"  -e code    counts as 0\n"                                           \
	"  -g s       who is left at its end: from TERM to KILL (5)\n"         \
	"  -s A:B     pass signal A on as B; 0: drop it\n"                     \
	"  -v         tell who ended;  -vv: signals too\n"
#else
#define INIT_SYNOPSIS
#define INIT_HELP
#endif

enum reach { TO_GROUP, TO_CHILD, TO_TREE };

/* What an init is asked for; init is the one that this process is. */
extern struct init {
	char **argv;		/* the program */
	unsigned how;		/* CHILD_GROUP or CHILD_SESSION */
	enum reach to;	/* who gets signals */
	int adopt;		/* become a subreaper, unless process 1 */
	int leave;		/* at the end others may go on; 2: TERM first */
	int verbose;		/* 1: who ended, 2: signals too */
	int quiet;		/* not a word if orphans go elsewhere */
	int failed;		/* exit code where no program runs, 0: usual */
	unsigned long long grace;
	unsigned char to_signal[_NSIG];	/* what a signal becomes; 0: drop */
	unsigned char is_zero[256];	/* exit codes that become 0 */
} init;

/* As sig_open, of all signals that an init has for others. */
int init_signals(sigset_t *old);

/* A struct init that rewrites nothing: the fields that are not 0. */
void init_defaults(struct init *);

/* Run the program as init asks, to its end.  Returns the exit code. */
int init_run(void);

/*
 * Close every descriptor but 0, 1, 2 and the signals', and go to /.  The
 * program has its copies; ours would keep sockets bound, pipes from their
 * end and file systems mounted.  Returns where the signals are now.
 */
int let_go(int signals);

/*
 * Note that a signal is passed on as another, "SIG:SIG" by name or number,
 * 0 to drop it.  Returns 0; -1 when the word is no such thing, or 1 when
 * the first is never passed on.
 */
int init_rewrite(struct init *, const char *word);

/*
 * If argv[0] is the name of another init, be that one: its options, exit
 * codes and habits.  Returns the exit code, or -1 if it is no such name.
 */
int alias_main(char **argv);

/* The mode -r. */
int init_main(char **argv);

#endif
