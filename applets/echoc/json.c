/* json - a report as one JSON object. */
#include <string.h>

#include "draw.h"
#include "echoc.h"
#include "fmt.h"
#include "format.h"
#include "hist.h"

static void
json_word(struct fmt *f, const char *key, const char *word)
{
	fmt_add(f, ",\"%s\":", key);
	if (word == NULL)
		fmt_add(f, "null");
	else
		fmt_json(f, word, strlen(word));
}

static void
json_hist(struct fmt *f, const char *name, const struct hist *h)
{
	int i;

	fmt_add(f, ",\"%s\":{\"count\":%llu", name, h->count);
	for (i = 0; i < STATS && h->count > 0; i++)
		fmt_add(f, ",\"%s_ns\":%llu", format_stats[i].name, format_stat(h, i));
	fmt_add(f, "}");
}

static void
json_run(struct fmt *f, const struct timeline *t)
{
	unsigned i, n = timeline_used(t);

	fmt_add(f, ",\"timeline\":{\"slot_ns\":%llu,\"done\":[", t->width);
	for (i = 0; i < n; i++)
		fmt_add(f, "%s%llu", i == 0 ? "" : ",", t->slot[i].done);
	fmt_add(f, "],\"worst_ns\":[");
	for (i = 0; i < n; i++)
		fmt_add(f, "%s%llu", i == 0 ? "" : ",", t->slot[i].worst);
	fmt_add(f, "]}");
}

static void
json_errors(struct fmt *f, const struct results *r)
{
	const char *comma = "";
	int v;

	fmt_add(f, ",\"failed\":%llu,\"errors\":{", report_failed(r));
	for (v = V_OK + 1; v < VERDICTS; v++) {
		if (r->errors[v] == 0)
			continue;
		fmt_add(f, "%s\"%s\":%llu", comma, verdict_word(v),
		    r->errors[v]);
		comma = ",";
	}
	fmt_add(f, "}");
}

int
format_json(struct fmt *f, const struct results *r)
{
	int i;

	fmt_add(f, "{\"echoc\":\"" VERSION "\"");
	json_word(f, "mode", r->o->mode->name);
	json_word(f, "target", r->target);
	json_word(f, "transport", r->transport);
	json_word(f, "status", format_status(r));
	json_word(f, "said", r->said);
	for (i = 0; i < COUNT; i++)
		if (r->known >> i & 1)
			fmt_add(f, ",\"%s\":%llu", format_counts[i], r->n[i]);
	if (r->known >> C_received & r->known >> C_elapsed_ns & 1) {
		fmt_add(f, ",\"per_second\":");
		fmt_fixed(f, report_rate(r, C_received), 3, 3);
	}
	if (r->errors != NULL)
		json_errors(f, r);
	for (i = 0; i < HISTS; i++)
		if (format_hist(r, i) != NULL)
			json_hist(f, format_hists[i], format_hist(r, i));
	if (r->run != NULL)
		json_run(f, r->run);
	fmt_add(f, "}\n");
	return r->status;
}
