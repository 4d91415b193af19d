/* dns - ask a name server for the addresses of a name. */
#ifndef DNS_H
#define DNS_H

#include "net.h"

enum {
	DNS_ADDRS = 16,	/* the most one dns_ask brings, half of each family */
};

/*
 * Ask one server for the AAAA and A records of a name, both at once, over
 * UDP, and over TCP what comes back truncated (RFC 1035, RFC 3596, RFC
 * 7766).  Waits so many nanoseconds.  Returns how many addresses were
 * found, IPv6 first; or -1 with ENOENT, there is no such name or it has no
 * address, or EAGAIN, the server gave no answer that can be used.
 */
int dns_ask(const struct net_addr *server, const char *name,
    unsigned long long ns, struct net_addr found[DNS_ADDRS]);

#endif
