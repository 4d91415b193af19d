/* opt - options of a command line, by the POSIX rules and never permuted. */
#ifndef OPT_H
#define OPT_H

#include <stddef.h>

/* What an option takes, and what its field is. */
enum opt_kind {
	OPT_OWN,	/* nothing; the applet looks at the letter itself */
	OPT_FLAG,	/* nothing; an int that is one more each time */
	OPT_ARG,	/* a word, for the applet to look at */
	OPT_WORD,	/* a word; const char * */
	OPT_TIME,	/* as opt_time has it; unsigned long long, ns */
	OPT_SIZE,	/* as opt_size has it; unsigned long long */
	OPT_NUMBER,	/* from 1 to max; unsigned */
	OPT_NUMBER0,	/* from 0 to max; unsigned */
	OPT_WIDE,	/* from 1 to max, 0 is no limit; unsigned long long */
};

/*
 * An option or a key: one row of a table that ends with a row of zeros.
 * OPT(letter, kind, struct, field, max) writes one, OPT_ROW(letter, kind)
 * one without a field.
 */
struct opt_row {
	unsigned char letter, kind;
	unsigned short field;	/* its offset in the struct */
	unsigned max;
};
#define OPT(letter, kind, type, field, max)                                    \
	{ letter, OPT_##kind, offsetof(type, field), max }
#define OPT_ROW(letter, kind) { letter, OPT_##kind, 0, 0 }

/*
 * The state of a command line being read.  Start with argv + 1 and either
 * rows and the struct that their fields are in, or only the letters, a
 * colon behind those that take an argument.
 */
struct opt {
	char **argv;		/* what is not read yet; at the end: operands */
	const char *letters;
	const struct opt_row *rows;
	void *fields;
	const struct opt_row *row;	/* of the option just read, or NULL */
	const char *rest;	/* further letters of the same word */
	const char *arg;	/* the argument of the option just read */
	char name[24];		/* "-x" or "-O key", what was just read */
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
 * Put the argument into the field of the row just read.  Returns 0, or -1
 * with EINVAL or ERANGE.
 */
int opt_store(const struct opt *);

/* Return the place of a word in a list of words, each ended by a NUL and the
 * last by two ("on\0off\0"), or -1. */
int opt_word(const char *word, const char *words);

/*
 * Take KEY=VALUE or KEY apart.  Returns the place of KEY as opt_word
 * does, and sets *value (NULL without '=').
 */
int opt_key(const char *word, const char *keys, const char **value);

#endif
