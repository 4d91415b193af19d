/* nagios - a report as a line that Nagios and its kin read. */
#include "draw.h"
#include "echoc.h"
#include "err.h"
#include "fmt.h"
#include "format.h"
#include "hist.h"

static void
perfdata(struct fmt *f, const char *name, unsigned long long ns,
    unsigned long long warn_ns, unsigned long long crit_ns)
{
	fmt_add(f, " %s=", name);
	fmt_fixed(f, ns, 9, 6);
	fmt_add(f, "s;");
	if (warn_ns > 0)
		fmt_fixed(f, warn_ns, 9, 6);
	fmt_add(f, ";");
	if (crit_ns > 0)
		fmt_fixed(f, crit_ns, 9, 6);
	fmt_add(f, ";0");
}

static int
nagios_state(const struct results *r, unsigned long long ns)
{
	if (r->status != OK)
		return r->status == NO ? 2 : 3;
	if (r->crit > 0 && ns >= r->crit)
		return 2;
	return r->warn > 0 && ns >= r->warn;
}

int
format_nagios(struct fmt *f, const struct results *r)
{
	static const char *const words[] = { "OK", "WARNING", "CRITICAL",
		"UNKNOWN" };
	const struct hist *h = format_judge(r);
	unsigned long long ns = format_stat(h, P99);
	int state = nagios_state(r, ns);
	const char *s;

	fmt_add(f, "ECHOC %s - %s ", words[state], r->o->mode->name);
	for (s = r->target; *s != '\0'; s++)	/* a bar begins perfdata */
		fmt_add(f, "%c", *s == '|' ? '_' : *s);
	if (r->said != NULL)
		fmt_add(f, ": %s", r->said);
	if (h->count > 0) {
		fmt_add(f, "%s p99", r->said != NULL ? "," : ":");
		draw_time(f, ns);
	}
	fmt_add(f, " |");
	if (h->count > 0) {
		perfdata(f, "p50", format_stat(h, P50), 0, 0);
		perfdata(f, "p99", ns, r->warn, r->crit);
		perfdata(f, "max", h->max, 0, 0);
	}
	if (r->known >> C_received & 1)
		fmt_add(f, " received=%llu;;;0", r->n[C_received]);
	if (r->known >> C_lost & 1)
		fmt_add(f, " lost=%llu;;;0", r->n[C_lost]);
	fmt_add(f, " failed=%llu;;;0\n", report_failed(r));
	return state;
}
