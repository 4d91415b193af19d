/* ipconf - the ip= of the kernel command line, taken apart. */
#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

#include "opt.h"
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

/* The words that end it, and those that ask for DHCP, as BOOTP and RARP do:
 * it is their heir; "dhcp,TYPE,ID", too. */
static int
autoconf(struct ipconf *c, const char *word)
{
	static const char words[] = "off\0none\0on\0any\0dhcp\0both\0"
	    "bootp\0rarp\0";
	int place = opt_word(word, words);

	c->off = place == 0 || place == 1;
	return *word == '\0' || place != -1 || strncmp(word, "dhcp,", 5) == 0 ?
	    0 : -1;
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
	/* Where it is put; 0: what no address is asked of. */
#define PLACE(field) offsetof(struct ipconf, field)
	static const unsigned char places[FIELDS] = {
		[CLIENT] = PLACE(address),
		[GATEWAY] = PLACE(gateway),
		[NETMASK] = PLACE(netmask),
		[DNS0] = PLACE(dns[0]),
		[DNS1] = PLACE(dns[1]),
	};

	switch (i) {
	case HOST:
		return copy(c->host, sizeof c->host, text);
	case DEVICE:
		return copy(c->device, sizeof c->device, text);
	case AUTOCONF:
		return autoconf(c, text);
	}
	if (places[i] == 0 || *text == '\0')
		return 0;
	return inet_pton(AF_INET, text, (char *)c + places[i]) == 1 ? 0 : -1;
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
	return 0;
}
