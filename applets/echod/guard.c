/* guard - which datagrams are not answered, and why. */
#include <string.h>

#include "acl.h"
#include "bucket.h"
#include "echod.h"
#include "guard.h"

enum { OWN = 32, PAYLOAD = 1472 };	/* in an Ethernet frame */

static unsigned short own[OWN];
static int nown;

void
guard_own(unsigned port)
{
	if (nown < OWN)
		own[nown++] = port;
}

/*
 * Two servers that answer anything echo one datagram to and fro for ever,
 * and a third party can start it.  Clients do not live on these ports:
 * OpenBSD's rule (below 1024, and NFS), and what reflections are made of.
 */
static int
answers(unsigned port)
{
	int i;

	if (port < 1024)
		return 1;
	for (i = 0; i < nown; i++)
		if (port == own[i])
			return 1;
	switch (port) {
	case 1900:	/* SSDP */
	case 2049:	/* NFS */
	case 3702:	/* WS-Discovery */
	case 5060:	/* SIP */
	case 5353:	/* mDNS */
	case 5683:	/* CoAP */
	case 11211:	/* memcached */
		return 1;
	}
	return 0;
}

/* No single host: 0/8, 224/4 and up with 255.255.255.255; :: and ff00::/8.
 * What else is a broadcast address here the kernel refuses to send to. */
static int
is_many(const struct source *s)
{
	static const struct source none;

	if (s->family == AF_INET)
		return s->addr[0] == 0 || s->addr[0] >= 224;
	return s->addr[0] == 0xff ||
	    memcmp(s->addr, none.addr, sizeof none.addr) == 0;
}

int
guard_local(const struct net_addr *a)
{
	struct source s;

	source_of(&s, a);
	return source_local(&s);
}

enum reason
guard_check(const struct packet *d, unsigned long long now)
{
	struct source s;

	source_of(&s, d->from);
	if (answers(net_port(d->from)))
		return GUARD_PORT;
	if (d->many || is_many(&s))
		return GUARD_CAST;
	if (ENABLE_ECHOD_ACL && !acl_allows(d->from))
		return GUARD_DENIED;
	/* Tests on one machine are not to be slowed down; there is no one to
	 * be flooded but us, and a loop ends by its hop count. */
	if (source_local(&s))
		return d->ttl == 0 || d->ttl == 1 ? GUARD_LOOP : GUARD_ANSWER;
	/* What it costs is what it weighs on the wire: fragments. */
	return opts.udprate == 0 ||
	    bucket_take(&s, 1 + d->length / PAYLOAD, opts.udprate, now) ?
	    GUARD_ANSWER : GUARD_RATE;
}
