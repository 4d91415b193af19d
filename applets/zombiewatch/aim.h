/* aim - signal the process that is meant, not one that has its number. */
#ifndef AIM_H
#define AIM_H

#include <sys/syscall.h>

#include "scan.h"

/* The same on every machine that has them, and newer than some headers
 * (asm-generic/unistd.h). */
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

/*
 * Send a signal to a process if it is the right one, which is asked once a
 * descriptor holds it: its number cannot change hands between.  Where there
 * are no pidfds (before Linux 5.3) it could, and aim_numbers is set.
 * Returns 0 or an errno, ESRCH also if it is another one.
 */
int aim(const struct task *, int sig, int (*right)(const struct task *));
extern int aim_numbers;

/* Climb from a process to its parents: is this one of them, or itself? */
int is_below(pid_t, pid_t above);

/*
 * Send a signal to all processes below us, in sessions of their own too;
 * as process 1 that is every other process.  Returns 0, or -1 where /proc
 * does not tell who they are.
 */
int tree_kill(int sig);

#endif
