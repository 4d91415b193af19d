/* limits - what a connection may cost, and who has to leave. */
#include "board.h"
#include "bulk.h"
#include "echod.h"
#include "err.h"
#include "limits.h"
#include "model.h"
#include "proc.h"
#include "time.h"
#include "wake.h"

/* The server's own descriptors, at the most. */
enum { OWN = 32 + LISTENERS + WATCHES };

/* How long a connection that is to end may take, and the shortest time
 * between two looks at all of them. */
#define CLOSING (3 * TIME_S)
#define LOOK (20 * TIME_MS)

/* Where there is no -O it is never set. */
#define LIFETIME (ENABLE_ECHOD_KEYS ? opts.lifetime : 0)

/* When a row's closing is before the start of the connection, it was not
 * this connection that was asked to end. */

/* Whether clients come that only their workers know of, and have limits. */
static int
workers(void)
{
	return MODEL->serve == NULL && (opts.idle || LIFETIME);
}

void
limits_open(void)
{
	unsigned long need = OWN + (!MODEL->descriptors ? 0 :
		opts.max + 2 * (opts.max < BULK_PIPES ? opts.max : BULK_PIPES));

	if (workers())
		server->sweep = 1;
	if (proc_descriptors(need) < need)
		die(SYSTEM, "-c %u needs %lu descriptors; raise the limit "
		    "(ulimit -Hn)", opts.max, need);
}

void
limits_new(unsigned slot)
{
	unsigned long long look = time_now() + LOOK;

	if ((opts.idle || LIFETIME) &&
	    (server->sweep == 0 || server->sweep > look))
		server->sweep = look;
}

void
limits_closing(unsigned slot)
{
	unsigned long long now = time_now();

	board_row(slot)->closing = now;
	if (server->sweep == 0 || server->sweep > now + CLOSING)
		server->sweep = now + CLOSING;
}

/* When the connection's time is over, 0 for never. */
static unsigned long long
end_of(const struct slot *s, unsigned long long now)
{
	unsigned long long end = 0, idle;

	if (LIFETIME)
		end = s->start + LIFETIME;
	if (opts.idle == 0)
		return end;
	idle = board_idle(s);
	idle = now + opts.idle - (idle < now ? idle : now);
	return end == 0 || idle < end ? idle : end;
}

/* After so long one that has not begun yet may be over. */
static unsigned long long
shortest(void)
{
	if (LIFETIME == 0 || (opts.idle != 0 && opts.idle < LIFETIME))
		return opts.idle;
	return LIFETIME;
}

/* End connections whose time is over.  Returns when to look again, or 0. */
static unsigned long long
sweep(void)
{
	unsigned long long end, now = time_now(), next = 0;
	const struct slot *s;
	struct row *row;
	unsigned i;
	int asked;

	for (i = 0; i < board_used(); i++) {
		s = board_slot(i);
		if (!s->live)
			continue;
		row = board_row(i);
		asked = row->closing >= s->start;
		end = asked ? row->closing + CLOSING : end_of(s, now);
		if (end == 0)
			continue;
		if (end <= now) {
			MODEL->end(i, asked);
			row->closing = now;
			end = now;	/* single sees it after a wait */
		}
		if (next == 0 || end < next)
			next = end;
	}
	if (workers() && next == 0) {
		wake_ask(WAKE_TAKEN);
		if (board_live() > 0)
			next = now;
	} else if (workers() && next > now + shortest())
		next = now + shortest();
	return next != 0 && next < now + LOOK ? now + LOOK : next;
}

unsigned long long
limits_due(void)
{
	if (server->sweep == 0 && workers() && !wake_asked(WAKE_TAKEN))
		server->sweep = time_now() + shortest();
	if (server->sweep != 0 && time_now() >= server->sweep)
		server->sweep = sweep();
	return server->sweep;
}
