/* libc_signal - signal(2) and sigaction(2) without the C library's locks. */
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef __GLIBC__

/* The kernel's struct, as its architectures have it. */
struct kernel_action {
#ifdef __mips__
	unsigned flags;
	void (*handler)(int);
	unsigned long mask[_NSIG / 8 / sizeof(long)];
	void (*unused)(void);
#else
	void (*handler)(int);
	unsigned long flags;
#ifndef __riscv
	void (*restorer)(void);
#endif
	unsigned mask[2];
#endif
};

#if !defined __mips__ && !defined __riscv
/* Where a handler returns to: musl's own, in its restore.s. */
extern void __restore_rt(void);
#ifdef __x86_64__
#define __restore __restore_rt
#else
extern void __restore(void);
#endif
#define RESTORER 0x04000000	/* SA_RESTORER of the kernel's asm/signal.h */
#endif

int
sigaction(int sig, const struct sigaction *restrict new,
    struct sigaction *restrict old)
{
	struct kernel_action to, from;

	if (new != NULL) {
		to.handler = new->sa_handler;
		to.flags = new->sa_flags;
#ifdef RESTORER
		to.flags |= RESTORER;
		to.restorer = new->sa_flags & SA_SIGINFO ? __restore_rt :
							   __restore;
#endif
		memcpy(&to.mask, &new->sa_mask, _NSIG / 8);
	}
	if (syscall(SYS_rt_sigaction, sig, new != NULL ? &to : NULL,
	    old != NULL ? &from : NULL, _NSIG / 8) == -1)
		return -1;
	if (old != NULL) {
		old->sa_handler = from.handler;
		old->sa_flags = from.flags;
		memcpy(&old->sa_mask, &from.mask, _NSIG / 8);
	}
	return 0;
}

void (*
signal(int sig, void (*handler)(int)))(int)
{
	struct sigaction sa = { .sa_handler = handler, .sa_flags = SA_RESTART };
	struct sigaction old;

	return sigaction(sig, &sa, &old) == -1 ? SIG_ERR : old.sa_handler;
}

#endif
