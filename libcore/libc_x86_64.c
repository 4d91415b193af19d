/* libc_x86_64 - system calls in eight bytes each. */
#include <stddef.h>
#include <sys/syscall.h>

#include "libc.h"

#if LIBC_X86_64

_Static_assert(offsetof(struct libc_thread, error) == LIBC_ERRNO, "errno");

/*
 * A system call takes what its function takes, in the same registers but one,
 * so all share libc_call.  The C library's are 25 to 50 bytes each, as many
 * are cancellation points, of which we have none.  Each has its section, so
 * that only what is called is linked.
 */
#define TEXT(x) TEXT_OF(x)
#define TEXT_OF(x) #x
#define FUNCTION(name, code)                                                   \
	__asm__(".pushsection .text." #name ",\"ax\",@progbits\n"              \
	    ".globl " #name "\n"                                               \
	    ".type " #name ",@function\n"                                      \
	    #name ":\n" code                                                   \
	    ".size " #name ",.-" #name "\n"                                    \
	    ".popsection")
#define CALL_AS(name, number) FUNCTION(name,                                   \
	".if " TEXT(number) " < 128\n"                                         \
	"push $" TEXT(number) "\n"                                             \
	"pop %rax\n"                                                           \
	".else\n"                                                              \
	"mov $" TEXT(number) ",%eax\n"                                         \
	".endif\n"                                                             \
	"jmp libc_call\n")
#define CALL(name) CALL_AS(name, SYS_##name)

/* What the kernel answers from -4095 to -1 is -errno. */
FUNCTION(libc_call,
    "mov %rcx,%r10\n"
    "libc_enter:\n"
    "syscall\n"
    "libc_answer:\n"
    "cmp $-4096,%rax\n"
    "jbe 1f\n"
    "neg %eax\n"
    "mov %eax,%fs:" TEXT(LIBC_ERRNO) "\n"
    "or $-1,%rax\n"
    "1: ret\n");

/* What is left of the C library comes here with -errno. */
FUNCTION(__syscall_ret,
    "mov %rdi,%rax\n"
    "jmp libc_answer\n");

FUNCTION(syscall,
    "mov %rdi,%rax\n"
    "mov %rsi,%rdi\n"
    "mov %rdx,%rsi\n"
    "mov %rcx,%rdx\n"
    "mov %r8,%r10\n"
    "mov %r9,%r8\n"
    "mov 8(%rsp),%r9\n"
    "jmp libc_enter\n");

/* Two names: the hidden one is for the C library itself. */
FUNCTION(__errno_location,
    ".globl ___errno_location\n"
    "___errno_location:\n"
    "mov %fs:0,%rax\n"
    "add $" TEXT(LIBC_ERRNO) ",%rax\n"
    "ret\n");

/*
 * clone(function, stack, flags, argument, ptid, tls, ctid): the child takes
 * function and argument from its stack, and ends with what it returns.
 */
FUNCTION(clone,
    "and $-16,%rsi\n"
    "sub $16,%rsi\n"
    "mov %rdi,(%rsi)\n"
    "mov %rcx,8(%rsi)\n"
    "mov %edx,%edi\n"
    "mov %r8,%rdx\n"
    "mov %r9,%r8\n"
    "mov 8(%rsp),%r10\n"
    "push $" TEXT(SYS_clone) "\n"
    "pop %rax\n"
    "syscall\n"
    "test %eax,%eax\n"
    "jnz libc_answer\n"
    "xor %ebp,%ebp\n"
    "pop %rax\n"
    "pop %rdi\n"
    "call *%rax\n"
    "mov %eax,%edi\n"
    "push $" TEXT(SYS_exit) "\n"
    "pop %rax\n"
    "syscall\n");

#if ENABLE_VDSO
/* Whoever built the kernel's may count on the alignment of the ABI, of which
 * our functions know nothing. */
FUNCTION(clock_gettime,
    "push %rbp\n"
    "mov %rsp,%rbp\n"
    "and $-16,%rsp\n"
    "call *libc_clock(%rip)\n"
    "leave\n"
    "ret\n");
#else
CALL(clock_gettime);
#endif

CALL(accept4);
CALL(alarm);
CALL(bind);
CALL(chdir);
CALL(chroot);
CALL(close);
CALL(connect);
CALL(dup2);
CALL(dup3);
CALL(epoll_create1);
CALL(epoll_ctl);
CALL(epoll_wait);
CALL(execve);
CALL_AS(_exit, SYS_exit_group);
CALL(fcntl);
CALL(fork);
CALL(fstat);
CALL_AS(fstatat, SYS_newfstatat);
CALL(fstatfs);
CALL(getpeername);
CALL(getpid);
CALL(getppid);
CALL(getrandom);
CALL(getresgid);
CALL(getresuid);
CALL(getgroups);
CALL(getsid);
CALL(getsockname);
CALL(getsockopt);
CALL(getuid);
CALL(ioctl);
CALL(kill);
CALL(link);
CALL(listen);
CALL(lseek);
CALL(lstat);
CALL(madvise);
CALL(mkdir);
CALL(mknod);
CALL(mmap);
CALL(mount);
CALL(mprotect);
CALL(mremap);
CALL(munmap);
CALL(open);
CALL(openat);
CALL(pipe2);
CALL(poll);
CALL(ppoll);	/* what is left is in the timespec then */
CALL(prctl);
CALL_AS(prlimit, SYS_prlimit64);
CALL(read);
CALL(readlink);
CALL(readlinkat);
CALL(recvfrom);
CALL(recvmsg);
CALL(rename);
CALL(sendmsg);
CALL(sendto);
CALL(setgid);
CALL(setgroups);
CALL(sethostname);
CALL(setitimer);
CALL(setpgid);
CALL(setsid);
CALL(setsockopt);
CALL(setuid);
CALL(shutdown);
CALL(socket);
CALL(socketpair);
CALL(splice);
CALL(stat);
CALL(symlink);
CALL(sync);
CALL(umask);
CALL(uname);
CALL(unlink);
CALL(unshare);
CALL(wait4);
CALL(write);
CALL(writev);

#endif
