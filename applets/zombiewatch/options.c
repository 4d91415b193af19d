/* options - what the words of the command line mean, and forbid. */
#include "applet.h"
#include "init.h"
#include "sig.h"
#include "time.h"
#include "trial.h"
#include "zombiewatch.h"

#define MIN_INTERVAL (10 * TIME_MS)	/* faster is no watch but a load */

#define ROW(letter, kind, field) OPT(letter, kind, struct zw, field, 0)
static const struct opt_row rows[] = {
	OPT_ROW('j', OWN),
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

/* What a letter means beyond its field. */
static void
option(struct zw *z, struct opt *o, int letter)
{
	if (letter == 'j')
		z->format = FORMAT_JSON;
	if (ENABLE_ZW_FILTER && letter == 'O')
		key(z, o);
	if (ENABLE_ZW_MONITOR && letter == 'o') {
		z->format = applet_word(o, "text\0json\0prom\0nagios\0");
		/* Nagios knows 2 as critical; what is no answer is 3. */
		if (z->format == FORMAT_NAGIOS)
			usage_status = SYSTEM;
	}
	if (ENABLE_ZW_CURE && letter == 'S') {
		z->signal = sig_number(o->arg);
		if (z->signal == -1)
			usage("-S '%s': no signal's name or number", o->arg);
	}
	if ((ENABLE_ZW_WATCH || ENABLE_ZW_CURE) && letter == 'i' &&
	    z->interval < MIN_INTERVAL)
		usage("-i '%s': less than 10ms", o->arg);
}

/* What does not go together. */
static void
check(struct zw *z, int mode)
{
	if (mode != 'K' && (z->yes || z->end || z->signal))
		usage("-y, -E and -S are for -K");
	if (mode == 'K' && z->format != FORMAT_TEXT)
		usage("-K has no format but text");
	if (mode == 'w' && z->format > FORMAT_JSON)
		usage("-w has no format but text and json");
	if (mode == 'w' && z->quiet)
		usage("-w is not quiet");
	if (mode == 'l' && z->interval != 0)
		usage("-i is for -w and -K");
	if (z->format == FORMAT_TEXT && (z->warn & z->crit) != NO_LIMIT)
		z->format = FORMAT_NAGIOS;
	if (z->format == FORMAT_NAGIOS)
		usage_status = SYSTEM;
	else if ((z->warn & z->crit) != NO_LIMIT)
		usage("-W and -C are for -o nagios");
	if (z->warn == NO_LIMIT)
		z->warn = 0;
	if (z->file != NULL && z->format != FORMAT_PROM)
		usage("-O file= is for -o prom");
	if (z->warn > z->crit)
		usage("-W %u is more than -C %u", z->warn, z->crit);
}

int
zw_options(struct zw *z, struct opt *o,
    int (*is_mode)(struct opt *, int letter, int before))
{
	int letter, mode = 'l';

	o->rows = rows;
	o->fields = z;
	while ((letter = applet_opt(o)) != 0) {
		if (is_mode(o, letter, mode))
			mode = letter;
		else
			option(z, o, letter);
	}
	if (*o->argv != NULL)
		usage("'%s': no operand is wanted", *o->argv);
	if (ENABLE_ZW_MONITOR)
		check(z, mode);
	if (z->age == UNSAID)
		z->age = mode == 'w' ? TIME_S : 0;
	return mode;
}
