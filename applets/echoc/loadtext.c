/* loadtext - what a load says to people. */
#include "draw.h"
#include "echoc.h"
#include "fmt.h"
#include "format.h"
#include "hist.h"
#include "load.h"

static void
head(struct fmt *f, const struct results *r)
{
	unsigned long long n = r->n[C_connections];

	fmt_add(f, "%s of %s %s: %llu connection%s, %llu bytes a message, ",
	    r->o->mode->name, r->transport, r->target, n, n == 1 ? "" : "s", r->n[C_size]);
	if (r->n[C_rate] != 0)
		fmt_add(f, "%llu/s\n", r->n[C_rate]);
	else
		fmt_add(f, "as fast as it goes\n");
}

static void
counts(struct fmt *f, const struct results *r)
{
	fmt_add(f, "%llu sent, %llu echoed, %llu failed in",
	    r->n[C_sent], r->n[C_received], report_failed(r));
	draw_time(f, r->n[C_elapsed_ns]);
	fmt_add(f, ": ");
	draw_number(f, report_rate(r, C_received) / 1000);
	fmt_add(f, "/s, ");
	draw_number(f, report_rate(r, C_bytes_sent) / 1000);
	fmt_add(f, "B/s out, ");
	draw_number(f, report_rate(r, C_bytes_received) / 1000);
	fmt_add(f, "B/s back\n");
}

/* What went wrong, a line for each kind, with what it means. */
static void
errors(struct fmt *f, const struct results *r)
{
	int v, i;

	for (v = V_OK + 1; v < VERDICTS; v++)
		if (r->errors[v] > 0)
			fmt_add(f, "%10llu %s: %s\n", r->errors[v],
			    verdict_word(v), verdict_text(v));
	if (r->n[C_unsent] > 0)
		fmt_add(f, "%10llu were due but never sent: no connection was "
			   "free\n", r->n[C_unsent]);
	if (r->n[C_unfinished] > 0)
		fmt_add(f, "%10llu on their way when it was broken off\n",
		    r->n[C_unfinished]);
	if (r->n[C_faults] > 0)
		fmt_add(f, "%10llu places where the stream was wrong, %llu "
			   "wrong bytes\n", r->n[C_faults],
		    r->n[C_wrong_bytes]);
	for (i = C_flips; i <= C_truncated; i++)
		if (r->n[i] > 0)
			fmt_add(f, "%10llu %s\n", r->n[i], format_counts[i]);
	if (r->n[C_duplicates] + r->n[C_late] > 0)
		fmt_add(f, "%10llu duplicates, %llu after their time\n",
		    r->n[C_duplicates], r->n[C_late]);
}

static void
row(struct fmt *f, const char *name, const struct hist *h)
{
	static const unsigned char order[] = { P50, P90, P99, P999, MAX, MEAN,
		MDEV };
	size_t i;

	if (h == NULL || h->count == 0)
		return;
	fmt_add(f, "%-8s ", name);
	for (i = 0; i < sizeof order; i++) {
		fmt_add(f, " ");
		draw_time(f, format_stat(h, order[i]));
	}
	fmt_add(f, "\n");
}

void
load_text(struct fmt *f, const struct results *r)
{
	const struct hist *h = format_judge(r);
	int ascii = draw_ascii(r->o->key.ascii);

	head(f, r);
	counts(f, r);
	errors(f, r);
	if (h->count == 0)
		return;
	fmt_add(f, "              p50      p90      p99    p99.9      max"
		   "     mean     mdev\n");
	row(f, "connect", r->connect);
	row(f, "service", r->service);
	row(f, "response", r->response);
	if (r->n[C_lag_ns] > r->n[C_elapsed_ns] / 1000) {
		fmt_add(f, "this machine itself was late by up to");
		draw_time(f, r->n[C_lag_ns]);
		fmt_add(f, "\n");
	}
	if (r->known >> C_cwnd & 1) {
		fmt_add(f, "TCP says: rtt");
		draw_time(f, r->n[C_tcp_rtt_ns]);
		fmt_add(f, ", %llu retransmits, cwnd %llu\n",
		    r->n[C_retransmits], r->n[C_cwnd]);
	}
	if (r->o->given['q'])
		return;
	fmt_add(f, "%s time\n", r->response != NULL ? "response" : "service");
	draw_hist(f, h, ascii);
	draw_run(f, r->run, ascii);
}
