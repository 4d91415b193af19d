/* user - names in /etc/passwd, read by us: no C library's modules. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "fmt.h"
#include "io.h"
#include "opt.h"
#include "user.h"

struct user {
	const char *name;
	uid_t uid;
	gid_t gid;
};

/* Cut a word off at a colon; returns what follows, or NULL. */
static char *
cut(char *s)
{
	char *colon = strchr(s, ':');

	if (colon == NULL)
		return NULL;
	*colon = '\0';
	return colon + 1;
}

/* Take a line "name:x:uid:gid:..." apart (passwd(5)). */
static int
parse(char *line, struct user *u)
{
	unsigned long long uid, gid;
	char *password, *id, *group;

	u->name = line;
	if ((password = cut(line)) == NULL || (id = cut(password)) == NULL ||
	    (group = cut(id)) == NULL || cut(group) == NULL ||
	    opt_number(id, 0, UINT_MAX - 1, &uid) == -1 ||
	    opt_number(group, 0, UINT_MAX - 1, &gid) == -1)
		return -1;
	u->uid = uid;
	u->gid = gid;
	return 0;
}

/* Find the line of a name or, where name is NULL, of a uid. */
static int
lookup(const char *name, uid_t uid, struct user *u, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;
	char *line, *end;
	int found = 0, fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return -1;
	while (!found && (n = io_read(fd, buf + len, size - 1 - len)) > 0) {
		len += n;
		buf[len] = '\0';
		line = buf;
		while (!found && (end = strchr(line, '\n')) != NULL) {
			*end = '\0';
			found = parse(line, u) == 0 && (name != NULL ?
				strcmp(u->name, name) == 0 : u->uid == uid);
			line = end + 1;
		}
		if (!found) {
			/* A line longer than the buffer is nobody's. */
			len = line == buf ? 0 : buf + len - line;
			memmove(buf, line, len);
		}
	}
	close(fd);
	errno = ENOENT;
	return found ? 0 : -1;
}

int
user_find(const char *word, uid_t *uid, gid_t *gid)
{
	char buf[1024];
	unsigned long long number;
	struct user u;

	if (opt_number(word, 0, UINT_MAX - 1, &number) == 0) {
		if (lookup(NULL, number, &u, buf, sizeof buf) == -1)
			u.uid = u.gid = number;
	} else if (lookup(word, 0, &u, buf, sizeof buf) == -1)
		return -1;
	*uid = u.uid;
	*gid = u.gid;
	return 0;
}

void
user_name(struct fmt *f, uid_t uid)
{
	char buf[1024];
	struct user u;

	if (lookup(NULL, uid, &u, buf, sizeof buf) == 0)
		fmt_escape(f, u.name, strlen(u.name));
	else
		fmt_add(f, "%u", (unsigned)uid);
}
