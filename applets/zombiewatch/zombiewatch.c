/* zombiewatch - find zombies, say why they stay, and be an init without any. */
#include <limits.h>
#include <string.h>

#include "applet.h"
#include "init.h"
#include "sig.h"
#include "trial.h"
#include "zombiewatch.h"

#if ENABLE_ZW_FILTER
#define FILTER_SYNOPSIS " [-p parent] [-u user] [-N name] [-a age]"
#define FILTER_HELP                                                            \
	"  -p parent  only those of this parent: number, or part of its name\n" \
	"  -u user    only those of this user\n"                               \
	"  -N name    only those with this in their name\n"                    \
	"  -a age     only those that two looks, so far apart, both see\n"     \
	"  -O ns=PID  only those in the PID namespace of this process\n"
#define FILTER_LETTERS "p:u:N:a:O:"
#else
#define FILTER_SYNOPSIS
#define FILTER_HELP
#define FILTER_LETTERS
#endif

#if ENABLE_ZW_MONITOR
#define MONITOR_SYNOPSIS                                                       \
	" [-o format] [-W count] [-C count] [-O key=value]"
#define MONITOR_HELP                                                           \
	"  -o format  text, json, prom (Prometheus) or nagios\n"               \
	"  -W count   nagios: more zombies are a warning (default 0)\n"        \
	"  -C count   nagios: more are critical\n"                             \
	"  -O file=PATH  prom: replace this file;  scan=stat: not by pidfd\n"
#define MONITOR_LETTERS "o:W:C:"
#else
#define MONITOR_SYNOPSIS
#define MONITOR_HELP
#define MONITOR_LETTERS
#endif

#if ENABLE_ZW_CURE
#define CURE_SYNOPSIS " [-K [-yE] [-S signal]] [-i s]"
#define CURE_HELP                                                              \
	"  -K         cure: say which signals would make the parents reap\n"   \
	"  -y         and send them: SIGCHLD, or SIGCONT to a stopped one;\n"  \
	"  -S signal  then this one, which the parent may know;\n"             \
	"  -E         then end the parent: SIGTERM, SIGKILL\n"                 \
	"  -i s       what each of them gets to work (default 1)\n"
#define CURE_LETTERS "KyES:i:"
#else
#define CURE_SYNOPSIS
#define CURE_HELP
#define CURE_LETTERS
#endif

APPLET(zombiewatch, "[-jqv]" CURE_SYNOPSIS FILTER_SYNOPSIS MONITOR_SYNOPSIS " [-P dir]"
	INIT_SYNOPSIS TRIAL_SYNOPSIS,
	"list zombies: who left them, how they ended, why they stay",
	"  -j         JSON, one object a line\n"
	"  -q         nothing but the exit status\n"
	"  -v         more about each\n"
	FILTER_HELP
	MONITOR_HELP
	CURE_HELP
	"  -P dir     look at another proc file system (default /proc)\n"
	INIT_HELP
	TRIAL_HELP
	"Exit: 0 no zombie, 1 some, 2 usage, 3 could not look.\n",
	.aliases = INIT_ALIASES);

static const char letters[] = "jqvP:" FILTER_LETTERS MONITOR_LETTERS
    CURE_LETTERS INIT_LETTERS TRIAL_LETTERS;

static void
set_key(struct zw *z, const struct opt *o)
{
	static const char *const keys[] = { "ns", "file", "scan", NULL };
	const char *value = NULL;
	int key = opt_key(o->arg, keys, &value);

	if (key == -1)
		usage("-O '%s': no such key; there are ns, file, scan", o->arg);
	if (value == NULL || *value == '\0')
		usage("-O '%s': lacks =VALUE", o->arg);
	if (key == 0)
		z->ns = value;
	else if (key == 1)
		z->file = value;
	else if (strcmp(value, "stat") == 0)
		z->by_stat = 1;
	else if (strcmp(value, "pidfd") != 0)
		usage("-O '%s': scan is by pidfd or stat", o->arg);
}

static enum format
format(const struct opt *o)
{
	static const char *const names[] = { "text", "json", "prom", "nagios",
		NULL };
	const char *value = NULL;
	int n = opt_key(o->arg, names, &value);

	if (n == -1 || value != NULL)
		usage("-o '%s': not text, json, prom or nagios", o->arg);
	return n;
}

static void
set_filter(struct zw *z, const struct opt *o, int letter)
{
	switch (letter) {
	case 'p':
		z->parent = o->arg;
		break;
	case 'u':
		z->user = o->arg;
		break;
	case 'N':
		z->name = o->arg;
		break;
	case 'a':
		z->age = applet_time(o);
		break;
	case 'O':
		set_key(z, o);
		break;
	}
}

static void
set_monitor(struct zw *z, const struct opt *o, int letter)
{
	switch (letter) {
	case 'o':
		z->format = format(o);
		/* Nagios knows 2 as critical; what is no answer is 3. */
		if (z->format == FORMAT_NAGIOS)
			usage_status = SYSTEM;
		break;
	case 'W':
		z->warn = applet_number(o, 0, ULONG_MAX);
		z->thresholds = 1;
		break;
	case 'C':
		z->crit = applet_number(o, 0, ULONG_MAX);
		z->thresholds = 1;
		break;
	}
}

static void
set_cure(struct zw *z, const struct opt *o, int letter)
{
	switch (letter) {
	case 'y':
		z->yes = 1;
		break;
	case 'E':
		z->end = 1;
		break;
	case 'S':
		z->signal = sig_number(o->arg);
		if (z->signal == -1)
			usage("-S '%s': no signal's name or number", o->arg);
		break;
	case 'i':
		z->interval = applet_time(o);
		break;
	}
}

static void
set(struct zw *z, const struct opt *o, int letter)
{
	switch (letter) {
	case 'j':
		z->format = FORMAT_JSON;
		break;
	case 'q':
		z->quiet = 1;
		break;
	case 'v':
		z->verbose++;
		break;
	case 'P':
		z->root = o->arg;
		break;
	}
	if (ENABLE_ZW_FILTER)
		set_filter(z, o, letter);
	if (ENABLE_ZW_MONITOR)
		set_monitor(z, o, letter);
	if (ENABLE_ZW_CURE)
		set_cure(z, o, letter);
}

/* What does not go together. */
static void
check(struct zw *z, int mode)
{
	if (mode != 'K' && (z->yes || z->end || z->signal))
		usage("-y, -E and -S are for -K");
	if (mode == 'K' && z->format != FORMAT_TEXT)
		usage("-K has no format but text");
	if (mode == 'l' && z->interval != 0)
		usage("-i is for -K");
	if (z->thresholds && z->format == FORMAT_TEXT)
		z->format = FORMAT_NAGIOS;
	if (z->format == FORMAT_NAGIOS)
		usage_status = SYSTEM;
	if (z->thresholds && z->format != FORMAT_NAGIOS)
		usage("-W and -C are for -o nagios");
	if (z->file != NULL && z->format != FORMAT_PROM)
		usage("-O file= is for -o prom");
	if (z->warn > z->crit)
		usage("-W %lu is more than -C %lu", z->warn, z->crit);
}

/* The list for people; one walk that finds only zombies for programs. */
static int
look_main(struct zw *z)
{
	if (ENABLE_ZW_MONITOR &&
	    (z->quiet || z->format == FORMAT_PROM || z->format == FORMAT_NAGIOS))
		return monitor_main(z);
	return list_main(z);
}

/*
 * What zombiewatch can be.  A mode that runs looks at what the options
 * said; one that takes gets the rest of the command line for its own
 * options, argv[0] being its letter.  The first is the default.
 */
static const struct mode {
	char letter;
	int (*run)(struct zw *);
	int (*take)(int argc, char **argv);
} modes[] = {
	{ 'l', look_main, NULL },
#if ENABLE_ZW_CURE
	{ 'K', cure_main, NULL },
#endif
#if ENABLE_ZW_INIT
	{ 'r', NULL, init_main },
#endif
#if ENABLE_ZW_TRIAL
	{ 't', NULL, trial_main },
#endif
};

static const struct mode *
find_mode(int letter)
{
	size_t i;

	for (i = 0; i < sizeof modes / sizeof *modes; i++)
		if (modes[i].letter == letter)
			return &modes[i];
	return NULL;
}

static int
take(const struct mode *m, struct opt *o)
{
	int argc = 1;

	if (o->rest != NULL && *o->rest != '\0')
		usage("%s%s: options of %s come in words of their own", o->name,
		    o->rest, o->name);
	o->argv--;
	while (o->argv[argc] != NULL)
		argc++;
	return m->take(argc, o->argv);
}

static int
zombiewatch_main(int argc, char **argv)
{
	struct zw z = { .root = "/proc", .crit = ULONG_MAX };
	struct opt o = { .argv = argv + 1, .letters = letters };
	const struct mode *m, *chosen = NULL;
	int letter;

	if (ENABLE_ZW_ALIASES && (letter = alias_main(argc, argv)) != -1)
		return letter;
	while ((letter = applet_opt(&o)) != 0) {
		m = find_mode(letter);
		if (m != NULL && chosen != NULL && m != chosen)
			usage("-%c and -%c: one mode at a time", chosen->letter,
			    letter);
		if (m != NULL && m->take != NULL)
			return take(m, &o);
		if (m != NULL)
			chosen = m;
		else
			set(&z, &o, letter);
	}
	if (*o.argv != NULL)
		usage("'%s': no operand is wanted", *o.argv);
	if (ENABLE_ZW_MONITOR)
		check(&z, (chosen != NULL ? chosen : &modes[0])->letter);
	z.dir = scan_open(z.root);
	if (z.dir == -1)
		die(SYSTEM, "%s:", z.root);
	if (ENABLE_ZW_FILTER)
		filter_ready(&z);
	return (chosen != NULL ? chosen : &modes[0])->run(&z);
}
