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
#include "say.h"
#include "time.h"

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

	if (!given(g->o, 'D'))
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
	fmt_add(&f, "PING %s %s: %u bytes%s\n", g->o->name,
	    link_transport(&g->dial.target, g->o), g->size,
	    g->fresh ? ", a connection each" : "");
	say_out(&f);
}

/* A flood draws a dot for each probe and takes it back for each reply. */
void
ping_sent(const struct ping *g)
{
	if (given(g->o, 'f') && g->loud)
		io_write(STDOUT_FILENO, ".", 1);
}

void
ping_reply(const struct ping *g, unsigned long long seq, enum fate fate,
    unsigned long long took)
{
	FMT(f, 512);

	if (given(g->o, 'B') && g->o->format == TEXT)
		io_write(STDOUT_FILENO, "\a", 1);
	if (!g->loud)
		return;
	if (given(g->o, 'f')) {
		io_write(STDOUT_FILENO, "\b \b", 3);
		return;
	}
	stamp(&f, g);
	fmt_add(&f, "%u bytes from ", g->size);
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
		seq < g->window->highest		 ? " out of order" :
						   "");
	say_out(&f);
}

static void
line(const struct ping *g, unsigned long long seq, const char *text)
{
	FMT(f, 512);

	if (!g->loud || given(g->o, 'f'))
		return;
	stamp(&f, g);
	fmt_add(&f, "no reply");
	if (seq != 0)
		fmt_add(&f, " seq=%llu", seq);
	fmt_add(&f, ": %s\n", text);
	say_out(&f);
}

void
ping_missing(const struct ping *g, unsigned long long seq, enum verdict v,
    unsigned long long waited)
{
	FMT(f, 64);

	fmt_add(&f, v == V_STALLED ? "only a part within " : "none within ");
	fmt_fixed(&f, waited, 9, 3);
	fmt_add(&f, " s");
	line(g, seq, f.buf);
}

void
ping_failed(const struct ping *g, unsigned long long seq, enum verdict v)
{
	line(g, seq, verdict_text(v));
}

void
ping_results(struct ping *g)
{
	const struct window *w = g->window;
	struct results *r = &g->r;
	unsigned long long *n = r->t.n;
	enum verdict worst = verdict_worst(r->t.errors);

	r->o = g->o;
	r->word[TARGET] = g->o->name;
	r->word[TRANSPORT] = link_transport(&g->dial.target, g->o);
	r->word[SAID] = worst == V_OK ? NULL : verdict_text(worst);
	r->text = ping_text;
	r->known = KNOWN(elapsed_ns) | KNOWN(size) | KNOWN(sent) |
	    KNOWN(received) | KNOWN(lost) | KNOWN(duplicates) |
	    KNOWN(reordered) | KNOWN(late) | KNOWN(stray) | KNOWN(waiting) |
	    KNOWN(missed) | KNOWN_HIST(SERVICE);
	if (r->t.hist[CONNECT].count > 0)
		r->known |= KNOWN_HIST(CONNECT);
	n[C_elapsed_ns] = time_now() - g->began;
	n[C_size] = g->size;
	n[C_sent] = w->next - 1;
	n[C_waiting] = window_waiting(w);
	n[C_missed] = r->t.errors[V_SILENT];
	/* In thousandths; of those whose time is not up nothing is said. */
	n[C_loss] = n[C_sent] == n[C_waiting] ? 0 :
	    n[C_lost] * 100000 / (n[C_sent] - n[C_waiting]);
	if (ENABLE_ECHOC_TTY && g->dial.target.device != NULL)
		report_set(r, C_damaged, link_tty_damaged());
	if (g->jitters > 0)
		report_set(r, C_jitter_ns, g->jitter / g->jitters);
	if (g->connections > 0 && !g->fresh)
		report_set(r, C_reconnects, g->connections - 1);
	report_settle(r);
}

static void
add_counts(struct fmt *f, const struct results *r)
{
	unsigned long long loss = r->t.n[C_loss];

	say(f, r, "#sent sent, #received received, ");
	fmt_fixed(f, loss, 3, loss % 1000 != 0);
	fmt_add(f, "%% loss");
}

void
ping_interim(struct ping *g)
{
	FMT(f, 512);

	ping_results(g);
	add_counts(&f, &g->r);
	say(&f, &g->r, "[, min/avg/p99/max = "
	    "@judge_min/@judge_mean/@judge_p99/@judge_max ms]\n");
	io_write(STDERR_FILENO, f.buf, f.len);
}

void
ping_text(struct fmt *f, struct results *r)
{
	const struct hist *h;
	int i;

	say(f, r, "\n--- $target ping statistics ---\n");
	add_counts(f, r);
	fmt_add(f, ", time ");
	fmt_fixed(f, r->t.n[C_elapsed_ns], 6, 0);
	say(f, r, " ms\n[#duplicates duplicates\n][#reordered out of order\n]"
	    "[#late late\n][#stray that are no reply of ours\n]"
	    "[#waiting still on their way\n]"
	    "[#damaged frames came damaged\n]"
	    "[#missed with no reply in time\n]");
	for (i = 0; i < VERDICTS; i++)	/* the silent are the missed */
		if (r->t.errors[i] > 0 && i != V_SILENT)
			fmt_add(f, "%llu %s\n", r->t.errors[i], verdict_text(i));
	say(f, r, "[#reconnects reconnects\n]");
	for (i = 0; i < 2; i++) {
		r->judge = i == 0 ? CONNECT : SERVICE;
		r->word[SAID] = i == 0 ? "connect" : "rtt";
		h = report_hist(r, JUDGE);
		if (h != NULL && h->count == 1)
			say(f, r, "$said @judge_max ms\n");
		else
			say(f, r, "<$said min/avg/max/mdev = "
			    "@judge_min/@judge_mean/"
			    "@judge_max/@judge_mdev ms\n"
			    "$said p50/p90/p99/p99.9 = @judge_p50/@judge_p90/"
			    "@judge_p99/@judge_p99_9 ms\n>");
	}
	say(f, r, "<jitter @jitter_ns ms\n>");
}
