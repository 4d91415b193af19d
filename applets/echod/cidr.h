/* cidr - ranges of addresses, and whether one is in there. */
#ifndef ECHOD_CIDR_H
#define ECHOD_CIDR_H

#include "net.h"

/*
 * An IP address without its port, in the form that rules, limits and
 * tables compare: an IPv4 address that came as ::ffff:A.B.C.D (RFC 4291,
 * 2.5.5.2) is an IPv4 address.  family is AF_UNSPEC for a unix socket.
 */
struct source {
	short family;
	unsigned char addr[16];		/* 4 of them for IPv4, the rest 0 */
};

struct cidr {
	struct source net;	/* family AF_UNSPEC: "any", every address */
	short bits;
};

void source_of(struct source *, const struct net_addr *);

/* Tell whether it is this machine: 127/8 or ::1. */
int source_local(const struct source *);

/* Read ADDR, ADDR/BITS or "any".  Returns 0, or -1 with EINVAL (neither),
 * ERANGE (more bits than the family has). */
int cidr_parse(struct cidr *, const char *);

/* Tell whether an address is in the range. */
int cidr_match(const struct cidr *, const struct source *);

#endif
