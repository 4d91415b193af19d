/* user - names in /etc/passwd and group, read by us: no C library's modules. */
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

/* Take a line "name:x:uid:gid:..." (passwd(5)) or "name:x:gid:..."
 * (group(5)) apart. */
static int
parse(char *line, int is_group, struct user *u)
{
	unsigned long long uid = 0, gid;
	char *password, *id, *group;

	u->name = line;
	if ((password = cut(line)) == NULL || (id = cut(password)) == NULL ||
	    (group = cut(id)) == NULL)
		return -1;
	if (is_group)
		group = id;
	else if (cut(group) == NULL ||
	    opt_number(id, 0, UINT_MAX - 1, &uid) == -1)
		return -1;
	if (opt_number(group, 0, UINT_MAX - 1, &gid) == -1)
		return -1;
	u->uid = uid;
	u->gid = gid;
	return 0;
}

/* What is looked for: a name or, where that is NULL, a uid. */
struct key {
	const char *name;
	uid_t uid;
	int is_group;
};

static int
is_it(char *line, const struct key *k, struct user *u)
{
	return parse(line, k->is_group, u) == 0 && (k->name != NULL ?
		strcmp(u->name, k->name) == 0 : u->uid == k->uid);
}

/* Find a line.  Of a long one the beginning counts, as a group's members
 * come last; and the last one may lack its newline. */
static int
lookup(const struct key *k, struct user *u, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;
	char *line, *end;
	int found = 0, within = 0;
	int fd = open(k->is_group ? "/etc/group" : "/etc/passwd",
	    O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return -1;
	do {
		n = io_read(fd, buf + len, size - 1 - len);
		len += n > 0 ? n : 0;
		buf[len] = '\0';
		for (line = buf; !found && *line != '\0';) {
			end = line + strcspn(line, "\n");
			if (*end == '\0' && n > 0 &&
			    (line > buf || len < size - 1))
				break;	/* it goes on */
			len -= end - line + (*end != '\0');
			found = !within;
			within = *end == '\0';
			*end = '\0';
			found = found && is_it(line, k, u);
			line = end + !within;
		}
		if (!found)
			memmove(buf, line, len);
	} while (!found && n > 0);
	close(fd);
	errno = ENOENT;
	return found ? 0 : -1;
}

int
user_find(const char *word, uid_t *uid, gid_t *gid)
{
	char buf[1024];
	unsigned long long number;
	struct key k = { 0 };
	struct user u;

	if (opt_number(word, 0, UINT_MAX - 1, &number) == 0) {
		k.uid = number;
		if (lookup(&k, &u, buf, sizeof buf) == -1)
			u.uid = u.gid = number;
	} else {
		k.name = word;
		if (lookup(&k, &u, buf, sizeof buf) == -1)
			return -1;
	}
	*uid = u.uid;
	*gid = u.gid;
	return 0;
}

int
user_group(const char *word, gid_t *gid)
{
	char buf[1024];
	unsigned long long number;
	const struct key k = { .name = word, .is_group = 1 };
	struct user u = { .gid = 0 };

	if (opt_number(word, 0, UINT_MAX - 1, &number) == 0)
		u.gid = number;
	else if (lookup(&k, &u, buf, sizeof buf) == -1)
		return -1;
	*gid = u.gid;
	return 0;
}

void
user_name(struct fmt *f, uid_t uid)
{
	char buf[1024];
	const struct key k = { .uid = uid };
	struct user u;

	if (lookup(&k, &u, buf, sizeof buf) == 0)
		fmt_escape(f, u.name, strlen(u.name));
	else
		fmt_add(f, "%u", (unsigned)uid);
}
