/* libc_start - from the kernel to main, and the kernel's own clock. */
#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "libc.h"

#if LIBC_X86_64
#include <asm/prctl.h>	/* a header of this machine alone */

/* The C library's start finds out about thread-local storage, constructors,
 * set-user-ID and its own name, 1.5 KB; we have none of these. */
int __libc_start_main(int (*)(int, char **), int, char **);

static struct libc_thread first;
static const unsigned long *auxiliary;

unsigned long
getauxval(unsigned long type)
{
	const unsigned long *a;

	for (a = auxiliary; a[0] != AT_NULL; a += 2)
		if (a[0] == type)
			return a[1];
	errno = ENOENT;
	return 0;
}

int
__libc_start_main(int (*main)(int, char **), int argc, char **argv)
{
	char **end = environ = argv + argc + 1;
	const void *random;

	while (*end++ != NULL)
		;
	auxiliary = (void *)end;
	first.self = &first;
	syscall(SYS_arch_prctl, ARCH_SET_FS, &first);
	random = (const void *)getauxval(AT_RANDOM);
	if (random != NULL)
		memcpy(&first.guard, random, sizeof first.guard);
	_exit(main(argc, argv));
}

#if ENABLE_VDSO
typedef int clock_function(clockid_t, struct timespec *);
extern clock_function *libc_clock;	/* which clock_gettime asks */

static int
ask_kernel(clockid_t clock, struct timespec *t)
{
	return syscall(SYS_clock_gettime, clock, t);
}

/*
 * The kernel's function for the time, in the library (vdso(7)) that it maps
 * into each process; where there is none, as under some tracers, a system
 * call.  Its symbols end where their names begin: its hash tables, which know
 * their number, were DT_HASH once and are DT_GNU_HASH now.
 */
static clock_function *
find_clock(void)
{
	const char *base = (void *)getauxval(AT_SYSINFO_EHDR), *names = NULL;
	const Elf64_Ehdr *e = (const void *)base;
	const Elf64_Phdr *p, *end;
	const Elf64_Dyn *d;
	const Elf64_Sym *s = NULL;
	size_t size = 0;

	if (base == NULL)
		return ask_kernel;
	p = (const void *)(base + e->e_phoff);
	for (end = p + e->e_phnum; p < end && p->p_type != PT_DYNAMIC; p++)
		;
	if (p == end)
		return ask_kernel;
	base += p->p_offset - p->p_vaddr;
	for (d = (const void *)(base + p->p_vaddr); d->d_tag != DT_NULL; d++) {
		if (d->d_tag == DT_STRTAB)
			names = base + d->d_un.d_ptr;
		if (d->d_tag == DT_STRSZ)
			size = d->d_un.d_val;
		if (d->d_tag == DT_SYMTAB)
			s = (const void *)(base + d->d_un.d_ptr);
	}
	for (; (const char *)s < names && s->st_name < size; s++)
		if (strcmp(names + s->st_name, "__vdso_clock_gettime") == 0)
			return (clock_function *)(base + s->st_value);
	return ask_kernel;
}

static int
first_time(clockid_t clock, struct timespec *t)
{
	libc_clock = find_clock();
	return clock_gettime(clock, t);
}

clock_function *libc_clock = first_time;
#endif

#endif
