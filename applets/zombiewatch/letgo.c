/* letgo - hold nothing: no descriptor, no directory that is not needed. */
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "err.h"
#include "init.h"
#include "zombiewatch.h"

/* Close what is listed in /proc/self/fd, or else what may be open. */
static void
close_listed(int from)
{
	struct scan s;
	pid_t fd;

	if (scan_open("/proc/self/fd") == -1 || scan_start(&s) == -1) {
		for (fd = from; fd < 65536; fd++)
			close(fd);
		return;
	}
	while ((fd = scan_next(&s)) > 0)
		if (fd >= from && fd != scan_dir)
			close(fd);
	close(scan_dir);
}

int
let_go(int signals)
{
	enum { KEPT = STDERR_FILENO + 1 };

	if (signals != KEPT && dup3(signals, KEPT, O_CLOEXEC) == -1)
		return signals;
#ifdef SYS_close_range
	if (syscall(SYS_close_range, KEPT + 1, ~0u, 0) == -1)
#endif
		close_listed(KEPT + 1);	/* before Linux 5.9 */
	if (chdir("/") == -1)
		warn("/:");
	return KEPT;
}
