/* spawn - what processes cost on this machine, with no server around them.
 * usage: spawn fork|vfork N; spawn exec N COMMAND [argument ...]
 * Prints microseconds: one of {fork, _exit} or {vfork, exec} and its wait. */
#include <sys/wait.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"

static void
once(char **argv)
{
	pid_t pid = strcmp(argv[1], "fork") == 0 ? fork() : vfork();

	if (pid == 0) {
		if (argv[3] != NULL)
			execvp(argv[3], argv + 3);
		_exit(0);
	}
	if (pid == -1 || waitpid(pid, NULL, 0) == -1)
		exit(3);
}

int
main(int argc, char **argv)
{
	double *us, start, sum = 0;
	int i, n;

	if (argc < 3 || (n = atoi(argv[2])) < 1)
		return 2;
	us = calloc(n, sizeof *us);
	for (i = 0; i < n; i++) {
		start = now_us();
		once(argv);
		us[i] = now_us() - start;
		sum += us[i];
	}
	sort_doubles(us, n);
	printf("{\"p50_us\": %.1f, \"p99_us\": %.1f, \"mean_us\": %.1f}\n",
	    us[n / 2], us[n * 99 / 100], sum / n);
	return 0;
}
