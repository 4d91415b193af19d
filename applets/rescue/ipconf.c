/* ipconf - the ip= of the kernel command line, taken apart. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "rescue.h"

/*
 * ip=CLIENT:SERVER:GATEWAY:NETMASK:HOST:DEVICE:AUTOCONF:DNS:DNS:NTP, or
 * AUTOCONF alone; the kernel's Documentation/admin-guide/nfs/nfsroot.rst.
 */
enum {
	CLIENT,
	SERVER,
	GATEWAY,
	NETMASK,
	HOST,
	DEVICE,
	AUTOCONF,
	DNS0,
	DNS1,
	NTP,
	FIELDS,
};

/* BOOTP and RARP are asked for by DHCP, their heir; "dhcp,TYPE,ID", too. */
static int
autoconf(struct ipconf *c, const char *word)
{
	static const char *const on[] = { "", "on", "any", "dhcp", "both",
		"bootp", "rarp" };
	size_t i;

	c->off = strcmp(word, "off") == 0 || strcmp(word, "none") == 0;
	for (i = 0; i < sizeof on / sizeof *on && !c->off; i++)
		if (strcmp(word, on[i]) == 0)
			return 0;
	return c->off || strncmp(word, "dhcp,", 5) == 0 ? 0 : -1;
}

static int
copy(char *to, size_t size, const char *from)
{
	size_t n = strlen(from);

	if (n >= size)
		return -1;
	memcpy(to, from, n + 1);
	return 0;
}

static int
field(struct ipconf *c, int i, const char *text)
{
	struct in_addr *const addresses[FIELDS] = {
		[CLIENT] = &c->address,
		[GATEWAY] = &c->gateway,
		[NETMASK] = &c->netmask,
		[DNS0] = &c->dns[0],
		[DNS1] = &c->dns[1],
	};

	switch (i) {
	case HOST:
		return copy(c->host, sizeof c->host, text);
	case DEVICE:
		return copy(c->device, sizeof c->device, text);
	case AUTOCONF:
		return autoconf(c, text);
	}
	if (addresses[i] == NULL || *text == '\0')
		return 0;
	return inet_pton(AF_INET, text, addresses[i]) == 1 ? 0 : -1;
}

/* The class of an address gives the netmask that was not given. */
static void
guess_netmask(struct ipconf *c)
{
	unsigned long a = ntohl(c->address.s_addr);

	if (c->netmask.s_addr == 0)
		c->netmask.s_addr = htonl(a >> 31 == 0 ? 0xff000000ul :
			a >> 30 == 2		       ? 0xffff0000ul :
							 0xffffff00ul);
}

/* All ones, then all zeroes. */
static int
is_netmask(struct in_addr mask)
{
	unsigned long holes = ~ntohl(mask.s_addr) & 0xfffffffful;

	return (holes & (holes + 1)) == 0;
}

int
ipconf_parse(struct ipconf *c, char *text, const char **wrong)
{
	char *next;
	int i;

	memset(c, 0, sizeof *c);
	*wrong = text;
	if (strchr(text, ':') == NULL && autoconf(c, text) == 0)
		return 0;
	for (i = 0; text != NULL; i++, text = next) {
		*wrong = text;
		next = strchr(text, ':');
		if (next != NULL)
			*next++ = '\0';
		if (i >= FIELDS || field(c, i, text) == -1)
			return -1;
		if (i == NETMASK && !is_netmask(c->netmask))
			return -1;
	}
	guess_netmask(c);
	return 0;
}
