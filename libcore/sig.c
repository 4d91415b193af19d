/* sig - signals as a descriptor, and their names. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fmt.h"
#include "io.h"
#include "opt.h"
#include "sig.h"

/* The first real-time signal glibc leaves to programs; musl's is 35. */
#define RTMIN 34

#define SIGNALS                                                                \
	X(HUP) X(INT) X(QUIT) X(ILL) X(TRAP) X(ABRT) X(BUS) X(FPE) X(KILL)     \
	X(USR1) X(SEGV) X(USR2) X(PIPE) X(ALRM) X(TERM) X(CHLD) X(CONT)        \
	X(STOP) X(TSTP) X(TTIN) X(TTOU) X(URG) X(XCPU) X(XFSZ) X(VTALRM)       \
	X(PROF) X(WINCH) X(IO) X(PWR) X(SYS) X_STKFLT X_EMT
#ifdef SIGSTKFLT
#define X_STKFLT X(STKFLT)
#else
#define X_STKFLT
#endif
#ifdef SIGEMT
#define X_EMT X(EMT)
#else
#define X_EMT
#endif

/* Numbers differ between machines (MIPS), so none is written here. */
static const unsigned char numbers[] = {
#define X(name) SIG##name,
	SIGNALS
#undef X
};
enum { NAMED = sizeof numbers };

/* In the same order, each ended by a NUL. */
static const char names[] =
#define X(name) #name "\0"
    SIGNALS;
#undef X

/*
 * Add a signal as the kernel has them in a set, bit by bit in longs.  The C
 * library's sigaddset refuses those it uses itself, musl 32 to 34; but 34
 * is the first real-time signal of programs that have glibc.
 */
static void
add(sigset_t *set, int sig)
{
	enum { BITS = sizeof(unsigned long) * CHAR_BIT };
	unsigned long word;
	char *at = (char *)set + (sig - 1) / BITS * sizeof word;

	memcpy(&word, at, sizeof word);
	word |= 1UL << (sig - 1) % BITS;
	memcpy(at, &word, sizeof word);
}

/* sigprocmask(2) itself, as the C library's hides those signals. */
static int
change_mask(int how, const sigset_t *set, sigset_t *old)
{
	if (old != NULL)
		sigemptyset(old);
	return syscall(SYS_rt_sigprocmask, how, set, old, _NSIG / 8);
}

int
sig_open(const int *list, sigset_t *old)
{
	sigset_t set;
	int fd, saved;

	sigemptyset(&set);
	for (; *list != 0; list++)
		add(&set, *list);
	if (change_mask(SIG_BLOCK, &set, old) == -1)
		return -1;
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd == -1) {
		saved = errno;
		change_mask(SIG_SETMASK, old, NULL);
		errno = saved;
	}
	return fd;
}

int
sig_mask(int how, int one, int other)
{
	sigset_t set;

	sigemptyset(&set);
	if (one != 0)
		add(&set, one);
	if (other != 0)
		add(&set, other);
	return change_mask(how, &set, NULL);
}

int
sig_next(int fd, struct signalfd_siginfo *info)
{
	struct signalfd_siginfo local;

	if (info == NULL)
		info = &local;
	if (io_read(fd, info, sizeof *info) != sizeof *info)
		return 0;
	return info->ssi_signo;
}

void
sig_name(struct fmt *f, int number)
{
	const char *name = names;
	int i;

	for (i = 0; i < NAMED; i++, name += strlen(name) + 1)
		if (numbers[i] == number) {
			fmt_add(f, "SIG%s", name);
			return;
		}
	if (number > RTMIN && number < _NSIG)
		fmt_add(f, "SIGRTMIN+%d", number - RTMIN);
	else
		fmt_add(f, number == RTMIN ? "SIGRTMIN" : "signal %d", number);
}

int
sig_number(const char *s)
{
	unsigned long long v;
	int i;

	if (opt_number(s, 1, _NSIG - 1, &v) == 0)
		return v;
	if (strncmp(s, "SIG", 3) == 0)
		s += 3;
	i = opt_word(s, names);
	if (i != -1)
		return numbers[i];
	if (strncmp(s, "RTMIN", 5) != 0)
		return -1;
	if (s[5] == '\0')
		return RTMIN;
	if (s[5] != '+' || opt_number(s + 6, 0, _NSIG - 1 - RTMIN, &v) == -1)
		return -1;
	return RTMIN + v;
}
