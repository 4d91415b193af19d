/* sandbox - a seccomp filter: the calls that serving needs, and no other. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox.h"

/* A 64-bit machine can be called by its 32-bit convention as well, with
 * other numbers: the filter must know whose they are. */
#if defined __x86_64__	/* x32 too; its numbers have a bit of their own */
#define ARCH AUDIT_ARCH_X86_64
#elif defined __i386__
#define ARCH AUDIT_ARCH_I386
#elif defined __aarch64__
#define ARCH AUDIT_ARCH_AARCH64
#elif defined __arm__
#define ARCH AUDIT_ARCH_ARM
#elif defined __mips__ && _MIPS_SIM == _ABIO32
#define ARCH (EM_MIPS | ENDIAN)
#elif defined __mips__ && _MIPS_SIM == _ABI64
#define ARCH (EM_MIPS | ENDIAN | __AUDIT_ARCH_64BIT)
#elif defined __mips__
#define ARCH (EM_MIPS | ENDIAN | __AUDIT_ARCH_64BIT | \
	__AUDIT_ARCH_CONVENTION_MIPS64_N32)
#elif defined __powerpc64__
#define ARCH (EM_PPC64 | ENDIAN | __AUDIT_ARCH_64BIT)
#elif defined __powerpc__
#define ARCH AUDIT_ARCH_PPC
#elif defined __riscv && __riscv_xlen == 64
#define ARCH (EM_RISCV | __AUDIT_ARCH_64BIT | __AUDIT_ARCH_LE)
#elif defined __riscv
#define ARCH (EM_RISCV | __AUDIT_ARCH_LE)
#elif defined __s390x__
#define ARCH AUDIT_ARCH_S390X
#elif defined __loongarch64
#define ARCH (EM_LOONGARCH | __AUDIT_ARCH_64BIT | __AUDIT_ARCH_LE)
#elif defined __m68k__
#define ARCH AUDIT_ARCH_M68K
#elif defined __sh__
#define ARCH (EM_SH | ENDIAN)
#else
#define ARCH 0
#endif

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define ENDIAN 0
#define LOW_WORD 4
#else
#define ENDIAN __AUDIT_ARCH_LE
#define LOW_WORD 0
#endif

#ifndef EM_LOONGARCH	/* linux/elf-em.h, since 5.19 */
#define EM_LOONGARCH 258
#endif
#ifndef EM_RISCV	/* since 4.15 */
#define EM_RISCV 243
#endif
#ifndef __AUDIT_ARCH_CONVENTION_MIPS64_N32
#define __AUDIT_ARCH_CONVENTION_MIPS64_N32 0x20000000
#endif
#ifndef SECCOMP_RET_KILL_PROCESS	/* since 4.14; before it is KILL too: */
#define SECCOMP_RET_KILL_PROCESS 0x80000000u	/* the top bit was masked */
#endif

/* Numbers differ in their low 13 bits; x32 and MIPS have a base.  Above
 * them stands when a call is allowed: of three needs, or always. */
enum { BITS = 13, MASK = (1 << BITS) - 1 };
#define BASE ((unsigned)__NR_read & ~(unsigned)MASK)
#define NR(nr) ((nr) & MASK)
#define CALL(nr, when) (NR(nr) | (when) << BITS)
enum { ALWAYS = 0 };

/*
 * What is allowed whatever its arguments, and when; what is asked most
 * comes first.  A machine lacks some of them, and the C library chooses.
 */
static const unsigned short calls[] = {
	CALL(__NR_read, ALWAYS),
	CALL(__NR_write, ALWAYS),
#ifdef __NR_recvfrom
	CALL(__NR_recvfrom, ALWAYS),
	CALL(__NR_sendto, ALWAYS),
#endif
#ifdef __NR_recv
	CALL(__NR_recv, ALWAYS),
	CALL(__NR_send, ALWAYS),
#endif
	CALL(__NR_splice, ALWAYS),
#ifdef __NR_poll
	CALL(__NR_poll, ALWAYS),
#endif
#ifdef __NR_ppoll
	CALL(__NR_ppoll, ALWAYS),
#endif
#ifdef __NR_ppoll_time64
	CALL(__NR_ppoll_time64, ALWAYS),
#endif
#ifdef __NR_recvmmsg
	CALL(__NR_recvmmsg, SANDBOX_UDP),
#endif
#ifdef __NR_recvmmsg_time64
	CALL(__NR_recvmmsg_time64, SANDBOX_UDP),
#endif
#ifdef __NR_sendmmsg
	CALL(__NR_sendmmsg, SANDBOX_UDP),
#endif
#ifdef __NR_recvmsg
	CALL(__NR_recvmsg, ALWAYS),
	CALL(__NR_sendmsg, ALWAYS),
#endif
#ifdef __NR_epoll_wait
	CALL(__NR_epoll_wait, SANDBOX_EVENTS),
#endif
	CALL(__NR_epoll_pwait, SANDBOX_EVENTS),
	CALL(__NR_epoll_ctl, SANDBOX_EVENTS),
	CALL(__NR_epoll_create1, SANDBOX_EVENTS),
#ifdef __NR_accept4
	CALL(__NR_accept4, ALWAYS),
#endif
#ifdef __NR_accept
	CALL(__NR_accept, ALWAYS),
#endif
	CALL(__NR_close, ALWAYS),
#ifdef __NR_close_range
	CALL(__NR_close_range, ALWAYS),
#endif
#ifdef __NR_fork
	CALL(__NR_fork, ALWAYS),
#endif
#ifdef __NR_vfork
	CALL(__NR_vfork, ALWAYS),
#endif
#ifdef __NR_wait4
	CALL(__NR_wait4, ALWAYS),
#endif
	CALL(__NR_waitid, ALWAYS),
	CALL(__NR_exit_group, ALWAYS),
	CALL(__NR_exit, ALWAYS),
#ifdef __NR_shutdown
	CALL(__NR_shutdown, ALWAYS),
	CALL(__NR_setsockopt, ALWAYS),
	CALL(__NR_getsockopt, ALWAYS),
	CALL(__NR_getsockname, ALWAYS),
	CALL(__NR_getpeername, ALWAYS),
#endif
#ifdef __NR_fcntl
	CALL(__NR_fcntl, ALWAYS),
#endif
#ifdef __NR_fcntl64
	CALL(__NR_fcntl64, ALWAYS),
#endif
	CALL(__NR_pipe2, ALWAYS),
#ifdef __NR_pipe
	CALL(__NR_pipe, ALWAYS),
#endif
	CALL(__NR_dup3, ALWAYS),
#ifdef __NR_dup2
	CALL(__NR_dup2, ALWAYS),
#endif
	CALL(__NR_readv, ALWAYS),
	CALL(__NR_writev, ALWAYS),
	CALL(__NR_getpid, ALWAYS),
	CALL(__NR_getppid, ALWAYS),
	CALL(__NR_gettid, ALWAYS),
	CALL(__NR_rt_sigprocmask, ALWAYS),
	CALL(__NR_rt_sigaction, ALWAYS),
	CALL(__NR_rt_sigreturn, ALWAYS),
#ifdef __NR_sigreturn
	CALL(__NR_sigreturn, ALWAYS),
#endif
#ifdef __NR_rt_sigtimedwait
	CALL(__NR_rt_sigtimedwait, ALWAYS),
#endif
#ifdef __NR_rt_sigtimedwait_time64
	CALL(__NR_rt_sigtimedwait_time64, ALWAYS),
#endif
	CALL(__NR_signalfd4, ALWAYS),
	CALL(__NR_restart_syscall, ALWAYS),	/* a stop and continue */
#ifdef __NR_clock_gettime
	CALL(__NR_clock_gettime, ALWAYS),
#endif
#ifdef __NR_clock_gettime32	/* musl has it under this name */
	CALL(__NR_clock_gettime32, ALWAYS),
	CALL(__NR_clock_nanosleep_time32, ALWAYS),
#endif
#ifdef __NR_clock_gettime64
	CALL(__NR_clock_gettime64, ALWAYS),
#endif
#ifdef __NR_gettimeofday
	CALL(__NR_gettimeofday, ALWAYS),
#endif
#ifdef __NR_nanosleep
	CALL(__NR_nanosleep, ALWAYS),
#endif
#ifdef __NR_clock_nanosleep
	CALL(__NR_clock_nanosleep, ALWAYS),
#endif
#ifdef __NR_clock_nanosleep_time64
	CALL(__NR_clock_nanosleep_time64, ALWAYS),
#endif
	CALL(__NR_sched_yield, ALWAYS),
	CALL(__NR_set_robust_list, ALWAYS),	/* the C library's fork */
	CALL(__NR_set_tid_address, ALWAYS),
#ifdef __NR_rseq
	CALL(__NR_rseq, ALWAYS),
#endif
	CALL(__NR_munmap, ALWAYS),
	CALL(__NR_madvise, ALWAYS),
	CALL(__NR_brk, ALWAYS),
#ifdef __s390x__	/* its mmap takes a pointer to its arguments */
	CALL(__NR_mmap, ALWAYS),
#endif
#ifdef __NR_futex
	CALL(__NR_futex, ALWAYS),
#endif
#ifdef __NR_futex_time64
	CALL(__NR_futex_time64, ALWAYS),
#endif
	CALL(__NR_tgkill, SANDBOX_THREADS),
	CALL(__NR_tkill, SANDBOX_THREADS),
	CALL(__NR_membarrier, SANDBOX_THREADS),
};

/* What is allowed with some arguments only; several rows are alternatives.
 * NONE_OF: no bit of the value is set; AT_LEAST: of an int. */
enum { EQUAL, NONE_OF, AT_LEAST };

#define NAMESPACES (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | \
	CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP)
#ifdef __s390x__
#define CLONE_FLAGS 1	/* the argument they are in */
#else
#define CLONE_FLAGS 0
#endif

static const struct special {
	unsigned short nr;
	unsigned char when;
	unsigned char arg : 4, test : 4;
	uint32_t value;
} specials[] = {
	{ NR(__NR_clone), ALWAYS, CLONE_FLAGS, NONE_OF,
	    NAMESPACES | CLONE_PTRACE | CLONE_PARENT },
	/* To single processes, not to groups or to all. */
	{ NR(__NR_kill), ALWAYS, 0, AT_LEAST, 1 },
	{ NR(__NR_prctl), ALWAYS, 0, EQUAL, PR_SET_PDEATHSIG },
	{ NR(__NR_prctl), ALWAYS, 0, EQUAL, PR_SET_NAME },
#if defined __NR_mmap2
	{ NR(__NR_mmap2), ALWAYS, 2, NONE_OF, PROT_EXEC },
#elif !defined __s390x__
	{ NR(__NR_mmap), ALWAYS, 2, NONE_OF, PROT_EXEC },
#endif
	{ NR(__NR_mprotect), SANDBOX_THREADS, 2, NONE_OF, PROT_EXEC },
	{ NR(__NR_ioctl), ALWAYS, 1, EQUAL, FIONBIO },	/* io_nonblock */
	{ NR(__NR_ioctl), ALWAYS, 1, EQUAL, FIONREAD },
	{ NR(__NR_ioctl), ALWAYS, 1, EQUAL, TIOCOUTQ },
	{ NR(__NR_ioctl), ALWAYS, 1, EQUAL, SIOCGIFNAME },	/* fe80::1%eth0 */
	{ NR(__NR_ioctl), SANDBOX_TTY, 1, EQUAL, TCSETSW },
	{ NR(__NR_ioctl), SANDBOX_TTY, 1, EQUAL, TIOCNXCL },
#ifdef __NR_socketcall
	/* socket, bind, connect and listen are 1 to 4 (linux/net.h). */
	{ NR(__NR_socketcall), ALWAYS, 0, AT_LEAST, 5 },
#endif
};

enum {
	CALLS = sizeof calls / sizeof *calls,
	SPECIALS = sizeof specials / sizeof *specials,
	LENGTH = 2 * CALLS + 6 * SPECIALS + 9,
};

struct program {
	struct sock_filter code[LENGTH];
	unsigned short n;
};

static void
emit(struct program *p, unsigned short code, unsigned char yes,
    unsigned char no, uint32_t k)
{
	p->code[p->n++] = (struct sock_filter){ code, yes, no, k };
}

static void
load(struct program *p, size_t offset)
{
	emit(p, BPF_LD | BPF_W | BPF_ABS, 0, 0, offset);
}

static void
answer(struct program *p, uint32_t what)
{
	emit(p, BPF_RET | BPF_K, 0, 0, what);
}

static void
equal(struct program *p, uint32_t k, unsigned char skip)
{
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, 0, skip, k);
}

static void
allow_special(struct program *p, const struct special *s)
{
	load(p, offsetof(struct seccomp_data, nr));
	equal(p, BASE | s->nr, s->test == AT_LEAST ? 4 : 3);
	load(p, offsetof(struct seccomp_data, args) +
	    s->arg * sizeof(uint64_t) + LOW_WORD);
	if (s->test == NONE_OF)
		emit(p, BPF_JMP | BPF_JSET | BPF_K, 1, 0, s->value);
	else if (s->test == AT_LEAST) {
		emit(p, BPF_JMP | BPF_JSET | BPF_K, 2, 0, 1u << 31);
		emit(p, BPF_JMP | BPF_JGE | BPF_K, 0, 1, s->value);
	} else
		equal(p, s->value, 1);
	answer(p, SECCOMP_RET_ALLOW);
}

/* Numbers are compared in the order of the tables; from 5.11 on the kernel
 * remembers which are always allowed, and runs nothing. */
static void
build(struct program *p, unsigned needs)
{
	uint32_t deny = needs & SANDBOX_KILL ?
	    SECCOMP_RET_KILL_PROCESS : SECCOMP_RET_ERRNO | EPERM;
	size_t i;

	p->n = 0;
	load(p, offsetof(struct seccomp_data, arch));
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, ARCH);
	answer(p, deny);
	load(p, offsetof(struct seccomp_data, nr));
	for (i = 0; i < CALLS; i++)
		if ((calls[i] >> BITS & ~needs) == 0) {
			equal(p, BASE | NR(calls[i]), 1);
			answer(p, SECCOMP_RET_ALLOW);
		}
#ifdef __NR_clone3
	/* Its arguments are out of sight: glibc then asks for clone. */
	equal(p, __NR_clone3, 1);
	answer(p, SECCOMP_RET_ERRNO | ENOSYS);
#endif
	for (i = 0; i < SPECIALS; i++)
		if ((specials[i].when & ~needs) == 0)
			allow_special(p, &specials[i]);
	answer(p, deny);
}

static int
confine(const struct program *p)
{
	const struct sock_fprog f = { p->n, (struct sock_filter *)p->code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &f, 0, 0);
}

/* Whether a child lives under the filter, doing what every process does. */
static int
try(const struct program *p)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (confine(p) == -1)
			_exit(1);
		pid = fork();
		if (pid == 0)
			_exit(0);
		_exit(pid == -1 || waitpid(pid, &status, 0) != pid || status);
	}
	return pid != -1 && waitpid(pid, &status, 0) == pid && status == 0;
}

int
sandbox_enter(unsigned needs)
{
	struct program p;

	if (ARCH != 0) {
		build(&p, needs);
		if (try(&p) && confine(&p) == 0)
			return 0;
	}
	errno = ENOSYS;
	return -1;
}
