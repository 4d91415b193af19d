/* cost - run a command N times and say what one run takes.
 * usage: cost N COMMAND [argument ...]
 * Microseconds: wall p50, user and system mean; and how many kilobytes were
 * resident at its end, read while it stands at its exit: the kernel's own
 * ru_maxrss would be rounded and include what was before the exec. */
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"

static void
become(char **argv)
{
	int null = open("/dev/null", O_RDWR);

	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	execvp(argv[0], argv);
	_exit(127);
}

static long
rollup(pid_t pid, const char *field)
{
	char line[256];
	long kb = -1;
	FILE *f;

	snprintf(line, sizeof line, "/proc/%d/smaps_rollup", (int)pid);
	f = fopen(line, "r");
	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, field, strlen(field)) == 0)
			kb = atol(line + strlen(field));
	if (f != NULL)
		fclose(f);
	return kb;
}

/* Trace one run to its exit and look at its memory there. */
static void
resident(char **argv, long *rss, long *anon)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		become(argv);
	}
	waitpid(pid, &status, 0);
	ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL);
	ptrace(PTRACE_CONT, pid, 0, 0);
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8)) {
			*rss = rollup(pid, "Rss:");
			*anon = rollup(pid, "Pss_Anon:");
		}
		ptrace(PTRACE_CONT, pid, 0, WSTOPSIG(status) == SIGTRAP ? 0 :
		    WSTOPSIG(status));
	}
}

static int
once(char **argv)
{
	int status = 0;
	pid_t pid = vfork();

	if (pid == 0)
		become(argv);
	waitpid(pid, &status, 0);
	return status;
}

int
main(int argc, char **argv)
{
	double *wall, start, user, sys;
	long rss = -1, anon = -1;
	struct rusage u;
	int i, n, status = 0;

	if (argc < 3 || (n = atoi(argv[1])) < 1)
		return 2;
	wall = calloc(n, sizeof *wall);
	for (i = 0; i < n; i++) {
		start = now_us();
		status = once(argv + 2);
		wall[i] = now_us() - start;
	}
	getrusage(RUSAGE_CHILDREN, &u);
	resident(argv + 2, &rss, &anon);
	sort_doubles(wall, n);
	user = (u.ru_utime.tv_sec * 1e6 + u.ru_utime.tv_usec) / n;
	sys = (u.ru_stime.tv_sec * 1e6 + u.ru_stime.tv_usec) / n;
	printf("{\"wall_us\": %.1f, \"user_us\": %.1f, \"system_us\": %.1f, "
	    "\"cpu_us\": %.1f, \"rss_kb\": %ld, \"anon_kb\": %ld, "
	    "\"status\": %d}\n", wall[n / 2], user, sys, user + sys, rss, anon,
	    WEXITSTATUS(status));
	return 0;
}
