/* libc - which parts of the C library are ours, on which machine. */
#ifndef LIBC_H
#define LIBC_H

#include <features.h>
#include <stddef.h>

#ifndef ENABLE_VDSO
#define ENABLE_VDSO 1	/* the time without a system call; 300 bytes */
#endif

/*
 * musl on x86-64, where most boxes run and where bytes are counted: there the
 * start of the program, its threads and its system calls are ours.  Others
 * have musl's start and libc_calls.c; glibc has nothing of ours.
 */
#if defined __x86_64__ && defined __LP64__ && !defined __GLIBC__
#define LIBC_X86_64 1
#else
#define LIBC_X86_64 0
#endif

/*
 * What a thread's register points at.  The ABI (ELF Handling For Thread-Local
 * Storage, 3.4.6, and gcc's guard of stacks) lays down the first words; the
 * others are as in musl, should a function of its own look there.  Nothing
 * here has variables of a thread, which were below.
 */
struct libc_thread {
	struct libc_thread *self;
	void *unused[4];
	unsigned long guard;
	int id;			/* the kernel clears it at a thread's end */
	int error;		/* errno */
	unsigned long more[24];
};
#define LIBC_ERRNO 52		/* where error is */

#endif
