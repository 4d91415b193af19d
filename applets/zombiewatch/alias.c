/* alias - be tini or dumb-init: their options, codes, variables, habits. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "applet.h"
#include "child.h"
#include "fmt.h"
#include "init.h"
#include "io.h"
#include "opt.h"
#include "sig.h"
#include "zombiewatch.h"

/* The inits we can stand in for. */
enum { TINI, DUMB_INIT };
static const struct alias {
	char name[10];
	char letters[12];
	const char *synopsis;
} aliases[] = {
	{ "tini", "e:ghlp:svw",
		"[-ghlsvw] [-e code] [-p SIGNAL] program [argument ...]" },
	{ "dumb-init", "Vchr:v",
		"[-Vchv] [-r signal:signal] program [argument ...]" },
};
static int us;			/* which we are */

/* Print what was asked for and end: with a status, on a descriptor. */
static _Noreturn void
tell(int status, int fd, const char *before, const char *what)
{
	print("%s%s %s\n", before, aliases[us].name, what);
	io_write(fd, page.buf, page.len);
	_exit(status);
}

/* What is wrong ends with the usage line and 1, as theirs does. */
static _Noreturn void
wrong(const char *what, const char *word)
{
	if (word != NULL)
		warn("not a valid %s: %s", what, word);
	tell(NO, STDERR_FILENO, "usage: ", aliases[us].synopsis);
}

static int
is_set(const char *name, const char *value)
{
	const char *v = getenv(name);

	return v != NULL && (value == NULL || strcmp(v, value) == 0);
}

/* What its variables say.  tini counts from 1: warnings; 0 is silence. */
static void
tini_begin(struct init *i)
{
	const char *level = getenv("TINI_VERBOSITY");
	unsigned long long v = 1;

	if (level != NULL && opt_number(level, 0, 9, &v) == -1)
		v = 0;	/* as atoi reads what is no number */
	i->verbose = v > 1 ? v - 1 : 0;
	i->quiet = v == 0;
	i->to = is_set("TINI_KILL_PROCESS_GROUP", NULL) ? TO_GROUP : TO_CHILD;
	i->adopt = is_set("TINI_SUBREAPER", NULL);
	i->leave = 1;
}

static const unsigned char stops[] = { SIGTSTP, SIGTTIN, SIGTTOU };

static void
dumb_begin(struct init *i)
{
	size_t n;

	if (is_set("DUMB_INIT_DEBUG", "1"))
		i->verbose = 2;
	i->how = is_set("DUMB_INIT_SETSID", "0") ? 0 : CHILD_SESSION;
	for (n = 0; n < sizeof stops; n++)
		i->to_signal[stops[n]] = SIGSTOP;
	i->leave = 2;
	i->quiet = 1;
	i->failed = 2;
}

/* Take an option of either.  Returns -1 if its argument is none. */
static int
option(struct init *i, int letter, const char *arg)
{
	unsigned long long code;
	int sig;

	switch (letter) {
	case 'h':
		tell(OK, us == TINI ? STDOUT_FILENO : STDERR_FILENO, "",
		    aliases[us].synopsis);
	case 'V':
		tell(OK, us == TINI ? STDOUT_FILENO : STDERR_FILENO, "",
		    "(echobox) " VERSION);
	case 'l':
		tell(OK, STDOUT_FILENO, "echobox as ",
		    "has the licence 0BSD");
	case 'c':
		i->how = 0;
		break;
	case 'e':
		if (opt_number(arg, 0, 255, &code) == -1)
			return -1;
		i->is_zero[code] = 1;
		break;
	case 'g':
		i->to = TO_GROUP;
		break;
	case 'p':
		sig = strncmp(arg, "SIG", 3) == 0 ? sig_number(arg) : -1;
		return sig == -1 ? -1 : prctl(PR_SET_PDEATHSIG, sig);
	case 'r':
		return init_rewrite(i, arg) == -1 ? -1 : 0;
	case 's':
		i->adopt = 1;
		break;
	case 'v':
		i->verbose = us == TINI ? i->verbose + 1 : 2;
		break;
	case 'w':
		i->verbose += i->verbose == 0;
		break;
	}
	return 0;
}

/* Its documented form is also PROGRAM -- ARGUMENT ..., as its options may
 * stand anywhere before the dashes; ours end at the program. */
static void
tini_end(struct init *i)
{
	if (i->argv[1] != NULL && strcmp(i->argv[1], "--") == 0) {
		i->argv[1] = i->argv[0];
		i->argv++;
	}
}

/* A new session has no shell that could stop it by TSTP, so there it is
 * STOP; one child in our session is stopped as everybody is. */
static void
dumb_end(struct init *i)
{
	size_t n;

	i->to = i->how == CHILD_SESSION ? TO_GROUP : TO_CHILD;
	for (n = 0; n < sizeof stops; n++)
		if (i->how == 0 && i->to_signal[stops[n]] == SIGSTOP)
			i->to_signal[stops[n]] = stops[n];
}

/*
 * Read a long option of dumb-init, --NAME, --NAME=VALUE or --NAME VALUE, cut
 * short where no other begins so.  Returns its letter, -1 for none.
 */
static int
long_option(struct opt *o)
{
	static const char names[][14] = { "hhelp", "rrewrite",
		"csingle-child", "vverbose", "Vversion" };
	const char *word = *o->argv++ + 2;
	size_t i, n = strcspn(word, "=");
	int letter = -1, found = 0;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (strncmp(names[i] + 1, word, n) == 0) {
			letter = names[i][0];
			found++;
		}
	if (found != 1 || (letter != 'r' && word[n] == '='))
		return -1;
	if (letter == 'r') {
		o->arg = word[n] == '=' ? word + n + 1 : *o->argv;
		if (o->arg == NULL)
			return -1;
		o->argv += word[n] != '=';
	}
	return letter;
}

/* The next option as a letter, 0 at the end. */
static int
next_letter(struct opt *o)
{
	const char *word = *o->argv;
	int letter = opt_next(o);

	if (letter == OPT_VERSION)
		return 'V';
	if (us == DUMB_INIT && letter == OPT_HELP)
		return 'h';
	if (us == DUMB_INIT && letter == OPT_UNKNOWN && o->name[0] == '\0')
		letter = long_option(o);
	if (letter == -1 || (letter > OPT_END && letter <= OPT_MISSING))
		wrong("option", word);
	return letter;
}

int
alias_main(char **argv)
{
	const char *name = strrchr(*argv, '/');
	struct opt o = { .argv = argv + 1 };
	int letter;

	name = name == NULL ? *argv : name + 1;
	name += *name == '-';
	for (us = TINI; strcmp(aliases[us].name, name) != 0; us++)
		if (us == DUMB_INIT)
			return -1;
	err_name = aliases[us].name;
	o.letters = aliases[us].letters;
	init_defaults(&init);
	(us == TINI ? tini_begin : dumb_begin)(&init);
	while ((letter = next_letter(&o)) != OPT_END)
		if (option(&init, letter, o.arg) == -1)
			wrong("argument", o.arg);
	if (*o.argv == NULL)
		wrong(NULL, NULL);
	init.argv = o.argv;
	(us == TINI ? tini_end : dumb_end)(&init);
	return init_run();
}
