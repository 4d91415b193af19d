/* cidr - ranges of addresses, and whether one is in there. */
#include <errno.h>
#include <string.h>

#include "cidr.h"
#include "opt.h"

static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

void
source_of(struct source *s, const struct net_addr *a)
{
	const unsigned char *b = a->u.in6.sin6_addr.s6_addr;

	memset(s, 0, sizeof *s);
	if (a->u.sa.sa_family == AF_INET)
		b = (const unsigned char *)&a->u.in.sin_addr;
	else if (a->u.sa.sa_family != AF_INET6)
		return;
	else if (memcmp(b, mapped, sizeof mapped) == 0)
		b += sizeof mapped;
	else {
		s->family = AF_INET6;
		memcpy(s->addr, b, 16);
		return;
	}
	s->family = AF_INET;
	memcpy(s->addr, b, 4);
}

int
source_local(const struct source *s)
{
	static const unsigned char one[16] = { [15] = 1 };

	return s->family == AF_INET6 ? memcmp(s->addr, one, sizeof one) == 0 :
				       s->addr[0] == 127;
}

int
cidr_parse(struct cidr *c, const char *s)
{
	char host[64];
	struct net_addr a;
	unsigned long long bits;
	size_t n = strcspn(s, "/"), width;

	memset(c, 0, sizeof *c);
	if (strcmp(s, "any") == 0)
		return 0;
	errno = EINVAL;
	if (n >= sizeof host)
		return -1;
	memcpy(host, s, n);
	host[n] = '\0';
	if (net_parse_host(&a, host, 0) == -1)
		return -1;
	bits = width = a.u.sa.sa_family == AF_INET ? 32 : 128;
	if (s[n] != '\0' && opt_number(s + n + 1, 0, width, &bits) == -1)
		return -1;
	source_of(&c->net, &a);
	if (width == 128 && c->net.family == AF_INET) {
		if (bits < 96) {	/* a part of ::/0 that is not IPv4 only */
			errno = EINVAL;
			return -1;
		}
		bits -= 96;
	}
	c->bits = bits;
	return 0;
}

int
cidr_match(const struct cidr *c, const struct source *s)
{
	int bytes = c->bits / 8, rest = c->bits % 8;

	if (c->net.family == AF_UNSPEC)
		return s->family != AF_UNSPEC;
	if (c->net.family != s->family ||
	    memcmp(c->net.addr, s->addr, bytes) != 0)
		return 0;
	return rest == 0 ||
	    ((c->net.addr[bytes] ^ s->addr[bytes]) >> (8 - rest)) == 0;
}
