/* zombiewatch - find zombies, say why they stay, and be an init without any. */
#include <limits.h>
#include <string.h>

#include "applet.h"
#include "init.h"
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

#if ENABLE_ZW_WATCH
#define WATCH_SYNOPSIS " [-w]"
#define WATCH_HELP                                                             \
	"  -w         watch them come and go, on a terminal as a full screen\n"
#define WATCH_LETTERS "w"
#else
#define WATCH_SYNOPSIS
#define WATCH_HELP
#define WATCH_LETTERS
#endif

#if ENABLE_ZW_CURE
#define CURE_SYNOPSIS " [-K [-yE [-S signal]]]"
#define CURE_HELP                                                              \
	"  -K         cure: say which signals would make the parents reap\n"   \
	"  -y         and send them: SIGCHLD, or SIGCONT to a stopped one;\n"  \
	"  -S signal  then this one, which the parent may know;\n"             \
	"  -E         then end the parent: SIGTERM, SIGKILL\n"
#define CURE_LETTERS "KyES:"
#else
#define CURE_SYNOPSIS
#define CURE_HELP
#define CURE_LETTERS
#endif

#if ENABLE_ZW_WATCH || ENABLE_ZW_CURE
#define PACE_SYNOPSIS " [-i s]"
#define PACE_HELP                                                              \
	"  -i s       watch: between scans (default 2); cure: for each signal\n" \
	"             to work (1)\n"
#define PACE_LETTERS "i:"
#else
#define PACE_SYNOPSIS
#define PACE_HELP
#define PACE_LETTERS
#endif

APPLET(zombiewatch, "[-jqv]" WATCH_SYNOPSIS CURE_SYNOPSIS PACE_SYNOPSIS
	FILTER_SYNOPSIS MONITOR_SYNOPSIS " [-P dir]"
	INIT_SYNOPSIS TRIAL_SYNOPSIS,
	"list zombies: who left them, how they ended, why they stay",
	"  -j         JSON, one object a line\n"
	"  -q         nothing but the exit status\n"
	"  -v         more about each\n"
	FILTER_HELP
	MONITOR_HELP
	WATCH_HELP
	CURE_HELP
	PACE_HELP
	"  -P dir     look at another proc file system (default /proc)\n"
	INIT_HELP
	TRIAL_HELP
	"Exit: 0 no zombie, 1 some, 2 usage, 3 could not look.\n",
	.aliases = INIT_ALIASES);

static const char letters[] = "jqvP:" FILTER_LETTERS MONITOR_LETTERS
    WATCH_LETTERS CURE_LETTERS PACE_LETTERS INIT_LETTERS TRIAL_LETTERS;

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
#if ENABLE_ZW_WATCH
	{ 'w', watch_main, NULL },
#endif
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
		if ((ENABLE_ZW_INIT || ENABLE_ZW_TRIAL) && m != NULL &&
		    m->take != NULL)
			return take(m, &o);
		if (m != NULL)
			chosen = m;
		else
			options_set(&z, &o, letter);
	}
	if (*o.argv != NULL)
		usage("'%s': no operand is wanted", *o.argv);
	if (ENABLE_ZW_MONITOR)
		options_check(&z, (chosen != NULL ? chosen : &modes[0])->letter);
	z.dir = scan_open(z.root);
	if (z.dir == -1)
		die(SYSTEM, "%s:", z.root);
	if (ENABLE_ZW_FILTER)
		filter_ready(&z);
	return (chosen != NULL ? chosen : &modes[0])->run(&z);
}
