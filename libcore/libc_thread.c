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

/*
 * The C library's bring locks, cancellation and keys along, 4.5 KB.  See
 * libc_calls.c; here on one machine alone, for what its thread pointer is
 * to point at is of each its own.
 */
#if !defined __GLIBC__ && defined __x86_64__

enum { STACK = 64 * 1024, GUARD = 4096 };

/*
 * What lies above a thread's stack.  The ABI (ELF Handling For Thread-Local
 * Storage, 3.4.6, and gcc's guard of stacks) lays down the first words; in
 * the others the C library has errno and what else it keeps for a thread,
 * 200 bytes.  Nothing here has variables of a thread, which were below.
 */
struct above {
	void *self;
	void *unused[4];
	void *guard;
	char errors[512];
	void *(*run)(void *);
	void *argument;
	int id;		/* the kernel clears it when the thread is gone */
};

/* musl's own, for all its machines: returns a pid, or minus an errno. */
extern int __clone(int (*)(void *), void *, int, void *, ...);

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
	struct above *a;
	char *block = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int pid;

	if (block == MAP_FAILED)
		return errno;
	/* A stack that grows too far ends there. */
	mprotect(block, GUARD, PROT_NONE);
	a = (void *)(block + STACK - sizeof *a);
	__asm__("mov %%fs:0x28, %0" : "=r"(a->guard));
	a->self = a;
	a->run = run;
	a->argument = argument;
	*t = (void *)a;
	pid = __clone(begin, a, CLONE_VM | CLONE_FS | CLONE_FILES |
	    CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS |
	    CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID, a, &a->id, a, &a->id);
	if (pid > 0)
		return 0;
	munmap(block, STACK);
	return -pid;
}

int
pthread_join(pthread_t t, void **unused)
{
	struct above *a = (void *)t;
	int id;

	while ((id = __atomic_load_n(&a->id, __ATOMIC_ACQUIRE)) != 0)
		syscall(SYS_futex, &a->id, FUTEX_WAIT, id, NULL);
	return munmap((char *)(a + 1) - STACK, STACK);
}

/* One that is gone and not joined yet is not told. */
int
pthread_kill(pthread_t t, int signal)
{
	struct above *a = (void *)t;

	return syscall(SYS_tgkill, getpid(), a->id, signal);
}

#endif
