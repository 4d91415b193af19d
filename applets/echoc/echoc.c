/* echoc - the client: its options, and the ways of asking. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "applet.h"
#include "echoc.h"
#include "fmt.h"
#include "link.h"
#include "opt.h"
#include "target.h"
#include "time.h"

APPLET(echoc, "[-k | -l | -M | -p | -V] [option ...] [host [port]]",
    "ask an echo server: pipe, check, ping, load, verify, path",
    "HOST is an address or a name, HOST:PORT, [V6]:PORT, unix:PATH, /PATH or\n"
    "@NAME, or tty:DEVICE@SPEED; the port is 7 where none is given. Without a\n"
    "mode: a pipe.\n"
    "  -k           check: one exchange, silent; exit 0 if the echo is right\n"
    "  -l           load: many connections, honest latencies\n"
    "  -M           path: its MTU, black holes, what TCP makes of it\n"
    "  -p           ping: a probe at an interval, a line a reply\n"
    "  -V           verify: a load whose damaged bytes are found and named\n"
    "  -A           adaptive: the next probe when a reply has come\n"
    "  -B           ring the bell at a reply\n"
    "  -c COUNT     probes to send (with -w: replies to wait for)\n"
    "  -D           time stamps\n"
    "  -d TIME      a load's duration (10 s); -M: throughput for so long\n"
    "  -f           flood: as replies come, or each 10 ms (or -i)\n"
    "  -I FROM      use this interface, or this source address\n"
    "  -F FILE      check the targets of a file, a line each\n"
    "  -i TIME      interval of probes, of checks with -w (1 s)\n"
    "  -n COUNT     connections (1)\n"
    "  -O KEY=VALUE tos, dscp, ttl, mark, mss, nodelay=0, fresh (a\n"
    "               connection for each probe), down (good is what is down), warn,\n"
    "               crit (times that are too long)\n"
    "               load: warmup=TIME, depth=COUNT (under way in each),\n"
    "               bulk, reset (end by RST), ascii\n"
    "  -o FORMAT    text, json, prom, nagios, hgrm or csv, as the mode can\n"
    "  -P COUNT     processes\n"
    "  -r RATE      messages a second, whatever the server does\n"
    "  -s SIZE      bytes a message\n"
    "  -q           quiet: only the statistics\n"
    "  -u           UDP\n"
    "  -w TIME      deadline for all of it; check again until then\n"
    "  -W TIME      wait so long for an answer (0: for ever)\n");

static const struct mode modes[] = {
	{ 0, "pipe", "usW", 0, 10 * TIME_S, chat },
#if ENABLE_GATE
	{ 'k', "check", "usWwiFq", 1 << JSON | 1 << PROM | 1 << NAGIOS,
		2 * TIME_S, gate },
#else
	{ 'k', "check", "usW", 0, 2 * TIME_S, check },
#endif
#if ENABLE_PING
	{ 'p', "ping", "ucisWwqDfAB", 1 << JSON | 1 << PROM | 1 << NAGIOS |
		1 << HGRM | 1 << CSV, 2 * TIME_S, ping },
#endif
#if ENABLE_PATH
	{ 'M', "path", ENABLE_ECHOC_LOAD ? "dW" : "W", 1 << JSON | 1 << PROM | 1 << NAGIOS, TIME_S,
		path },
#endif
#if ENABLE_ECHOC_LOAD
	{ 'l', "load", "ucnsdrPWwq", 1 << JSON | 1 << PROM | 1 << NAGIOS |
		1 << HGRM | 1 << CSV, 5 * TIME_S, load },
	{ 'V', "verify", "ucnsdrPWwq", 1 << JSON | 1 << PROM | 1 << NAGIOS |
		1 << HGRM | 1 << CSV, 5 * TIME_S, verify },
#endif
};

enum { MODES = sizeof modes / sizeof *modes };

/* By the order of KEYS: what -O knows. */
static const struct {
	char kind;
	unsigned long long least, most;
} keys[] = {
#define N 'N'
#define T 'T'
#define S 'S'
#define F 'F'
#define X(name, kind, least, most) { kind, least, most },
	KEYS
#undef X
#undef N
#undef T
#undef S
#undef F
};

static const char key_names[] =
#define X(name, kind, least, most) #name "\0"
    KEYS;
#undef X

static void
set_key(struct options *o, const char *word)
{
	unsigned long long *field = (unsigned long long *)&o->key;
	const char *value;
	int i = opt_key(word, key_names, &value), bad = -1;

	if (i == -1)
		usage("-O '%s': no such key", word);
	if (value == NULL && keys[i].kind == 'F')
		value = "1";
	if (value == NULL)
		usage("-O %s: it needs =VALUE", word);
	if (keys[i].kind == 'T')
		bad = opt_time(value, &field[i]);
	else if (keys[i].kind == 'S')
		bad = opt_size(value, &field[i]);
	else
		bad = opt_number(value, keys[i].least, keys[i].most, &field[i]);
	if (bad == -1 || field[i] < keys[i].least || field[i] > keys[i].most)
		usage("-O %.*s: '%s' is no value for it",
		    (int)strcspn(word, "="), word, value);
}

static enum format
read_format(const struct opt *p)
{
	int i = applet_word(p, "text\0json\0prom\0nagios\0hgrm\0csv\0");

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

/* Take one option that is no mode. */
static void
set_option(struct options *o, int letter, const struct opt *p)
{
	switch (letter) {
	case 'c':
		o->count = applet_number(p, 1, ~0ull);
		break;
	case 's':
		o->size = applet_size(p);
		if (o->size == 0)
			usage("-s: at least one byte");
		break;
	case 'n':
		o->connections = applet_number(p, 1, 1000000);
		break;
	case 'P':
		o->workers = applet_number(p, 1, 1024);
		break;
	case 'r':
		o->rate = applet_number(p, 1, TIME_S);
		break;
	case 'i':
		o->interval = applet_time(p);
		break;
	case 'W':
		o->timeout = applet_time(p);
		break;
	case 'w':
		o->deadline = applet_time(p);
		break;
	case 'd':
		o->duration = applet_time(p);
		break;
	case 'I':
		o->from = p->arg;
		break;
	case 'F':
		o->file = p->arg;
		break;
	case 'o':
		if (ENABLE_ECHOC_KEYS)
			o->format = read_format(p);
		break;
	case 'O':
		if (ENABLE_ECHOC_KEYS)
			set_key(o, p->arg);
		break;
	}
}

static void
read_options(struct options *o, struct opt *p)
{
	size_t i;
	int letter;

	while ((letter = applet_opt(p)) != OPT_END) {
		o->given[letter] = 1;
		for (i = 1; i < MODES && modes[i].letter != letter; i++)
			;
		if (i < MODES)
			set_mode(o, &modes[i]);
		else
			set_option(o, letter, p);
	}
}

/* An option that the mode does not know would be silently without use. */
static void
refuse_others(const struct options *o)
{
	const char *letters = ENABLE_ECHOC_KEYS ? "csnPriWwdFuqDfAB" :
						  "csnPriWwdFuqDfABIOo";

	for (; *letters != '\0'; letters++)
		if (o->given[(int)*letters] &&
		    strchr(o->mode->letters, *letters) == NULL)
			usage("-%c: %s has no such option", *letters,
			    o->mode->name);
	if (o->format != TEXT && !(o->mode->formats >> o->format & 1))
		usage("-o: %s has no such format", o->mode->name);
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

void
echoc_target(const struct options *o, struct target *t)
{
	const char *wrong = target_parse(t, o->host, o->port);

	if (wrong != NULL)
		usage("'%s'%s%s%s: %s", o->host, o->port ? " '" : "",
		    o->port ? o->port : "", o->port ? "'" : "", wrong);
	wrong = link_transport(t, o);
	if ((ENABLE_ECHOC_KEYS || ENABLE_DATAGRAM) &&
	    (o->given['u'] || o->from != NULL) &&
	    (t->device != NULL || strcmp(wrong, "unix") == 0))
		usage("%s: %s has no such thing", o->given['u'] ? "-u" : "-I",
		    wrong);
}

static int
echoc_main(int argc, char **argv)
{
	static struct options o;
	struct opt p = { .argv = argv + 1,
		.letters = "kpVMlc:s:n:P:r:i:W:w:d:I:F:o:O:uqDfAB" };

	o.mode = modes;
	memset(&o.key, 0xff, sizeof o.key);
	read_options(&o, &p);
	if (!o.given['W'])
		o.timeout = o.mode->timeout;
	refuse_others(&o);
	read_operands(&o, p.argv);
	/* A server that goes away is an errno, not our end. */
	signal(SIGPIPE, SIG_IGN);
	return o.mode->run(&o);
}
