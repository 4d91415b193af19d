/* limits - what a connection may cost, and who has to leave. */

#include "board.h"
#include "echod.h"
#include "err.h"
#include "limits.h"
#include "model.h"
#include "proc.h"
#include "time.h"

/* The server's own descriptors, at the most. */
enum { OWN = 32 + LISTENERS + WATCHES };

/* How long a connection that is to end may take, and the shortest time
 * between two looks at all of them. */
#define CLOSING (3 * TIME_S)
#define LOOK (20 * TIME_MS)

/* When the connection of a slot was asked to end; not this connection, if
 * that was before its start. */
static unsigned long long *closing;

void
limits_open(void)
{
	unsigned long need = OWN + (opts.model->descriptors ? opts.max : 0);

	closing = board_private(board_size() * sizeof *closing);
	/* Where workers take the clients, nobody tells us of a new one. */
	if (opts.model->serve == NULL && (opts.idle || opts.lifetime))
		server->sweep = 1;
	if (proc_descriptors(need) < need)
		die(SYSTEM, "-c %u needs %lu descriptors; raise the limit "
		    "(ulimit -Hn)", opts.max, need);
}

void
limits_new(unsigned slot)
{
	unsigned long long look = time_now() + LOOK;

	if ((opts.idle || opts.lifetime) &&
	    (server->sweep == 0 || server->sweep > look))
		server->sweep = look;
}

void
limits_closing(unsigned slot)
{
	closing[slot] = time_now();
	if (server->sweep == 0 || server->sweep > closing[slot] + CLOSING)
		server->sweep = closing[slot] + CLOSING;
}

/* When the connection's time is over, 0 for never. */
static unsigned long long
end_of(const struct slot *s, unsigned long long now)
{
	unsigned long long end = 0, idle;

	if (opts.lifetime)
		end = s->start + opts.lifetime;
	if (opts.idle == 0)
		return end;
	idle = board_idle(s);
	idle = now + opts.idle - (idle < now ? idle : now);
	return end == 0 || idle < end ? idle : end;
}

unsigned long long
limits_sweep(void)
{
	unsigned long long end, now = time_now(), next = 0;
	unsigned i;
	int asked;

	for (i = 0; i < board_size(); i++) {
		if (!board_slot(i)->live)
			continue;
		asked = closing[i] >= board_slot(i)->start;
		end = asked ? closing[i] + CLOSING :
			      end_of(board_slot(i), now);
		if (end == 0)
			continue;
		if (end <= now) {
			opts.model->end(i, asked);
			closing[i] = now;
			end = now + CLOSING;
		}
		if (next == 0 || end < next)
			next = end;
	}
	if (opts.model->serve == NULL && (next == 0 || next > now + 10 * LOOK))
		next = now + 10 * LOOK;
	return next != 0 && next < now + LOOK ? now + LOOK : next;
}
