/* path - facts of the way to a server: MTU, MSS, what it carries. */
#include <stddef.h>
#include <sys/socket.h>

#include "applet.h"
#include "draw.h"
#include "echoc.h"
#include "fmt.h"
#include "link.h"
#include "net.h"
#include "path.h"
#include "report.h"
#include "target.h"
#include "time.h"

static void
text_udp(struct fmt *f, const struct path *p)
{
	fmt_add(f, "udp, DF     ");
	if (p->mtu == 0) {
		fmt_add(f, "%s\n", p->udp != V_OK ? verdict_text(p->udp) :
			"no answer to the smallest packets");
		return;
	}
	fmt_add(f, "mtu %u; ", p->mtu);
	switch (p->beyond) {
	case TOLD:
		fmt_add(f, "larger ones are refused by ");
		net_format(f, &p->teller);
		fmt_add(f, ", which says %u\n", p->told);
		break;
	case VANISHED:
		fmt_add(f, "larger ones vanish without a word: a black hole\n");
		break;
	default:
		fmt_add(f, "the interface takes no larger ones\n");
	}
}

static void
text_tcp(struct fmt *f, const struct path *p)
{
	fmt_add(f, "tcp         ");
	if (!p->connected) {
		fmt_add(f, "%s\n", verdict_text(p->verdict));
		return;
	}
	fmt_add(f, "mss %u, mtu %u; ", p->mss, p->tcp_mtu);
	if (!p->stalled) {
		fmt_add(f, "%s\n", p->verdict != V_OK ?
			verdict_text(p->verdict) :
			"segments of that size get through");
		return;
	}
	fmt_add(f, "they get stuck on the way %s: a black hole\n",
	    p->there ? "there" : "back");
	if (p->passing_mss > 0)
		fmt_add(f, "            with -O mss=%u they get through\n",
		    p->passing_mss);
}

static unsigned long long
rate(unsigned long long bytes, unsigned long long ns)
{
	return ns / TIME_US ? bytes * 1000 / (ns / TIME_US) * 1000 : 0;
}

static void
text_flow(struct fmt *f, const struct path *p)
{
	if (p->ended == 0 || p->echo.count == 0)
		return;
	if (p->verdict != V_OK)
		fmt_add(f, "            %s\n", verdict_text(p->verdict));
	fmt_add(f, "there       ");
	fmt_fixed(f, rate(p->sent, p->filled - p->began), 6, 1);
	fmt_add(f, " MB/s, %llu bytes\nback        ", p->sent);
	fmt_fixed(f, rate(p->got, p->ended - p->began), 6, 1);
	fmt_add(f, " MB/s, %llu bytes\nkernel      rtt", p->got);
	draw_time(f, p->kernel_rtt);
	fmt_add(f, ", %llu retransmits, cwnd %llu\n"
	    "ours        64 KB are back after", p->retransmits, p->cwnd);
	draw_time(f, hist_percentile(&p->echo, 50000));
	fmt_add(f, " (p50),");
	draw_time(f, hist_percentile(&p->echo, 99000));
	fmt_add(f, " (p99),");
	draw_time(f, p->echo.max);
	fmt_add(f, " at most\n");
}

static void
text(struct fmt *f, const struct results *r)
{
	const struct path *p = (const void *)((const char *)r->service -
	    offsetof(struct path, echo));

	fmt_add(f, "PATH %s (", r->target);
	net_format(f, &p->dial.target.addr[0]);
	fmt_add(f, ")\n");
	if (p->interface_mtu > 0)
		fmt_add(f, "interface   mtu %u\n", p->interface_mtu);
	text_udp(f, p);
	text_tcp(f, p);
	text_flow(f, p);
}

static void
set_if(struct results *r, enum count c, unsigned long long v)
{
	if (v > 0)
		report_set(r, c, v);
}

static const char *
said(const struct path *p)
{
	return p->stalled ? "a black hole swallows full-sized segments" :
	    p->mtu > 0 && p->beyond == VANISHED ?
			    "a black hole swallows larger packets" :
	    p->verdict != V_OK		     ? verdict_text(p->verdict) :
	    p->mtu == 0 && !p->connected     ? verdict_text(V_SILENT) :
					       NULL;
}

static int
conclude(struct path *p)
{
	struct results r = { .o = p->o, .target = p->o->name,
		.transport = "ip", .said = said(p), .errors = p->errors,
		.service = &p->echo, .text = text };

	r.status = r.said == NULL ? OK : verdict_local(p->verdict) ? SYSTEM :
								     NO;
	p->errors[p->verdict]++;
	set_if(&r, C_interface_mtu, p->interface_mtu);
	set_if(&r, C_path_mtu, p->mtu);
	set_if(&r, C_told_mtu, p->told);
	set_if(&r, C_tcp_mss, p->mss);
	set_if(&r, C_tcp_mtu, p->tcp_mtu);
	set_if(&r, C_passing_mss, p->passing_mss);
	if (p->ended > 0) {
		report_set(&r, C_elapsed_ns, p->ended - p->began);
		report_set(&r, C_bytes_sent, p->sent);
		report_set(&r, C_bytes_received, p->got);
		report_set(&r, C_retransmits, p->retransmits);
		report_set(&r, C_tcp_rtt_ns, p->kernel_rtt);
		report_set(&r, C_cwnd, p->cwnd);
	}
	return report(&r);
}

/* All facts are to be of one address: the first that answers to TCP, or
 * where none does, the first. */
static void
choose(struct path *p)
{
	struct target *t = &p->dial.target;
	int up = dial(&p->dial, p->o, time_now() + (p->o->timeout ?
		p->o->timeout : TIME_S)) == 1;

	if (up)
		link_close(&p->dial.link);
	else
		p->verdict = p->dial.verdict;
	if (up && p->dial.address > 0)
		t->addr[0] = t->addr[p->dial.address];
	t->count = t->count > 0;
	p->v6 = t->addr[0].u.sa.sa_family == AF_INET6;
}

int
path(const struct options *o)
{
	static struct path p;

	p.o = o;
	echoc_target(o, &p.dial.target);
	if (p.dial.target.device != NULL ||
	    (p.dial.target.count > 0 &&
		p.dial.target.addr[0].u.sa.sa_family == AF_UNIX))
		usage("-M: only IP has a path");
	choose(&p);
	if (p.dial.target.count == 0)
		die(verdict_local(p.verdict) ? SYSTEM : NO, "%s: %s", o->name,
		    verdict_text(p.verdict));
	/* Only UDP may be there: TCP's verdict comes again below. */
	p.verdict = V_OK;
	path_udp(&p);
	path_tcp(&p);
	if (o->given['d'] && p.connected && p.verdict == V_OK)
		path_flow(&p, o->duration);
	return conclude(&p);
}
