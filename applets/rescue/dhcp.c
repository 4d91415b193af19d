/* dhcp - get an address for an interface, and keep it (RFC 2131, 2132). */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stddef.h>
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
	CLIENT_PORT = 68,
	SERVER_PORT = 67,
	BOOTREQUEST = 1,
	BOOTREPLY = 2,
	ETHERNET = 1,
	/* Options of RFC 2132 that are sent or read. */
	PAD = 0,
	SUBNET = 1,
	ROUTER = 3,
	DNS = 6,
	HOST_NAME = 12,
	ADDRESS = 50,
	LEASE = 51,
	TYPE = 53,
	SERVER = 54,
	WANTED = 55,
	END = 255,
	/* Values of TYPE. */
	DISCOVER = 1,
	OFFER = 2,
	REQUEST = 3,
	ACK = 5,
	NAK = 6,
	/* Seconds. */
	WAIT_MAX = 64,
	LEASE_MIN = 10,
	LEASE_DEFAULT = 3600,
};

struct packet {
	unsigned char op, htype, hlen, hops;
	unsigned char xid[4];
	unsigned char secs[2], flags[2];
	unsigned char ciaddr[4], yiaddr[4], siaddr[4], giaddr[4];
	unsigned char chaddr[16], sname[64], file[128];
	unsigned char magic[4];
	unsigned char options[312];
};

#define FOR_EVER 0xfffffffful	/* a lease of so many seconds */

static const unsigned char magic[4] = { 99, 130, 83, 99 };

struct client {
	int fd;
	const char *device;
	const char *host;	/* what to be called, or NULL: as they say */
	unsigned char mac[6];
	unsigned char xid[4];
	unsigned char server[4];
	struct ipconf conf;
	unsigned long lease;	/* seconds; 0: none yet */
};

/* Reads 4 bytes, big-endian. */
static unsigned long
get32(const unsigned char *p)
{
	return (unsigned long)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static int
open_client(struct client *c)
{
	struct net_addr a;
	int yes = 1;

	net_any(&a, AF_INET, CLIENT_PORT);
	if (net_raise(c->device, c->mac) == -1)
		return -1;
	c->fd = net_bind(&a, SOCK_DGRAM, c->device);
	if (c->fd == -1)
		return -1;
	return setsockopt(c->fd, SOL_SOCKET, SO_BROADCAST, &yes, sizeof yes);
}

static unsigned char *
put(unsigned char *p, int code, int n, const void *value)
{
	*p++ = code;
	*p++ = n;
	memcpy(p, value, n);
	return p + n;
}

/*
 * Ask.  While we have no address the answer must be a broadcast, or it
 * would not reach a socket; with one (renewal) it stands in ciaddr.
 */
static void
ask(struct client *c, int type)
{
	static const unsigned char wanted[] = { SUBNET, ROUTER, DNS, HOST_NAME,
		LEASE };
	struct packet q = { .op = BOOTREQUEST, .htype = ETHERNET,
		.hlen = sizeof c->mac };
	unsigned char *p = q.options, letter = type;
	struct net_addr a;
	int bound = c->lease != 0;

	memcpy(q.xid, c->xid, sizeof q.xid);
	memcpy(q.chaddr, c->mac, sizeof c->mac);
	memcpy(q.magic, magic, sizeof magic);
	p = put(p, TYPE, 1, &letter);
	p = put(p, WANTED, sizeof wanted, wanted);
	if (bound)
		memcpy(q.ciaddr, &c->conf.address, 4);
	else
		q.flags[0] = 0x80;
	if (type == REQUEST && !bound) {
		p = put(p, ADDRESS, 4, &c->conf.address);
		p = put(p, SERVER, 4, c->server);
	}
	if (c->host != NULL)
		p = put(p, HOST_NAME, strcspn(c->host, "."), c->host);
	*p = END;
	net_any(&a, AF_INET, SERVER_PORT);
	a.u.in.sin_addr.s_addr = htonl(INADDR_BROADCAST);
	if (sendto(c->fd, &q, sizeof q, 0, &a.u.sa, a.len) == -1 &&
	    errno != ENETDOWN && errno != ENETUNREACH)
		warn("%s: DHCP:", c->device);
}

/* Find an option of at least n bytes in what was received. */
static const unsigned char *
option(const struct packet *q, size_t size, int code, int n)
{
	const unsigned char *p = q->options, *end = (const unsigned char *)q + size;

	while (end - p >= 2 && *p != END) {
		if (*p == PAD) {
			p++;
			continue;
		}
		if (p[1] > end - p - 2)
			break;
		if (*p == code && p[1] >= n)
			return p + 2;
		p += 2 + p[1];
	}
	return NULL;
}

static int
is_ours(const struct client *c, const struct packet *q, ssize_t n)
{
	return n > (ssize_t)offsetof(struct packet, options) &&
	    q->op == BOOTREPLY && memcmp(q->xid, c->xid, sizeof q->xid) == 0 &&
	    memcmp(q->chaddr, c->mac, sizeof c->mac) == 0 &&
	    memcmp(q->magic, magic, sizeof magic) == 0;
}

/* Wait until then for an answer to us.  Returns its type, or 0. */
static int
answer(struct client *c, unsigned long long end, struct packet *q,
    size_t *size)
{
	const unsigned char *type;
	ssize_t n;

	while (time_left(end) > 0) {
		if (io_poll(c->fd, POLLIN, time_left(end)) <= 0)
			continue;
		n = recv(c->fd, q, sizeof *q, MSG_DONTWAIT);
		if (!is_ours(c, q, n))
			continue;
		type = option(q, n, TYPE, 1);
		*size = n;
		if (type != NULL)
			return *type;
	}
	return 0;
}

static void
take(void *to, const struct packet *q, size_t n, int code)
{
	const unsigned char *value = option(q, n, code, 4);

	if (value != NULL)
		memcpy(to, value, 4);
}

/* Take over what an ACK grants, and set it. */
static void
accept_lease(struct client *c, const struct packet *q, size_t n)
{
	const unsigned char *p;

	memcpy(&c->conf.address, q->yiaddr, 4);
	take(&c->conf.netmask, q, n, SUBNET);
	take(&c->conf.gateway, q, n, ROUTER);
	take(&c->conf.dns[0], q, n, DNS);
	p = option(q, n, DNS, 8);
	if (p != NULL)
		memcpy(&c->conf.dns[1], p + 4, 4);
	p = option(q, n, HOST_NAME, 1);
	if (c->host == NULL && p != NULL && p[-1] < sizeof c->conf.host) {
		memcpy(c->conf.host, p, p[-1]);
		net_host(c->conf.host);
	}
	p = option(q, n, LEASE, 4);
	c->lease = p == NULL ? LEASE_DEFAULT : get32(p);
	if (c->lease < LEASE_MIN)
		c->lease = LEASE_MIN;
	if (net_configure(c->device, &c->conf) == -1)
		warn("%s:", c->device);
}

static void
say(const struct client *c)
{
	const unsigned char *b = (const void *)&c->conf.address;

	warn("%s: %d.%d.%d.%d by DHCP for %lu s", c->device, b[0], b[1], b[2],
	    b[3], c->lease);
}

/* A new exchange, that no late answer to the last one fits. */
static void
new_xid(struct client *c)
{
	unsigned long long t = time_now();
	int i;

	for (i = 0; i < 4; i++)
		c->xid[i] = c->mac[2 + i] ^ t >> 8 * i;
}

/* From nothing to an address.  Returns 1, or 0: nobody granted one. */
static int
get(struct client *c, unsigned seconds)
{
	unsigned long long wait = seconds * TIME_S;
	struct packet q;
	size_t n = 0;

	memset(&c->conf, 0, sizeof c->conf);
	c->lease = 0;
	new_xid(c);
	ask(c, DISCOVER);
	if (answer(c, time_now() + wait, &q, &n) != OFFER)
		return 0;
	memcpy(&c->conf.address, q.yiaddr, 4);
	take(c->server, &q, n, SERVER);
	ask(c, REQUEST);
	if (answer(c, time_now() + wait, &q, &n) != ACK)
		return 0;
	accept_lease(c, &q, n);
	say(c);
	return 1;
}

/*
 * Renew from half of the lease on, of anyone who answers, until it ends
 * or is refused; then the address is no longer ours.
 */
static void
keep(struct client *c)
{
	unsigned long long end, next;
	struct packet q;
	size_t n = 0;
	int type = ACK;

	while (type == ACK) {
		while (c->lease == FOR_EVER)
			poll(NULL, 0, -1);
		end = time_now() + c->lease * TIME_S;
		time_sleep(c->lease * TIME_S / 2);
		new_xid(c);
		type = 0;
		while (type != ACK && type != NAK && time_left(end) > 0) {
			ask(c, REQUEST);
			next = time_now() + WAIT_MAX * TIME_S;
			type = answer(c, next < end ? next : end, &q, &n);
		}
		if (type == ACK)
			accept_lease(c, &q, n);
	}
	warn("%s: the lease %s", c->device,
	    type == NAK ? "was taken back" : "ended");
	memset(&c->conf, 0, sizeof c->conf);
	net_configure(c->device, &c->conf);
}

int
dhcp(const char *device, const char *host)
{
	struct client c = { .device = device, .host = host };
	unsigned seconds = 1;

	if (open_client(&c) == -1)
		die(SYSTEM, "%s: DHCP:", device);
	for (;;) {
		if (get(&c, seconds)) {
			keep(&c);
			seconds = 1;
		} else if (seconds < WAIT_MAX) {
			seconds *= 2;
			if (seconds == 8)
				warn("%s: no DHCP server answers, still asking",
				    device);
		}
	}
}
