/* options - the command line of echod. */
#include <string.h>

#include "acl.h"
#include "admit.h"
#include "applet.h"
#include "chaos.h"
#include "daemon.h"
#include "dgram.h"
#include "echod.h"
#include "fmt.h"
#include "log.h"
#include "model.h"
#include "opt.h"
#include "privs.h"
#include "program.h"
#include "rights.h"
#include "sandbox.h"
#include "time.h"

#if ENABLE_ECHOD_DAEMON
#define DAEMON "dp:"
#else
#define DAEMON
#endif
#if ENABLE_ECHOD_ADMIT
#define ADMIT "C:"
#else
#define ADMIT
#endif

enum { MAX = 256, WORKERS = 8 };

/* -O KEY=VALUE: the rare ones. */
enum { KEY_LIFETIME, KEY_BYTES, KEY_UDPRATE, KEY_KEEPALIVE, KEY_NODELAY,
	KEY_INTERFACE, KEY_MODE, KEY_SANDBOX, KEY_CHAOS, KEY_RATE, KEY_FULL,
	KEY_RESERVE, KEY_ADMIN };
static const char *const keys[] = {
	[KEY_LIFETIME] = "lifetime",
	[KEY_BYTES] = "bytes",
	[KEY_UDPRATE] = "udprate",
	[KEY_KEEPALIVE] = "keepalive",
	[KEY_NODELAY] = "nodelay",
	[KEY_INTERFACE] = "interface",
	[KEY_MODE] = "mode",
	[KEY_SANDBOX] = "sandbox",
	/* A build without it has a name that nobody can say. */
	[KEY_CHAOS] = ENABLE_ECHOD_CHAOS ? "chaos" : "\n",
#if ENABLE_ECHOD_ADMIT
	[KEY_RATE] = "rate",
	[KEY_FULL] = "full",
	[KEY_RESERVE] = "reserve",
	[KEY_ADMIN] = "admin",
#endif
	NULL,
};

struct options opts = {
	.backlog = 128,
	.grace = 5 * TIME_S,
	.udprate = 1000,
	.nodelay = 1,
	.mode = -1,
	.evict = 60 * TIME_S,
	.sandbox = -1,
};

static void
set_model(const struct opt *o)
{
	FMT(names, 128);

	opts.model = model_find(o->arg);
	if (opts.model != NULL)
		return;
	model_names(&names);
	usage("-m '%s': the models are%s", o->arg, names.buf);
}

static void
set_log(const char *word)
{
	static const char *const formats[] = { "text", "json", "syslog",
		"kmsg", NULL };
	const char *value;

	opts.log = ENABLE_ECHOD_LOGS ? opt_key(word, formats, &value) : -1;
	if (opts.log == -1 || value != NULL)
		usage("-o '%s': text, json, syslog or kmsg", word);
}

/* The permissions of a path, octal as chmod(1) has them. */
static int
read_mode(const char *s)
{
	const char *p;
	int mode = 0;

	for (p = s; *p >= '0' && *p <= '7' && p - s < 4; p++)
		mode = mode * 8 + *p - '0';
	if (p == s || *p != '\0' || mode > 0777)
		usage("-O mode '%s': not permissions such as 0660", s);
	return mode;
}

static int
read_switch(const char *word, const char *value)
{
	if (strcmp(value, "on") != 0 && strcmp(value, "off") != 0)
		usage("-O '%s': on or off", word);
	return strcmp(value, "on") == 0;
}

/* An -O; its value is then what the helpers of applet.h read. */
static void
set_key(struct opt *o)
{
	const char *word = o->arg;
	int key = opt_key(word, keys, &o->arg);

	if (key == -1)
		usage("-O '%s': no such setting", word);
	if (o->arg == NULL)
		usage("-O '%s': needs a value, %s=...", word, word);
	switch (key) {
	case KEY_LIFETIME:
		opts.lifetime = applet_time(o);
		break;
	case KEY_BYTES:
		opts.bytes = applet_size(o);
		break;
	case KEY_RATE:
		opts.rate = applet_number(o, 1, 10000);
		break;
	case KEY_FULL:
		if (ENABLE_ECHOD_ADMIT)
			admit_full(o->arg);
		break;
	case KEY_RESERVE:
		opts.reserve = applet_number(o, 1, 1 << 20);
		break;
	case KEY_ADMIN:
		if (ENABLE_ECHOD_ADMIT)
			admit_admin(o->arg);
		break;
	case KEY_CHAOS:
		if (ENABLE_ECHOD_CHAOS)
			chaos_set(o->arg);
		break;
	case KEY_UDPRATE:
		opts.udprate = applet_number(o, 0, 1000000);
		break;
	case KEY_KEEPALIVE:
		opts.keepalive = applet_time(o);
		break;
	case KEY_NODELAY:
		opts.nodelay = applet_number(o, 0, 1);
		break;
	case KEY_INTERFACE:
		opts.interface = o->arg;
		break;
	case KEY_MODE:
		opts.mode = read_mode(o->arg);
		break;
	case KEY_SANDBOX:
		opts.sandbox = read_switch(word, o->arg);
		if (!ENABLE_ECHOD_SANDBOX && opts.sandbox)
			usage("-O '%s': not in this build", word);
		break;
	}
}

/* How many, how long.  Returns 0 when the letter is another's. */
static int
set_number(int letter, struct opt *o)
{
	switch (letter) {
	case 'c':
		opts.max = applet_number(o, 1, 1 << 20);
		break;
	case 'C':
		opts.per_source = applet_number(o, 1, 1 << 20);
		break;
	case 'b':
		opts.backlog = applet_number(o, 1, 65535);
		break;
	case 'n':
		opts.workers = applet_number(o, 1, 4096);
		break;
	case 'r':
		opts.served = applet_number(o, 1, 1 << 30);
		break;
	case 't':
		opts.idle = applet_time(o);
		break;
	case 'g':
		opts.grace = applet_time(o);
		break;
	default:
		return 0;
	}
	return 1;
}

/* A rule that is read and not kept would let everybody in. */
static void
check_build(int letter)
{
	if ((!ENABLE_ECHOD_UDP && letter == 'u') ||
	    (!ENABLE_ECHOD_MODELS && letter == 'i') ||
	    (!ENABLE_ECHOD_ACL && strchr("axA", letter) != NULL) ||
	    (!ENABLE_ECHOD_PRIVS && strchr("UD", letter) != NULL))
		usage("-%c: not in this build", letter);
}

static void
set(int letter, struct opt *o)
{
	check_build(letter);
	switch (letter) {
	case 'm':
		set_model(o);
		break;
	case 'd':
		opts.daemon = 1;
		break;
	case 'p':
		opts.pidfile = o->arg;
		break;
	case 'i':
		opts.inetd = 1;
		break;
	case 'u':
		opts.udp = 1;
		break;
	case 'a':
	case 'x':
		acl_rule(o->name, o->arg, letter == 'a');
		opts.allow |= letter == 'a';
		break;
	case 'e':
		if (!ENABLE_ECHOD_PROGRAM)
			usage("-e: not in this build");
		opts.program = o->arg;
		break;
	case 'A':
		opts.rules = o->arg;
		break;
	case 'U':
		rights_user(o->arg);
		break;
	case 'D':
		opts.root = o->arg;
		break;
	case 'o':
		set_log(o->arg);
		break;
	case 'v':
		opts.verbose = 1;
		break;
	case 'q':
		opts.quiet = 1;
		break;
	case 'O':
		set_key(o);
		break;
	}
}

/* What does not go together, and what follows. */
static void
check(void)
{
	if ((opts.workers || opts.served) && opts.model->most != &opts.workers)
		usage("-n and -r are for -m prefork");
	if (opts.workers == 0)
		opts.workers = WORKERS;
	if (opts.model->most != NULL) {
		if (opts.max != 0)
			usage("-c and -m %s: it serves as many as it has "
			      "processes (-n)", opts.model->name);
		opts.max = *opts.model->most;
	}
	if (opts.max == 0)
		opts.max = MAX;
	if (opts.reserve >= opts.max)
		usage("-O reserve=%u: of %u connections, that leaves none",
		    opts.reserve, opts.max);
	if (opts.full == FULL_REFUSE && opts.model->serve == NULL)
		usage("-O full=refuse and -m %s: when all are busy, nobody "
		      "is there to refuse", opts.model->name);
	if (ENABLE_ECHOD_CHAOS)
		chaos_check();
	if (opts.verbose && opts.quiet)
		usage("-v and -q: one or the other");
}

char **
options_read(char **argv)
{
	struct opt o = { .argv = argv, .letters = DAEMON ADMIT
		    "m:c:b:n:r:t:g:vqiua:x:A:U:D:e:o:O:" };
	int letter;

	opts.model = model_find("fork");
	while ((letter = applet_opt(&o)) != 0)
		if (!set_number(letter, &o))
			set(letter, &o);
	check();
	return o.argv;
}
