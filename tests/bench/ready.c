/* ready - how long from exec of a server until it takes a connection. */
#include <sys/socket.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "load.h"

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static pid_t
spawn(char **argv)
{
	pid_t pid = vfork();
	int null;

	if (pid == 0) {
		setpgid(0, 0);
		null = open("/dev/null", O_RDWR);
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], argv);
		_exit(127);
	}
	return pid;
}

static double
once(char **argv)
{
	unsigned long long start = now(), t;
	int fd, ok = 0;
	pid_t pid = spawn(argv);

	do {
		fd = socket(AF_INET, SOCK_STREAM, 0);
		ok = connect(fd, (struct sockaddr *)&target, sizeof target) == 0;
		t = now();
		close(fd);
		if (!ok && waitpid(pid, NULL, WNOHANG) == pid)
			fail("ready: the server ended");
		if (!ok)
			sched_yield();
	} while (!ok && t - start < 5000000000ull);
	kill(-pid, SIGKILL);
	while (waitpid(-pid, NULL, 0) > 0)
		;
	if (!ok)
		fail("ready: not in 5 s");
	return (t - start) / 1e3;
}

void
ready(int times, char **argv)
{
	double *us = calloc(times, sizeof *us);
	int i;

	for (i = 0; i < times; i++)
		us[i] = once(argv);
	qsort(us, times, sizeof *us, compare);
	printf("{\"ready_p50_us\": %.1f, \"ready_min_us\": %.1f}\n",
	    us[times / 2], us[0]);
}
