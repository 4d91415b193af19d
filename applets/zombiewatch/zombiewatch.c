/* zombiewatch - find zombies, say why they stay, and be an init without any. */

#include <unistd.h>

#include "applet.h"
#include "init.h"
#include "trial.h"
#include "zombiewatch.h"

#if ENABLE_ZW_FILTER
#define FILTER_SYNOPSIS " [-p parent] [-u user] [-N name] [-a age]"
#define FILTER_HELP                                                            \
	"  -p parent  its zombies only: a number, or part of its name\n"       \
	"  -u user    of this user only\n"                                     \
	"  -N name    with this in the name only\n"                            \
	"  -a age     dead for so long only\n"                                 \
	"  -O ns=PID  in this process's PID namespace only\n"
#else
#define FILTER_SYNOPSIS
#define FILTER_HELP
#endif

#if ENABLE_ZW_MONITOR
#define MONITOR_SYNOPSIS                                                       \
	" [-o format] [-W count] [-C count] [-O key=value]"
#define MONITOR_HELP                                                           \
	"  -o format  text, json, prom or nagios\n"                            \
	"  -W count   nagios: more are a warning (0)\n"                        \
	"  -C count   nagios: more are critical\n"                             \
	"  -O file=PATH  prom: replace it;  scan=stat: not by pidfd\n"
#else
#define MONITOR_SYNOPSIS
#define MONITOR_HELP
#endif

#if ENABLE_ZW_WATCH
#define WATCH_SYNOPSIS " [-w]"
#define WATCH_HELP                                                             \
	"  -w         watch them come and go\n"
#else
#define WATCH_SYNOPSIS
#define WATCH_HELP
#endif

#if ENABLE_ZW_CURE
#define CURE_SYNOPSIS " [-K [-yE [-S signal]]]"
#define CURE_HELP                                                              \
	"  -K         cure: say what would make the parents reap\n"            \
	"  -y         and do it: SIGCHLD, SIGCONT,\n"                          \
	"  -S signal  this one,\n"                                             \
	"  -E         SIGTERM, SIGKILL\n"
#else
#define CURE_SYNOPSIS
#define CURE_HELP
#endif

#if ENABLE_ZW_WATCH || ENABLE_ZW_CURE
#define PACE_SYNOPSIS " [-i s]"
#define PACE_HELP                                                              \
	"  -i s       -w: between scans (2); -K: for each signal (1)\n"
#else
#define PACE_SYNOPSIS
#define PACE_HELP
#endif

#if ENABLE_JSON
#define LETTERS "[-jqv]"
#define JSON_HELP "  -j         JSON, an object a line\n"
#else
#define LETTERS "[-qv]"
#define JSON_HELP
#endif

APPLET(zombiewatch, LETTERS WATCH_SYNOPSIS CURE_SYNOPSIS PACE_SYNOPSIS
	FILTER_SYNOPSIS MONITOR_SYNOPSIS " [-P dir]"
	INIT_SYNOPSIS TRIAL_SYNOPSIS,
	"list zombies: who left them, how they ended, why they stay",
	JSON_HELP
	"  -q         only the exit status\n"
	"  -v         more\n"
	FILTER_HELP
	MONITOR_HELP
	WATCH_HELP
	CURE_HELP
	PACE_HELP
	"  -P dir     in place of /proc\n"
	INIT_HELP
	TRIAL_HELP
	"Exit: 0 no zombie, 1 some, 2 usage, 3 could not look.\n",
	.aliases = INIT_ALIASES);

static int
zombiewatch_main(int argc, char **argv)
{
	struct zw z = { .root = "/proc", .mode = 'l', .warn = NO_LIMIT,
		.crit = NO_LIMIT, .age = UNSAID };
	int code;

	row_begin();
	if (ENABLE_ZW_ALIASES && (code = alias_main(argv)) != -1)
		return code;
	zw_options(&z, argv);
	/* Monitoring reads standard output, also why there is no answer. */
	if (ENABLE_ZW_MONITOR && z.format == FORMAT_NAGIOS)
		dup2(STDOUT_FILENO, STDERR_FILENO);
	if (scan_open(z.root) == -1)
		die(SYSTEM, "%s:", z.root);
	if (ENABLE_ZW_FILTER)
		filter_ready(&z);
	if (ENABLE_ZW_WATCH && z.mode == 'w')
		return watch_main(&z);
	if (ENABLE_ZW_CURE && z.mode == 'K')
		return cure_main(&z);
	/* The list for people, one walk that finds only zombies for others. */
	if (ENABLE_ZW_MONITOR && (z.quiet || z.format >= FORMAT_PROM))
		return monitor_main(&z);
	return list_main(&z);
}
