/* init_options - the command line of zombiewatch -r. */
#include <signal.h>

#include "applet.h"
#include "init.h"
#include "time.h"

static void
rewrite(struct init *i, const struct opt *o)
{
	int result = init_rewrite(i, o->arg);

	if (result != 0)
		usage(result == -1 ? "%s '%s': not SIG:SIG of two signals" :
				     "%s '%s': that signal is never passed on",
		    o->name, o->arg);
}

static void
option(struct init *i, const struct opt *o, int letter)
{
	enum reach to = letter == '1' ? TO_CHILD : TO_TREE;

	switch (letter) {
	case '1':
	case 'a':
		if (i->to != TO_GROUP && i->to != to)
			usage("-1 and -a: the child alone, or all?");
		i->to = to;
		break;
	case 'e':
		i->is_zero[applet_number(o, 0, 255)] = 1;
		break;
	case 'g':
		i->grace = applet_time(o);
		break;
	case 's':
		rewrite(i, o);
		break;
	case 'v':
		i->verbose++;
		break;
	}
}

int
init_main(char **argv)
{
	/* Dashes: what follows the program are its own options. */
	struct opt o = { .argv = argv, .letters = "1ae:g:s:v", .dashes = 1 };
	int letter;

	usage_status = 125;
	init_defaults(&init);
	init.adopt = 1;
	init.grace = 5 * TIME_S;
	while ((letter = applet_opt(&o)) != 0)
		option(&init, &o, letter);
	if (*o.argv == NULL)
		usage("-r needs a program to run");
	init.argv = o.argv;
	return init_run();
}
