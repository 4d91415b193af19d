/* ready - how long from exec of a server until it takes a connection. */
#include <sys/socket.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "load.h"

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

/* How long until an exec'd program that does nothing runs: its byte comes. */
static double
exec_once(char *nothing)
{
	char *argv[] = { nothing, "x", NULL }, c;
	unsigned long long start;
	int p[2];
	pid_t pid;

	if (pipe2(p, O_CLOEXEC) == -1)
		fail("pipe");
	start = now();
	pid = vfork();
	if (pid == 0) {
		dup2(p[1], 1);
		execv(argv[0], argv);
		_exit(127);
	}
	close(p[1]);
	if (read(p[0], &c, 1) != 1)
		fail("ready: no word of what does nothing");
	start = now() - start;
	close(p[0]);
	waitpid(pid, NULL, 0);
	return start / 1e3;
}

static int
answers(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int ok = connect(fd, (struct sockaddr *)&target, sizeof target) == 0;

	close(fd);
	return ok;
}

/* A server's children may hold its listener a little longer than it lives. */
static void
end(pid_t pid)
{
	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	while (answers())
		usleep(1000);
}

static double
once(char **argv)
{
	unsigned long long start = now(), t;
	int ok;
	pid_t pid = spawn(argv);

	do {
		ok = answers();
		t = now();
		if (!ok && waitpid(pid, NULL, WNOHANG) == pid)
			fail("ready: the server ended");
		if (!ok)
			sched_yield();
	} while (!ok && t - start < 5000000000ull);
	end(pid);
	if (!ok)
		fail("ready: not in 5 s");
	return (t - start) / 1e3;
}

void
ready(int times, char **argv)
{
	double *us = calloc(times, sizeof *us);
	double *exec = calloc(times, sizeof *exec);
	int i;

	for (i = 0; i < times; i++) {
		exec[i] = exec_once(argv[0]);
		us[i] = once(argv + 1);
	}
	sort_doubles(us, times);
	sort_doubles(exec, times);
	printf("{\"ready_p50_us\": %.1f, \"ready_min_us\": %.1f, "
	    "\"exec_p50_us\": %.1f, \"beyond_us\": %.1f}\n", us[times / 2],
	    us[0], exec[times / 2], us[times / 2] - exec[times / 2]);
}
