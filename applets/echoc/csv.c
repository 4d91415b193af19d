/* csv - a report as a header and a line, separated by commas. */
#include "echoc.h"
#include "fmt.h"
#include "format.h"
#include "hist.h"

static void
csv_word(struct fmt *f, const char *s)
{
	fmt_add(f, "\"");
	for (; *s != '\0'; s++)
		fmt_add(f, *s == '"' ? "\"\"" : "%c", *s);
	fmt_add(f, "\",");
}

static void
csv_header(struct fmt *f)
{
	int i, k;

	fmt_add(f, "mode,target,transport,status");
	for (i = 0; i < HISTS; i++) {
		fmt_add(f, ",%s_count", format_hists[i]);
		for (k = 0; k < STATS; k++)
			fmt_add(f, ",%s_%s_ns", format_hists[i], format_stats[k].name);
	}
	fmt_add(f, ",failed");
	for (i = V_OK + 1; i < VERDICTS; i++)
		fmt_add(f, ",error_%s", verdict_word(i));
	for (i = 0; i < COUNT; i++)
		fmt_add(f, ",%s", format_counts[i]);
	fmt_add(f, "\n");
}

static void
csv_hist(struct fmt *f, const struct hist *h)
{
	int i;

	fmt_add(f, h == NULL ? "," : ",%llu", h == NULL ? 0 : h->count);
	for (i = 0; i < STATS; i++)
		if (h == NULL || h->count == 0)
			fmt_add(f, ",");
		else
			fmt_add(f, ",%llu", format_stat(h, i));
}

/* The same columns whatever the mode; what it does not know is empty. */
int
format_csv(struct fmt *f, const struct results *r)
{
	int i;

	csv_header(f);
	fmt_add(f, "%s,", r->o->mode->name);
	csv_word(f, r->target);
	fmt_add(f, "%s,%s", r->transport, format_status(r));
	for (i = 0; i < HISTS; i++)
		csv_hist(f, format_hist(r, i));
	fmt_add(f, ",%llu", report_failed(r));
	for (i = V_OK + 1; i < VERDICTS; i++)
		fmt_add(f, ",%llu", r->errors == NULL ? 0 : r->errors[i]);
	for (i = 0; i < COUNT; i++)
		if (r->known >> i & 1)
			fmt_add(f, ",%llu", r->n[i]);
		else
			fmt_add(f, ",");
	fmt_add(f, "\n");
	return r->status;
}
