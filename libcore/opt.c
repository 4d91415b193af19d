/* opt - options of a command line, by the POSIX rules and never permuted. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "opt.h"

static int
next_word(struct opt *o)
{
	const char *word = *o->argv;

	if (word == NULL || word[0] != '-' || word[1] == '\0')
		return OPT_END;
	if (word[1] != '-') {
		o->rest = word + 1;
		o->argv++;
		return -1;
	}
	if (word[2] == '\0') {
		o->argv++;
		o->dashes = 1;
		return OPT_END;
	}
	return strcmp(word, "--help") == 0   ? OPT_HELP :
	    strcmp(word, "--version") == 0 ? OPT_VERSION :
					     OPT_UNKNOWN;
}

/* Find a letter.  Returns whether it takes an argument, or -1. */
static int
find(struct opt *o, int letter)
{
	const struct opt_row *r;
	const char *s;

	if (o->rows == NULL) {
		s = letter == ':' ? NULL : strchr(o->letters, letter);
		return s == NULL ? -1 : s[1] == ':';
	}
	for (r = o->rows; r->letter != letter; r++)
		if (r->letter == 0)
			return -1;
	o->row = r;
	return r->kind >= OPT_ARG;
}

int
opt_next(struct opt *o)
{
	int found;

	o->arg = NULL;
	o->row = NULL;
	o->name[0] = '\0';
	if (o->rest == NULL || *o->rest == '\0')
		if ((found = next_word(o)) != -1)
			return found;
	o->name[0] = '-';
	o->name[1] = *o->rest++;
	o->name[2] = '\0';
	found = find(o, o->name[1]);
	if (found == -1)
		return OPT_UNKNOWN;
	if (found) {
		o->arg = *o->rest != '\0' ? o->rest : *o->argv;
		if (o->arg == NULL)
			return OPT_MISSING;
		if (*o->rest == '\0')
			o->argv++;
		o->rest = NULL;
	}
	return o->name[1];
}

const char *
opt_late(const struct opt *o)
{
	char **p;

	if (!o->dashes)
		for (p = o->argv; *p != NULL; p++)
			if ((*p)[0] == '-' && (*p)[1] != '\0')
				return *p;
	return NULL;
}

/* Read digits; returns what is behind them, NULL with errno otherwise. */
static const char *
digits(const char *s, unsigned long long *v)
{
	unsigned long long limit = ULLONG_MAX / 10 - 1;

	*v = 0;
	errno = EINVAL;
	if (*s < '0' || *s > '9')
		return NULL;
	errno = ERANGE;
	for (; *s >= '0' && *s <= '9'; s++) {
		if (*v > limit)
			return NULL;
		*v = *v * 10 + *s - '0';
	}
	return s;
}

static int
fail(int error)
{
	errno = error;
	return -1;
}

int
opt_number(const char *s, unsigned long long min, unsigned long long max,
    unsigned long long *v)
{
	s = digits(s, v);
	if (s == NULL)
		return -1;
	if (*s != '\0')
		return fail(EINVAL);
	return *v < min || *v > max ? fail(ERANGE) : 0;
}

/* The place in a list of a word that ends after n bytes, or -1. */
static int
place(const char *word, size_t n, const char *words)
{
	int i;

	for (i = 0; *words != '\0'; i++, words += strlen(words) + 1)
		if (strlen(words) == n && memcmp(words, word, n) == 0)
			return i;
	return -1;
}

int
opt_word(const char *word, const char *words)
{
	return place(word, strlen(word), words);
}

int
opt_time(const char *s, unsigned long long *ns)
{
	/* How many of one unit are the next, nanoseconds to days. */
	static const unsigned short more[] = { 1000, 1000, 1000, 60, 60, 24 };
	const unsigned long long century = 3155760000000000000;
	unsigned long long whole, fraction = 0, scale = 1, unit = 1;
	int i;

	/* .2 is 0.2, but a point alone is nothing. */
	whole = 0;
	if (*s != '.' || s[1] < '0' || s[1] > '9')
		s = digits(s, &whole);
	if (s == NULL)
		return -1;
	if (*s == '.')
		for (s++; *s >= '0' && *s <= '9'; s++)
			if (scale < 1000000000) {
				fraction = fraction * 10 + *s - '0';
				scale *= 10;
			}
	i = opt_word(*s == '\0' ? "s" : s, "us\0ms\0s\0m\0h\0d\0");
	if (i == -1)
		return fail(EINVAL);
	for (; i >= 0; i--)
		unit *= more[i];
	if (whole > century / unit)
		return fail(ERANGE);
	/* Days times a fraction overflow nothing: 8.64e13 * 1e9 would. */
	*ns = whole * unit + unit / scale * fraction +
	    unit % scale * fraction / scale;
	return 0;
}

int
opt_size(const char *s, unsigned long long *v)
{
	static const char letters[] = "KMG";
	const char *letter;
	int shift;

	s = digits(s, v);
	if (s == NULL)
		return -1;
	if (*s == '\0')
		return 0;
	/* Not strchr: it finds the end, which a space is without that bit. */
	letter = memchr(letters, *s & ~0x20, sizeof letters - 1);
	if (letter == NULL || s[1] != '\0')
		return fail(EINVAL);
	shift = 10 * (letter - letters + 1);
	if (*v >> (63 - shift) != 0)
		return fail(ERANGE);
	*v <<= shift;
	return 0;
}

int
opt_store(const struct opt *o)
{
	const struct opt_row *r = o->row;
	char *field = (char *)o->fields + r->field;
	unsigned long long v, max = r->max;

	switch (r->kind) {
	case OPT_FLAG:
		*(int *)(void *)field += 1;
		break;
	case OPT_WORD:
		*(const char **)(void *)field = o->arg;
		break;
	case OPT_NUMBER:
	case OPT_NUMBER0:
		if (opt_number(o->arg, r->kind == OPT_NUMBER, max, &v) == -1)
			return -1;
		*(unsigned *)(void *)field = v;
		break;
	case OPT_WIDE:
		return opt_number(o->arg, 1, max == 0 ? ULLONG_MAX : max,
		    (void *)field);
	case OPT_TIME:
		return opt_time(o->arg, (void *)field);
	case OPT_SIZE:
		return opt_size(o->arg, (void *)field);
	}
	return 0;
}

int
opt_key(const char *word, const char *keys, const char **value)
{
	size_t n = strcspn(word, "=");
	int i = place(word, n, keys);

	if (i != -1)
		*value = word[n] == '=' ? word + n + 1 : NULL;
	return i;
}
