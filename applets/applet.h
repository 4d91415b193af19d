/* applet - the whole of registration, and what every command line shares. */
#ifndef APPLET_H
#define APPLET_H

#include <errno.h>
#include <stddef.h>

#include "err.h"
#include "opt.h"

#ifndef ENABLE_HELP
#define ENABLE_HELP 1	/* --help tells all, not one line; 4 KB */
#endif

struct applet {
	const char *name;
	const char *synopsis;	/* what follows the name on a usage line */
	const char *summary;	/* one line, without a newline */
	const char *help;	/* the options, lines that end with newlines */
	int (*main)(int argc, char **argv);
	const char *aliases;	/* further names, for opt_word; not listed */
	int aliases_pid1;	/* 1: they count only for process 1 */
};

/*
 * Register an applet: declares its NAME_main and defines the struct that
 * main.c finds by name.  Further arguments set further fields.
 */
#define APPLET(applet_name, applet_synopsis, applet_summary, applet_help, ...) \
	static int applet_name##_main(int, char **);                           \
	extern const struct applet applet_name##_applet;                       \
	const struct applet applet_name##_applet = {                           \
		.name = #applet_name,                                          \
		.synopsis = applet_synopsis,                                   \
		.summary = applet_summary,                                     \
		.help = ENABLE_HELP ? applet_help : "",                        \
		.main = applet_name##_main,                                    \
		##__VA_ARGS__                                                  \
	}

/*
 * Return the next option's letter, 0 at the end; what has a field is in it
 * then.  --help and --version are answered here, what is wrong ends in
 * usage(); then an operand that looks like a late option does too.
 */
int applet_opt(struct opt *);

/*
 * Take the KEY=VALUE that the option just read has for an argument: rows
 * stand in the order of the keys (a list as opt_key wants it) and need not
 * end.  What has a field is in it then; a flag may lack its value, or says
 * 0 or 1.  Returns the row's letter, with the value as the argument.
 */
int applet_key(struct opt *, const char *keys, const struct opt_row *);

/*
 * The argument of the option or key just read as a number from min to max,
 * as nanoseconds, as a size, as the place of a word in a list.  What is not
 * one ends in usage().
 */
unsigned long long applet_number(const struct opt *,
    unsigned long long min, unsigned long long max);
unsigned long long applet_time(const struct opt *);
unsigned long long applet_size(const struct opt *);
int applet_word(const struct opt *, const char *words);

/* Say what is wrong with the command line, the usage line, and exit with
 * usage_status: 2, unless a command that wraps another makes it 125. */
extern int usage_status;
_Noreturn void usage(const char *, ...) __attribute__((format(printf, 1, 2)));

#endif
