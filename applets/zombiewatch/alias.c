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

/* One of the inits we can stand in for. */
struct alias {
	const char *name;
	const char *letters;
	const char *synopsis;
	int long_names;		/* and help goes to stderr */
	/* Set what its variables say; take an option, or return -1; set what
	 * follows from all options. */
	void (*begin)(struct init *);
	int (*option)(struct init *, int letter, const char *arg);
	void (*end)(struct init *);
};

/* Print what was asked for, and exit as a success. */
static _Noreturn void
tell(int fd, const char *name, const char *what)
{
	FMT(f, 512);

	fmt_add(&f, "%s %s\n", name, what);
	io_write(fd, f.buf, f.len);
	_exit(OK);
}

/* tini counts from 1: warnings; 0 is silence. */
static void
tini_begin(struct init *i)
{
	const char *level = getenv("TINI_VERBOSITY");
	unsigned long long v = 1;

	if (level != NULL && opt_number(level, 0, 9, &v) == -1)
		v = 0;	/* as atoi reads what is no number */
	i->verbose = v > 1 ? v - 1 : 0;
	i->quiet = v == 0;
	i->how = CHILD_GROUP;
	i->to = getenv("TINI_KILL_PROCESS_GROUP") != NULL ? TO_GROUP : TO_CHILD;
	i->adopt = getenv("TINI_SUBREAPER") != NULL;
	i->leave = 1;
}

static int
tini_option(struct init *i, int letter, const char *arg)
{
	unsigned long long code;
	int sig;

	switch (letter) {
	case 'e':
		if (opt_number(arg, 0, 255, &code) == -1)
			return -1;
		i->is_zero[code] = 1;
		return 0;
	case 'g':
		i->to = TO_GROUP;
		return 0;
	case 'l':
		tell(STDOUT_FILENO, "echobox:", "zero-clause BSD licence");
	case 'p':
		sig = strncmp(arg, "SIG", 3) == 0 ? sig_number(arg) : -1;
		return sig == -1 ? -1 : prctl(PR_SET_PDEATHSIG, sig);
	case 's':
		i->adopt = 1;
		return 0;
	case 'v':
		i->verbose++;
		return 0;
	case 'w':
		i->verbose += i->verbose == 0;
		return 0;
	}
	return -1;
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

static void
dumb_begin(struct init *i)
{
	const char *debug = getenv("DUMB_INIT_DEBUG");
	const char *session = getenv("DUMB_INIT_SETSID");

	if (debug != NULL && strcmp(debug, "1") == 0)
		i->verbose = 2;
	i->how = CHILD_SESSION;
	if (session != NULL && strcmp(session, "0") == 0)
		i->how = 0;
	i->to_signal[SIGTSTP] = SIGSTOP;
	i->to_signal[SIGTTIN] = SIGSTOP;
	i->to_signal[SIGTTOU] = SIGSTOP;
	i->leave = 2;
	i->quiet = 1;
	i->failed = 2;
}

static int
dumb_option(struct init *i, int letter, const char *arg)
{
	switch (letter) {
	case 'c':
		i->how = 0;
		return 0;
	case 'r':
		return init_rewrite(i, arg) == -1 ? -1 : 0;
	case 'v':
		i->verbose = 2;
		return 0;
	}
	return -1;
}

/* A new session has no shell that could stop it by TSTP, so there it is
 * STOP; one child in our session is stopped as everybody is. */
static void
dumb_end(struct init *i)
{
	static const int stops[] = { SIGTSTP, SIGTTIN, SIGTTOU };
	size_t n;

	i->to = i->how == CHILD_SESSION ? TO_GROUP : TO_CHILD;
	for (n = 0; n < sizeof stops / sizeof *stops; n++)
		if (i->how == 0 && i->to_signal[stops[n]] == SIGSTOP)
			i->to_signal[stops[n]] = stops[n];
}

static const struct alias aliases[] = {
	{ "tini", "e:ghlp:svw",
		"[-ghlsvw] [-e code] [-p SIGNAL] program [argument ...]", 0,
		tini_begin, tini_option, tini_end },
	{ "dumb-init", "Vchr:v",
		"[-Vchv] [-r signal:signal] program [argument ...]", 1,
		dumb_begin, dumb_option, dumb_end },
};

static const struct alias *
find(const char *argv0)
{
	const char *slash = strrchr(argv0, '/');
	const char *name = slash == NULL ? argv0 : slash + 1;
	size_t n;

	for (n = 0; n < sizeof aliases / sizeof *aliases; n++)
		if (strcmp(aliases[n].name, name + (*name == '-')) == 0)
			return &aliases[n];
	return NULL;
}

/*
 * Read a long option of dumb-init, --NAME, --NAME=VALUE or --NAME VALUE, cut
 * short where no other begins so.  Returns its letter, -1 for none.
 */
static int
long_option(struct opt *o)
{
	static const struct {
		const char *name;
		char letter;
	} names[] = {
		{ "help", 'h' }, { "rewrite", 'r' }, { "single-child", 'c' },
		{ "verbose", 'v' }, { "version", 'V' },
	};
	const char *word = *o->argv++ + 2;
	size_t i, n = strcspn(word, "=");
	int letter = -1, found = 0;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (strncmp(names[i].name, word, n) == 0) {
			letter = names[i].letter;
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

/* What is wrong ends with the usage line and 1, as theirs does. */
static _Noreturn void
wrong(const struct alias *a, const char *what, const char *word)
{
	FMT(f, 256);

	if (what != NULL)
		warn("%s%s", what, word);
	fmt_add(&f, "usage: %s %s\n", a->name, a->synopsis);
	io_write(STDERR_FILENO, f.buf, f.len);
	_exit(NO);
}

/* The next option as a letter, 0 at the end. */
static int
next_letter(const struct alias *a, struct opt *o)
{
	const char *word = *o->argv;
	int letter = opt_next(o);

	if (letter == OPT_VERSION)
		return 'V';
	if (a->long_names && letter == OPT_HELP)
		return 'h';
	if (a->long_names && letter == OPT_UNKNOWN && o->name[0] == '\0')
		letter = long_option(o);
	if (letter == -1 || (letter > OPT_END && letter <= OPT_MISSING))
		wrong(a, "not a valid option: ", word);
	return letter;
}

static void
read_options(const struct alias *a, struct init *i, struct opt *o)
{
	int letter, fd = a->long_names ? STDERR_FILENO : STDOUT_FILENO;

	while ((letter = next_letter(a, o)) != OPT_END) {
		if (letter == 'h')
			tell(fd, a->name, a->synopsis);
		if (letter == 'V')
			tell(fd, a->name, "(echobox) " VERSION);
		if (a->option(i, letter, o->arg) == -1)
			wrong(a, "not a valid argument: ", o->arg);
	}
}

int
alias_main(int argc, char **argv)
{
	static struct init i;
	const struct alias *a = find(argv[0]);
	struct opt o = { .argv = argv + 1 };

	if (a == NULL)
		return -1;
	err_name = a->name;
	o.letters = a->letters;
	init_defaults(&i);
	a->begin(&i);
	read_options(a, &i, &o);
	if (*o.argv == NULL)
		wrong(a, NULL, NULL);
	i.argv = o.argv;
	a->end(&i);
	return init_run(&i);
}
