/* options - the command line of echod. */
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "acl.h"
#include "admit.h"
#include "applet.h"
#include "chaos.h"
#include "daemon.h"
#include "dgram.h"
#include "echod.h"
#include "fmt.h"
#include "io.h"
#include "log.h"
#include "model.h"
#include "opt.h"
#include "privs.h"
#include "program.h"
#include "rights.h"
#include "sandbox.h"
#include "time.h"

enum { MAX = 256, WORKERS = 8, BACKLOG = 128, UDP_RATE = 1000 };

/* Those of which others know what the argument means, beside letters. */
enum { MODE = 'M', SANDBOX = 'S', FULL = 'F', ADMIN = 'Z', CHAOS = 'K' };

#define ROW(letter, kind, field, max)                                          \
	OPT(letter, kind, struct options, field, max)

/* A build without an option does not know it: a rule that is read and not
 * kept would let everybody in. */
static const struct opt_row rows[] = {
#if ENABLE_ECHOD_KEYS
	OPT_ROW('o', ARG),
	OPT_ROW('O', ARG),
#endif
	ROW('c', NUMBER, max, 1 << 20),
	ROW('b', NUMBER, backlog, 65535),
	ROW('t', TIME, idle, 0),
	ROW('g', TIME, grace, 0),
	ROW('v', FLAG, verbose, 0),
	ROW('q', FLAG, quiet, 0),
	OPT_ROW('m', ARG),
#if ENABLE_ECHOD_CHOICE
	ROW('n', NUMBER, workers, 4096),
	ROW('r', NUMBER, served, 1 << 30),
#endif
#if ENABLE_ECHOD_MODELS
	OPT_ROW('i', OWN),
#endif
#if ENABLE_ECHOD_UDP
	ROW('u', FLAG, udp, 0),
#endif
#if ENABLE_ECHOD_ACL
	OPT_ROW('a', ARG),
	OPT_ROW('x', ARG),
	ROW('A', WORD, rules, 0),
#endif
#if ENABLE_ECHOD_PRIVS
	OPT_ROW('U', ARG),
	ROW('D', WORD, root, 0),
#endif
#if ENABLE_ECHOD_PROGRAM
	ROW('e', WORD, program, 0),
#endif
#if ENABLE_ECHOD_DAEMON
	ROW('d', FLAG, daemon, 0),
	ROW('p', WORD, pidfile, 0),
#endif
#if ENABLE_ECHOD_ADMIT
	ROW('C', NUMBER, per_source, 1 << 20),
#endif
	OPT_ROW(0, OWN),
};

/* -O KEY=VALUE: the rare ones. */
static const char keys[] = "lifetime\0bytes\0keepalive\0nodelay\0"
    "interface\0mode\0sandbox\0"
#if ENABLE_ECHOD_UDP
    "udprate\0"
#endif
#if ENABLE_ECHOD_ADMIT
    "rate\0reserve\0full\0admin\0"
#endif
#if ENABLE_ECHOD_CHAOS
    "chaos\0"
#endif
    ;
static const struct opt_row key_rows[] = {
	ROW(0, TIME, lifetime, 0),
	ROW(0, SIZE, bytes, 0),
	ROW(0, TIME, keepalive, 0),
	ROW(0, FLAG, nodelay, 0),
	ROW(0, WORD, interface, 0),
	OPT_ROW(MODE, ARG),
	OPT_ROW(SANDBOX, ARG),
#if ENABLE_ECHOD_UDP
	ROW(0, NUMBER0, udprate, 1000000),
#endif
#if ENABLE_ECHOD_ADMIT
	ROW(0, NUMBER, rate, 10000),
	ROW(0, NUMBER, reserve, 1 << 20),
	OPT_ROW(FULL, ARG),
	OPT_ROW(ADMIN, ARG),
#endif
#if ENABLE_ECHOD_CHAOS
	OPT_ROW(CHAOS, ARG),
#endif
};

struct options opts = {
	.backlog = BACKLOG,
	.grace = 5 * TIME_S,
	.udprate = UDP_RATE,
	.nodelay = 1,
	.mode = -1,
	.evict = 60 * TIME_S,
	.sandbox = -1,
};

static void
set_model(const char *word)
{
	static const char *chosen;
	FMT(names, 128);

	if (ENABLE_ECHOD_CHOICE && chosen != NULL && strcmp(chosen, word) != 0)
		usage("-m %s and -m %s: one model", chosen, word);
	chosen = word;
	opts.model = model_find(word);
	if (opts.model != NULL)
		return;
	model_names(&names);
	usage("-m '%s': the models are%s", word, names.buf);
}

static void
one_log(const char *word)
{
	static const char *chosen;

	if (chosen != NULL && strcmp(chosen, word) != 0)
		usage("-o %s and -o %s: one log", chosen, word);
	chosen = word;
}

/* The permissions of a path, octal as chmod(1) has them. */
static void
set_mode(const char *s)
{
	const char *p;
	unsigned mode = 0;

	for (p = s; *p >= '0' && *p <= '7' && mode <= 0777; p++)
		mode = mode * 8 + *p - '0';
	if (p == s || *p != '\0' || mode > 0777)
		usage("-O mode '%s': not permissions such as 0660", s);
	opts.mode = mode;
}

/* Where standard error is a socket it is the client, who is told nothing:
 * not what is wrong with the rest of the line either. */
static void
set_inetd(void)
{
	struct stat st;

	opts.inetd = 1;
	if (fstat(STDERR_FILENO, &st) == 0 && S_ISSOCK(st.st_mode)) {
		close(STDERR_FILENO);
		io_null(0);	/* the lowest number that is free */
	}
}

/* A key that has no field of its own. */
static void
set_key(int letter, struct opt *o)
{
	switch (letter) {
	case MODE:
		set_mode(o->arg);
		break;
	case SANDBOX:
		opts.sandbox = applet_word(o, ENABLE_ECHOD_SANDBOX ?
			"off\0on\0" : "off\0");
		break;
	case FULL:
		if (ENABLE_ECHOD_ADMIT)
			admit_full(o->arg);
		break;
	case ADMIN:
		if (ENABLE_ECHOD_ADMIT)
			admit_admin(o->arg);
		break;
	case CHAOS:
		if (ENABLE_ECHOD_CHAOS)
			chaos_set(o->arg);
		break;
	}
}

static void
set(int letter, struct opt *o)
{
	switch (letter) {
	case 'm':
		set_model(o->arg);
		break;
	case 'O':
		if (ENABLE_ECHOD_KEYS)
			set_key(applet_key(o, keys, key_rows), o);
		break;
	case 'o':
		if (!ENABLE_ECHOD_KEYS)
			break;
		one_log(o->arg);
		opts.log = applet_word(o, ENABLE_ECHOD_LOGS ?
			"text\0json\0syslog\0kmsg\0" : "text\0");
		break;
	case 'a':
	case 'x':
		opts.allow |= letter == 'a';
		if (ENABLE_ECHOD_ACL)
			acl_rule(o->name, o->arg, letter == 'a');
		break;
	case 'i':
		if (ENABLE_ECHOD_MODELS)
			set_inetd();
		break;
	case 'U':
		if (ENABLE_ECHOD_PRIVS)
			rights_user(o->arg);
		break;
	}
}

/* What does not go with a model, and what follows from it. */
static void
check_model(void)
{
	if ((opts.workers || opts.served) && MODEL->most != &opts.workers)
		usage("-n and -r are for -m prefork");
	if (opts.workers == 0)
		opts.workers = WORKERS;
	if (MODEL->most != NULL) {
		if (opts.max != 0)
			usage("-c and -m %s: its processes are its limit",
			    MODEL->name);
		opts.max = *MODEL->most;
	}
	if (opts.full == FULL_REFUSE && MODEL->serve == NULL)
		usage("-O full=refuse and -m %s: busy workers refuse nobody",
		    MODEL->name);
}

/* Keys that would be without effect. */
static void
check_keys(void)
{
	enum { KEEPIDLE_MAX = 32767 };	/* seconds, of the kernel: tcp(7) */

	if (opts.interface != NULL && *opts.interface == '\0')
		usage("-O interface '': not an interface's name");
	if (opts.keepalive > KEEPIDLE_MAX * TIME_S)
		usage("-O keepalive: more than %ds", KEEPIDLE_MAX);
	if (opts.udprate != UDP_RATE && !opts.udp)
		usage("-O udprate is for -u");
	if (opts.admin && opts.reserve == 0)
		usage("-O admin is for -O reserve");
}

/* What does not go together. */
static void
check(void)
{
	if (ENABLE_ECHOD_CHOICE)
		check_model();
	if (opts.max == 0)
		opts.max = MAX;
	if (ENABLE_ECHOD_ADMIT && opts.reserve >= opts.max)
		usage("-O reserve=%u: of %u, that leaves none", opts.reserve,
		    opts.max);
	if (ENABLE_ECHOD_CHAOS)
		chaos_check();
	if (ENABLE_ECHOD_KEYS)
		check_keys();
	if (opts.verbose && opts.quiet)
		usage("-v and -q: one of them");
}

void
options_listen(char **words, int connection)
{
	int i, port = *words == NULL && nlisteners == 0 && connection == -1,
	    path = 0, udp = 0, other = 0;

	for (i = 0; i < nlisteners; i++)
		udp |= listeners[i].udp != -1;
	for (; *words != NULL; words++)
		if (strncmp(*words, "unix:", 5) == 0) {
			path |= (*words)[5] != '@';
			other = 1;
		} else
			port |= strncmp(*words, "tty:", 4) != 0;
	if (opts.udp && !udp && !port)
		usage("-u is for an ADDRESS with a port");
	if (opts.interface != NULL && !port)
		usage("-O interface is for an ADDRESS with a port");
	if (opts.mode != -1 && !path)
		usage("-O mode is for unix:PATH");
	if (opts.backlog != BACKLOG && !port && !other)
		usage("-b is for an ADDRESS");
	if (connection != -1 && (opts.daemon || opts.program != NULL))
		usage("-d and -e are for listeners");
}

char **
options_read(char **argv)
{
	struct opt o = { .argv = argv, .rows = rows, .fields = &opts };
	int letter;

	opts.model = &fork_model;
	while ((letter = applet_opt(&o)) != 0)
		set(letter, &o);
	check();
	return o.argv;
}
