/* spawn - what processes cost on this machine, with no server around them.
 * usage: spawn fork|vfork N; spawn exec N COMMAND [argument ...]
 * Prints microseconds: one of {fork, _exit} or {vfork, exec} and its wait. */
#include <sys/wait.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

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
		start = now();
		once(argv);
		us[i] = now() - start;
		sum += us[i];
	}
	qsort(us, n, sizeof *us, compare);
	printf("{\"p50_us\": %.1f, \"p99_us\": %.1f, \"mean_us\": %.1f}\n",
	    us[n / 2], us[n * 99 / 100], sum / n);
	return 0;
}
