/* sig - signals as a descriptor, and their names. */
#ifndef SIG_H
#define SIG_H

#include <signal.h>
#include <sys/signalfd.h>

struct fmt;

/*
 * Block the signals of the list (it ends with 0) and return a descriptor
 * that delivers them (signalfd(2); non-blocking, close-on-exec), so no
 * code ever runs in a handler.  The mask from before goes to *old, for
 * the children's sake.  Real-time signals may be in it, those too that a
 * C library keeps for itself.  Returns -1 with errno, and the mask as it
 * was.
 */
int sig_open(const int *list, sigset_t *old);

/* sigprocmask(2) by two signals, of which 0 is none.  Returns 0, or -1 with
 * errno. */
int sig_mask(int how, int one, int other);

/*
 * Return the next signal that waits in the descriptor, and what is known
 * of it in *info (may be NULL); 0 when none waits.  SIGCHLD coalesces:
 * one may stand for many deaths.
 */
int sig_next(int fd, struct signalfd_siginfo *info);

/* Add a signal's name, "SIGTERM", "SIGRTMIN+2" or "signal 99". */
void sig_name(struct fmt *, int);

/*
 * Return the number of a signal given as "TERM", "SIGTERM", "RTMIN+2" or
 * "15", or -1.  RTMIN is 34, as the shells and procps count it.
 */
int sig_number(const char *);

#endif
