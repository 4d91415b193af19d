/* libc_calls - system calls that the C library wraps in more than we need. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "libc.h"

/*
 * Functions of the C library by their own names and contracts, for musl,
 * whose objects of these names are then not linked: 6 KB.  What they leave
 * out is what a program without threads' cancellation, locales, atfork(3)
 * and kernels before 3.10 has no use for.  glibc (a developer's build) and
 * what is written differently on a machine keep their own; on x86-64 most
 * are in libc_x86_64.c.
 */
#ifndef __GLIBC__

/* Not where sockets are made through socketcall(2) on old kernels. */
#if defined __LP64__ && !defined __s390x__
#define SOCKETS 1
#else
#define SOCKETS 0
#endif

#ifndef SYS_setuid32
#define SYS_setuid32 SYS_setuid
#define SYS_setgid32 SYS_setgid
#define SYS_setgroups32 SYS_setgroups
#define SYS_setresuid32 SYS_setresuid
#endif

int
isatty(int fd)
{
	struct winsize w;

	return ioctl(fd, TIOCGWINSZ, &w) == 0;
}

int
sigprocmask(int how, const sigset_t *restrict new, sigset_t *restrict old)
{
	return syscall(SYS_rt_sigprocmask, how, new, old, _NSIG / 8);
}

int
signalfd(int fd, const sigset_t *set, int flags)
{
	return syscall(SYS_signalfd4, fd, set, _NSIG / 8, flags);
}

/* As the kernel has it, and setuid below; the C library's change every
 * thread's rights, and we have given up ours before there is a second one. */
int
seteuid(uid_t id)
{
	return syscall(SYS_setresuid32, -1L, id, -1L);
}

/* On 32 bits time_t is not the kernel's. */
#if LIBC_X86_64 || (SOCKETS && !ENABLE_VDSO)
time_t
time(time_t *to)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	if (to != NULL)
		*to = t.tv_sec;
	return t.tv_sec;
}

#endif

#if LIBC_X86_64
pid_t
waitpid(pid_t pid, int *status, int how)
{
	return wait4(pid, status, how, NULL);
}

int
clock_nanosleep(clockid_t clock, int how, const struct timespec *t,
    struct timespec *left)
{
	return syscall(SYS_clock_nanosleep, clock, how, t, left) == -1 ?
	    errno : 0;
}
#else

/*
 * The C library's blocks and restores signals around it and writes to its
 * thread's page, four calls and a page of memory a child; who forks here
 * has one thread and no fork handlers.
 */
pid_t
fork(void)
{
#ifdef SYS_fork
	return syscall(SYS_fork);
#else
	return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
#endif
}

int
openat(int dir, const char *path, int flags, ...)
{
	va_list ap;
	unsigned mode;

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, unsigned) : 0;
	va_end(ap);
	return syscall(SYS_openat, dir, path, flags | O_LARGEFILE, mode);
}

int
open(const char *path, int flags, ...)
{
	va_list ap;
	unsigned mode;

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, unsigned) : 0;
	va_end(ap);
	return openat(AT_FDCWD, path, flags, mode);
}

/* No locks of files, whose struct needs care on 32 bits. */
int
fcntl(int fd, int command, ...)
{
	va_list ap;
	long argument;

	va_start(ap, command);
	argument = va_arg(ap, long);
	va_end(ap);
#ifdef SYS_fcntl64
	return syscall(SYS_fcntl64, fd, command, argument);
#else
	return syscall(SYS_fcntl, fd, command, argument);
#endif
}

int
close(int fd)
{
	return syscall(SYS_close, fd);
}

ssize_t
readlinkat(int dir, const char *restrict path, char *restrict buf, size_t n)
{
	return syscall(SYS_readlinkat, dir, path, buf, n);
}

ssize_t
readlink(const char *restrict path, char *restrict buf, size_t n)
{
	return readlinkat(AT_FDCWD, path, buf, n);
}

int
pipe2(int fds[2], int flags)
{
	return syscall(SYS_pipe2, fds, flags);
}

int
dup3(int from, int to, int flags)
{
	return syscall(SYS_dup3, from, to, flags);
}

int
epoll_create1(int flags)
{
	return syscall(SYS_epoll_create1, flags);
}

int
epoll_ctl(int fd, int what, int of, struct epoll_event *event)
{
	return syscall(SYS_epoll_ctl, fd, what, of, event);
}

int
epoll_wait(int fd, struct epoll_event *events, int n, int ms)
{
	return syscall(SYS_epoll_pwait, fd, events, n, ms, NULL, _NSIG / 8);
}

int
setuid(uid_t id)
{
	return syscall(SYS_setuid32, id);
}

int
setgid(gid_t id)
{
	return syscall(SYS_setgid32, id);
}

int
setgroups(size_t n, const gid_t *ids)
{
	return syscall(SYS_setgroups32, n, ids);
}

/* Where the kernel's struct is the C library's. */
#if defined __x86_64__ || defined __aarch64__ || \
    (defined __riscv && defined __LP64__)
int
fstatat(int dir, const char *restrict path, struct stat *restrict st,
    int flags)
{
	return syscall(SYS_newfstatat, dir, path, st, flags);
}

int
fstat(int fd, struct stat *st)
{
	return syscall(SYS_fstat, fd, st);
}
#endif

/* Nor there is a length in bytes. */
#if SOCKETS && !ENABLE_VDSO
int
clock_gettime(clockid_t clock, struct timespec *t)
{
	return syscall(SYS_clock_gettime, clock, t);
}

void *
mmap(void *at, size_t n, int may, int how, int fd, off_t from)
{
	return (void *)syscall(SYS_mmap, at, n, may, how, fd, from);
}

int
munmap(void *at, size_t n)
{
	return syscall(SYS_munmap, at, n);
}
#endif

#if SOCKETS
int
socket(int family, int type, int protocol)
{
	return syscall(SYS_socket, family, type, protocol);
}

int
socketpair(int family, int type, int protocol, int fds[2])
{
	return syscall(SYS_socketpair, family, type, protocol, fds);
}

int
accept4(int fd, struct sockaddr *restrict a, socklen_t *restrict len,
    int flags)
{
	return syscall(SYS_accept4, fd, a, len, flags);
}

/* The padding beside a socklen_t that is the kernel's size_t is zero in all
 * that we send: we initialize every message. */
ssize_t
sendmsg(int fd, const struct msghdr *m, int flags)
{
	return syscall(SYS_sendmsg, fd, m, flags);
}

ssize_t
recvmsg(int fd, struct msghdr *m, int flags)
{
	return syscall(SYS_recvmsg, fd, m, flags);
}
#endif


#endif
#endif
