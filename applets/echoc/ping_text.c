/* ping_text - what a ping says: a line for each reply, and at the end. */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "echoc.h"
#include "err.h"
#include "fmt.h"
#include "io.h"
#include "link.h"
#include "link_tty.h"
#include "net.h"
#include "ping.h"
#include "time.h"

static void
put(struct fmt *f)
{
	if (io_write(STDOUT_FILENO, f->buf, f->len) == -1)
		die(SYSTEM, "standard output:");
}

static void
add_address(struct fmt *f, const struct ping *g)
{
	const struct dial *d = &g->dial;

	if (d->target.device != NULL || d->address < 0 ||
	    d->address >= d->target.count)
		fmt_add(f, "%s", g->o->name);
	else
		net_format(f, &d->target.addr[d->address]);
}

/* The wall clock, for people; nothing is computed from it. */
static void
stamp(struct fmt *f, const struct ping *g)
{
	struct timespec t;

	if (!g->o->given['D'])
		return;
	clock_gettime(CLOCK_REALTIME, &t);
	fmt_add(f, "[%lld.%06ld] ", (long long)t.tv_sec, t.tv_nsec / 1000);
}

static void
add_ms(struct fmt *f, unsigned long long ns)
{
	fmt_fixed(f, ns, 6, 3);
}

void
ping_title(const struct ping *g)
{
	FMT(f, 512);

	if (g->o->format != TEXT)
		return;
	fmt_add(&f, "PING %s %s: %zu bytes%s\n", g->o->name,
	    link_transport(&g->dial.target, g->o), g->size,
	    g->fresh ? ", a connection each" : "");
	put(&f);
}

/* A flood draws a dot for each probe and takes it back for each reply. */
void
ping_sent(const struct ping *g)
{
	if (g->o->given['f'] && g->loud)
		io_write(STDOUT_FILENO, ".", 1);
}

void
ping_reply(const struct ping *g, unsigned long long seq, enum fate fate,
    unsigned long long took)
{
	FMT(f, 512);

	if (g->o->given['B'] && g->o->format == TEXT)
		io_write(STDOUT_FILENO, "\a", 1);
	if (!g->loud)
		return;
	if (g->o->given['f']) {
		io_write(STDOUT_FILENO, "\b \b", 3);
		return;
	}
	stamp(&f, g);
	fmt_add(&f, "%zu bytes from ", g->size);
	add_address(&f, g);
	fmt_add(&f, ": seq=%llu", seq);
	if (g->fresh) {
		fmt_add(&f, " connect=");
		add_ms(&f, g->connecting);
		fmt_add(&f, " ms");
	}
	fmt_add(&f, " time=");
	add_ms(&f, took);
	fmt_add(&f, " ms%s\n", fate == DUPLICATE ? " duplicate" :
		fate == LATE			 ? " late" :
		seq < g->window.highest		 ? " out of order" :
						   "");
	put(&f);
}

static void
line(const struct ping *g, unsigned long long seq, const char *text)
{
	FMT(f, 512);

	if (!g->loud || g->o->given['f'])
		return;
	stamp(&f, g);
	fmt_add(&f, "no reply");
	if (seq != 0)
		fmt_add(&f, " seq=%llu", seq);
	fmt_add(&f, ": %s\n", text);
	put(&f);
}

void
ping_missing(const struct ping *g, unsigned long long seq)
{
	FMT(f, 64);

	fmt_add(&f, "none within ");
	fmt_fixed(&f, g->o->timeout, 9, 3);
	fmt_add(&f, " s");
	line(g, seq, f.buf);
}

void
ping_failed(const struct ping *g, unsigned long long seq, enum verdict v)
{
	line(g, seq, verdict_text(v));
}

static void
add_counts(struct fmt *f, const struct ping *g)
{
	const struct window *w = &g->window;
	unsigned long long settled = w->next - 1 - window_waiting(w);
	unsigned long long missing = w->lost + w->failed;

	fmt_add(f, "%llu sent, %llu received, ", w->next - 1,
	    w->good + w->late);
	/* In thousandths; of those whose time is not up nothing is said. */
	fmt_fixed(f, settled ? missing * 100000 / settled : 0, 3,
	    settled && missing * 100000 / settled % 1000 ? 1 : 0);
	fmt_add(f, "%% loss");
}

void
ping_interim(const struct ping *g)
{
	FMT(f, 512);

	add_counts(&f, g);
	if (g->rtt.count > 0) {
		fmt_add(&f, ", min/avg/p99/max = ");
		add_ms(&f, g->rtt.min);
		fmt_add(&f, "/");
		add_ms(&f, hist_mean(&g->rtt));
		fmt_add(&f, "/");
		add_ms(&f, hist_percentile(&g->rtt, 99000));
		fmt_add(&f, "/");
		add_ms(&f, g->rtt.max);
		fmt_add(&f, " ms");
	}
	fmt_add(&f, "\n");
	io_write(STDERR_FILENO, f.buf, f.len);
}

static void
add_hist(struct fmt *f, const char *name, const struct hist *h)
{
	static const unsigned points[] = { 50000, 90000, 99000, 99900 };
	size_t i;

	if (h->count == 0)
		return;
	if (h->count == 1) {
		fmt_add(f, "%s ", name);
		add_ms(f, h->min);
		fmt_add(f, " ms\n");
		return;
	}
	fmt_add(f, "%s min/avg/max/mdev = ", name);
	add_ms(f, h->min);
	fmt_add(f, "/");
	add_ms(f, hist_mean(h));
	fmt_add(f, "/");
	add_ms(f, h->max);
	fmt_add(f, "/");
	add_ms(f, hist_mdev(h));
	fmt_add(f, " ms\n%s p50/p90/p99/p99.9 = ", name);
	for (i = 0; i < sizeof points / sizeof *points; i++) {
		add_ms(f, hist_percentile(h, points[i]));
		fmt_add(f, i < 3 ? "/" : " ms\n");
	}
}

static void
add_other(struct fmt *f, unsigned long long n, const char *what)
{
	if (n > 0)
		fmt_add(f, "%llu %s\n", n, what);
}

/* The results carry pointers into the ping that they are of. */
void
ping_text(struct fmt *f, const struct results *r)
{
	const struct ping *g = (const void *)((const char *)r->service -
	    offsetof(struct ping, rtt));
	const struct window *w = &g->window;
	int v;

	fmt_add(f, "\n--- %s ping statistics ---\n", g->o->name);
	add_counts(f, g);
	fmt_add(f, ", time ");
	fmt_fixed(f, g->ended - g->began, 6, 0);
	fmt_add(f, " ms\n");
	add_other(f, w->duplicates, "duplicates");
	add_other(f, w->reordered, "out of order");
	add_other(f, w->late, "late");
	add_other(f, g->stray, "that are no reply of ours");
	add_other(f, window_waiting(w), "still on their way");
	if (ENABLE_ECHOC_TTY && g->dial.target.device != NULL)
		add_other(f, link_tty_damaged(), "frames came damaged");
	add_other(f, w->lost, "with no reply in time");
	for (v = 0; v < VERDICTS; v++)
		add_other(f, g->errors[v], verdict_text(v));
	if (!g->fresh && g->connections > 1)
		add_other(f, g->connections - 1, "reconnects");
	add_hist(f, "connect", &g->connect);
	add_hist(f, "rtt", &g->rtt);
	if (g->jitters > 0) {
		fmt_add(f, "jitter ");
		add_ms(f, g->jitter / g->jitters);
		fmt_add(f, " ms\n");
	}
}
