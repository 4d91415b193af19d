/* libc_thread - threads that are started, told and joined, and no more. */
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "libc.h"

/*
 * The C library's bring locks, cancellation and keys along, 4.5 KB.  See
 * libc_calls.c; here on one machine alone, for what its thread pointer is
 * to point at is of each its own.
 */
#if LIBC_X86_64

enum { STACK = 64 * 1024, GUARD = 4096 };

/* What lies above a thread's stack. */
struct above {
	struct libc_thread thread;
	void *(*run)(void *);
	void *argument;
};

static int
begin(void *p)
{
	struct above *a = p;

	a->run(a->argument);
	return 0;
}

int
pthread_create(pthread_t *restrict t, const pthread_attr_t *restrict unused,
    void *(*run)(void *), void *restrict argument)
{
	struct libc_thread *me;
	struct above *a;
	char *block = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int error;

	if (block == MAP_FAILED)
		return errno;
	/* A stack that grows too far ends there. */
	mprotect(block, GUARD, PROT_NONE);
	a = (void *)(block + STACK - sizeof *a);
	__asm__("mov %%fs:0, %0" : "=r"(me));
	a->thread.guard = me->guard;
	a->thread.self = &a->thread;
	a->run = run;
	a->argument = argument;
	*t = (void *)a;
	if (clone(begin, a, CLONE_VM | CLONE_FS | CLONE_FILES |
	    CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS |
	    CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID, a, &a->thread.id, a,
	    &a->thread.id) != -1)
		return 0;
	error = errno;
	munmap(block, STACK);
	return error;
}

int
pthread_join(pthread_t t, void **unused)
{
	struct above *a = (void *)t;
	int id;

	while ((id = __atomic_load_n(&a->thread.id, __ATOMIC_ACQUIRE)) != 0)
		syscall(SYS_futex, &a->thread.id, FUTEX_WAIT, id, NULL);
	return munmap((char *)(a + 1) - STACK, STACK);
}

/* One that is gone and not joined yet is not told. */
int
pthread_kill(pthread_t t, int signal)
{
	struct above *a = (void *)t;

	return syscall(SYS_tgkill, getpid(), a->thread.id, signal);
}

#endif
