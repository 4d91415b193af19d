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

static void
json_member(struct fmt *f, const char *name, unsigned long long v)
{
	const char *comma = f->buf[f->len - 1] == '{' ? "" : ",";

	fmt_add(f, "%s\"%s\":%llu", comma, name, v);
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
format_json(struct fmt *f, const struct results *r)
{
	const struct timeline *t = r->run;
	int i, k;

	say(f, r, "{\"echoc\":\"" VERSION "\",\"mode\":&mode,\"target\":&target,"
	    "\"transport\":&transport,\"status\":&status,\"said\":&said");
	for (i = 0; i < COUNT; i++)
		if (r->known >> i & 1)
			json_member(f, format_word(format_counts, i), r->n[i]);
	if (r->known >> C_received & r->known >> C_elapsed_ns & 1) {
		fmt_add(f, ",\"per_second\":");
		fmt_fixed(f, report_rate(r, C_received), 3, 3);
	}
	say(f, r, ",\"failed\":#failed,\"errors\":{");
	for (i = V_OK + 1; i < VERDICTS; i++)
		if (r->errors[i] != 0)
			json_member(f, verdict_word(i), r->errors[i]);
	fmt_add(f, "}");
	for (i = 0; i < HISTS; i++) {
		if (r->hist[i] == NULL)
			continue;
		fmt_add(f, ",\"%s\":{", format_word(format_hists, i));
		for (k = 0; k < (r->hist[i]->count ? STATS : MIN); k++)
			json_member(f, format_word(format_stats, k),
			    format_stat(r->hist[i], k));
		fmt_add(f, "}");
	}
	if (t != NULL) {
		fmt_add(f, ",\"timeline\":{\"slot_ns\":%llu", t->width);
		json_array(f, "done", &t->slot->done, timeline_used(t));
		json_array(f, "worst_ns", &t->slot->worst, timeline_used(t));
		fmt_add(f, "}");
	}
	fmt_add(f, "}\n");
	return r->status;
}

/* A sample; ns: its unit is seconds.  With a long target all of them are
 * more than the buffer, so they go out as they are made. */
static void
prom_sample(struct fmt *f, const struct results *r, const char *name,
    const char *label, unsigned long long v, int ns)
{
	io_flush(STDOUT_FILENO, f, 2048);
	fmt_add(f, "echoc_%s{mode=\"%s\",target=", name, r->o->mode->name);
	quote(f, r->word[TARGET], '\\');
	fmt_add(f, "%s} ", label);
	fmt_fixed(f, v, ns, ns);
	fmt_add(f, "\n");
}

static void
prom_gauge(struct fmt *f, const struct results *r, const char *name,
    unsigned long long v)
{
	size_t n = strlen(name);
	int ns = n > 3 && strcmp(name + n - 3, "_ns") == 0;
	FMT(unit, 64);

	fmt_add(&unit, ns ? "%.*s_seconds" : "%.*s",
	    ns ? (int)n - 3 : (int)n, name);
	fmt_add(f, "# TYPE echoc_%s gauge\n", unit.buf);
	prom_sample(f, r, unit.buf, "", v, ns ? 9 : 0);
}

static void
prom_hist(struct fmt *f, const struct results *r, const char *of,
    const struct hist *h)
{
	int i;
	FMT(name, 64);
	FMT(label, 64);

	fmt_add(&name, "%s_seconds", of);
	fmt_add(f, "# TYPE echoc_%s summary\n", name.buf);
	for (i = P50; i <= MAX && h->count > 0; i++) {
		fmt_reset(&label);
		fmt_add(&label, ",quantile=\"");
		fmt_fixed(&label, format_percentile(i), 5, i == MAX ? 0 : 3);
		fmt_add(&label, "\"");
		prom_sample(f, r, name.buf, label.buf, format_stat(h, i), 9);
	}
	fmt_add(&name, "_sum");
	prom_sample(f, r, name.buf, "", h->sum.lo, 9);
	fmt_reset(&name);
	fmt_add(&name, "%s_seconds_count", of);
	prom_sample(f, r, name.buf, "", h->count, 0);
}

/* One run is a state, not something that counts on: gauges. */
int
format_prom(struct fmt *f, const struct results *r)
{
	int i;
	FMT(label, 64);

	prom_gauge(f, r, "success", r->status == OK);
	for (i = 0; i < COUNT; i++)
		if (r->known >> i & 1)
			prom_gauge(f, r, format_word(format_counts, i),
			    r->n[i]);
	fmt_add(f, "# TYPE echoc_errors gauge\n");
	for (i = V_OK + 1; i < VERDICTS; i++) {
		fmt_reset(&label);
		fmt_add(&label, ",kind=\"%s\"", verdict_word(i));
		prom_sample(f, r, "errors", label.buf, r->errors[i], 0);
	}
	for (i = 0; i < HISTS; i++)
		if (r->hist[i] != NULL)
			prom_hist(f, r, format_word(format_hists, i),
			    r->hist[i]);
	return r->status;
}

/* A field of the header, or its value, if it is known. */
static void
csv_field(struct fmt *f, int header, const char *group, const char *name,
    int known, unsigned long long v)
{
	if (header)
		fmt_add(f, ",%s%s", group, name);
	else if (known)
		fmt_add(f, ",%llu", v);
	else
		fmt_add(f, ",");
}

/* The same fields whatever the mode; what it does not know is empty. */
int
format_csv(struct fmt *f, const struct results *r)
{
	int i, k, header, known;
	const struct hist *h;
	FMT(group, 16);

	for (header = 1; header >= 0; header--) {
		if (header)
			fmt_add(f, "mode,target,transport,status");
		else {
			say(f, r, "$mode,");
			quote(f, r->word[TARGET], '"');
			say(f, r, ",$transport,$status");
		}
		for (i = 0; i < HISTS; i++) {
			fmt_reset(&group);
			fmt_add(&group, "%s_", format_word(format_hists, i));
			h = r->hist[i];
			for (k = 0; k < STATS; k++) {
				known = h != NULL && (k == N || h->count > 0);
				csv_field(f, header, group.buf,
				    format_word(format_stats, k), known,
				    known ? format_stat(h, k) : 0);
			}
		}
		csv_field(f, header, "", "failed", 1, r->n[C_failed]);
		for (i = V_OK + 1; i < VERDICTS; i++)
			csv_field(f, header, "error_", verdict_word(i), 1,
			    r->errors[i]);
		for (i = 0; i < COUNT; i++)
			csv_field(f, header, "", format_word(format_counts, i),
			    r->known >> i & 1, r->n[i]);
		fmt_add(f, "\n");
	}
	return r->status;
}

int
format_nagios(struct fmt *f, const struct results *r)
{
	static const char words[] = "OK\0WARNING\0CRITICAL\0UNKNOWN";
	unsigned long long ns = format_stat(r->hist[JUDGE], P99);
	unsigned long long warn_ns = r->n[C_warn_ns], crit_ns = r->n[C_crit_ns];
	int state = r->status == NO ? 2 : r->status != OK ? 3 :
	    crit_ns > 0 && ns >= crit_ns ? 2 : warn_ns > 0 && ns >= warn_ns;
	const char *s;

	fmt_add(f, "ECHOC %s - %s ", format_word(words, state),
	    r->o->mode->name);
	for (s = r->word[TARGET]; *s != '\0'; s++) /* a bar begins perfdata */
		fmt_add(f, "%c", *s == '|' ? '_' : *s);
	if (r->word[SAID] != NULL)
		say(f, r, ": $said");
	fmt_add(f, ns == 0 ? "" : r->word[SAID] != NULL ? ", p99" : ": p99");
	say(f, r, "[~judge_p99] |[ p50=*judge_p50's;;;0 p99=*judge_p99's;]");
	say(f, r, "[*warn_ns]");
	if (ns > 0)
		fmt_add(f, ";");
	say(f, r, "[*crit_ns]");
	if (ns > 0)
		fmt_add(f, ";0");
	say(f, r, "[ max=*judge_max's;;;0]< received=#received;;;0>"
	    "< lost=#lost;;;0> failed=#failed;;;0\n");
	return state;
}
