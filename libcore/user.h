/* user - names in /etc/passwd and group, read by us: no C library's modules. */
#ifndef USER_H
#define USER_H

#include <sys/types.h>

struct fmt;

/* Find a user by name or decimal number and set *uid, *gid (his own, or of
 * a bare number the same number).  Returns 0, or -1 with errno; ENOENT:
 * there is none. */
int user_find(const char *, uid_t *uid, gid_t *gid);

/* Find a group by name or decimal number.  Returns as user_find does. */
int user_group(const char *, gid_t *);

/* Add the name of a user, or his number if he has none. */
void user_name(struct fmt *, uid_t);

#endif
