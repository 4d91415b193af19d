/* echoc - the client: its options, and the ways of asking. */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "applet.h"
#include "echoc.h"
#include "fmt.h"
#include "link.h"
#include "link_tty.h"
#include "opt.h"
#include "target.h"
#include "time.h"
#include "verdict.h"

#if ENABLE_PING || ENABLE_ECHOC_LOAD || ENABLE_PATH
#define SYNOPSIS "[-k | -l | -M | -p | -V] [option ...] [host [port]]"
#define SUMMARY "ask an echo server: pipe, check, ping, load, verify, path"
#else
#define SYNOPSIS "[-k] [-s size] [-W time] host [port]"
#define SUMMARY "ask an echo server: pipe, check"
#endif

APPLET(echoc, SYNOPSIS, SUMMARY,
    "HOST: an address or name, HOST:PORT, [V6]:PORT, unix:PATH, " TTY_HELP
    "; port 7. Without a mode: a pipe.\n"
    "  -k         check: one exchange, silent\n"
    "  -l         load: many connections, honest latencies\n"
    "  -M         path: its MTU, black holes, TCP\n"
    "  -p         ping\n"
    "  -V         verify: a load whose damaged bytes are named\n"
    "  -c COUNT   probes (with -w: replies to wait for)\n"
    "  -i TIME    between probes, or checks with -w (1 s)\n"
    "  -s SIZE    bytes a message\n"
    "  -W TIME    wait so long for an answer (0: for ever)\n"
    "  -w TIME    deadline for all of it; check again until then\n"
    "  -f -A      flood; adaptive\n"
    "  -B -D -q   bell; time stamps; quiet\n"
    "  -d TIME    duration (10 s); -M: of throughput\n"
    "  -n COUNT   connections\n"
    "  -P COUNT   processes\n"
    "  -r RATE    messages a second\n"
    "  -F FILE    check the targets of a file\n"
    "  -I FROM    interface or source address\n"
    "  -u         UDP\n"
    "  -o FORMAT  text, json, prom, nagios, hgrm, csv\n"
    "  -O KEY=VALUE  tos, dscp, ttl, mark, mss, nodelay=0; fresh: a connection a\n"
    "             probe; down: good is down; warn, crit: times;\n"
    "             load: warmup, depth, bulk, reset, ascii\n");

enum {
	MACHINES = 1 << JSON | 1 << PROM | 1 << NAGIOS,
	ALL = MACHINES | 1 << HGRM | 1 << CSV,
};

static const struct mode modes[] = {
	{ 0, 0, 10, "pipe", "usW", chat },
#if ENABLE_GATE
	{ 'k', MACHINES, 2, "check", "usWwiFq", gate },
#else
	{ 'k', 0, 2, "check", "usW", check },
#endif
#if ENABLE_PING
	{ 'p', ALL, 2, "ping", "ucisWwqDfAB", ping },
#endif
#if ENABLE_PATH
	{ 'M', MACHINES, 1, "path", ENABLE_ECHOC_LOAD ? "dW" : "W", path },
#endif
#if ENABLE_ECHOC_LOAD
	{ 'l', ALL, 5, "load", "uicnsdrPWwq", load },
	{ 'V', ALL, 5, "verify", "uicnsdrPWwq", verify },
#endif
};

enum { MODES = sizeof modes / sizeof *modes };

static const struct opt_row rows[] = {
	OPT('c', WIDE, struct options, count, 0),
	OPT('s', SIZE, struct options, size, 0),
	OPT('n', NUMBER, struct options, connections, 1000000),
	OPT('P', NUMBER, struct options, workers, 1024),
	OPT('r', NUMBER, struct options, rate, TIME_S),
	OPT('i', TIME, struct options, interval, 0),
	OPT('W', TIME, struct options, timeout, 0),
	OPT('w', TIME, struct options, deadline, 0),
	OPT('d', TIME, struct options, duration, 0),
	OPT('F', WORD, struct options, file, 0),
	OPT_ROW('u', OWN),
	OPT_ROW('q', OWN),
	OPT_ROW('D', OWN),
	OPT_ROW('f', OWN),
	OPT_ROW('A', OWN),
	OPT_ROW('B', OWN),
	OPT('I', WORD, struct options, from, 0),
	OPT_ROW('O', ARG),
	OPT_ROW('o', ARG),
	/* The modes. */
	OPT_ROW('k', OWN),
#if ENABLE_PING
	OPT_ROW('p', OWN),
#endif
#if ENABLE_PATH
	OPT_ROW('M', OWN),
#endif
#if ENABLE_ECHOC_LOAD
	OPT_ROW('l', OWN),
	OPT_ROW('V', OWN),
#endif
	{ 0 },
};

/* -O: X(name, kind, letter, most, where); a letter is for what is looked at
 * again; where it has an effect: the letters of the modes, - is the pipe, and
 * I if only IP has such a thing, T if only TCP. */
#define KEYS                                                                   \
	X(nodelay, FLAG, 0, 0, "-kpMlVT")                                      \
	X(down, FLAG, 0, 0, "k")                                               \
	X(warn, TIME, 't', 0, "kpMlV")                                         \
	X(crit, TIME, 't', 0, "kpMlV")                                         \
	X(mss, NUMBER, 'm', 32767, "-kpMlVT")                                  \
	X(fresh, FLAG, 0, 0, "plV")                                            \
	X(tos, NUMBER0, 0, 255, "-kpMlVI")                                     \
	X(dscp, NUMBER0, 0, 63, "-kpMlVI")                                     \
	X(ttl, NUMBER, 0, 255, "-kpMlVI")                                      \
	X(mark, NUMBER0, 0, UNSET - 1, "-kpMlVI")                              \
	X(warmup, TIME, 0, 0, "lV")                                            \
	X(depth, NUMBER, 0, 1024, "lV")                                        \
	X(bulk, FLAG, 0, 0, "lV")                                              \
	X(reset, FLAG, 0, 0, "-kpMlVT")                                        \
	X(ascii, FLAG, 0, 0, "lV")

static const struct opt_row keys[] = {
#define X(name, kind, letter, most, where)                                     \
	OPT(letter, kind, struct options, key.name, most),
	KEYS
#undef X
};

static const char key_names[] =
#define X(name, kind, letter, most, where) #name "\0"
    KEYS;
#undef X

static const char key_where[] =
#define X(name, kind, letter, most, where) where "\0"
    KEYS;
#undef X

/* What the rows cannot say: bounds at the other end. */
static void
set_key(struct options *o, struct opt *p)
{
	int letter = applet_key(p, key_names, keys);

	o->keys |= 1u << (p->row - keys);
	if ((letter == 't' && (o->key.warn == 0 || o->key.crit == 0)) ||
	    (letter == 'm' && o->key.mss < 88))	/* Linux takes no less */
		usage("%s '%s': too small", p->name, p->arg);
}

/* Is one of the keys given that has (with), or lacks, a letter of where it has
 * an effect?  Then nobody would see that it has none. */
static void
refuse_keys(const struct options *o, int letter, int with, const char *who)
{
	size_t i;

	for (i = 0; i < sizeof keys / sizeof *keys; i++)
		if (o->keys >> i & 1 &&
		    (strchr(word_at(key_where, i), letter) != NULL) == with)
			usage("-O %s: %s has no such thing",
			    word_at(key_names, i), who);
}

static const char formats[] = "text\0json\0prom\0nagios\0hgrm\0csv\0";

static enum format
read_format(const struct opt *p)
{
	int i = applet_word(p, formats);

	if (i == NAGIOS)	/* which takes our 2 for a service that is down */
		usage_status = SYSTEM;
	return i;
}

static void
set_mode(struct options *o, const struct mode *m)
{
	if (o->mode->letter != 0 && o->mode != m)
		usage("-%c and -%c: one mode at a time", o->mode->letter,
		    m->letter);
	o->mode = m;
}

static void
read_options(struct options *o, struct opt *p)
{
	size_t i;
	int letter;

	while ((letter = applet_opt(p)) != OPT_END) {
		o->given[letter - 'A'] = 1;
		if (letter == 'O' && ENABLE_ECHOC_KEYS)
			set_key(o, p);
		else if (letter == 'o' && ENABLE_ECHOC_KEYS)
			o->format = read_format(p);
		for (i = 1; i < MODES; i++)
			if (modes[i].letter == letter)
				set_mode(o, &modes[i]);
	}
	if (o->key.dscp != UNSET)
		o->key.tos = o->key.dscp << 2;
	if (o->size > ~0u)
		o->size = ~0u;	/* no mode takes as much */
	if (given(o, 's') && o->size == 0)
		usage("-s 0: at least one byte");
	if (ENABLE_ECHOC_LOAD && given(o, 'd') && o->duration == 0)
		usage("-d 0: no time at all");
}

/* An option that the mode does not know would be silently without use. */
static void
refuse_others(const struct options *o)
{
	const struct opt_row *r = rows;	/* all modes know those behind B */

	for (; r->letter != (ENABLE_ECHOC_KEYS ? 'I' : 'k'); r++)
		if (given(o, r->letter) &&
		    strchr(o->mode->letters, r->letter) == NULL)
			usage("-%c: %s has no such option", r->letter,
			    o->mode->name);
	if (!ENABLE_ECHOC_KEYS)
		return;
	if (o->format != TEXT && !(o->mode->formats >> o->format & 1))
		usage("-o %s: %s has no such format",
		    word_at(formats, o->format), o->mode->name);
	refuse_keys(o, o->mode->letter ? o->mode->letter : '-', 0,
	    o->mode->name);
}

static void
read_operands(struct options *o, char **argv)
{
	static char buf[300];
	static struct fmt name = { buf, sizeof buf, 0, 0 };

	o->host = argv[0];
	if (o->host == NULL && o->file == NULL)
		usage("no host");
	if (o->host != NULL && o->file != NULL)
		usage("%s: -F %s names the hosts", o->host, o->file);
	if (o->host == NULL)
		return;
	o->port = argv[1];
	target_name(&name, o->host, o->port);
	o->name = name.buf;	/* two servers of a host are not the same */
	if (o->port != NULL && argv[2] != NULL)
		usage("'%s': one host and one port at most", argv[2]);
}

char *
echoc_word(char **line, const char *comments)
{
	char *s = *line + strspn(*line, " \t\r");

	if (*s == '\0' || strchr(comments, *s) != NULL)
		return NULL;
	*line = s + strcspn(s, " \t\r");
	if (**line != '\0')
		*(*line)++ = '\0';
	return s;
}

void *
echoc_memory(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die(SYSTEM, "memory:");
	return p;
}

void
echoc_fits(const struct options *o, const struct target *t)
{
	const char *way = link_transport(t, o);
	int ip = t->device == NULL && strcmp(way, "unix") != 0;

	if ((ENABLE_ECHOC_KEYS || ENABLE_DATAGRAM) && !ip &&
	    (given(o, 'u') || o->from != NULL))
		usage("%s: %s has no such thing", given(o, 'u') ? "-u" : "-I",
		    way);
	if (given(o, 's') && o->mode->letter == 0 && t->device == NULL &&
	    !given(o, 'u'))
		usage("-s: a pipe over %s has no messages", way);
	if (ENABLE_ECHOC_KEYS && !ip)
		refuse_keys(o, 'I', 1, way);
	if (ENABLE_ECHOC_KEYS && (!ip || given(o, 'u')))
		refuse_keys(o, 'T', 1, way);
}

void
echoc_target(const struct options *o, struct target *t)
{
	const char *wrong = target_parse(t, o->host, o->port);

	if (wrong != NULL)
		usage("'%s'%s%s%s: %s", o->host, o->port ? " '" : "",
		    o->port ? o->port : "", o->port ? "'" : "", wrong);
	echoc_fits(o, t);
}

static int
echoc_main(int argc, char **argv)
{
	static struct options o;
	struct opt p = { .argv = argv + 1, .rows = rows, .fields = &o };

	o.mode = modes;
	memset(&o.key, 0xff, sizeof o.key);
	o.key.nodelay = 1;
	read_options(&o, &p);
	if (!given(&o, 'W'))
		o.timeout = o.mode->timeout * TIME_S;
	if (!given(&o, 'i'))
		o.interval = given(&o, 'f') ? 10 * TIME_MS : TIME_S;
	refuse_others(&o);
	read_operands(&o, p.argv);
	/* A server that goes away is an errno, not our end. */
	signal(SIGPIPE, SIG_IGN);
	return o.mode->run(&o);
}
