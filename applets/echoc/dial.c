/* dial - from a target to a link: look up, try every address, in time. */
#include <errno.h>
#include <poll.h>

#include "dial.h"
#include "echoc.h"
#include "link.h"
#include "target.h"
#include "time.h"
#include "verdict.h"

unsigned long long
sooner(unsigned long long a, unsigned long long b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

/* Of several addresses the most telling failure is kept: one that a route
 * led to says more than one of a family this machine does not have. */
static void
note(struct dial *d, enum verdict v)
{
	if (d->verdict == V_OK || d->verdict == V_UNREACHABLE ||
	    d->verdict == V_PORTS)
		d->verdict = v;
}

/* A unix server's backlog is full, and no poll tells when it is not. */
static int
retry(struct dial *d, unsigned long long now)
{
	d->address--;
	d->until = now + 10 * TIME_MS;
	return 0;
}

static int
connect_next(struct dial *d)
{
	unsigned long long now = time_now();

	if (d->deadline != 0 && now >= d->deadline) {
		note(d, V_TIMEOUT);
		return -1;
	}
	while (++d->address < d->target.count) {
		if (link_open(&d->link, &d->target, d->address, d->o) == -1) {
			if (errno == EAGAIN)
				return retry(d, now);
			note(d, verdict_errno());
			continue;
		}
		if (d->deadline > now)
			d->until = now + (d->deadline - now) /
			    (d->target.count - d->address);
		return 0;
	}
	return -1;
}

int
dial_start(struct dial *d, const struct options *o, unsigned long long limit)
{
	if (o->timeout != 0)
		limit = sooner(limit, time_now() + o->timeout);
	d->o = o;
	d->verdict = V_OK;
	d->address = -1;
	d->deadline = d->until = limit;
	d->link.fd = -1;
	if (d->target.count > 0)
		return connect_next(d);
	if (ENABLE_NAMES && target_lookup(&d->target) == 0)
		return 0;
	d->verdict = verdict_errno();
	return -1;
}

void
dial_poll(const struct dial *d, struct pollfd *p)
{
	p->fd = d->target.fd != -1 ? d->target.fd : d->link.fd;
	p->events = d->target.fd != -1 ? POLLIN : POLLOUT;
	p->revents = 0;
}

static int
answered(struct dial *d)
{
	if (target_answer(&d->target) == 0)
		return connect_next(d);
	d->verdict = errno == EAGAIN ? V_NORESOLVER : V_NONAME;
	return -1;
}

static int
late(struct dial *d)
{
	if (ENABLE_NAMES && d->target.fd != -1) {
		target_forget(&d->target);
		d->verdict = V_NORESOLVER;
		return -1;
	}
	link_close(&d->link);
	note(d, V_TIMEOUT);
	return connect_next(d);
}

int
dial_step(struct dial *d, const struct pollfd *p)
{
	if (p->revents == 0)
		return d->until == 0 || time_now() < d->until ? 0 : late(d);
	if (ENABLE_NAMES && d->target.fd != -1)
		return answered(d);
	if (link_connected(&d->link) == 0)
		return 1;
	note(d, verdict_errno());
	link_close(&d->link);
	return connect_next(d);
}

int
dial(struct dial *d, const struct options *o, unsigned long long limit)
{
	struct pollfd p;
	int result = dial_start(d, o, limit);

	while (result == 0) {
		dial_poll(d, &p);
		poll(&p, 1, time_left(d->until));
		result = dial_step(d, &p);
	}
	return result;
}

void
dial_close(struct dial *d)
{
	if (ENABLE_NAMES)
		target_forget(&d->target);
	link_close(&d->link);
}
