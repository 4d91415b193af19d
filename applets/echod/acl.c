/* acl - who may connect: -a and -x, and the rules of a file. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "acl.h"
#include "applet.h"
#include "board.h"
#include "echod.h"
#include "io.h"

struct rules {
	int n, fixed;		/* fixed: of these, the command line's */
	int allows;		/* one of them allows, so the default denies */
	struct rule {
		struct cidr who;
		short allow;
	} rule[ACL_MAX];
};

/*
 * A file is read into the other of two sets, so that a bad one changes
 * nothing, and a worker that is looking sees one or the other.
 */
struct acl {
	int current;
	struct rules sets[2];
};
static struct acl own, *acl = &own;

static struct rules *
in_force(struct acl *a)
{
	return &a->sets[__atomic_load_n(&a->current, __ATOMIC_ACQUIRE) & 1];
}

static int
add(struct rules *r, const struct cidr *who, int allow)
{
	if (r->n == ACL_MAX) {
		errno = E2BIG;
		return -1;
	}
	r->rule[r->n].who = *who;
	r->rule[r->n++].allow = allow;
	r->allows |= allow;
	return 0;
}

void
acl_rule(const char *option, const char *s, int allow)
{
	struct rules *r = in_force(&own);
	struct cidr who;

	if (cidr_parse(&who, s) == -1)
		usage("%s '%s': not an address range such as 10.0.0.0/8 "
		      "or any", option, s);
	if (add(r, &who, allow) == -1)
		usage("%s '%s': more than %d rules", option, s, ACL_MAX);
	r->fixed = r->n;
}

static const char blanks[] = " \t\r";

/* Returns what is wrong with a line, or NULL. */
static const char *
read_line(struct rules *r, char *line)
{
	struct cidr who;
	char *verb, *range;
	int allow;

	line[strcspn(line, "#")] = '\0';
	verb = io_word(&line, blanks);
	if (verb == NULL)
		return NULL;
	allow = strcmp(verb, "allow") == 0;
	if (!allow && strcmp(verb, "deny") != 0)
		return "neither allow nor deny";
	range = io_word(&line, blanks);
	if (range == NULL || cidr_parse(&who, range) == -1)
		return "no address range";
	if (io_word(&line, blanks) != NULL)
		return "more than one range";
	return add(r, &who, allow) == -1 ? "too many rules" : NULL;
}

/* The other set, with only the rules of the command line. */
static struct rules *
begin(void)
{
	const struct rules *old = in_force(&own);
	struct rules *r = &own.sets[old == own.sets];
	int i;

	r->n = r->allows = 0;
	for (i = 0; i < old->fixed; i++)
		add(r, &old->rule[i].who, old->rule[i].allow);
	r->fixed = r->n;
	return r;
}

int
acl_read(int fd, const char *name)
{
	struct rules *r = begin();
	struct io_lines l = { .fd = fd };
	const char *wrong;
	char *line;

	while (errno = 0, (line = io_line(&l)) != NULL) {
		/* What is behind a NUL byte is not left unread. */
		wrong = l.cut || line + strlen(line) + 1 < l.buf + l.start ?
		    "no line of text" : read_line(r, line);
		if (wrong != NULL) {
			warn("%s, line %u: %s; no rule of it taken", name,
			    l.number, wrong);
			return -1;
		}
	}
	if (errno != 0) {
		warn("%s:", name);
		return -1;
	}
	own.current = r - own.sets;
	if (acl != &own)
		acl->sets[own.current] = *r;
	__atomic_store_n(&acl->current, own.current, __ATOMIC_RELEASE);
	return r->n - r->fixed;
}

int
acl_allows(const struct net_addr *a)
{
	const struct rules *r = in_force(acl);
	struct source s;
	int i;

	if (r->n == 0)
		return 1;
	source_of(&s, a);
	if (s.family == AF_UNSPEC)
		return 1;
	/* Workers may write here, so n is not trusted. */
	for (i = 0; i < r->n && i < ACL_MAX; i++)
		if (cidr_match(&r->rule[i].who, &s))
			return r->rule[i].allow;
	return !r->allows;
}

void
acl_share(void)
{
	/* What is never written need not be shared. */
	if (own.sets[0].n == 0 && opts.rules == NULL)
		return;
	acl = board_map(sizeof *acl, MAP_SHARED);
	acl->sets[0] = own.sets[0];
}
