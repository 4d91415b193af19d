/* packets - datagrams by the batch: receive many, answer many. */
#ifndef PACKETS_H
#define PACKETS_H

#include "net.h"

struct packets;

/* One that was received. */
struct packet {
	const struct net_addr *from;	/* its len does not count */
	unsigned length;
	int many;	/* it was sent to a broadcast or multicast address */
	int ttl;	/* hops left, -1: not known */
	int six;	/* by IPv6's count of them */
};

/* What became of the answers. */
struct packets_sent {
	unsigned echoed, bytes, unsent;
};

/* Map the buffers for sockets such as this one: only pages that are used
 * take memory.  Dies without any. */
struct packets *packets_open(int fd);

/* Have a UDP socket of a family say which address was asked, and the hops.
 * Returns which of its options were turned on, for packets_leave to turn
 * them off again, or -1 with errno. */
int packets_socket(int fd, int family);
void packets_leave(int fd, int options);

/*
 * Receive what waits (flags as recvmmsg(2)'s).  Returns how many, or -1
 * with errno.  packets_get describes one of them, until the next call.
 */
int packets_receive(struct packets *, int fd, int flags);

/* From packets_expect on until packets_receive has got something: what was
 * received is sent.  For a handler that is to leave none unanswered. */
void packets_expect(struct packets *);
int packets_none(const struct packets *);
void packets_get(struct packets *, int i, struct packet *);

/*
 * Put up the answer of the one just got, the same bytes from the address
 * that was asked, with so many hops (0: the default); then send all that
 * were put up, never waiting, and add to the counters.
 */
void packets_answer(struct packets *, int i, const struct packet *, int ttl);
void packets_send(struct packets *, int fd, struct packets_sent *);

#endif
