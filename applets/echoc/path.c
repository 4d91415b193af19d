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
#include "say.h"
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
text(struct fmt *f, const struct results *r)
{
	const struct path *p = (const void *)((const char *)r->hist[SERVICE] -
	    offsetof(struct path, echo));

	say(f, r, "PATH $target (");
	net_format(f, &p->dial.target.addr[0]);
	say(f, r, ")\n[interface   mtu #interface_mtu\n]");
	text_udp(f, p);
	text_tcp(f, p);
	if (p->echo.count == 0)
		return;
	if (p->verdict != V_OK)
		fmt_add(f, "            %s\n", verdict_text(p->verdict));
	fmt_add(f, "there       ");
	fmt_fixed(f, rate(p->sent, p->filled - p->began), 6, 1);
	say(f, r, " MB/s, #bytes_sent bytes\nback        ");
	fmt_fixed(f, report_rate(r, C_bytes_received), 9, 1);
	say(f, r, " MB/s, #bytes_received bytes\nkernel      rtt~tcp_rtt_ns, "
	    "#retransmits retransmits, cwnd #cwnd\n"
	    "ours        64 KB are back after~service_p50 (p50),"
	    "~service_p99 (p99),~service_max at most\n");
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
	static struct results r;
	int i;

	r.o = p->o;
	r.word[TARGET] = p->o->name;
	r.word[TRANSPORT] = "ip";
	r.word[SAID] = said(p);
	r.errors = p->errors;
	r.hist[SERVICE] = &p->echo;
	r.text = text;
	r.status = r.word[SAID] == NULL ? OK :
	    verdict_local(p->verdict) ? SYSTEM : NO;
	p->errors[p->verdict]++;
	r.n[C_interface_mtu] = p->interface_mtu;
	r.n[C_path_mtu] = p->mtu;
	r.n[C_told_mtu] = p->told;
	r.n[C_tcp_mss] = p->mss;
	r.n[C_tcp_mtu] = p->tcp_mtu;
	r.n[C_passing_mss] = p->passing_mss;
	for (i = C_interface_mtu; i <= C_passing_mss; i++)
		if (r.n[i] > 0)
			r.known |= 1ull << i;
	r.n[C_elapsed_ns] = p->ended - p->began;
	r.n[C_bytes_sent] = p->sent;
	r.n[C_bytes_received] = p->got;
	r.n[C_retransmits] = p->retransmits;
	r.n[C_tcp_rtt_ns] = p->kernel_rtt;
	r.n[C_cwnd] = p->cwnd;
	if (p->ended > 0)
		r.known |= KNOWN(elapsed_ns) | KNOWN(bytes_sent) |
		    KNOWN(bytes_received) | KNOWN(retransmits) |
		    KNOWN(tcp_rtt_ns) | KNOWN(cwnd);
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
