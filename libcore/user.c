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
 * come last. */
static int
lookup(const struct key *k, struct user *u, struct io_lines *l)
{
	char *line;
	int found = 0;

	memset(l, 0, sizeof *l);
	l->fd = open(k->is_group ? "/etc/group" : "/etc/passwd",
	    O_RDONLY | O_CLOEXEC);
	if (l->fd == -1)
		return -1;
	while (!found && (line = io_line(l)) != NULL)
		found = is_it(line, k, u);
	close(l->fd);
	errno = ENOENT;
	return found ? 0 : -1;
}

int
user_find(const char *word, uid_t *uid, gid_t *gid)
{
	struct io_lines lines;
	unsigned long long number;
	struct key k = { 0 };
	struct user u;

	if (opt_number(word, 0, UINT_MAX - 1, &number) == 0) {
		k.uid = number;
		if (lookup(&k, &u, &lines) == -1)
			u.uid = u.gid = number;
	} else {
		k.name = word;
		if (lookup(&k, &u, &lines) == -1)
			return -1;
	}
	*uid = u.uid;
	*gid = u.gid;
	return 0;
}

int
user_group(const char *word, gid_t *gid)
{
	struct io_lines lines;
	unsigned long long number;
	const struct key k = { .name = word, .is_group = 1 };
	struct user u = { .gid = 0 };

	if (opt_number(word, 0, UINT_MAX - 1, &number) == 0)
		u.gid = number;
	else if (lookup(&k, &u, &lines) == -1)
		return -1;
	*gid = u.gid;
	return 0;
}

void
user_name(struct fmt *f, uid_t uid)
{
	struct io_lines lines;
	const struct key k = { .uid = uid };
	struct user u;

	if (lookup(&k, &u, &lines) == 0)
		fmt_escape(f, u.name, strlen(u.name));
	else
		fmt_add(f, "%u", (unsigned)uid);
}
