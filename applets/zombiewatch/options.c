/* options - what the words of the command line mean, and forbid. */
#include <limits.h>
#include <string.h>

#include "applet.h"
#include "sig.h"
#include "zombiewatch.h"

enum { MIN_INTERVAL = 10000000 };	/* ns; faster is no watch but a load */

static void
set_key(struct zw *z, const struct opt *o)
{
	const char *value = NULL;
	int key = opt_key(o->arg, "ns\0file\0scan\0", &value);

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
		z->aged = 1;
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
		z->format = applet_word(o,
		    "text\0json\0prom\0nagios\0");
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
	}
}

void
options_set(struct zw *z, const struct opt *o, int letter)
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
	case 'i':
		z->interval = applet_time(o);
		if (z->interval < MIN_INTERVAL)
			usage("-i '%s': less than 10ms", o->arg);
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
void
options_check(struct zw *z, int mode)
{
	if (mode != 'K' && (z->yes || z->end || z->signal))
		usage("-y, -E and -S are for -K");
	if (mode == 'K' && z->format != FORMAT_TEXT)
		usage("-K has no format but text");
	if (mode == 'w' && z->format != FORMAT_TEXT && z->format != FORMAT_JSON)
		usage("-w has no format but text and json");
	if (mode == 'w' && z->quiet)
		usage("-w is not quiet");
	if (mode == 'l' && z->interval != 0)
		usage("-i is for -w and -K");
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
