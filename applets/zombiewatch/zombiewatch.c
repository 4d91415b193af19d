/* zombiewatch - find zombies, say why they stay, and be an init without any. */
#include <string.h>

#include "applet.h"
#include "init.h"
#include "zombiewatch.h"

APPLET(zombiewatch, "[-jqv] [-p parent] [-u user] [-N name] [-a age] [-P dir]"
	INIT_SYNOPSIS,
	"list zombies: who left them, how they ended, why they stay",
	"  -j       JSON, one object a line\n"
	"  -q       nothing but the exit status\n"
	"  -v       more about each\n"
	"  -p parent only those of this parent: number, or part of its name\n"
	"  -u user   only those of this user\n"
	"  -N name   only those with this in their name\n"
	"  -a age    only those that two looks, so far apart, both see\n"
	"  -O ns=PID only those in the PID namespace of this process\n"
	"  -P dir   look at another proc file system (default /proc)\n"
	INIT_HELP
	"Exit: 0 no zombie, 1 some, 2 usage, 3 could not look.\n",
	.aliases = INIT_ALIASES);

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
	{ 'l', list_main, NULL },
#if ENABLE_ZW_INIT
	{ 'r', NULL, init_main },
#endif
};

/* One letter is one thing in all modes; see main for what goes together. */
static const char letters[] = "jqvP:"
#if ENABLE_ZW_FILTER
    "p:u:N:a:O:"
#endif
#if ENABLE_ZW_INIT
    "r"
#endif
    ;

static const char *const keys[] = { "ns", NULL };

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

static void
set_key(struct zw *z, const struct opt *o)
{
	const char *value;

	switch (opt_key(o->arg, keys, &value)) {
	case 0:
		z->ns = value;
		break;
	default:
		usage("-O '%s': no such key; there is ns=", o->arg);
	}
	if (value == NULL)
		usage("-O '%s': lacks =VALUE", o->arg);
}

static void
set(struct zw *z, const struct opt *o, int letter)
{
	switch (letter) {
	case 'j':
		z->json = 1;
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

static int
zombiewatch_main(int argc, char **argv)
{
	struct zw z = { .root = "/proc" };
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
	z.dir = scan_open(z.root);
	if (z.dir == -1)
		die(SYSTEM, "%s:", z.root);
	if (ENABLE_ZW_FILTER)
		filter_ready(&z);
	return (chosen != NULL ? chosen : &modes[0])->run(&z);
}
