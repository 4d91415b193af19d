/* gate_say - what a gate says of its members, and of all of them. */
#include <string.h>
#include <unistd.h>

#include "echoc.h"
#include "err.h"
#include "fmt.h"
#include "gate.h"
#include "io.h"
#include "link.h"
#include "target.h"
#include "time.h"

static void
put(struct fmt *f)
{
	if (io_write(STDOUT_FILENO, f->buf, f->len) == -1)
		die(SYSTEM, "standard output:");
}

/* HOST or HOST:PORT, as one word. */
static void
add_name(struct fmt *f, const struct member *m)
{
	int v6 = m->port != NULL && *m->host != '[' && strchr(m->host, ':');

	fmt_add(f, v6 ? "[%s]" : "%s", m->host);
	if (m->port != NULL)
		fmt_add(f, ":%s", m->port);
}

static void
json(struct fmt *f, const struct member *m, int good)
{
	FMT(name, 320);

	add_name(&name, m);
	fmt_add(f, "{\"target\":");
	fmt_json(f, name.buf, name.len);
	fmt_add(f, ",\"status\":\"%s\",\"good\":%s,\"attempts\":%llu",
	    verdict_word(m->verdict), good ? "true" : "false", m->attempts);
	if (m->connect > 0)
		fmt_add(f, ",\"connect_ns\":%llu", m->connect);
	if (m->took > 0)
		fmt_add(f, ",\"time_ns\":%llu", m->took);
	fmt_add(f, "}\n");
}

static void
text(struct fmt *f, const struct member *m)
{
	FMT(name, 320);

	add_name(&name, m);
	fmt_add(f, "%-31s %-11s ", name.buf, verdict_word(m->verdict));
	if (m->attempts == 0)
		fmt_add(f, "-\n");
	else {
		fmt_fixed(f, m->took, 6, 3);
		fmt_add(f, " ms\n");
	}
}

static void
prom(struct fmt *f, const struct member *m, int good)
{
	FMT(name, 320);

	add_name(&name, m);
	fmt_add(f, "echoc_good{target=");
	fmt_json(f, name.buf, name.len);
	fmt_add(f, ",status=\"%s\"} %d\n", verdict_word(m->verdict), good);
	if (!good)
		return;
	fmt_add(f, "echoc_check_seconds{target=");
	fmt_json(f, name.buf, name.len);
	fmt_add(f, "} ");
	fmt_fixed(f, m->took, 9, 9);
	fmt_add(f, "\n");
}

void
gate_said(const struct gate *g, const struct member *m, int good)
{
	FMT(f, 1024);

	if (g->o->file == NULL || (g->o->given['q'] && good))
		return;
	if (g->o->format == JSON)
		json(&f, m, good);
	else if (g->o->format == PROM)
		prom(&f, m, good);
	else if (g->o->format == TEXT)
		text(&f, m);
	put(&f);
}

/* One line for Nagios, which names the first few that are not good. */
static int
nagios(const struct gate *g)
{
	unsigned long long bad = g->count - g->good;
	const struct member *m = g->members;
	FMT(f, 4096);

	fmt_add(&f, "ECHOC %s - %llu of %zu good",
	    bad ? "CRITICAL" : "OK", g->good, g->count);
	for (; m < g->members + g->count && f.len < 512; m++)
		if (m->verdict != V_OK) {
			fmt_add(&f, ", ");
			add_name(&f, m);
			fmt_add(&f, " %s", verdict_word(m->verdict));
		}
	fmt_add(&f, " | good=%llu;;;0 bad=%llu;;;0\n", g->good, bad);
	put(&f);
	return bad ? 2 : 0;
}

/* What there is to say of the only one, where it is not good. */
static void
explain(const struct gate *g, struct fmt *f)
{
	const struct member *m = g->members;

	if (g->o->key.down == 1)
		fmt_add(f, "still up");
	else
		fmt_add(f, "%s", verdict_text(m->verdict));
	if (g->ends == 0)
		return;
	fmt_add(f, " (after ");
	fmt_fixed(f, time_now() - g->began, 9, 1);
	fmt_add(f, " s, %llu attempts)", m->attempts);
}

static void
no_text(struct fmt *f, const struct results *r)
{
}

static int
single(const struct gate *g)
{
	const struct member *m = g->members;
	static struct target t;
	struct results r = { .o = g->o, .target = g->o->name,
		.status = g->good			     ? OK :
		    verdict_local(m->verdict) ? SYSTEM :
						NO,
		.errors = g->errors, .service = &g->service,
		.connect = &g->connect, .text = no_text };
	FMT(f, 512);

	target_parse(&t, m->host, m->port);
	r.transport = link_transport(&t, g->o);
	if (!g->good) {
		explain(g, &f);
		r.said = f.buf;
	}
	if (g->o->key.warn != KEY_UNSET)
		r.warn = g->o->key.warn;
	if (g->o->key.crit != KEY_UNSET)
		r.crit = g->o->key.crit;
	report_set(&r, C_elapsed_ns, time_now() - g->began);
	report_set(&r, C_sent, m->attempts);
	if (!g->good && g->o->format == TEXT)
		warn("%s: %s", g->o->name, f.buf);
	return report(&r);
}

int
gate_end(const struct gate *g)
{
	if (g->o->file == NULL)
		return single(g);
	if (g->o->format == NAGIOS)
		return nagios(g);
	if (g->o->format == TEXT && !g->o->given['q'])
		warn("%llu of %zu good", g->good, g->count);
	return g->good == g->count ? OK : NO;
}
