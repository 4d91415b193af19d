/* verdict - what came of asking: a word for machines, a line for people. */
#include <errno.h>
#include <stddef.h>

#include "verdict.h"

static const struct {
	const char *word;
	const char *text;
} verdicts[] = {
	[V_OK] = { "ok", "the echo is right" },
	[V_REFUSED] = { "refused", "connection refused; nothing listens there" },
	[V_TIMEOUT] = { "timeout", "timed out; no answer to the connection" },
	[V_SILENT] = { "silent", "timed out; connected, but nothing came back" },
	[V_STALLED] = { "stalled",
	    "timed out; the echo stalled in the middle" },
	[V_UNREACHABLE] = { "unreachable", "unreachable; no route leads there" },
	[V_CLOSED] = { "closed",
	    "closed early; the server ended before the echo was complete" },
	[V_WRONG] = { "wrong", "wrong data; the echo is not what was sent" },
	[V_TWICE] = { "twice", "wrong data; the echo came twice" },
	[V_RESET] = { "reset", "connection reset by the server" },
	[V_SELF] = { "self",
	    "connected to itself; nothing listens on that local port" },
	[V_SLOW] = { "slow", "too slow; the echo is right" },
	[V_UNTRIED] = { "untried", "not asked; the deadline came first" },
	[V_NONAME] = { "noname", "no such host name" },
	[V_NORESOLVER] = { "noresolver", "no name server answers" },
	[V_NOSOCKET] = { "nosocket", "no such socket" },
	[V_PORTS] = { "ports",
	    "no local port or address is free here; wait for TIME_WAIT, "
	    "widen net.ipv4.ip_local_port_range, or use -I" },
	[V_DESCRIPTORS] = { "descriptors",
	    "no descriptor or memory is free here; see ulimit -n" },
	[V_DENIED] = { "denied",
	    "not permitted here; a firewall, or what only root may do" },
	[V_NODEVICE] = { "nodevice",
	    "no such interface, address, device or speed here, or another "
	    "has the device" },
	[V_TOOBIG] = { "toobig", "the message is too big for this way; see -s" },
	[V_SYSTEM] = { "system", "this system refused" },
};

static const struct {
	int error;
	enum verdict verdict;
} errors[] = {
	{ ECONNREFUSED, V_REFUSED }, { ETIMEDOUT, V_TIMEOUT },
	{ ENETUNREACH, V_UNREACHABLE }, { EHOSTUNREACH, V_UNREACHABLE },
	{ ENETDOWN, V_UNREACHABLE }, { EHOSTDOWN, V_UNREACHABLE },
	{ EAFNOSUPPORT, V_UNREACHABLE }, { ECONNRESET, V_RESET },
	{ EPIPE, V_RESET }, { EIO, V_CLOSED }, { ECONNABORTED, V_RESET }, { ELOOP, V_SELF },
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

const char *
verdict_word(enum verdict v)
{
	return verdicts[v].word;
}

const char *
verdict_text(enum verdict v)
{
	return verdicts[v].text;
}

int
verdict_local(enum verdict v)
{
	return v >= V_PORTS;
}
