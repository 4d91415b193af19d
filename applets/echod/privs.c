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
		usage("-U %s: root gives up nothing", s);
	p->set = 1;
}

/*
 * The order matters: without root there is no right to set groups, and each
 * of these can fail (setuid(2): EAGAIN) and would leave us as we are.
 * Capabilities that came with us as another user outlive the rest; the raw
 * call, for the C library has none.
 */
static int
become(const struct privs *p)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	static const struct __user_cap_data_struct none[2];

	return setgroups(0, NULL) == -1 || setgid(p->gid) == -1 ||
	    setuid(p->uid) == -1 || syscall(SYS_capset, &head, none) == -1;
}

/* Tell whether there is a way back, or a part that stayed behind. */
static int
is_half(const struct privs *p)
{
	uid_t u[3];
	gid_t g[3];
	int i;

	if (setuid(0) == 0 || seteuid(0) == 0 ||
	    (p->gid != 0 && setgid(0) == 0) || getgroups(0, NULL) != 0 ||
	    getresuid(&u[0], &u[1], &u[2]) == -1 ||
	    getresgid(&g[0], &g[1], &g[2]) == -1)
		return 1;
	for (i = 0; i < 3; i++)
		if (u[i] != p->uid || g[i] != p->gid)
			return 1;
	return 0;
}

void
privs_drop(const struct privs *p, const char *dir)
{
	/* A root that we do not stand in is no prison. */
	if (dir != NULL && (chdir(dir) == -1 || chroot(".") == -1))
		die(SYSTEM, "-D %s:", dir);
	if (!p->set)
		return;
	if (become(p))
		die(SYSTEM, "cannot become user %u, group %u, without "
		    "supplementary groups:", (unsigned)p->uid,
		    (unsigned)p->gid);
	if (is_half(p))
		die(SYSTEM, "user %u could become another again; not serving",
		    (unsigned)p->uid);
	/* setuid(2) made us undumpable: /proc would hide from our own user,
	 * and from zombiewatch, how children ended. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}
