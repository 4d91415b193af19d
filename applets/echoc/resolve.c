/* resolve - the addresses of a host name, by /etc/hosts and by the DNS. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "dns.h"
#include "echoc.h"
#include "fmt.h"
#include "io.h"
#include "net.h"
#include "opt.h"
#include "resolve.h"
#include "time.h"

#if ENABLE_NAMES

enum {
	SERVERS = 3,	/* MAXNS of resolv.conf(5) */
	SEARCHES = 256,	/* bytes of its search list */
	NAME = 256,	/* a domain name with its dots and NUL */
};

/* The options of resolv.conf(5) that are obeyed. */
static const char options[] = "ndots:\0timeout:\0attempts:\0";
enum { NDOTS, TIMEOUT, ATTEMPTS, LIMITS };

/* What is asked for, and what of it has been found. */
struct lookup {
	struct net_addr server[SERVERS];
	int servers;
	char search[SEARCHES];
	unsigned limit[LIMITS];
	unsigned port;
	struct net_addr *found;
	int count, max;
};

static void
add(struct lookup *l, const struct net_addr *a)
{
	if (l->count < l->max) {
		l->found[l->count] = *a;
		net_set_port(&l->found[l->count++], l->port);
	}
}

static char *
word(char **line)
{
	return echoc_word(line, "#;");
}

/* Host names have no other characters that are 32 apart but letters. */
static int
same_name(const char *a, const char *b)
{
	while (*a != '\0' && ((*a ^ *b) & ~32) == 0)
		a++, b++;
	return *a == *b;
}

static void
hosts_line(struct lookup *l, char *line, const char *name)
{
	struct net_addr a;
	char *w = word(&line);

	if (w == NULL || net_parse_host(&a, w, 0) == -1)
		return;
	while ((w = word(&line)) != NULL)
		if (same_name(w, name)) {
			add(l, &a);
			return;
		}
}

static void
option(struct lookup *l, const char *w)
{
	const char *name = options;
	unsigned long long v;
	size_t i, n;

	for (i = 0; i < LIMITS; i++, name += n + 1) {
		n = strlen(name);
		if (strncmp(w, name, n) == 0 &&
		    opt_number(w + n, 0, 30, &v) == 0)
			l->limit[i] = v;
	}
}

static void
conf_line(struct lookup *l, char *line, const char *unused)
{
	char *key = word(&line), *w;
	size_t len;

	if (key == NULL)
		return;
	if (strcmp(key, "search") == 0 || strcmp(key, "domain") == 0) {
		/* The last of them counts; kept as the words that it has. */
		len = strcspn(line, "#;");
		if (len < sizeof l->search) {
			memcpy(l->search, line, len);
			l->search[len] = '\0';
		}
	} else if (strcmp(key, "nameserver") == 0) {
		w = word(&line);
		if (w != NULL && l->servers < SERVERS &&
		    net_parse_host(&l->server[l->servers], w, 53) == 0)
			l->servers++;
	} else if (strcmp(key, "options") == 0)
		while ((w = word(&line)) != NULL)
			option(l, w);
}

static void
read_lines(struct lookup *l, const char *path, const char *name,
    void (*take)(struct lookup *, char *, const char *))
{
	struct io_lines lines = { .fd = open(path, O_RDONLY | O_CLOEXEC) };
	char *line;

	if (lines.fd == -1)
		return;
	while ((line = io_line(&lines)) != NULL)
		take(l, line, name);
	close(lines.fd);
}

/* Ask the servers in turn, as often as resolv.conf says.  Returns 0, or
 * -1 with ENOENT or EAGAIN. */
static int
ask(struct lookup *l, const char *name)
{
	struct net_addr a[DNS_ADDRS];
	unsigned i;
	int n, found, server;

	for (i = 0; i < l->limit[ATTEMPTS]; i++)
		for (server = 0; server < l->servers; server++) {
			found = dns_ask(&l->server[server], name,
			    l->limit[TIMEOUT] * TIME_S, a);
			if (found == -1 && errno == EAGAIN)
				continue;
			for (n = 0; n < found; n++)
				add(l, &a[n]);
			return found > 0 ? 0 : -1;
		}
	errno = EAGAIN;
	return -1;
}

/* Ask for the name below each domain of the search list. */
static int
ask_below(struct lookup *l, const char *name)
{
	char list[SEARCHES], *rest = list, *domain;
	FMT(whole, NAME);

	memcpy(list, l->search, sizeof list);
	while ((domain = word(&rest)) != NULL) {
		fmt_reset(&whole);
		fmt_add(&whole, "%s.%s", name, domain);
		if (!whole.cut && ask(l, whole.buf) == 0)
			return 0;
	}
	errno = ENOENT;
	return -1;
}

/* A name with enough dots is taken as it is before it is searched for. */
static int
ask_everywhere(struct lookup *l, const char *name)
{
	const char *p = name;
	unsigned dots = 0;
	int error;

	for (; *p != '\0'; p++)
		dots += *p == '.';
	if (p > name && p[-1] == '.')
		return ask(l, name);
	if (dots < l->limit[NDOTS] && ask_below(l, name) == 0)
		return 0;
	if (ask(l, name) == 0)
		return 0;
	error = errno;
	if (dots >= l->limit[NDOTS] && error == ENOENT && ask_below(l, name) == 0)
		return 0;
	errno = error;
	return -1;
}

int
resolve_name(const char *bytes, size_t n, unsigned port,
    struct net_addr *found, int max)
{
	struct lookup l = { .limit = { 1, 5, 2 },
		.port = port, .found = found, .max = max };
	char name[NAME];

	errno = ENOENT;
	if (n >= sizeof name)
		return -1;
	memcpy(name, bytes, n);
	name[n] = '\0';
	read_lines(&l, "/etc/hosts", name, hosts_line);
	if (l.count > 0)
		return l.count;
	read_lines(&l, "/etc/resolv.conf", NULL, conf_line);
	if (l.servers == 0)	/* resolv.conf(5): then the machine itself */
		net_parse_host(&l.server[l.servers++], "127.0.0.1", 53);
	return ask_everywhere(&l, name) == 0 ? l.count : -1;
}

#endif
