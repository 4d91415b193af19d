/* resolve - the addresses of a host name, by /etc/hosts and by the DNS. */
#ifndef RESOLVE_H
#define RESOLVE_H

#include "net.h"

/*
 * Look up a name of n bytes: first /etc/hosts (hosts(5)), then the name
 * servers of /etc/resolv.conf (resolv.conf(5): nameserver, search, domain,
 * options ndots, timeout and attempts), IPv6 and IPv4 at once (RFC 1035,
 * RFC 3596), and sets the port.  Returns how many were found, at most max; or -1 with ENOENT, no such
 * name, or EAGAIN, no name server answered.  Blocks as long as the
 * servers' timeouts allow, so it is called in a child.
 */
int resolve_name(const char *, size_t n, unsigned port,
    struct net_addr *, int max);

#endif
