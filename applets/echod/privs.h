/* privs - giving up what the server no longer needs. */
#ifndef ECHOD_PRIVS_H
#define ECHOD_PRIVS_H

#include <sys/types.h>

#ifndef ENABLE_ECHOD_PRIVS
#define ENABLE_ECHOD_PRIVS 1	/* -U and -D; 2 KB */
#endif

/* Who to become; all zero is nobody else. */
struct privs {
	uid_t uid;
	gid_t gid;
	int set;
};

/*
 * Read USER, UID, USER:GROUP, with names from /etc/passwd and /etc/group
 * (before the root is changed); a user's number alone needs a group.  What
 * is not there ends in usage().
 */
void privs_find(struct privs *, const char *);

/*
 * Change the root if a directory is given, then become who was found for
 * good: no supplementary groups, group, user, no capabilities, and it is
 * tried whether there is a way back.  Children stay readable in /proc, so
 * that it can be seen how they ended.  Dies when any of it fails.
 */
void privs_drop(const struct privs *, const char *dir);

#endif
