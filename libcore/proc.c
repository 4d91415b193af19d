/* proc - children: how they end, and that none is left dead. */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "fmt.h"
#include "proc.h"
#include "sig.h"

const char *
proc_digits(const char *s, unsigned long long *v)
{
	s += *s == '-';
	if (*s < '0' || *s > '9')
		return NULL;
	for (*v = 0; *s >= '0' && *s <= '9'; s++)
		*v = *v * 10 + *s - '0';
	return s;
}

/* The fields of /proc/PID/stat that tell us something. */
enum { F_PPID = 4, F_THREADS = 20, F_START = 22, F_SIGNAL = 38, F_CODE = 52 };

/*
 * Take a line of /proc/PID/stat apart.  The name in it may hold anything,
 * ") Z 1" too, so the fields begin behind the last parenthesis.
 */
int
proc_task(const char *line, size_t n, struct task *t)
{
	const char *open = memchr(line, '(', n), *p = memrchr(line, ')', n);
	unsigned long long v;
	int i = F_PPID;

	if (open == NULL || p == NULL || p < open || p[1] != ' ' || !p[2])
		return -1;
	n = p - open - 1;
	t->comm_len = n > COMM_MAX ? COMM_MAX : n;
	memcpy(t->comm, open + 1, t->comm_len);
	t->state = p[2];
	t->signal = t->status = 0;
	for (p += 3; i <= F_CODE && *p == ' '; i++) {
		if ((p = proc_digits(p + 1, &v)) == NULL)
			break;
		if (i == F_PPID)
			t->ppid = v;
		if (i == F_THREADS)
			t->threads = v;
		if (i == F_START)
			t->start = v;
		if (i == F_SIGNAL)
			t->signal = v;
		if (i == F_CODE)
			t->status = v;
	}
	t->known = i > F_CODE;
	return i > F_START ? 0 : -1;
}

pid_t
proc_reap(int *status, struct rusage *usage)
{
	pid_t pid;

	do
		pid = wait4(-1, status, WNOHANG, usage);
	while (pid == -1 && errno == EINTR);
	return pid;
}

void
proc_status(struct fmt *f, int status)
{
	if (WIFEXITED(status)) {
		fmt_add(f, "exit %d", WEXITSTATUS(status));
		return;
	}
	sig_name(f, WTERMSIG(status));
	if (WCOREDUMP(status))
		fmt_add(f, " core");
}

int
proc_code(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

unsigned long
proc_descriptors(unsigned long need)
{
	struct rlimit old, new;

	/* Not setrlimit(3), which brings the C library's threads along. */
	if (prlimit(0, RLIMIT_NOFILE, NULL, &old) == -1)
		return 0;
	if (old.rlim_cur >= need)
		return need;
	new.rlim_cur = need;
	new.rlim_max = old.rlim_max < need ? need : old.rlim_max;
	if (prlimit(0, RLIMIT_NOFILE, &new, NULL) == 0)
		return need;
	new.rlim_cur = new.rlim_max = old.rlim_max;
	prlimit(0, RLIMIT_NOFILE, &new, NULL);
	return old.rlim_max;
}
