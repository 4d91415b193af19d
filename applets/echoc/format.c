/* format - a report for programs: JSON, Prometheus, CSV, Nagios. */
#include <string.h>
#include <unistd.h>

#include "draw.h"
#include "echoc.h"
#include "err.h"
#include "fmt.h"
#include "format.h"
#include "io.h"
#include "say.h"

/* Add in quotes; before a quote, and whatever else it says, goes escape. */
static void
quote(struct fmt *f, const char *s, char escape)
{
	fmt_add(f, "\"");
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == escape)
			fmt_add(f, "%c", escape);
		if (*s == '\n' && escape == '\\')
			fmt_add(f, "\\n");
		else
			fmt_add(f, "%c", *s);
	}
	fmt_add(f, "\"");
}

/* What a report has, one after the other: all that is to be said of its
 * histograms, its errors by their kind, its counts. */
struct entry {
	const char *group, *name;	/* "" are the counts */
	const struct hist *h;
	int stat;			/* one of STATS, or that */
	unsigned long long v;
};

static const char errors[] = "errors", counts[] = "";

/* Get entry number i.  Returns 1, -1 if it is not known, 0 at the end. */
static int
entry(const struct results *r, unsigned i, struct entry *e)
{
	unsigned hist = i / STATS;

	e->stat = STATS;
	if (hist < HISTS) {
		e->stat = i % STATS;
		e->group = word_at(format_hists, hist);
		e->name = word_at(format_stats, e->stat);
		e->h = report_hist(r, hist);
		if (e->h == NULL || (e->stat != N && e->h->count == 0))
			return -1;
		e->v = format_stat(e->h, e->stat);
		return 1;
	}
	i -= HISTS * STATS - 1;
	if (i < VERDICTS) {
		e->group = errors;
		e->name = verdict_word(i);
		e->v = r->t.errors[i];
		return 1;
	}
	i -= VERDICTS;
	if (i >= COUNT)
		return 0;
	e->group = counts;
	e->name = word_at(format_counts, i);
	e->v = r->t.n[i];
	return r->known >> i & 1 ? 1 : -1;
}

static void
json_array(struct fmt *f, const char *name, const unsigned long long *v,
    unsigned n)
{
	unsigned i;

	fmt_add(f, ",\"%s\":[", name);
	for (i = 0; i < n; i++)
		fmt_add(f, i == 0 ? "%llu" : ",%llu",
		    v[i * sizeof(struct slot) / sizeof *v]);
	fmt_add(f, "]");
}

int
format_json(struct fmt *f, struct results *r)
{
	const struct timeline *t = &r->t.run;
	const char *group = counts;
	struct entry e;
	int known, i;

	say(f, r, "{\"echoc\":\"" VERSION "\",\"mode\":&mode,\"target\":&target,"
	    "\"transport\":&transport,\"status\":&status,\"said\":&said");
	for (i = 0; (known = entry(r, i, &e)) != 0; i++) {
		if (known == -1)
			continue;
		if (group != e.group) {
			fmt_add(f, *group ? "}" : "");
			if (*e.group)
				fmt_add(f, ",\"%s\":{", e.group);
		}
		group = e.group;
		if (group != errors || e.v != 0)
			fmt_add(f, "%s\"%s\":%llu",
			    f->buf[f->len - 1] == '{' ? "" : ",", e.name, e.v);
	}
	if (r->known >> C_received & r->known >> C_elapsed_ns & 1) {
		fmt_add(f, ",\"per_second\":");
		fmt_fixed(f, report_rate(r, C_received), 3, 3);
	}
	if (r->known & KNOWN_RUN) {
		fmt_add(f, ",\"timeline\":{\"slot_ns\":%llu", t->width);
		json_array(f, "done", &t->slot->done, timeline_used(t));
		json_array(f, "worst_ns", &t->slot->worst, timeline_used(t));
		fmt_add(f, "}");
	}
	fmt_add(f, "}\n");
	return r->status;
}

/* Begin a sample.  With a long target all of them are more than the buffer,
 * so they go out as they are made. */
static void
prom_sample(struct fmt *f, const struct results *r, const char *name,
    const char *unit)
{
	io_flush(STDOUT_FILENO, f, 2048);
	fmt_add(f, "echoc_%s%s{mode=\"%s\",target=", name, unit,
	    r->o->mode->name);
	quote(f, r->word[TARGET], '\\');
}

static void
prom_value(struct fmt *f, unsigned long long v, int decimals)
{
	fmt_add(f, "} ");
	fmt_fixed(f, v, decimals, decimals);
	fmt_add(f, "\n");
}

/* One run is a state, not something that counts on: gauges. */
static void
prom_gauge(struct fmt *f, const struct results *r, const char *name,
    unsigned long long v)
{
	size_t n = strlen(name);
	int ns = n > 3 && strcmp(name + n - 3, "_ns") == 0;
	FMT(unit, 64);

	fmt_add(&unit, "%.*s%s", (int)n - ns * 3, name, ns ? "_seconds" : "");
	fmt_add(f, "# TYPE echoc_%s gauge\n", unit.buf);
	prom_sample(f, r, unit.buf, "");
	prom_value(f, v, ns * 9);
}

int
format_prom(struct fmt *f, struct results *r)
{
	const char *group = counts;
	struct entry e;
	int known, i;

	prom_gauge(f, r, "success", r->status == OK);
	for (i = 0; (known = entry(r, i, &e)) != 0; i++) {
		if (known == -1)
			continue;
		if (group != e.group && *e.group)
			fmt_add(f, e.group == errors ?
				"# TYPE echoc_%s gauge\n" :
				"# TYPE echoc_%s_seconds summary\n", e.group);
		group = e.group;
		if (group == counts)
			prom_gauge(f, r, e.name, e.v);
		else if (group == errors) {
			prom_sample(f, r, group, "");
			fmt_add(f, ",kind=\"%s\"} %llu\n", e.name, e.v);
		} else if (e.stat == N) {
			prom_sample(f, r, group, "_seconds_count");
			prom_value(f, e.v, 0);
			prom_sample(f, r, group, "_seconds_sum");
			prom_value(f, e.h->sum.lo, 9);
		} else if (e.stat >= P50) {
			prom_sample(f, r, group, "_seconds");
			fmt_add(f, ",quantile=\"");
			fmt_fixed(f, format_percentile(e.stat), 5,
			    e.stat == MAX ? 0 : 3);
			fmt_add(f, "\"");
			prom_value(f, e.v, 9);
		}
	}
	return r->status;
}

/* The same fields whatever the mode; what it does not know is empty. */
int
format_csv(struct fmt *f, struct results *r)
{
	struct entry e;
	int i, known;

	fmt_add(f, "mode,target,transport,status");
	for (i = 0; entry(r, i, &e) != 0; i++)
		fmt_add(f, ",%s%s%s", e.group == errors ? "error" : e.group,
		    *e.group ? "_" : "", e.name);
	say(f, r, "\n$mode,");
	quote(f, r->word[TARGET], '"');
	say(f, r, ",$transport,$status");
	for (i = 0; (known = entry(r, i, &e)) != 0; i++)
		if (known == 1)
			fmt_add(f, ",%llu", e.v);
		else
			fmt_add(f, ",");
	fmt_add(f, "\n");
	return r->status;
}

int
format_nagios(struct fmt *f, struct results *r)
{
	static const char words[] = "OK\0WARNING\0CRITICAL\0UNKNOWN";
	unsigned long long ns = format_stat(report_hist(r, JUDGE), P99);
	unsigned long long warn_ns = r->t.n[C_warn_ns], crit_ns = r->t.n[C_crit_ns];
	int state = r->status == NO ? 2 : r->status != OK ? 3 :
	    crit_ns > 0 && ns >= crit_ns ? 2 : warn_ns > 0 && ns >= warn_ns;
	const char *s;

	fmt_add(f, "ECHOC %s - %s ", word_at(words, state),
	    r->o->mode->name);
	for (s = r->word[TARGET]; *s != '\0'; s++) /* a bar begins perfdata */
		fmt_add(f, "%c", *s == '|' ? '_' : *s);
	if (r->word[SAID] != NULL)
		say(f, r, ": $said");
	fmt_add(f, ns == 0 ? "" : r->word[SAID] != NULL ? ", p99" : ": p99");
	say(f, r, "[~judge_p99][, mtu #path_mtu][, mss #tcp_mss] |");
	if (ns > 0)
		say(f, r, " p50=*judge_p50's;;;0 p99=*judge_p99's;[*warn_ns];"
		    "[*crit_ns];0 max=*judge_max's;;;0");
	say(f, r, "< received=#received;;;0>"
	    "< lost=#lost;;;0>[ mtu=#path_mtu;;;0][ mss=#tcp_mss;;;0]"
	    " failed=#failed;;;0\n");
	return state;
}
