/* gate_say - what a gate says of its members, and of all of them. */
#include <unistd.h>

#include "echoc.h"
#include "err.h"
#include "fmt.h"
#include "gate.h"
#include "io.h"
#include "link.h"
#include "say.h"
#include "target.h"
#include "time.h"

/* Add a line of one member, unless -q leaves it out. */
static void
line(struct gate *g, const struct member *m, const char *text)
{
	struct results *r = &g->r;
	FMT(name, 320);
	FMT(f, 1024);

	if (given(g->o, 'q') && m->good)
		return;
	target_name(&name, m->host, m->port);
	r->word[TARGET] = name.buf;
	r->word[STATUS] = verdict_word(m->verdict);
	r->word[SAID] = m->good ? "true" : "false";
	report_set(r, C_good, m->good);
	report_set(r, C_attempts, m->attempts);
	report_set(r, C_connect_ns, m->connect);
	report_set(r, C_time_ns, m->took);
	if (g->o->format == TEXT)
		fmt_add(&f, "%-31s %-11s ", name.buf, r->word[STATUS]);
	say(&f, r, text);
	say_out(&f);
}

void
gate_said(struct gate *g, const struct member *m)
{
	if (g->o->file == NULL)
		return;
	if (g->o->format == TEXT)
		line(g, m, m->attempts == 0 ? "-\n" : "@time_ns ms\n");
	else if (g->o->format == JSON)
		line(g, m, "{\"target\":&target,\"status\":&status,"
		    "\"good\":$said,\"attempts\":#attempts"
		    "[,\"connect_ns\":#connect_ns]"
		    "[,\"time_ns\":#time_ns]}\n");
}

/* For Prometheus the lines of a metric stand together, below its type; the
 * time is that of the good ones. */
static void
prom(struct gate *g, const char *type, const char *text, int all)
{
	const struct member *m = g->members;
	FMT(f, 64);

	fmt_add(&f, "# TYPE %s gauge\n", type);
	say_out(&f);
	for (; m < g->members + g->count; m++)
		if (all || m->good)
			line(g, m, text);
}

/* One line for Nagios, which names the first few that are not good. */
static int
nagios(const struct gate *g)
{
	unsigned long long bad = g->count - g->good;
	const struct member *m = g->members;
	FMT(f, 4096);

	fmt_add(&f, "ECHOC %s - %llu of %u good",
	    bad ? "CRITICAL" : "OK", g->good, g->count);
	for (; m < g->members + g->count && f.len < 512; m++)
		if (!m->good) {
			fmt_add(&f, ", ");
			target_name(&f, m->host, m->port);
			fmt_add(&f, " %s", verdict_word(m->verdict));
		}
	fmt_add(&f, " | good=%llu;;;0 bad=%llu;;;0\n", g->good, bad);
	say_out(&f);
	return bad ? 2 : 0;
}

static int
single(struct gate *g)
{
	const struct member *m = g->members;
	static struct target t;
	struct results *r = &g->r;
	FMT(f, 512);

	r->o = g->o;
	r->word[TARGET] = g->o->name;
	r->known = KNOWN_HIST(SERVICE) | KNOWN_HIST(CONNECT);
	target_parse(&t, m->host, m->port);
	r->word[TRANSPORT] = link_transport(&t, g->o);
	report_set(r, C_elapsed_ns, time_now() - g->began);
	report_set(r, C_sent, m->attempts);
	if (!g->good) {
		r->status = m->verdict == V_OK ? NO : verdict_status(m->verdict);
		fmt_add(&f, "%s", g->o->key.down == 1 ? "still up" :
			verdict_text(m->verdict));
		if (g->ends != 0) {
			fmt_add(&f, " (after ");
			fmt_fixed(&f, r->t.n[C_elapsed_ns], 9, 1);
			fmt_add(&f, " s, %llu attempts)", m->attempts);
		}
		r->word[SAID] = f.buf;
		if (g->o->format == TEXT)
			warn("%s: %s", g->o->name, f.buf);
	}
	return report(r);
}

int
gate_end(struct gate *g)
{
	if (g->o->file == NULL)
		return single(g);
	if (g->o->format == NAGIOS)
		return nagios(g);
	if (g->o->format == PROM) {
		prom(g, "echoc_good",
		    "echoc_good{target=&target,status=&status} #good\n", 1);
		prom(g, "echoc_check_seconds",
		    "echoc_check_seconds{target=&target} *time_ns\n", 0);
	}
	if (g->o->format == TEXT && !given(g->o, 'q'))
		warn("%llu of %u good", g->good, g->count);
	return g->good == g->count ? OK : NO;
}
