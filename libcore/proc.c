/* proc - children: how they end, and that none is left dead. */
#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "fmt.h"
#include "proc.h"
#include "sig.h"

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
