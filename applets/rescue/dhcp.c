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
	ssize_t size;		/* of the answer, which may be cut */
	struct packet answer;
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
option(const struct client *c, int code, int n)
{
	const unsigned char *p = c->answer.options;
	const unsigned char *end = (const void *)&c->answer;

	end += c->size;

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
is_ours(const struct client *c)
{
	const struct packet *q = &c->answer;

	return c->size > (ssize_t)offsetof(struct packet, options) &&
	    q->op == BOOTREPLY && memcmp(q->xid, c->xid, sizeof q->xid) == 0 &&
	    memcmp(q->chaddr, c->mac, sizeof c->mac) == 0 &&
	    memcmp(q->magic, magic, sizeof magic) == 0;
}

/*
 * Wait until then for the answer that is wanted, or a refusal; another
 * server's offer may come between.  Returns its type, or 0.
 */
static int
answer(struct client *c, int want, unsigned long long end)
{
	const unsigned char *type;

	while (time_left(end) > 0) {
		if (io_poll(c->fd, POLLIN, time_left(end)) <= 0)
			continue;
		c->size = recv(c->fd, &c->answer, sizeof c->answer,
		    MSG_DONTWAIT);
		if (!is_ours(c))
			continue;
		type = option(c, TYPE, 1);
		if (type != NULL && (*type == NAK ||
			(*type == want && get32(c->answer.yiaddr) != 0)))
			return *type;
	}
	return 0;
}

static void
take(struct client *c, void *to, int code)
{
	const unsigned char *value = option(c, code, 4);

	if (value != NULL)
		memcpy(to, value, 4);
}

/* A host name, up to what no name has in it: a console shows it. */
static void
take_host(struct client *c, const unsigned char *name)
{
	int i;

	if (c->host != NULL || name == NULL)
		return;
	for (i = 0; i < name[-1] && i < HOST_SIZE - 1 && name[i] > ' ' &&
	    name[i] < 127; i++)
		c->conf.host[i] = name[i];
	c->conf.host[i] = '\0';
	net_host(c->conf.host);
}

/* Take over what an ACK grants, and set it. */
static void
accept_lease(struct client *c)
{
	const unsigned char *p;

	memcpy(&c->conf.address, c->answer.yiaddr, 4);
	take(c, &c->conf.netmask, SUBNET);
	take(c, &c->conf.gateway, ROUTER);
	take(c, &c->conf.dns[0], DNS);
	p = option(c, DNS, 8);
	if (p != NULL)
		memcpy(&c->conf.dns[1], p + 4, 4);
	take_host(c, option(c, HOST_NAME, 1));
	p = option(c, LEASE, 4);
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

/*
 * A new exchange, that no late answer to the last one fits.  To ask once more
 * is none: an answer that took longer than we wait is as good.
 */
static void
new_xid(struct client *c)
{
	unsigned long long t = time_now();
	int i;

	for (i = 0; i < 4; i++)
		c->xid[i] = c->mac[2 + i] ^ t >> 8 * i;
}

/*
 * From nothing to an address.  Returns 1, or 0: nobody granted one, and the
 * time for it is over, so who is refused at once does not ask at once again.
 */
static int
get(struct client *c, unsigned seconds)
{
	unsigned long long wait = seconds * TIME_S, end = time_now() + wait;

	memset(&c->conf, 0, sizeof c->conf);
	c->lease = 0;
	ask(c, DISCOVER);
	if (answer(c, OFFER, end) == OFFER) {
		memcpy(&c->conf.address, c->answer.yiaddr, 4);
		take(c, c->server, SERVER);
		ask(c, REQUEST);
		end = time_now() + wait;
		if (answer(c, ACK, end) == ACK) {
			accept_lease(c);
			say(c);
			return 1;
		}
	}
	poll(NULL, 0, time_left(end));
	return 0;
}

/*
 * Renew from half of the lease on, of anyone who answers, and again at half of
 * what is left, until it ends or is refused; then the address is no longer
 * ours.
 */
static void
keep(struct client *c)
{
	unsigned long long end, now, wait;
	int type = ACK;

	while (type == ACK) {
		while (c->lease == FOR_EVER)
			poll(NULL, 0, -1);
		end = time_now() + c->lease * TIME_S;
		time_sleep(c->lease * TIME_S / 2);
		new_xid(c);
		type = 0;
		while (type != ACK && type != NAK && (now = time_now()) < end) {
			wait = (end - now) / 2 + TIME_S;
			if (wait > WAIT_MAX * TIME_S)
				wait = WAIT_MAX * TIME_S;
			ask(c, REQUEST);
			type = answer(c, ACK, now + wait);
		}
		if (type == ACK)
			accept_lease(c);
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
		if (seconds == 1)
			new_xid(&c);
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
