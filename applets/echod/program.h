/* program - -e: a program for each connection, in place of the echo. */
#ifndef ECHOD_PROGRAM_H
#define ECHOD_PROGRAM_H

#ifndef ENABLE_ECHOD_PROGRAM
#define ENABLE_ECHOD_PROGRAM 1	/* -e; 900 bytes */
#endif

#if ENABLE_ECHOD_PROGRAM
#define PROGRAM_HELP "  -e program  run it for each client\n"
#else
#define PROGRAM_HELP
#endif

/*
 * Before the start, with all listeners: end in usage() unless -e goes with
 * the rest of the command line and nobody but this machine, or those that
 * -a names, can reach it.  There is no filter then, which is said.
 */
void program_check(void);

/* With the rights, root and directory that it will have: die if it cannot
 * be run.  It may still go, or come, later. */
void program_find(void);

/* In a child whose client is descriptor 0: become the program. */
_Noreturn void program_run(void);

#endif
