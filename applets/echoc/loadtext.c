/* loadtext - what a load says to people. */
#include "draw.h"
#include "echoc.h"
#include "fmt.h"
#include "format.h"
#include "load.h"
#include "say.h"
#include "time.h"

/* What went wrong, a line for each kind, with what it means. */
static void
errors(struct fmt *f, const struct results *r)
{
	int i;

	for (i = V_OK + 1; i < VERDICTS; i++)
		if (r->t.errors[i] > 0)
			fmt_add(f, "%10llu %s: %s\n", r->t.errors[i],
			    verdict_word(i), verdict_text(i));
	say(f, r, "[   #unsent were due but never sent: no connection was free\n]"
	    "[   #unfinished on their way when it was broken off\n]"
	    "[   #faults places where the stream was wrong, "
	    "#wrong_bytes wrong bytes\n]");
	for (i = C_flips; i <= C_truncated; i++)
		if (r->t.n[i] > 0)
			fmt_add(f, "%10llu %s\n", r->t.n[i],
			    word_at(format_counts, i));
	say(f, r, "[   #duplicates duplicates\n][   #late after their time\n]"
	    "[   #damaged frames came damaged\n]");
}

/* Where others were quick, the kernel has sent their first packet again: a
 * second later, then two, then four. */
static void
slow_connects(struct fmt *f, const struct hist *h)
{
	unsigned long long n = 0;
	unsigned i;

	for (i = 0; h != NULL && i < HIST_BUCKETS; i++)
		if (hist_first(i) >= TIME_S - TIME_S / 10)
			n += h->bucket[i];
	if (n > 0 && h->min < TIME_S / 2)
		fmt_add(f, "%10llu connections took a second or more: SYNs "
			   "got lost; a full backlog?\n", n);
}

void
load_text(struct fmt *f, struct results *r)
{
	const struct hist *h, *judge = report_hist(r, JUDGE);
	int i, k, ascii = draw_ascii(r->o->key.ascii);

	say(f, r, "$mode of $transport $target: #connections connections, "
	    "#size bytes a message[, #rate/s]\n#sent sent, #received echoed, "
	    "#failed failed in~elapsed: ^received/s, ^flow_sent'B/s out, "
	    "^flow_received'B/s back\n");
	errors(f, r);
	slow_connects(f, report_hist(r, CONNECT));
	if (judge->count == 0)
		return;
	fmt_add(f, "              p50      p90      p99    p99.9      max"
		   "     mean     mdev\n");
	for (i = HISTS - 1; i >= 0; i--) {
		h = report_hist(r, i);
		if (h == NULL || h->count == 0)
			continue;
		fmt_add(f, "%-8s ", word_at(format_hists, i));
		for (k = P50; k < P50 + 7; k++) {
			fmt_add(f, " ");
			draw_time(f, format_stat(h,
			    k <= MAX ? k : k - MAX - 1 + MEAN));
		}
		fmt_add(f, "\n");
	}
	if (r->t.n[C_lag_ns] > r->t.n[C_elapsed_ns] / 1000)
		say(f, r, "this machine itself was late by up to~lag_ns\n");
	say(f, r, "<TCP says: rtt~tcp_rtt_ns, #retransmits retransmits, "
	    "cwnd #cwnd\n>");
	if (given(r->o, 'q'))
		return;
	fmt_add(f, "%s time\n", word_at(format_hists, r->judge));
	draw_hist(f, judge, ascii);
	draw_run(f, &r->t.run, ascii);
}
