/* options - what the words of the command line mean, and forbid. */
#include <unistd.h>

#include "applet.h"
#include "init.h"
#include "sig.h"
#include "time.h"
#include "trial.h"
#include "zombiewatch.h"

#define MIN_INTERVAL (10 * TIME_MS)	/* faster is no watch but a load */

/* There are more options than those of the list. */
#define MORE                                                                   \
	(ENABLE_ZW_FILTER || ENABLE_ZW_MONITOR || ENABLE_ZW_CURE ||            \
	    ENABLE_ZW_WATCH || ENABLE_ZW_INIT || ENABLE_ZW_TRIAL)

#define ROW(letter, kind, field) OPT(letter, kind, struct zw, field, 0)
static const struct opt_row rows[] = {
#if ENABLE_JSON
	OPT_ROW('j', OWN),
#endif
	ROW('q', FLAG, quiet),
	ROW('v', FLAG, verbose),
	ROW('P', WORD, root),
#if ENABLE_ZW_FILTER
	ROW('p', WORD, parent),
	ROW('u', WORD, user),
	ROW('N', WORD, name),
	ROW('a', TIME, age),
	OPT_ROW('O', ARG),
#endif
#if ENABLE_ZW_MONITOR
	OPT_ROW('o', ARG),
	OPT('W', NUMBER0, struct zw, warn, NO_LIMIT - 1),
	OPT('C', NUMBER0, struct zw, crit, NO_LIMIT - 1),
#endif
#if ENABLE_ZW_CURE
	OPT_ROW('K', OWN),
	ROW('y', FLAG, yes),
	ROW('E', FLAG, end),
	OPT_ROW('S', ARG),
#endif
#if ENABLE_ZW_WATCH
	OPT_ROW('w', OWN),
#endif
#if ENABLE_ZW_WATCH || ENABLE_ZW_CURE
	ROW('i', TIME, interval),
#endif
#if ENABLE_ZW_INIT
	OPT_ROW('r', OWN),
#endif
#if ENABLE_ZW_TRIAL
	OPT_ROW('t', OWN),
#endif
	{ 0 },
};

static void
key(struct zw *z, struct opt *o)
{
	static const struct opt_row keys[] = { ROW(0, WORD, ns),
		ROW(0, WORD, file), OPT_ROW('s', ARG) };

	if (applet_key(o, "ns\0file\0scan\0", keys) == 's')
		z->by_stat = applet_word(o, "pidfd\0stat\0");
}

/* The letter of a mode.  Those of the init and the card have options of
 * their own. */
static void
mode(struct zw *z, const struct opt *o, int letter)
{
	if (z->mode != 'l' && z->mode != letter)
		usage("-%c and -%c: one mode at a time", z->mode, letter);
	z->mode = letter;
	if (letter != 'r' && letter != 't')
		return;
	if (o->rest != NULL && *o->rest != '\0')
		usage("%s%s: options of %s come in words of their own", o->name,
		    o->rest, o->name);
	_exit(ENABLE_ZW_INIT && letter == 'r' ? init_main(o->argv) :
		ENABLE_ZW_TRIAL		      ? trial_main(o->argv) :
						SYSTEM);
}

/* What a letter means beyond its field. */
static void
option(struct zw *z, struct opt *o, int letter)
{
	if (ENABLE_JSON && letter == 'j')
		z->format = FORMAT_JSON;
	if (!MORE)
		return;
	switch (letter) {
	case 'w':
	case 'K':
	case 'r':
	case 't':
		mode(z, o, letter);
		break;
	case 'O':
		key(z, o);
		break;
	case 'o':
		z->format = applet_word(o, "text\0json\0prom\0nagios\0");
		/* Nagios knows 2 as critical; what is no answer is 3. */
		if (z->format == FORMAT_NAGIOS)
			usage_status = SYSTEM;
		break;
	case 'S':
		z->signal = sig_number(o->arg);
		if (z->signal == -1)
			usage("-S '%s': no signal's name or number", o->arg);
		break;
	case 'i':
		if (z->interval < MIN_INTERVAL)
			usage("-i '%s': less than 10ms", o->arg);
	}
}

/* What does not go together; NULL if all does. */
static const char *
clash(struct zw *z)
{
	int limits = (z->warn & z->crit) != NO_LIMIT;

	if (z->mode != 'K' && (z->yes || z->end || z->signal))
		return "-y, -E and -S are for -K";
	if (z->mode == 'K' && z->format != FORMAT_TEXT)
		return "-K has no format but text";
	if (z->mode == 'w' && z->format > FORMAT_JSON)
		return "-w has no format but text and json";
	if (z->mode == 'w' && z->quiet)
		return "-w is not quiet";
	if (z->mode == 'l' && z->interval != 0)
		return "-i is for -w and -K";
	if (z->mode == 'l' && z->format == FORMAT_TEXT && limits)
		z->format = FORMAT_NAGIOS;
	if (z->format == FORMAT_NAGIOS)
		usage_status = SYSTEM;
	else if (limits)
		return "-W and -C are for -o nagios";
	if (z->warn == NO_LIMIT)
		z->warn = 0;
	return z->file != NULL && z->format != FORMAT_PROM ?
	    "-O file= is for -o prom" : NULL;
}

void
zw_options(struct zw *z, char **argv)
{
	struct opt o = { .argv = argv + 1, .rows = rows, .fields = z };
	const char *wrong;
	int letter;

	while ((letter = applet_opt(&o)) != 0)
		option(z, &o, letter);
	if (*o.argv != NULL)
		usage("'%s': no operand is wanted", *o.argv);
	if (z->age == UNSAID)
		z->age = z->mode == 'w' ? TIME_S : 0;
	if (!ENABLE_ZW_MONITOR)
		return;
	wrong = clash(z);
	if (wrong != NULL)
		usage("%s", wrong);
	if (z->warn > z->crit)
		usage("-W %u is more than -C %u", z->warn, z->crit);
}
