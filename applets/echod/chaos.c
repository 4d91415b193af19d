/* chaos - faults on demand, for the tests of clients and monitors. */
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "applet.h"
#include "board.h"
#include "chaos.h"
#include "damage.h"
#include "echod.h"
#include "keep.h"
#include "model.h"
#include "proc.h"
#include "time.h"

/* The faults, in the order of their names: first how children are waited for,
 * then what they alone can do. */
enum { LEAK, LATE, ONE, IGNORE, BLOCK, CRASH, HANG, STALL, CLOSE, CORRUPT,
	TWICE, SYSCALL, DAMAGE, FAULTS = DAMAGE + DAMAGES, CHILDREN = STALL,
	WAITED = CRASH };

static const char names[] =
    "leak-zombies\0late-wait\0one-wait\0ignore-chld\0block-chld\0crash\0"
    "hang\0stall\0close-early\0corrupt\0echo-twice\0syscall\0"
    "flip\0swap\0fill\0stale\0foreign\0garbage\0lose\0repeat\0insert\0"
    "truncate\0";

/* What the number of a fault stands for: its usual value, and the most. */
enum { NOTHING, WAIT, RATE, PAUSE, BYTES, PLACE };
static const struct {
	unsigned usual, most;
} numbers[] = {
	[NOTHING] = { 1, 0 },
	[WAIT] = { 5, 3600 },	/* seconds */
	[RATE] = { 100, 100 },	/* percents */
	[PAUSE] = { 1, 3600 },	/* seconds */
	[BYTES] = { 1, 1000000000 },
	[PLACE] = { 1000, 1000000000 },
};
static const unsigned char kinds[DAMAGE + 1] = {
	[LATE] = WAIT, [CRASH] = RATE, [HANG] = RATE, [STALL] = PAUSE,
	[CLOSE] = BYTES, [CORRUPT] = RATE, [SYSCALL] = RATE, [DAMAGE] = PLACE,
};

static unsigned chosen[FAULTS];		/* the number, 0: not chosen */
static unsigned long long waited;	/* when LATE last did */

static _Noreturn void
no_fault(const char *word)
{
	usage("-O chaos '%s': no such fault", word);
}

void
chaos_set(const char *word)
{
	size_t n = strcspn(word, ":"), last = strlen(word) - 1;
	const char *number;
	unsigned long long v;
	unsigned most;
	char copy[48];
	int fault, kind;

	/* As KEY=VALUE, which is read already. */
	strncpy(copy, word, sizeof copy);
	if (last >= sizeof copy - 1 || strchr(word, '=') != NULL)
		no_fault(word);
	if (word[n] == ':')
		copy[n] = '=';
	fault = opt_key(copy, names, &number);
	if (fault == -1)
		no_fault(word);
	kind = kinds[fault < DAMAGE ? fault : DAMAGE];
	most = numbers[kind].most;
	if (number != NULL && most == 0)
		no_fault(word);
	opts.chaos = 1;
	chosen[fault] = numbers[kind].usual;
	if (number == NULL)
		return;
	/* A rate may be written as one. */
	if (kind == RATE && word[last] == '%')
		copy[last] = '\0';
	if (opt_number(number, 1, most, &v) == -1)
		usage("-O chaos '%s': not a number from 1 to %u", word, most);
	chosen[fault] = v;
}

void
chaos_check(void)
{
	const char *name = names;
	int i;

	for (i = 0; i < FAULTS; i++, name += strlen(name) + 1) {
		if (chosen[i] && i < CHILDREN && MODEL->pid == NULL)
			usage("-O chaos=%s and -m %s: there are no children",
			    name, MODEL->name);
		if (chosen[i] && i >= WAITED && opts.program != NULL)
			usage("-O chaos=%s is for the echo, not for -e", name);
	}
}

void
chaos_start(void)
{
	sigset_t set;

	if (opts.chaos)
		damage_open(board_size());
	if (chosen[IGNORE])
		signal(SIGCHLD, SIG_IGN);
	if (!chosen[BLOCK])
		return;
	/* Blocked it is anyway; now nobody reads that it is pending. */
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	signalfd(server->signals, &set, 0);
}

int
chaos_waits(void)
{
	return chosen[LEAK] || chosen[LATE] || chosen[ONE] ||
	    chosen[IGNORE] || chosen[BLOCK];
}

/* See to the slots of the dead, and leave the dead as they are. */
static void
look(void)
{
	struct rusage none = { 0 };
	unsigned slot;
	siginfo_t info;
	pid_t pid;

	for (slot = 0; slot < board_size(); slot++) {
		pid = MODEL->pid(slot);
		if (pid == 0)
			continue;
		info.si_pid = info.si_status = 0;
		info.si_code = CLD_EXITED;
		if (waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) ==
		    0 && info.si_pid == 0)
			continue;
		MODEL->reaped(pid, info.si_code == CLD_EXITED ?
			info.si_status << 8 : info.si_status, &none);
	}
}

void
chaos_reap(int signalled)
{
	unsigned long long now = time_now();
	struct rusage usage;
	int status;
	pid_t pid;

	if (ENABLE_ECHOD_KEEP)
		keep_look();
	if (chosen[ONE] && signalled) {
		pid = proc_reap(&status, &usage);
		if (pid > 0)
			MODEL->reaped(pid, status, &usage);
	}
	if (!chosen[ONE])
		look();
	if (!chosen[LATE] || now < waited + chosen[LATE] * TIME_S)
		return;
	waited = now;
	while (proc_reap(&status, &usage) > 0)
		;
}

unsigned long long
chaos_until(void)
{
	if (chosen[LATE])
		return waited + chosen[LATE] * TIME_S;
	/* Of these, no signal tells us. */
	return chosen[IGNORE] || chosen[BLOCK] ? time_now() + TIME_S / 10 : 0;
}

/* Tell whether it is to happen this time, as a rate says. */
static int
happens(int fault)
{
	static unsigned long long seed;

	if (chosen[fault] == 0)
		return 0;
	if (seed == 0)
		seed = time_now() * 2 + 1;
	/* xorshift64, by Marsaglia */
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed >> 11) % 100 < chosen[fault];
}

unsigned long long
chaos_stall(void)
{
	return chosen[STALL] ? time_now() + chosen[STALL] * TIME_S : 0;
}

size_t
chaos_data(unsigned slot, char *buf, size_t n, unsigned long long before,
    int *end)
{
	if (before == 0 && happens(CRASH)) {
		signal(SIGSEGV, SIG_DFL);
		kill(getpid(), SIGSEGV);
	}
	if (before == 0 && happens(HANG))
		for (;;)
			poll(NULL, 0, -1);
	if (before == 0 && happens(SYSCALL))
		chdir("/");	/* nobody here needs to; see sandbox.c */
	if (happens(CORRUPT))
		buf[n / 2] ^= 4;
	*end = chosen[CLOSE] && before + n > chosen[CLOSE];
	if (*end)
		return 0;
	n = damage(chosen + DAMAGE, slot, before == 0, buf, n, end);
	if (!chosen[TWICE])
		return n;
	memcpy(buf + n, buf, n);
	return 2 * n;
}
