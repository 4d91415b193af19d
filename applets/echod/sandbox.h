/* sandbox - a seccomp filter: the calls that serving needs, and no other. */
#ifndef ECHOD_SANDBOX_H
#define ECHOD_SANDBOX_H

#ifndef ENABLE_ECHOD_SANDBOX
#ifdef __SANITIZE_ADDRESS__
#define ENABLE_ECHOD_SANDBOX 0	/* its reports open files */
#else
#define ENABLE_ECHOD_SANDBOX 1	/* least privilege by seccomp; 2.5 KB */
#endif
#endif

/* What the server does beside echoing streams, or'ed. */
enum {
	SANDBOX_THREADS = 1,
	SANDBOX_EVENTS = 2,
	SANDBOX_UDP = 4,
	SANDBOX_TTY = 8,
	SANDBOX_KILL = 16,	/* a denied call kills, otherwise it is EPERM */
};

/*
 * Confine this process and all that it forks: no_new_privs, and a filter
 * of system calls.  It is tried on a child first, so that a kernel,
 * emulator or C library it does not fit costs the sandbox and not the
 * server.  Returns 0, or -1 with errno ENOSYS: there is none to be had.
 */
int sandbox_enter(unsigned);

#endif
