/* proc - children: how they end, and that none is left dead. */
#include <errno.h>
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
