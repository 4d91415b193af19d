/* board - the scoreboard: a slot for each connection, in shared memory. */
#include <arpa/inet.h>
#include <string.h>
#include <sys/mman.h>

#include "board.h"
#include "err.h"
#include "net.h"
#include "time.h"

static struct slot *slots;
static unsigned size;

/* Only the main process gives slots out, from a stack of free ones. */
static struct {
	unsigned live;
	unsigned free[];
} *stack;

void *
board_private(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die(SYSTEM, "memory for the connections:");
	/* Refused (qemu-user): then children have a copy, and no harm is
	 * done but to their size. */
	madvise(p, bytes, MADV_DONTFORK);
	return p;
}

int
board_open(unsigned n)
{
	unsigned i;
	void *p = mmap(NULL, n * sizeof *slots, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return -1;
	slots = p;
	size = n;
	stack = board_private(sizeof *stack + n * sizeof *stack->free);
	for (i = 0; i < n; i++)
		stack->free[i] = n - 1 - i;	/* low slots first */
	return 0;
}

static void
set_peer(struct peer *p, const struct net_addr *a)
{
	memset(p, 0, sizeof *p);
	p->family = a->u.sa.sa_family;
	p->port = net_port(a);
	if (p->family == AF_INET)
		memcpy(p->address, &a->u.in.sin_addr, 4);
	if (p->family != AF_INET6)
		return;
	p->scope = a->u.in6.sin6_scope_id;
	memcpy(p->address, &a->u.in6.sin6_addr, sizeof p->address);
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
	if (s->peer.family != AF_INET6)
		return;
	a->u.in6.sin6_scope_id = s->peer.scope;
	memcpy(&a->u.in6.sin6_addr, s->peer.address, sizeof s->peer.address);
}

int
board_take(const struct net_addr *peer)
{
	struct slot *s;
	unsigned i;

	if (stack->live == size)
		return -1;
	i = stack->free[size - 1 - stack->live++];
	s = &slots[i];
	set_peer(&s->peer, peer);
	memset(s->bytes, 0, sizeof s->bytes);
	s->start = time_now();
	s->last = board_now();
	s->live = 1;
	return i;
}

void
board_free(unsigned i)
{
	slots[i].live = 0;
	stack->free[size - stack->live--] = i;
}

struct slot *
board_slot(unsigned i)
{
	return &slots[i];
}

unsigned
board_live(void)
{
	return stack->live;
}

unsigned
board_size(void)
{
	return size;
}

unsigned
board_now(void)
{
	return time_now() / (10 * TIME_MS);
}

/*
 * A counter of two words that a reader on a 32-bit machine never sees
 * half-written: the high word is written before the low one and again
 * after it, and read in the opposite order until both are the same.
 */
void
board_count(struct slot *s, unsigned long long n)
{
	n += (unsigned long long)s->bytes[0] << 32 | s->bytes[1];
	__atomic_store_n(&s->bytes[0], (unsigned)(n >> 32), __ATOMIC_RELEASE);
	__atomic_store_n(&s->bytes[1], (unsigned)n, __ATOMIC_RELEASE);
	__atomic_store_n(&s->bytes[2], (unsigned)(n >> 32), __ATOMIC_RELEASE);
}

unsigned long long
board_bytes(const struct slot *s)
{
	unsigned high, low = 0, tries;

	/* Bounded: a child that was taken over may keep them apart. */
	for (tries = 0; tries < 1000; tries++) {
		high = __atomic_load_n(&s->bytes[2], __ATOMIC_ACQUIRE);
		low = __atomic_load_n(&s->bytes[1], __ATOMIC_ACQUIRE);
		if (__atomic_load_n(&s->bytes[0], __ATOMIC_ACQUIRE) == high)
			return (unsigned long long)high << 32 | low;
	}
	return low;
}
