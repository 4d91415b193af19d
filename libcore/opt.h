/* opt - options of a command line, by the POSIX rules and never permuted. */
#ifndef OPT_H
#define OPT_H

/*
 * The state of a command line being read.  Start with argv + 1 and the
 * letters, a colon behind those that take an argument.
 */
struct opt {
	char **argv;		/* what is not read yet; at the end: operands */
	const char *letters;
	const char *rest;	/* further letters of the same word */
	const char *arg;	/* the argument of the option just read */
	char name[3];		/* "-x", the option just read */
	int dashes;		/* "--" ended the options */
};

/* What opt_next answers beside letters. */
enum {
	OPT_END = 0,
	OPT_HELP = 1,	/* --help */
	OPT_VERSION = 2,	/* --version */
	OPT_UNKNOWN = 3,	/* name (or *argv, a long one) is no option */
	OPT_MISSING = 4,	/* name lacks its argument */
};

int opt_next(struct opt *);

/*
 * Return the first operand that looks like an option, or NULL: options
 * come first, and a forgotten one must not be taken for an operand.
 */
const char *opt_late(const struct opt *);

/*
 * Read a decimal number, nothing else in the word, from min to max.
 * Returns 0, or -1 with EINVAL (no number) or ERANGE.
 */
int opt_number(const char *, unsigned long long min, unsigned long long max,
    unsigned long long *);

/*
 * Read seconds, decimals allowed, or with a unit ms, s, m, h, d ("0.2",
 * "250ms", "2h") as nanoseconds.  Returns 0, or -1 with EINVAL or ERANGE
 * (more than a century).
 */
int opt_time(const char *, unsigned long long *ns);

/* The same for bytes or counts, with K, M or G for powers of 1024. */
int opt_size(const char *, unsigned long long *);

/*
 * Take KEY=VALUE or KEY apart.  Returns the place of KEY in the list that
 * ends with NULL and sets *value (NULL without '='), or -1.
 */
int opt_key(const char *word, const char *const *keys, const char **value);

#endif
