/* prom - a report as Prometheus reads it. */
#include <string.h>
#include <unistd.h>

#include "echoc.h"
#include "err.h"
#include "fmt.h"
#include "format.h"
#include "hist.h"
#include "io.h"

/* The labels of each sample; a backslash escapes itself and a quote.  With
 * a long target it is more than the buffer, so it goes out as it is made. */
static void
labels(struct fmt *f, const struct results *r)
{
	const char *s;

	io_flush(STDOUT_FILENO, f, 2048);
	fmt_add(f, "{mode=\"%s\",target=\"", r->o->mode->name);
	for (s = r->target; *s != '\0'; s++)
		if (*s == '\n')
			fmt_add(f, "\\n");
		else
			fmt_add(f, *s == '\\' || *s == '"' ? "\\%c" : "%c", *s);
	fmt_add(f, "\"");
}

static void
prom_gauge(struct fmt *f, const struct results *r, const char *name,
    unsigned long long v)
{
	size_t n = strlen(name);
	int ns = n > 3 && strcmp(name + n - 3, "_ns") == 0;

	n -= ns ? 3 : 0;
	fmt_add(f, "# TYPE echoc_%.*s%s gauge\nechoc_%.*s%s", (int)n, name,
	    ns ? "_seconds" : "", (int)n, name, ns ? "_seconds" : "");
	labels(f, r);
	fmt_add(f, "} ");
	fmt_fixed(f, v, ns ? 9 : 0, ns ? 9 : 0);
	fmt_add(f, "\n");
}

static void
prom_hist(struct fmt *f, const struct results *r, const char *name,
    const struct hist *h)
{
	int i;

	fmt_add(f, "# TYPE echoc_%s_seconds summary\n", name);
	for (i = P50; i <= MAX && h->count > 0; i++) {
		fmt_add(f, "echoc_%s_seconds", name);
		labels(f, r);
		fmt_add(f, ",quantile=\"");
		fmt_fixed(f, format_stats[i].percentile, 5, i == MAX ? 0 : 3);
		fmt_add(f, "\"} ");
		fmt_fixed(f, format_stat(h, i), 9, 9);
		fmt_add(f, "\n");
	}
	fmt_add(f, "echoc_%s_seconds_sum", name);
	labels(f, r);
	fmt_add(f, "} ");
	fmt_fixed(f, h->sum.lo, 9, 9);
	fmt_add(f, "\nechoc_%s_seconds_count", name);
	labels(f, r);
	fmt_add(f, "} %llu\n", h->count);
}

/* One run is a state, not something that counts on: gauges. */
int
format_prom(struct fmt *f, const struct results *r)
{
	int i;

	prom_gauge(f, r, "success", r->status == OK);
	for (i = 0; i < COUNT; i++)
		if (r->known >> i & 1)
			prom_gauge(f, r, format_counts[i], r->n[i]);
	if (r->errors != NULL)
		fmt_add(f, "# TYPE echoc_errors gauge\n");
	for (i = V_OK + 1; r->errors != NULL && i < VERDICTS; i++) {
		fmt_add(f, "echoc_errors");
		labels(f, r);
		fmt_add(f, ",kind=\"%s\"} %llu\n", verdict_word(i),
		    r->errors[i]);
	}
	for (i = 0; i < HISTS; i++)
		if (format_hist(r, i) != NULL)
			prom_hist(f, r, format_hists[i], format_hist(r, i));
	return r->status;
}
