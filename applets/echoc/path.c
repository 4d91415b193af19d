/* path - facts of the way to a server: MTU, MSS, what it carries. */
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "applet.h"
#include "drive.h"
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
	fmt_add(f, "mtu %s%u; ", p->beyond == UNHEARD ? "at least " : "",
	    p->mtu);
	switch (p->beyond) {
	case TOLD:
		fmt_add(f, "larger ones are refused by ");
		net_format(f, &p->teller);
		f->len -= 2;	/* :0, it has no port */
		fmt_add(f, ", which says %u\n", p->told);
		break;
	case VANISHED:
		fmt_add(f, "larger ones vanish without a word: a black hole\n");
		break;
	case UNHEARD:
		fmt_add(f, "of larger ones: %s\n", p->udp == V_DESCRIPTORS ?
			"this system has no buffer for them" :
			verdict_text(p->udp));
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

static void
text(struct fmt *f, struct results *r)
{
	const struct path *p = (const void *)((const char *)r -
	    offsetof(struct path, r));

	say(f, r, "PATH $target (");
	net_format(f, &p->dial.target.addr[0]);
	say(f, r, ")\n[interface   mtu #interface_mtu\n]");
	text_udp(f, p);
	text_tcp(f, p);
	if (r->t.hist[SERVICE].count == 0)
		return;
	if (p->verdict != V_OK)
		fmt_add(f, "            %s\n", verdict_text(p->verdict));
	fmt_add(f, "there       ");
	fmt_fixed(f, report_rate(r, C_flow_sent), 9, 1);
	say(f, r, " MB/s, #flow_sent bytes\nback        ");
	fmt_fixed(f, report_rate(r, C_flow_received), 9, 1);
	say(f, r, " MB/s, #flow_received bytes\nkernel      rtt~tcp_rtt_ns, "
	    "#retransmits retransmits, cwnd #cwnd\n"
	    "ours        64 KB are back after~service_p50 (p50),"
	    "~service_p99 (p99),~service_max at most\n");
}

static unsigned long long
now(const struct plan *plan)
{
	return time_now();
}

/* What the path carries, as a load with much under way. */
static void
flow(struct path *p)
{
	struct tally *t = &p->r.t;
	struct options o = *p->o;
	struct plan plan = { .o = &o, .target = &p->dial.target,
		.connections = 1, .depth = 16, .size = 65536, .count = ~0ull,
		.duration = o.duration, .seed = p->seed, .tally = t,
		.ready = now };

	if (p->passing_mss != 0)
		o.key.mss = p->passing_mss;
	if (drive(&plan) == -1)
		die(SYSTEM, "-d:");
	p->verdict = verdict_worst(t->errors);
	memset(t->errors, 0, sizeof t->errors);	/* the verdict counts */
	t->n[C_elapsed_ns] = t->ended - t->began;
	p->r.known |= KNOWN(elapsed_ns) | KNOWN(bytes_sent) |
	    KNOWN(bytes_received) | KNOWN(flow_sent) | KNOWN(flow_received) |
	    KNOWN(retransmits) | KNOWN(tcp_rtt_ns) |
	    KNOWN(cwnd);
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

static void
set_if(struct path *p, enum count c, unsigned v)
{
	if (v > 0)
		report_set(&p->r, c, v);
}

static int
conclude(struct path *p)
{
	struct results *r = &p->r;

	r->o = p->o;
	r->word[TARGET] = p->o->name;
	r->word[TRANSPORT] = "ip";
	r->word[SAID] = said(p);
	r->text = text;
	r->status = r->word[SAID] == NULL ? OK :
	    p->verdict == V_OK ? NO : verdict_status(p->verdict);
	r->t.errors[p->verdict]++;
	set_if(p, C_interface_mtu, p->interface_mtu);
	set_if(p, p->beyond == UNHEARD ? C_least_mtu : C_path_mtu, p->mtu);
	set_if(p, C_told_mtu, p->told);
	set_if(p, C_tcp_mss, p->mss);
	set_if(p, C_tcp_mtu, p->tcp_mtu);
	set_if(p, C_passing_mss, p->passing_mss);
	return report(r);
}

/* All facts are to be of one address: the first that answers to TCP, or
 * where none does, the first. */
static void
choose(struct path *p)
{
	struct target *t = &p->dial.target;
	int up = dial(&p->dial, p->o, 0) == 1;

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
path(const struct options *asked)
{
	static struct options o;
	struct path *p = echoc_memory(sizeof *p);

	o = *asked;
	if (o.timeout == 0)	/* to wait for ever would find nothing */
		o.timeout = TIME_S;
	p->o = &o;
	p->r.known = KNOWN_HIST(SERVICE);
	echoc_target(&o, &p->dial.target);
	if (p->dial.target.device != NULL ||
	    (p->dial.target.count > 0 &&
		p->dial.target.addr[0].u.sa.sa_family == AF_UNIX))
		usage("-M: only IP has a path");
	choose(p);
	if (p->dial.target.count == 0)
		return o.format == TEXT ? verdict_say(o.name, p->verdict) :
					  conclude(p);
	/* Only UDP may be there: TCP's verdict comes again below. */
	p->verdict = V_OK;
	path_udp(p);
	path_tcp(p);
	o.timeout = asked->timeout;
	if (ENABLE_ECHOC_LOAD && given(&o, 'd') && p->connected &&
	    p->verdict == V_OK)
		flow(p);
	return conclude(p);
}
