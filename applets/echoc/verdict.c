/* verdict - what came of asking: a word for machines, a line for people. */
#include <errno.h>
#include <string.h>

#include "err.h"
#include "verdict.h"

/* Word, text, word, text. */
static const char texts[] =
#define X(name, word, text) WORD(word) "\0" text "\0"
    VERDICT_LIST;
#undef X

static const struct {
	unsigned char error, verdict;
} errors[] = {
	{ ECONNREFUSED, V_REFUSED }, { ETIMEDOUT, V_TIMEOUT },
	{ ENETUNREACH, V_UNREACHABLE }, { EHOSTUNREACH, V_UNREACHABLE },
	{ ENETDOWN, V_UNREACHABLE }, { EHOSTDOWN, V_UNREACHABLE },
	{ EAFNOSUPPORT, V_UNREACHABLE }, { ECONNRESET, V_RESET },
	{ EPIPE, V_RESET }, { EIO, V_CLOSED }, { ECONNABORTED, V_RESET },
	{ ELOOP, V_SELF },
	{ ENOENT, V_NOSOCKET }, { EADDRNOTAVAIL, V_PORTS },
	{ EMFILE, V_DESCRIPTORS }, { ENFILE, V_DESCRIPTORS },
	{ ENOBUFS, V_DESCRIPTORS }, { ENOMEM, V_DESCRIPTORS },
	{ EACCES, V_DENIED }, { EPERM, V_DENIED }, { ENODEV, V_NODEVICE },
	{ ENXIO, V_NODEVICE }, { EMSGSIZE, V_TOOBIG },
	{ EPROTOTYPE, V_NOSOCKET },
};

enum verdict
verdict_errno(void)
{
	int error = errno;
	size_t i;

	for (i = 0; i < sizeof errors / sizeof *errors; i++)
		if (errors[i].error == error)
			return errors[i].verdict;
	return V_SYSTEM;
}

const char *
word_at(const char *list, unsigned i)
{
	while (i-- > 0)
		list += strlen(list) + 1;
	return list;
}

const char *
verdict_word(enum verdict v)
{
	return word_at(texts, 2 * v);
}

const char *
verdict_text(enum verdict v)
{
	return word_at(texts, 2 * v + 1);
}

int
verdict_status(enum verdict v)
{
	return v == V_OK ? OK : v < V_PORTS ? NO : SYSTEM;
}

int
verdict_say(const char *name, enum verdict v)
{
	warn("%s: %s", name, verdict_text(v));
	return verdict_status(v);
}

enum verdict
verdict_worst(const unsigned long long counted[VERDICTS])
{
	int v = VERDICTS - 1;

	while (v > V_OK && counted[v] == 0)
		v--;
	return v;
}
