/* privs - giving up what the server no longer needs. */
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "applet.h"
#include "privs.h"
#include "user.h"

void
privs_find(struct privs *p, const char *s)
{
	char user[256];
	size_t n = strcspn(s, ":");

	if (n == 0 || n >= sizeof user || (s[n] == ':' && s[n + 1] == '\0'))
		usage("-U '%s': not USER or USER:GROUP", s);
	memcpy(user, s, n);
	user[n] = '\0';
	if (user_find(user, &p->uid, &p->gid) == -1)
		die(USAGE, "-U %s: no user '%s' in /etc/passwd", s, user);
	if (s[n] == ':' && user_group(s + n + 1, &p->gid) == -1)
		die(USAGE, "-U %s: no group '%s' in /etc/group", s, s + n + 1);
	if (p->uid == 0)
		usage("-U %s: that is root, who gives up nothing", s);
	p->set = 1;
}

/* Capabilities that came with us as another user than root outlive all of
 * the above; the raw call, for the C library has none. */
static int
drop_capabilities(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	const struct __user_cap_data_struct none[2] = { { 0 } };

	return syscall(SYS_capset, &head, none);
}

/* The order matters: without root there is no right to set groups, and
 * each of these can fail (setuid(2): EAGAIN) and would leave us as we are. */
static void
become(const struct privs *p)
{
	if (setgroups(0, NULL) == -1)
		die(SYSTEM, "cannot give up supplementary groups:");
	if (setgid(p->gid) == -1)
		die(SYSTEM, "cannot become group %u:", (unsigned)p->gid);
	if (setuid(p->uid) == -1)
		die(SYSTEM, "cannot become user %u:", (unsigned)p->uid);
	if (drop_capabilities() == -1)
		die(SYSTEM, "cannot give up capabilities:");
}

static void
verify(const struct privs *p)
{
	uid_t r, e, s;
	gid_t rg, eg, sg;

	if (setuid(0) == 0 || seteuid(0) == 0 ||
	    (p->gid != 0 && setgid(0) == 0) || getgroups(0, NULL) != 0)
		die(SYSTEM, "user %u could become root again; not serving",
		    (unsigned)p->uid);
	if (getresuid(&r, &e, &s) == -1 || getresgid(&rg, &eg, &sg) == -1 ||
	    r != p->uid || e != p->uid || s != p->uid || rg != p->gid ||
	    eg != p->gid || sg != p->gid)
		die(SYSTEM, "still partly another than user %u; not serving",
		    (unsigned)p->uid);
}

void
privs_drop(const struct privs *p, const char *dir)
{
	/* A root that we do not stand in is no prison. */
	if (dir != NULL && (chdir(dir) == -1 || chroot(".") == -1))
		die(SYSTEM, "-D %s:", dir);
	if (!p->set)
		return;
	become(p);
	verify(p);
	/* setuid(2) made us undumpable: /proc would hide from our own user,
	 * and from zombiewatch, how children ended. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}
