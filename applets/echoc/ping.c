/* ping - probes at an interval, with the habits of ping(8). */
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

#include "applet.h"
#include "echoc.h"
#include "link.h"
#include "link_tty.h"
#include "ping.h"
#include "prng.h"
#include "sig.h"
#include "target.h"
#include "time.h"

enum {
	SIZE = 64,
	SMALLEST = 12,		/* of a datagram: its header and some bytes */
	PATIENCE = 5,		/* timeouts of silence end a connection */
};

/* May another probe go out at all? */
static int
wants_more(const struct ping *g)
{
	const struct window *w = g->window;

	if (g->o->count == 0)
		return 1;
	/* With a deadline the count is of replies, as it is for ping. */
	return g->ends != 0 ? g->r.t.n[C_received] < g->o->count :
			      w->next - 1 < g->o->count;
}

static int
finished(struct ping *g, unsigned long long now)
{
	if (g->stop || (g->ends != 0 && now >= g->ends))
		return 1;
	return !wants_more(g) && g->state != DIALING &&
	    (g->ends != 0 || window_oldest(g->window) == 0);
}

/* When something is to be done though nothing came. */
static unsigned long long
next_point(struct ping *g)
{
	unsigned long long point = g->ends;
	unsigned long long oldest = window_oldest(g->window);

	if (g->state == DIALING)
		return sooner(point, g->dial.until);
	if (oldest != 0 && g->o->timeout != 0)
		point = sooner(point,
		    window_sent_at(g->window, oldest) + g->o->timeout);
	if (wants_more(g) && g->writing == 0 && !window_full(g->window) &&
	    !(g->fresh && g->state == UP))
		point = sooner(point, g->due);
	return point;
}

/* poll(2) counts milliseconds, which is too coarse for an interval. */
static int
wait_until(struct pollfd *p, int n, unsigned long long point)
{
	unsigned long long now = time_now();
	unsigned long long left = point > now ? point - now : 0;
	struct timespec t = { left / TIME_S, left % TIME_S };

	return ppoll(p, n, point == 0 ? NULL : &t, NULL);
}

/* Whose reply is not there, of those sent before the point, is lost. */
static void
lose(struct ping *g, unsigned long long point, unsigned long long waited)
{
	unsigned long long seq, sent;
	enum verdict v;

	while ((seq = window_expire(g->window, point)) != 0) {
		sent = window_sent_at(g->window, seq);
		v = g->state == DIALING ? V_TIMEOUT : V_SILENT;
		if (g->read > 0 && seq == g->reading) {
			v = V_STALLED;
			g->stalled = seq;
		}
		g->r.t.errors[v]++;
		ping_missing(g, seq, v, waited != 0 ? waited : point - sent);
		if (g->missed == 0)
			g->missed = sent;
		if (g->fresh)
			ping_drop(g, v);
	}
}

static void
expire(struct ping *g, unsigned long long now)
{
	unsigned long long timeout = g->o->timeout;

	if (timeout == 0 || now < timeout)
		return;
	lose(g, now - timeout, timeout);
	/* A host that came back from a restart does not know our connection,
	 * and TCP asks it ever more seldom. */
	if (g->state == UP && g->dial.link.kind == STREAM &&
	    g->missed != 0 && now - g->missed > PATIENCE * timeout)
		ping_drop(g, g->read > 0 ? V_STALLED : V_SILENT);
}

static void
probe(struct ping *g, unsigned long long now)
{
	if (g->state == DIALING || now < g->due || !wants_more(g) ||
	    (g->fresh && g->state == UP))
		return;
	g->due += g->o->interval;
	if (g->due < now)
		g->due = now + (given(g->o, 'A') ? g->o->interval : 0);
	if (g->state == DOWN)
		ping_dial(g, now);
	else
		ping_send(g, now);
}

static void
signals(struct ping *g, int fd)
{
	int sig;

	while ((sig = sig_next(fd, NULL)) != 0) {
		if (sig == SIGQUIT)
			ping_interim(g);
		else
			g->stop = 1;
	}
}

static void
step(struct ping *g, int sfd)
{
	struct pollfd p[2] = { { sfd, POLLIN, 0 }, { -1, POLLIN, 0 } };
	unsigned long long now;

	if (g->state == DIALING)
		dial_poll(&g->dial, &p[1]);
	else if (g->state == UP) {
		p[1].fd = g->dial.link.fd;
		p[1].events = g->writing || link_unsent() ?
		    POLLIN | POLLOUT : POLLIN;
	}
	wait_until(p, 2, next_point(g));
	if (p[0].revents)
		signals(g, sfd);
	if (g->state == DIALING)
		ping_dialled(g, dial_step(&g->dial, &p[1]));
	else if (g->state == UP && p[1].revents & (POLLIN | POLLERR | POLLHUP))
		do
			ping_receive(g);
		while (g->state == UP && link_unread());
	if (g->state == UP && p[1].revents & POLLOUT)
		ping_flush(g);
	now = time_now();
	expire(g, now);
	if (!finished(g, now))
		probe(g, now);
}

static void
start(struct ping *g, const struct options *o)
{
	static struct window window;
	unsigned most;
	int messages;

	g->o = o;
	g->dial.link.fd = -1;
	g->dial.address = -1;
	echoc_target(o, &g->dial.target);
	g->loud = o->format == TEXT && !given(o, 'q');
	g->fresh = o->key.fresh == 1;
	if (g->fresh && (given(o, 'u') || g->dial.target.device != NULL))
		usage("-O fresh: %s has no connections",
		    link_transport(&g->dial.target, o));
	g->size = given(o, 's') ? o->size : SIZE;
	messages = given(o, 'u') || g->dial.target.device != NULL;
	most = link_most(&g->dial.target);
	if (g->size < (messages ? SMALLEST : 1) || g->size > most)
		usage("-s: from %d to %u bytes, not %llu",
		    messages ? SMALLEST : 1, most, o->size);
	g->seed = prng_seed();
	g->window = &window;
	window_start(g->window, g->r.t.n);
	g->began = g->due = time_now();
	g->ends = given(o, 'w') ? g->began + o->deadline : 0;
}

static int
status(const struct ping *g)
{
	unsigned long long good = g->r.t.n[C_received];

	if (good > 0)
		return g->ends != 0 && g->o->count > good ? NO : OK;
	return g->r.t.errors[V_NONAME] > 0 ||
	    verdict_status(verdict_worst(g->r.t.errors)) == SYSTEM ? SYSTEM : NO;
}

int
ping(const struct options *o)
{
	static const int list[] = { SIGINT, SIGTERM, SIGQUIT, 0 };
	struct ping *g = echoc_memory(sizeof *g);
	sigset_t old;
	int sfd;

	start(g, o);
	sfd = sig_open(list, &old);
	if (sfd == -1)
		die(SYSTEM, "signals:");
	ping_title(g);
	while (!finished(g, time_now())) {
		step(g, sfd);
		if (g->r.t.errors[V_NONAME] > 0)
			break;
	}
	if (g->state == DIALING)	/* a probe that was not given its time */
		window_send(g->window, time_now());
	/* The deadline ends the wait: there was no reply in time. */
	if (g->ends != 0 && !g->stop && time_now() >= g->ends)
		lose(g, time_now(), 0);
	dial_close(&g->dial);
	g->r.status = status(g);
	ping_results(g);
	return report(&g->r);
}
