/* program - -e: a program for each connection, in place of the echo. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "applet.h"
#include "child.h"
#include "echod.h"
#include "err.h"
#include "fmt.h"
#include "guard.h"
#include "model.h"
#include "program.h"
#include "sig.h"

/* A shell for everybody must not be one forgotten option away. */
static void
check_listener(const struct net_addr *a)
{
	FMT(text, 128);

	if (opts.allow || a->u.sa.sa_family == AF_UNIX || guard_local(a))
		return;
	net_format(&text, a);
	usage("-e: %s is reached from other machines: say with -a who may",
	    text.buf);
}

void
program_check(void)
{
	int i;

	if (opts.program == NULL)
		return;
	if (opts.inetd || opts.udp || strcmp(MODEL->name, "fork") != 0)
		usage("-e is for -m fork, without -i and -u");
	if (opts.verbose || opts.bytes != 0)
		usage("-v and -O bytes are for the echo, not for -e");
	if (opts.sandbox == 1)
		usage("-e and -O sandbox=on: one of them");
	for (i = 0; i < nlisteners; i++)
		check_listener(&listeners[i].addr);
	opts.sandbox = 0;
	warn("-e %s: no filter and no no_new_privs: it may do all that its "
	     "user may", opts.program);
}

void
program_find(void)
{
	struct stat st;

	if (opts.program == NULL)
		return;
	errno = EACCES;		/* as execve(2) has it */
	if (stat(opts.program, &st) == -1 || !S_ISREG(st.st_mode) ||
	    access(opts.program, X_OK) == -1)
		die(SYSTEM, "-e '%s':", opts.program);
}

void
program_run(void)
{
	char *const argv[] = { (char *)opts.program, NULL };
	int log = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

	setsid();
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	fcntl(STDIN_FILENO, F_SETFD, 0);	/* accepted to be closed */
	dup2(STDIN_FILENO, STDOUT_FILENO);
	dup2(STDIN_FILENO, STDERR_FILENO);
	sig_mask(SIG_SETMASK, 0, 0);
	execv(opts.program, argv);
	/* The log must hear of it, and not the client. */
	dup2(log, STDERR_FILENO);
	warn("-e %s:", opts.program);
	_exit(child_code(errno));
}
