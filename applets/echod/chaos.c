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
#include "model.h"
#include "proc.h"
#include "time.h"

enum { LEAK, LATE, ONE, IGNORE, BLOCK, CRASH, HANG, STALL, CLOSE, CORRUPT,
	TWICE, SYSCALL, DAMAGE, FAULTS = DAMAGE + DAMAGES };

/* Where in a connection, unless it is said. */
enum { PLACE = 1000, LAST = 1000000000 };

/* A number stands for percents, seconds or bytes. */
static const struct {
	char name[13];
	unsigned char children;		/* only where there are some */
	unsigned short usual;		/* its number */
	unsigned most;			/* 0: it has none */
} faults[FAULTS] = {
	[LEAK] = { "leak-zombies", 1, 1, 0 },
	[LATE] = { "late-wait", 1, 5, 3600 },
	[ONE] = { "one-wait", 1, 1, 0 },
	[IGNORE] = { "ignore-chld", 1, 1, 0 },
	[BLOCK] = { "block-chld", 1, 1, 0 },
	[CRASH] = { "crash", 1, 100, 100 },
	[HANG] = { "hang", 1, 100, 100 },
	[STALL] = { "stall", 0, 1, 3600 },
	[CLOSE] = { "close-early", 0, 1, LAST },
	[CORRUPT] = { "corrupt", 0, 100, 100 },
	[TWICE] = { "echo-twice", 0, 1, 0 },
	[SYSCALL] = { "syscall", 0, 100, 100 },
	[DAMAGE + FLIP] = { "flip", 0, PLACE, LAST },
	[DAMAGE + SWAP] = { "swap", 0, PLACE, LAST },
	[DAMAGE + FILL] = { "fill", 0, PLACE, LAST },
	[DAMAGE + STALE] = { "stale", 0, PLACE, LAST },
	[DAMAGE + FOREIGN] = { "foreign", 0, PLACE, LAST },
	[DAMAGE + GARBAGE] = { "garbage", 0, PLACE, LAST },
	[DAMAGE + LOSE] = { "lose", 0, PLACE, LAST },
	[DAMAGE + REPEAT] = { "repeat", 0, PLACE, LAST },
	[DAMAGE + INSERT] = { "insert", 0, PLACE, LAST },
	[DAMAGE + TRUNCATE] = { "truncate", 0, PLACE, LAST },
};

static unsigned chosen[FAULTS];		/* the number, 0: not chosen */
static unsigned long long waited;	/* when LATE last did */

void
chaos_set(const char *word)
{
	size_t n = strcspn(word, ":");
	const char *arg = word + n + 1;
	unsigned long long v;
	char number[16];
	int i;

	for (i = 0; i < FAULTS; i++)
		if (strlen(faults[i].name) == n &&
		    memcmp(faults[i].name, word, n) == 0)
			break;
	if (i == FAULTS || (word[n] == ':' && faults[i].most == 0))
		usage("-O chaos '%s': no such fault", word);
	opts.chaos = 1;
	chosen[i] = faults[i].usual;
	if (word[n] == '\0')
		return;
	/* A rate may be written as one. */
	n = strlen(arg);
	if (faults[i].most == 100 && n > 0 && n < sizeof number &&
	    arg[n - 1] == '%') {
		memcpy(number, arg, n - 1);
		number[n - 1] = '\0';
		arg = number;
	}
	if (opt_number(arg, 1, faults[i].most, &v) == -1)
		usage("-O chaos '%s': not a number from 1 to %u", word,
		    faults[i].most);
	chosen[i] = v;
}

void
chaos_check(void)
{
	int i;

	for (i = 0; i < FAULTS; i++)
		if (chosen[i] && faults[i].children &&
		    opts.model->pid == NULL)
			usage("-O chaos=%s and -m %s: there are no children",
			    faults[i].name, opts.model->name);
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
		pid = opts.model->pid(slot);
		if (pid == 0)
			continue;
		info.si_pid = info.si_status = 0;
		info.si_code = CLD_EXITED;
		if (waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) ==
		    0 && info.si_pid == 0)
			continue;
		opts.model->reaped(pid, info.si_code == CLD_EXITED ?
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

	if (chosen[ONE] && signalled) {
		pid = proc_reap(&status, &usage);
		if (pid > 0)
			opts.model->reaped(pid, status, &usage);
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
