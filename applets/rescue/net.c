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

/* The one that all questions and orders go through; it stays open. */
static int sock = -1;

static int
open_socket(void)
{
	if (sock == -1) {
		sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (sock == -1)
			warn("network: is it in this kernel?:");
	}
	return sock;
}

/* An interface, and what is asked of it. */
struct nic {
	int index;		/* 0: none yet, or known by its name */
	struct ifreq r;		/* the answer stands where the question was */
};

static int
ask(int what, struct nic *n)
{
	return ioctl(sock, what, &n->r);
}

static void
named(struct nic *n, const char *device)
{
	memset(n, 0, sizeof *n);
	memcpy(n->r.ifr_name, device, strnlen(device, IF_NAMESIZE - 1));
	n->r.ifr_addr.sa_family = AF_INET;
}

/* The interfaces, by an ioctl that needs no /proc and no /sys. */
static int
next(struct nic *n)
{
	while (++n->index <= INDEX_MAX) {
		n->r.ifr_ifindex = n->index;
		if (ask(SIOCGIFNAME, n) == 0)
			return 1;
	}
	return 0;
}

/* Ethernet and what looks like it. */
static int
is_nic(struct nic *n)
{
	return ask(SIOCGIFHWADDR, n) == 0 &&
	    n->r.ifr_hwaddr.sa_family == ARPHRD_ETHER;
}

static int
up(struct nic *n)
{
	if (ask(SIOCGIFFLAGS, n) == -1)
		return -1;
	n->r.ifr_flags |= IFF_UP;
	return ask(SIOCSIFFLAGS, n);
}

int
net_raise(const char *device, unsigned char mac[6])
{
	struct nic n;

	named(&n, device);
	if (open_socket() == -1 || ask(SIOCGIFHWADDR, &n) == -1)
		return -1;
	memcpy(mac, n.r.ifr_hwaddr.sa_data, 6);
	return up(&n);
}

static int
next_nic(struct nic *n)
{
	while (next(n))
		if (is_nic(n))
			return 1;
	return 0;
}

void
net_wait(void)
{
	unsigned long long end = time_now() + NIC_WAIT_S * TIME_S;
	struct nic n = { 0 };

	if (open_socket() == -1)
		return;
	while (!next_nic(&n) && time_now() < end) {
		time_sleep(100 * TIME_MS);
		n.index = 0;
	}
}

/* What an address of IPv4 holds, in a sockaddr of any kind. */
static struct in_addr *
in(struct sockaddr *sa)
{
	sa->sa_family = AF_INET;
	return &((struct sockaddr_in *)(void *)sa)->sin_addr;
}

/*
 * The kernel takes these one by one, and the address first: its class gives
 * the netmask that was not given.
 */
static int
set_address(const char *device, const struct ipconf *c)
{
	struct rtentry route = { .rt_flags = RTF_UP | RTF_GATEWAY };
	struct nic n;

	named(&n, device);
	*in(&n.r.ifr_addr) = c->address;
	if (ask(SIOCSIFADDR, &n) == -1)
		return -1;
	*in(&n.r.ifr_addr) = c->netmask;
	if (c->netmask.s_addr != 0 && ask(SIOCSIFNETMASK, &n) == -1)
		return -1;
	if (c->gateway.s_addr == 0)
		return 0;
	in(&route.rt_dst);
	in(&route.rt_genmask);
	*in(&route.rt_gateway) = c->gateway;
	route.rt_dev = n.r.ifr_name;
	return ioctl(sock, SIOCADDRT, &route) == -1 && errno != EEXIST ? -1 : 0;
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
show_address4(struct fmt *f, struct in_addr address)
{
	struct net_addr a;

	net_any(&a, AF_INET, 0);
	a.u.in.sin_addr = address;
	show_address(f, &a);
}

/* Where programs that know names look for who knows more. */
static void
write_resolv_conf(const struct ipconf *c)
{
	int i, fd;
	FMT(f, 128);

	for (i = 0; i < 2 && c->dns[i].s_addr != 0; i++) {
		fmt_add(&f, "nameserver");
		show_address4(&f, c->dns[i]);
		fmt_add(&f, "\n");
	}
	if (f.len == 0)
		return;
	fd = open("/etc/resolv.conf", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	    0644);
	if (fd == -1 || io_write(fd, f.buf, f.len) == -1)
		warn("/etc/resolv.conf:");
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
	int saved, result;

	if (open_socket() == -1)
		return -1;
	result = set_address(device, c);
	saved = errno;
	write_resolv_conf(c);
	errno = saved;
	return result;
}

static void
all_up(void)
{
	struct nic n = { 0 };

	while (next(&n))
		if ((n.index == 1 || is_nic(&n)) && up(&n) == -1)
			warn("%s:", n.r.ifr_name);
}

/* Has the kernel (CONFIG_IP_PNP) been here before us? */
static int
has_address(const char *device)
{
	struct nic n;

	named(&n, device);
	return ask(SIOCGIFADDR, &n) == 0;
}

static void
apply_to(const char *device, const struct ipconf *c, net_dhcp *want)
{
	if (c->address.s_addr != 0) {
		if (net_configure(device, c) == -1)
			warn("%s: ip=:", device);
	} else if (has_address(device))
		return;
	else if (ENABLE_DHCP)
		want(device, c->host);
	else
		warn("%s: no DHCP in this build; ip= can set an address", device);
}

/* An address is for one device; for DHCP, unless one is named, all ask. */
static void
apply(const struct ipconf *c, net_dhcp *want)
{
	struct nic n = { 0 };

	net_host(c->host);
	if (c->address.s_addr == 0 && c->off)
		return;
	memcpy(n.r.ifr_name, c->device, IF_NAMESIZE);
	if (c->device[0] == '\0' && !next_nic(&n)) {
		warn("no network interface; is its module in the list?");
		return;
	}
	do
		apply_to(n.r.ifr_name, c, want);
	while (c->address.s_addr == 0 && n.index != 0 && next_nic(&n));
}

/* Without quotes, as the kernel takes them: no space between two ends a word. */
static void
unquote(char *text)
{
	char *to = text;
	int quoted = 0;

	for (; (*to = *text) != '\0'; text++)
		if (*text == '"')
			quoted = !quoted;
		else if (*to++ == ' ' && quoted)
			to[-1] = '_';
}

void
net_up(char *cmdline, net_dhcp *want)
{
	struct ipconf c;
	const char *wrong;
	char *word;
	int seen = 0;

	if (open_socket() == -1)
		return;
	all_up();
	unquote(cmdline);
	/* What is behind -- is ours, and no parameter. */
	while ((word = io_word(&cmdline, " \t\n")) != NULL &&
	    strcmp(word, "--") != 0) {
		if (strncmp(word, "ip=", 3) != 0)
			continue;
		if (ipconf_parse(&c, word + 3, &wrong) == -1) {
			warn("ip=: '%s' is wrong: client:server:gateway:"
			    "netmask:host:device:autoconf:dns:dns", wrong);
			continue;
		}
		seen = 1;
		apply(&c, want);
	}
	memset(&c, 0, sizeof c);
	if (!seen)
		apply(&c, want);
}

static void
show4(struct fmt *f, struct nic *n)
{
	unsigned long mask;
	int bits = 0;

	if (ask(SIOCGIFADDR, n) == -1)
		return;
	show_address4(f, *in(&n->r.ifr_addr));
	if (ask(SIOCGIFNETMASK, n) == -1)
		return;
	mask = ntohl(in(&n->r.ifr_netmask)->s_addr);
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
show6(struct fmt *f, const struct nic *n)
{
	char text[4096], *next = text, *line;
	struct net_addr a;
	int i;

	if (io_slurp(AT_FDCWD, "/proc/net/if_inet6", text, sizeof text) == -1)
		return;
	while ((line = io_word(&next, "\n")) != NULL) {
		if (strlen(line) < 53 ||
		    strcmp(line + 45 + strspn(line + 45, " "), n->r.ifr_name) != 0)
			continue;
		net_any(&a, AF_INET6, 0);
		for (i = 0; i < 16; i++)
			a.u.in6.sin6_addr.s6_addr[i] = hex(line[2 * i]) << 4 |
			    hex(line[2 * i + 1]);
		if (IN6_IS_ADDR_LINKLOCAL(&a.u.in6.sin6_addr))
			a.u.in6.sin6_scope_id = n->index;
		show_address(f, &a);
	}
}

void
net_show(struct fmt *f)
{
	struct nic n = { 0 };
	int flags;

	if (open_socket() == -1)
		return;
	while (next(&n)) {
		if (ask(SIOCGIFFLAGS, &n) == -1 || !(n.r.ifr_flags & IFF_UP))
			continue;
		flags = n.r.ifr_flags;
		fmt_add(f, "  %s:", n.r.ifr_name);
		show4(f, &n);
		show6(f, &n);
		fmt_add(f, flags & IFF_RUNNING ? "\n" : " (no link)\n");
	}
}
