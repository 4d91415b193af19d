/* verdict - what came of asking: a word for machines, a line for people. */
#include <errno.h>
#include <string.h>

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
verdict_errno(int error)
{
	size_t i;

	for (i = 0; i < sizeof errors / sizeof *errors; i++)
		if (errors[i].error == error)
			return errors[i].verdict;
	return V_SYSTEM;
}

static const char *
nth(unsigned i)
{
	const char *s = texts;

	while (i-- > 0)
		s += strlen(s) + 1;
	return s;
}

const char *
verdict_word(enum verdict v)
{
	return nth(2 * v);
}

const char *
verdict_text(enum verdict v)
{
	return nth(2 * v + 1);
}

int
verdict_local(enum verdict v)
{
	return v >= V_PORTS;
}
