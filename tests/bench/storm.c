/* storm - dead orphans for an init: a pile made while it was stopped, or live.
 * usage: storm pile|live N INIT [argument ...]
 * INIT becomes PID 1 of a new PID namespace and runs "storm -child N".  All N
 * orphans die at once; in a pile it is continued when they are dead.  How long
 * until they are gone, what that cost it, what it wakes up for afterwards, and
 * its memory. */
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"

enum { GO = 100, SAY = 101 };	/* descriptors the child inherits */

static void
fail(const char *what)
{
	fprintf(stderr, "storm: %s: %s\n", what, strerror(errno));
	exit(3);
}

/* A number behind a word in /proc/PID/FILE; the first number for "". */
static double
number(pid_t pid, const char *file, const char *word)
{
	char line[512];
	double v = -1;
	FILE *f;

	snprintf(line, sizeof line, "/proc/%d/%s", (int)pid, file);
	f = fopen(line, "r");
	while (f != NULL && v < 0 && fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, word, strlen(word)) == 0)
			v = atof(line + strlen(word));
	if (f != NULL)
		fclose(f);
	return v;
}

/* How many children a process has; *last is the youngest. */
static int
children(pid_t pid, pid_t *last)
{
	char path[64];
	FILE *f;
	int n = 0, child;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
	f = fopen(path, "r");
	if (f == NULL)
		fail(path);
	for (; fscanf(f, "%d", &child) == 1; n++)
		*last = child;
	fclose(f);
	return n;
}

/* Inside: leave N orphans that all die when told, then wait for the end. */
static int
child(int n)
{
	int i, gate[2], alive[2];
	char c = 'x';

	if (write(SAY, &c, 1) != 1 || read(GO, &c, 1) != 1 ||
	    pipe(gate) == -1 || pipe(alive) == -1)
		return 3;
	if (fork() == 0) {
		for (i = 0; i < n; i++)
			if (fork() == 0) {
				close(gate[1]);
				_exit(read(gate[0], &c, 1) != 0);
			}
		_exit(0);
	}
	wait(NULL);
	c = 'z';
	if (write(SAY, &c, 1) != 1 || read(GO, &c, 1) != 1)
		return 3;
	close(gate[1]);
	close(alive[1]);
	while (read(alive[0], &c, 1) > 0)
		;
	c = 'y';
	if (write(SAY, &c, 1) != 1)
		return 3;
	while (read(GO, &c, 1) > 0)
		;
	return 0;
}

struct start {
	char **argv;
	int n, go, say;
	const char *self;
};

static int
start(void *arg)
{
	struct start *s = arg;
	char n[16], **argv = calloc(64, sizeof *argv);
	int i;

	dup2(s->go, GO);
	dup2(s->say, SAY);
	mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
	mount("proc", "/proc", "proc", 0, NULL);
	for (i = 0; s->argv[i] != NULL && i < 60; i++)
		argv[i] = s->argv[i];
	snprintf(n, sizeof n, "%d", s->n);
	argv[i] = (char *)s->self;
	argv[i + 1] = "-child";
	argv[i + 2] = n;
	execvp(argv[0], argv);
	return 127;
}

static void
wait_say(int fd, char want)
{
	char c;

	if (read(fd, &c, 1) != 1 || c != want)
		fail("the child did not say what it should");
}

static void
say_go(int fd)
{
	if (write(fd, "g", 1) != 1)
		fail("go");
}

/* Make the orphans and let them die; returns when the init may reap. */
static double
let_die(pid_t init, int n, int live, int go, int say, pid_t *last,
    double *cpu)
{
	double begin;

	wait_say(say, 'x');
	usleep(20000);
	if (!live)
		kill(init, SIGSTOP);
	say_go(go);
	wait_say(say, 'z');
	if (children(init, last) < n)
		fail("not every orphan came to the init");
	if (!live) {
		say_go(go);
		wait_say(say, 'y');
		usleep(100000);
		children(init, last);	/* their order is that of arrival */
	}
	*cpu = number(init, "schedstat", "");
	begin = now_us();
	if (live)
		say_go(go);
	else
		kill(init, SIGCONT);
	return begin;
}

/* How often it wakes up in a second of nothing to do. */
static double
idle_wakes(pid_t init)
{
	const char *field = "voluntary_ctxt_switches:";
	double before = number(init, "status", field);

	sleep(1);
	return number(init, "status", field) - before;
}

static void
measure(pid_t init, int n, int live, int go, int say)
{
	double begin, cpu, gone, wakes;
	pid_t last = 0;
	int left;

	begin = let_die(init, n, live, go, say, &last, &cpu);
	/* Children are reaped in their order: the youngest goes last. */
	while (kill(last, 0) == 0 && now_us() - begin < 30e6)
		usleep(50);
	gone = now_us();
	while ((left = children(init, &last)) > 1 && now_us() - begin < 30e6)
		gone = now_us();
	usleep(100000);
	cpu = number(init, "schedstat", "") - cpu;
	wakes = live ? -1 : idle_wakes(init);
	printf("{\"reaped\": %d, \"left\": %d, \"gone_us\": %.0f, "
	    "\"reaps_per_s\": %.0f, \"cpu_us\": %.0f, \"wakes_per_s\": %.1f, "
	    "\"pss_kb\": %.0f, \"anon_kb\": %.0f}\n", n, left - 1, gone - begin,
	    n / (gone - begin) * 1e6, cpu / 1e3, wakes,
	    number(init, "smaps_rollup", "Pss:"),
	    number(init, "smaps_rollup", "Pss_Anon:"));
}

int
main(int argc, char **argv)
{
	static char stack[65536] __attribute__((aligned(16)));
	char self[4096];
	struct start s = { argv + 3, 0, -1, -1, self };
	int go[2], say[2];
	pid_t init;
	ssize_t n;

	if (argc == 3 && strcmp(argv[1], "-child") == 0)
		return child(atoi(argv[2]));
	n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (argc < 4 || n == -1 || pipe2(go, O_CLOEXEC) == -1 ||
	    pipe2(say, O_CLOEXEC) == -1)
		return 2;
	self[n] = '\0';
	s.n = atoi(argv[2]);
	s.go = go[0];
	s.say = say[1];
	init = clone(start, stack + sizeof stack,
	    CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, &s);
	if (init == -1)
		fail("clone");
	close(go[0]);
	close(say[1]);
	measure(init, s.n, strcmp(argv[1], "live") == 0, go[1], say[0]);
	kill(init, SIGKILL);
	waitpid(init, NULL, 0);
	return 0;
}
