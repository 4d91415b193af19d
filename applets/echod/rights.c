/* rights - what the server may do: read at the start, then given up. */
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "acl.h"
#include "applet.h"
#include "dgram.h"
#include "echod.h"
#include "err.h"
#include "model.h"
#include "opener.h"
#include "privs.h"
#include "rights.h"
#include "sandbox.h"
#include "serial.h"

static struct privs privs;

void
rights_user(const char *name)
{
	privs_find(&privs, name);
}

/* Returns -1 when there is no file or it is not as it should be; both have
 * been said then. */
static int
read_rules(void)
{
	int n, fd = opener_open(OPENER_RULES);

	if (fd == -1) {
		warn("-A %s:", opts.rules);
		return -1;
	}
	n = acl_read(fd, opts.rules);
	close(fd);
	return n;
}

/* What is done beside the echo of streams. */
static unsigned
needs(void)
{
	unsigned n = MODEL->needs;
	int i;

	for (i = 0; i < nlisteners; i++)
		if (listeners[i].udp != -1)
			n |= SANDBOX_UDP;
	return ENABLE_ECHOD_TTY && serial_count() > 0 ? n | SANDBOX_TTY : n;
}

static void
enter_sandbox(void)
{
	/* Whatever becomes of the filter: only -e's program may need more. */
	if (opts.program == NULL)
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!ENABLE_ECHOD_SANDBOX || opts.sandbox == 0)
		return;
	if (sandbox_enter(needs()) == 0)
		return;
	if (opts.sandbox == 1)
		die(SYSTEM, "-O sandbox=on: no seccomp filter for this machine");
	/* Standard error may be the client (serve_one is quiet for it). */
	if (!opts.quiet)
		warn("no sandbox: no seccomp filter for this machine");
}

void
rights_give_up(void)
{
	if (ENABLE_ECHOD_ACL && MODEL->serve == NULL)
		acl_share();
	if (ENABLE_ECHOD_ACL && opts.rules != NULL && read_rules() == -1)
		die(USAGE, "-A %s: it needs its rules", opts.rules);
	if (ENABLE_ECHOD_OPENER && (privs.set || opts.root != NULL ||
		(ENABLE_ECHOD_SANDBOX && opts.sandbox != 0)))
		opener_start();
	if (ENABLE_ECHOD_PRIVS)
		privs_drop(&privs, opts.root);
	if (nlisteners > 0)
		net_names = listeners[0].fd;
	enter_sandbox();
}

void
rights_reload(void)
{
	int n;

	if (!ENABLE_ECHOD_ACL || opts.rules == NULL)
		return;
	n = read_rules();
	if (n == -1) {
		warn("-A %s: the rules stay as they were", opts.rules);
		return;
	}
	if (!opts.quiet)
		warn("-A %s: %d rules", opts.rules, n);
	/* It judges by a copy of its own. */
	if (ENABLE_ECHOD_UDP)
		dgram_renew();
}
