/* net - bring the interfaces up and give them the addresses of ip=. */
#include <errno.h>
#include <fcntl.h>
#include <net/if_arp.h>
#include <net/route.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "err.h"
#include "fmt.h"
#include "io.h"
#include "net.h"
#include "rescue.h"
#include "time.h"

enum {
	INDEX_MAX = 64,		/* how far interfaces are looked for */
	NIC_WAIT_S = 5,		/* a driver may find its card late */
};

/* The interfaces, by an ioctl that needs no /proc and no /sys. */
static int
next_interface(int fd, int *index, struct ifreq *r)
{
	while (++*index <= INDEX_MAX) {
		memset(r, 0, sizeof *r);
		r->ifr_ifindex = *index;
		if (ioctl(fd, SIOCGIFNAME, r) == 0)
			return 1;
	}
	return 0;
}

/* Ethernet and what looks like it. */
static int
is_nic(int fd, const struct ifreq *r)
{
	struct ifreq h = *r;

	return ioctl(fd, SIOCGIFHWADDR, &h) == 0 &&
	    h.ifr_hwaddr.sa_family == ARPHRD_ETHER;
}

static int
up(int fd, const struct ifreq *r)
{
	struct ifreq f = *r;

	if (ioctl(fd, SIOCGIFFLAGS, &f) == -1)
		return -1;
	f.ifr_flags |= IFF_UP;
	return ioctl(fd, SIOCSIFFLAGS, &f);
}

static int
next_nic(int fd, int *index, struct ifreq *r)
{
	while (next_interface(fd, index, r))
		if (is_nic(fd, r))
			return 1;
	return 0;
}

static int
open_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd == -1)
		warn("network: is it in this kernel?:");
	return fd;
}

void
net_wait(void)
{
	unsigned long long end = time_now() + NIC_WAIT_S * TIME_S;
	struct ifreq r;
	int i = 0, fd = open_socket();

	if (fd == -1)
		return;
	while (!next_nic(fd, &i, &r) && time_now() < end) {
		time_sleep(100 * TIME_MS);
		i = 0;
	}
	close(fd);
}

static void
put_address(struct sockaddr *sa, struct in_addr address)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr = address };

	memcpy(sa, &in, sizeof in);
}

/* The kernel takes these one by one, and the address first. */
static int
set_address(int fd, const char *device, const struct ipconf *c)
{
	struct rtentry route = { .rt_flags = RTF_UP | RTF_GATEWAY };
	struct in_addr any = { 0 };
	struct ifreq r = { 0 };

	memcpy(r.ifr_name, device, IF_NAMESIZE);
	put_address(&r.ifr_addr, c->address);
	if (ioctl(fd, SIOCSIFADDR, &r) == -1)
		return -1;
	put_address(&r.ifr_addr, c->netmask);
	if (c->address.s_addr != 0 && ioctl(fd, SIOCSIFNETMASK, &r) == -1)
		return -1;
	if (c->gateway.s_addr == 0)
		return 0;
	put_address(&route.rt_dst, any);
	put_address(&route.rt_genmask, any);
	put_address(&route.rt_gateway, c->gateway);
	route.rt_dev = r.ifr_name;
	return ioctl(fd, SIOCADDRT, &route) == -1 && errno != EEXIST ? -1 : 0;
}

/* Where programs that know names look for who knows more. */
static void
write_resolv_conf(const struct ipconf *c)
{
	const unsigned char *b;
	int i, fd;
	FMT(f, 128);

	for (i = 0; i < 2 && c->dns[i].s_addr != 0; i++) {
		b = (const void *)&c->dns[i];
		fmt_add(&f, "nameserver %d.%d.%d.%d\n", b[0], b[1], b[2], b[3]);
	}
	if (f.len == 0)
		return;
	fd = open("/etc/resolv.conf", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	    0644);
	if (fd == -1 || io_write(fd, f.buf, f.len) == -1)
		warn("/etc/resolv.conf:");
	if (fd != -1)
		close(fd);
}

/* The kernel's "HOST.DOMAIN": what is behind the dot is the NIS domain. */
void
net_host(const char *name)
{
	size_t n = strcspn(name, ".");
	const char *domain = name + n + (name[n] == '.');

	if ((n != 0 && sethostname(name, n) == -1) ||
	    (*domain != '\0' && setdomainname(domain, strlen(domain)) == -1))
		warn("host name %s:", name);
}

int
net_configure(const char *device, const struct ipconf *c)
{
	int saved, result, fd = open_socket();

	if (fd == -1)
		return -1;
	result = set_address(fd, device, c);
	saved = errno;
	close(fd);
	write_resolv_conf(c);
	errno = saved;
	return result;
}

static void
all_up(int fd)
{
	struct ifreq r;
	int i = 0;

	while (next_interface(fd, &i, &r))
		if ((i == 1 || is_nic(fd, &r)) && up(fd, &r) == -1)
			warn("%s:", r.ifr_name);
}

/* Has the kernel (CONFIG_IP_PNP) been here before us? */
static int
has_address(int fd, const char *device)
{
	struct ifreq r = { 0 };

	memcpy(r.ifr_name, device, IF_NAMESIZE);
	r.ifr_addr.sa_family = AF_INET;
	return ioctl(fd, SIOCGIFADDR, &r) == 0;
}

static void
apply_to(int fd, const char *device, const struct ipconf *c, net_dhcp *ask)
{
	if (c->address.s_addr != 0) {
		if (net_configure(device, c) == -1)
			warn("%s: ip=:", device);
	} else if (has_address(fd, device))
		return;
	else if (ENABLE_DHCP)
		ask(device, c->host);
	else
		warn("%s: no DHCP in this build; ip= can set an address", device);
}

/* An address is for one device; for DHCP, unless one is named, all ask. */
static void
apply(int fd, const struct ipconf *c, net_dhcp *ask)
{
	struct ifreq r = { 0 };
	int i = 0;

	net_host(c->host);
	if (c->address.s_addr == 0 && c->off)
		return;
	memcpy(r.ifr_name, c->device, IF_NAMESIZE);
	if (c->device[0] == '\0' && !next_nic(fd, &i, &r)) {
		warn("no network interface; is its module in the list?");
		return;
	}
	do
		apply_to(fd, r.ifr_name, c, ask);
	while (c->address.s_addr == 0 && i != 0 && next_nic(fd, &i, &r));
}

void
net_up(char *cmdline, net_dhcp *ask)
{
	struct ipconf c = { 0 };
	const char *wrong;
	char *word, *next;
	int fd = open_socket(), seen = 0;

	if (fd == -1)
		return;
	all_up(fd);
	for (word = cmdline; *word != '\0'; word = next) {
		word += strspn(word, " \n");
		next = word + strcspn(word, " \n");
		if (*next != '\0')
			*next++ = '\0';
		if (strncmp(word, "ip=", 3) != 0)
			continue;
		if (ipconf_parse(&c, word + 3, &wrong) == -1) {
			warn("ip=: '%s' is wrong: client:server:gateway:"
			    "netmask:host:device:autoconf:dns:dns", wrong);
			continue;
		}
		seen = 1;
		apply(fd, &c, ask);
	}
	memset(&c, 0, sizeof c);
	if (!seen)
		apply(fd, &c, ask);
	close(fd);
}

/* An address as people type it: without net_format's ":0" and brackets. */
static void
show_address(struct fmt *f, const struct net_addr *a)
{
	int v6 = a->u.sa.sa_family == AF_INET6;
	FMT(text, 80);

	net_format(&text, a);
	fmt_add(f, " %.*s", (int)text.len - 2 - 2 * v6, text.buf + v6);
}

static void
show4(struct fmt *f, int fd, const struct ifreq *r)
{
	struct ifreq q = *r;
	struct net_addr a;
	unsigned long mask;
	int bits = 0;

	net_any(&a, AF_INET, 0);
	q.ifr_addr.sa_family = AF_INET;
	if (ioctl(fd, SIOCGIFADDR, &q) == -1)
		return;
	memcpy(&a.u.in.sin_addr, &((struct sockaddr_in *)&q.ifr_addr)->sin_addr,
	    sizeof a.u.in.sin_addr);
	show_address(f, &a);
	if (ioctl(fd, SIOCGIFNETMASK, &q) == -1)
		return;
	mask = ntohl(((struct sockaddr_in *)&q.ifr_netmask)->sin_addr.s_addr);
	for (; mask != 0; mask = mask << 1 & 0xfffffffful)
		bits++;
	fmt_add(f, "/%d", bits);
}

static int
hex(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* /proc/net/if_inet6: 32 hex digits, index, prefix, scope, flags, name. */
static void
show6(struct fmt *f, const char *name)
{
	char text[4096], *line, *next;
	struct net_addr a;
	int i;

	if (io_slurp(AT_FDCWD, "/proc/net/if_inet6", text, sizeof text) <= 0)
		return;
	for (line = text; strlen(line) > 53; line = next) {
		next = line + strcspn(line, "\n");
		if (*next != '\0')
			*next++ = '\0';
		if (strcmp(line + 45 + strspn(line + 45, " "), name) != 0)
			continue;
		net_any(&a, AF_INET6, 0);
		for (i = 0; i < 16; i++)
			a.u.in6.sin6_addr.s6_addr[i] = hex(line[2 * i]) << 4 |
			    hex(line[2 * i + 1]);
		if (IN6_IS_ADDR_LINKLOCAL(&a.u.in6.sin6_addr))
			a.u.in6.sin6_scope_id = if_nametoindex(name);
		show_address(f, &a);
	}
}

void
net_show(struct fmt *f)
{
	struct ifreq r, q;
	int i = 0, fd = open_socket();

	if (fd == -1)
		return;
	while (next_interface(fd, &i, &r)) {
		q = r;
		if (ioctl(fd, SIOCGIFFLAGS, &q) == -1 ||
		    !(q.ifr_flags & IFF_UP))
			continue;
		fmt_add(f, "  %s:", r.ifr_name);
		show4(f, fd, &r);
		show6(f, r.ifr_name);
		fmt_add(f, q.ifr_flags & IFF_RUNNING ? "\n" : " (no link)\n");
	}
	close(fd);
}
