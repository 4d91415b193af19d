/* admit - which clients get a slot, and who has to leave for them. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "admit.h"
#include "applet.h"
#include "board.h"
#include "bucket.h"
#include "cidr.h"
#include "count.h"
#include "echod.h"
#include "fmt.h"
#include "limits.h"
#include "log.h"
#include "model.h"
#include "time.h"
#include "wake.h"

enum { TOKENS = 64 };	/* bucket.h: so that a burst is two seconds' worth */

static struct cidr admin;
static unsigned kept;	/* slots that are none for whom we look for room */

void
admit_full(const char *word)
{
	if (strcmp(word, "wait") == 0)
		opts.full = FULL_WAIT;
	else if (strcmp(word, "refuse") == 0)
		opts.full = FULL_REFUSE;
	else if (strncmp(word, "evict:", 6) == 0 &&
	    opt_time(word + 6, &opts.evict) == 0)
		opts.full = FULL_EVICT;
	else
		usage("-O full '%s': wait, refuse or evict:TIME", word);
}

void
admit_admin(const char *word)
{
	if (cidr_parse(&admin, word) == -1)
		usage("-O admin '%s': not an address range such as 10.0.0.0/8 "
		      "or any", word);
	opts.admin = 1;
}

void
admit_start(void)
{
	server->victim = -1;
	if (opts.rate != 0)
		bucket_share();
}

/* Whether two are the same source: an IPv4 address, an IPv6 network as it
 * is given to one customer. */
static int
same_source(const struct peer *p, const struct source *s)
{
	return p->family == s->family &&
	    memcmp(p->address, s->addr, s->family == AF_INET ? 4 : 8) == 0;
}

static unsigned
connections_of(const struct source *s)
{
	unsigned i, n = 0;

	for (i = 0; i < board_used() && n < opts.per_source; i++)
		n += board_slot(i)->live &&
		    same_source(&board_slot(i)->peer, s);
	return n;
}

/* A source's place among the rows; others may have the same. */
static unsigned
place_of(const struct source *s)
{
	unsigned i, h = 0;

	for (i = 0; i < 8; i++)
		h = h * 31 + s->addr[i];
	return h % board_size();
}

void
admit_source(unsigned slot, const struct net_addr *peer)
{
	struct row *row = board_row(slot);
	struct source s;

	if (opts.per_source == 0)
		return;
	if (peer == NULL) {
		board_row(row->source)->sources--;
		return;
	}
	source_of(&s, peer);
	row->source = place_of(&s);
	board_row(row->source)->sources++;
}

/*
 * Only where the row's count could be too many are all connections looked
 * at; a worker of prefork has no rows, and few to look at.
 */
static int
too_many(const struct source *s)
{
	return (MODEL->serve == NULL ||
		   board_row(place_of(s))->sources >= opts.per_source) &&
	    connections_of(s) >= opts.per_source;
}

/* Those for whom slots are kept: of the range, else of this machine. */
static int
is_admin(const struct source *s)
{
	if (opts.admin)
		return cidr_match(&admin, s);
	return s->family == AF_UNSPEC || source_local(s);
}

/* The client that has been idle for longest; *idle: for how long. */
static int
longest_idle(unsigned long long *idle)
{
	unsigned long long his;
	unsigned i;
	int found = -1;

	for (*idle = i = 0; i < board_used(); i++) {
		if (!board_slot(i)->live)
			continue;
		his = board_idle(board_slot(i));
		if (found == -1 || his > *idle) {
			*idle = his;
			found = i;
		}
	}
	return found;
}

static int
is_full(void)
{
	return server->stop == 0 && opts.full == FULL_EVICT &&
	    (MODEL->serve == NULL && kept == 0 ? board_busy() :
		board_live() + kept >= board_size());
}

/*
 * Workers take their clients without telling us, unless they are asked to
 * when the last of them does.  Where that comes and goes with each client,
 * once a second is often enough.
 */
static int
becomes_full(unsigned long long now)
{
	static int asked;

	if (MODEL->serve != NULL)
		return 0;
	if (asked && !wake_asked(WAKE_FULL)) {
		asked = 0;
		server->crowd = now + TIME_S;
		return 0;
	}
	asked = 1;
	wake_ask(WAKE_FULL);
	return is_full();
}

/* Whether he who was told to leave has done so. */
static int
has_left(int slot)
{
	return slot != -1 && (!board_slot(slot)->live ||
	    board_slot(slot)->start > board_row(slot)->closing);
}

/* Idle times only begin anew, so a look at all is not due before the one
 * who was idle for longest would have been so for long enough. */
int
admit_crowded(void)
{
	unsigned long long idle, now;

	if (opts.full != FULL_EVICT || server->stop != 0)
		return 0;
	now = time_now();
	if (now < server->crowd && !has_left(server->victim))
		return 0;
	server->crowd = 0;
	server->victim = -1;
	if (!is_full() && !becomes_full(now))
		return 0;
	server->victim = longest_idle(&idle);
	if (server->victim != -1 && idle >= opts.evict)
		return 1;	/* him, as soon as somebody comes */
	server->crowd = now + opts.evict - idle;
	server->victim = -1;
	return 0;
}

int
admit_evict(void)
{
	/* Much time may have passed: who was idle then may be busy now. */
	if (!admit_crowded())
		return 0;
	count_add(COUNT_EVICTED, 1);
	/* One at a time; he has so long to leave. */
	server->crowd = time_now() + TIME_S;
	limits_closing(server->victim);
	MODEL->end(server->victim, 0);
	return 1;
}

/* For one who may not have the slots that are kept. */
static int
evict_other(void)
{
	int done;

	kept = opts.reserve;
	done = admit_evict();
	kept = 0;
	return done;
}

/* A worker can only ask for it: the next client has the room then. */
static int
make_room(void)
{
	if (MODEL->serve != NULL)
		return evict_other();
	if (opts.full == FULL_EVICT && !board_shared()->crowded) {
		board_shared()->crowded = 1;
		kill(getppid(), SIGCHLD);
	}
	return 0;
}

/* Returns the counter of why not, or -1. */
static int
judge(const struct source *s)
{
	if (board_live() >= board_size())
		return COUNT_FULL;
	if (s->family != AF_UNSPEC && opts.per_source != 0 && too_many(s))
		return COUNT_SOURCE;
	if (s->family != AF_UNSPEC && opts.rate != 0 &&
	    !bucket_take(s, TOKENS, opts.rate * TOKENS, time_now()))
		return COUNT_RATE;
	/* Last, so that nobody has to leave for one who may not come. */
	if (board_live() + opts.reserve >= board_size() && !is_admin(s) &&
	    !make_room())
		return COUNT_FULL;
	return -1;
}

/* Tell it, without waiting; what it has sent already is read, because
 * otherwise the close were a reset that can overtake the message. */
static void
refuse(int fd, const char *why)
{
	char buf[256];
	int i;
	FMT(f, 64);

	fmt_add(&f, "echod: too many connections (%s)\n", why);
	send(fd, f.buf, f.len, MSG_DONTWAIT | MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	for (i = 0; i < 16; i++)
		if (recv(fd, buf, sizeof buf, MSG_DONTWAIT) <= 0)
			break;
	close(fd);
}

HOT int
admit_client(int fd, const struct net_addr *peer)
{
	struct source s;
	const char *name;
	int why;

	if (opts.per_source == 0 && opts.rate == 0 && opts.reserve == 0 &&
	    opts.full != FULL_REFUSE)
		return 1;
	source_of(&s, peer);
	why = judge(&s);
	if (why == -1)
		return 1;
	name = strchr(count_name(why), '-') + 1;	/* "refused-" */
	log_refused(peer, name);
	refuse(fd, name);
	count_add(why, 1);
	return 0;
}

unsigned long long
admit_until(void)
{
	if (board_shared()->crowded) {
		board_shared()->crowded = 0;
		evict_other();
	}
	return MODEL->serve == NULL || is_full() ? server->crowd : 0;
}
