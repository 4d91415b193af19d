/* board - the scoreboard: a slot for each connection, in shared memory. */
#include <arpa/inet.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "board.h"
#include "cidr.h"
#include "count.h"
#include "echod.h"
#include "err.h"
#include "model.h"
#include "net.h"
#include "time.h"

static struct slot *slots;
static unsigned size, width;		/* how many, and bytes of a row */
static struct shared *shared;

#define CENTISECOND (unsigned)(10 * TIME_MS)

/* 32 bits, so that a write is whole everywhere; compared by difference, it
 * is good for 497 days of idleness. */
HOT unsigned
board_now(void)
{
	struct timespec t;

	/* As of the last tick: no counter is read. */
	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (unsigned)t.tv_sec * 100 + (unsigned)t.tv_nsec / CENTISECOND;
}

void *
board_map(size_t bytes, int flags)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    flags | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die(SYSTEM, "memory:");
	return p;
}

void *
board_private(size_t bytes)
{
	/* Most of it is never touched: the kernel is not to look for all. */
	void *p = board_map(bytes, MAP_PRIVATE | MAP_NORESERVE);

	/* Refused (qemu-user): then children have a copy, and no harm is
	 * done but to their size. */
	madvise(p, bytes, MADV_DONTFORK);
	return p;
}

void
board_open(unsigned n)
{
	slots = board_map((n + 1) * sizeof *slots, MAP_SHARED);
	shared = (void *)(slots + n);
	size = n;
	width = (sizeof(struct row) + MODEL->row + 7) & ~7u;
	server = board_private(sizeof *server + (size_t)n * width);
}

struct row *
board_row(unsigned i)
{
	return (void *)((char *)(server + 1) + (size_t)i * width);
}

/* An IPv4 address is one, even where it came as ::ffff:A.B.C.D. */
HOT static void
set_peer(struct peer *p, const struct net_addr *a)
{
	struct source s;

	source_of(&s, a);
	p->family = s.family == AF_UNSPEC ? AF_UNIX : s.family;
	p->port = net_port(a);
	p->scope = s.family == AF_INET6 ? a->u.in6.sin6_scope_id : 0;
	memcpy(p->address, p->family == AF_UNIX ?
		(const void *)a->u.un.sun_path : s.addr, sizeof p->address);
}

void
board_peer(const struct slot *s, struct net_addr *a)
{
	memset(a, 0, sizeof *a);
	a->u.sa.sa_family = s->peer.family;
	a->len = sizeof a->u.sa.sa_family;	/* unix: a nameless socket */
	net_set_port(a, s->peer.port);
	if (s->peer.family == AF_INET)
		memcpy(&a->u.in.sin_addr, s->peer.address, 4);
	if (s->peer.family == AF_UNIX) {
		memcpy(a->u.un.sun_path, s->peer.address,
		    sizeof s->peer.address);
		a->len += s->peer.address[0] != '\0' ?
		    sizeof s->peer.address : 0;
	}
	if (s->peer.family != AF_INET6)
		return;
	a->u.in6.sin6_scope_id = s->peer.scope;
	memcpy(&a->u.in6.sin6_addr, s->peer.address, sizeof s->peer.address);
}

struct shared *
board_shared(void)
{
	return shared;
}

/* What was given back goes first, then slots that never were in use. */
int
board_take(void)
{
	if (server->spare > 0)
		return board_row(--server->spare)->free;
	return server->used == size ? -1 : (int)server->used++;
}

void
board_free(unsigned i)
{
	board_row(server->spare++)->free = i;
}

unsigned
board_taken(void)
{
	return server->used - server->spare;
}

HOT void
board_client(struct slot *s, const struct net_addr *peer)
{
	set_peer(&s->peer, peer);
	counter_add(&s->clients, 1);
	s->before = counter_get(&s->bytes);
	s->start = time_now();
	s->last = board_now();
	s->live = 1;
}

HOT void
board_leave(struct slot *s)
{
	s->live = 0;
}

HOT struct slot *
board_slot(unsigned i)
{
	return &slots[i];
}

unsigned
board_live(void)
{
	unsigned i, n = 0;

	if (MODEL->serve != NULL)
		return board_taken();
	for (i = 0; i < size; i++)
		n += slots[i].live != 0;
	return n;
}

int
board_busy(void)
{
	unsigned i;

	for (i = 0; i < size; i++)
		if (!slots[i].live)
			return 0;
	return 1;
}

unsigned
board_size(void)
{
	return size;
}

/* Workers do not have the server's memory; theirs are all in use. */
unsigned
board_used(void)
{
	return MODEL->serve != NULL ? server->used : size;
}

unsigned long long
board_bytes(const struct slot *s)
{
	return counter_get(&s->bytes) - s->before;
}

HOT void
board_count(struct slot *s, unsigned long long n, unsigned now)
{
	counter_add(&s->bytes, n);
	s->last = now;
}

unsigned long long
board_idle(const struct slot *s)
{
	/* First: an echo that comes meanwhile is later than our time. */
	unsigned last = __atomic_load_n(&s->last, __ATOMIC_ACQUIRE);

	return (unsigned long long)(board_now() - last) * CENTISECOND;
}

void
board_totals(unsigned long long *clients, unsigned long long *bytes)
{
	unsigned i;

	*clients = *bytes = 0;
	for (i = 0; i < board_used(); i++) {
		*clients += counter_get(&slots[i].clients);
		*bytes += counter_get(&slots[i].bytes);
	}
}
