/* log - events of the server, each one line and one write. */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "acl.h"
#include "admit.h"
#include "board.h"
#include "count.h"
#include "echod.h"
#include "err.h"
#include "fmt.h"
#include "log.h"
#include "model.h"
#include "proc.h"
#include "sink.h"
#include "time.h"

enum { SHOWN = 512 };	/* of each piece of data at -v */

/* Refusals come in floods: so many of their lines a second, then only how
 * many were left out. */
enum { REFUSALS = 10 };

static int
is_json(void)
{
	return ENABLE_ECHOD_LOGS && opts.log == LOG_JSON;
}

void
log_begin(struct fmt *f, const char *event, const char *words)
{
	struct timespec now;

	if (!is_json()) {
		fmt_add(f, "%s", words);
		return;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	fmt_add(f, "{\"time\":%llu.%03lu,\"event\":\"%s\"",
	    (unsigned long long)now.tv_sec,
	    (unsigned long)now.tv_nsec / 1000000, event);
}

static void
end(struct fmt *f, int importance)
{
	if (is_json())
		fmt_end(f, "}");
	sink_line(f, importance);
}

/* Then what is known of it: a name and what it is. */
static void
add_name(struct fmt *f, const char *name)
{
	fmt_add(f, is_json() ? ",\"%s\":" :
		f->buf[f->len - 1] == ':' ? " %s " : ", %s ", name);
}

static void
add_text(struct fmt *f, const char *name, const char *text)
{
	add_name(f, name);
	if (is_json())
		fmt_json(f, text, strlen(text));
	else
		fmt_add(f, "%s", text);
}

static void
add_number(struct fmt *f, const char *name, unsigned long long n)
{
	add_name(f, name);
	fmt_add(f, "%llu", n);
}

static void
add_seconds(struct fmt *f, const char *name, unsigned long long ns)
{
	add_name(f, name);
	fmt_fixed(f, ns, 9, 3);
}

static void
add_timeval(struct fmt *f, const char *name, const struct timeval *t)
{
	add_seconds(f, name, t->tv_sec * TIME_S + t->tv_usec * TIME_US);
}

/* Those of some counters that are not 0, or all of them. */
static void
add_counts(struct fmt *f, enum count first, enum count end, int all)
{
	unsigned long long n;

	for (; first < end; first++) {
		n = count_get(first);
		if (n > 0 || all)
			add_number(f, count_name(first), n);
	}
}

/* An event of a client: "client ADDRESS is connected". */
static void
begin_slot(struct fmt *f, const char *event, const struct slot *s,
    const char *words)
{
	struct net_addr peer;
	FMT(text, 160);

	board_peer(s, &peer);
	log_begin(f, event, "client ");
	net_format(&text, &peer);
	if (is_json())
		add_text(f, "client", text.buf);
	else
		fmt_add(f, "%s%s", text.buf, words);
}

/* What warn() says from here on. */
static void
message(const char *text)
{
	FMT(f, 1024);

	log_begin(&f, "message", text);
	if (is_json())
		add_text(&f, "text", text);
	end(&f, SINK_WARNING);
}

void
log_open(void)
{
	sink_open();
	err_sink = message;
}

void
log_start(void)
{
	int i;
	FMT(all, LISTENERS * 128);
	FMT(f, LISTENERS * 128 + 256);

	if (opts.quiet)
		return;
	for (i = 0; i < nlisteners; i++) {
		fmt_add(&all, i == 0 ? "" : " ");
		net_format(&all, &listeners[i].addr);
	}
	log_begin(&f, "start", "start");
	add_text(&f, "model", MODEL->name);
	add_number(&f, "most", opts.max);
	add_number(&f, "pid", getpid());
	if (all.len > 0)
		add_text(&f, "on", all.buf);
	end(&f, SINK_INFO);
}

HOT void
log_connected(const struct slot *s)
{
	FMT(f, 256);

	if (opts.quiet)
		return;
	begin_slot(&f, "connected", s, " is connected");
	end(&f, SINK_DEBUG);
}

unsigned long long
log_unlogged(int now)
{
	struct shared *s = board_shared();
	unsigned n;
	FMT(f, 128);

	if (s->unlogged == 0)
		return 0;
	if (!now && time_now() / TIME_S == s->second)
		return (s->second + 1) * TIME_S;
	n = __atomic_exchange_n(&s->unlogged, 0, __ATOMIC_RELAXED);
	log_begin(&f, "unlogged", "further refusals");
	add_number(&f, "lines", n);
	end(&f, SINK_DEBUG);
	return 0;
}

/* Tell whether another refusal may have its line in this second, which all
 * processes share. */
static int
may_log(void)
{
	struct shared *s = board_shared();
	unsigned now = time_now() / TIME_S;

	if (__atomic_exchange_n(&s->second, now, __ATOMIC_RELAXED) != now)
		s->refusals = 0;
	return __atomic_fetch_add(&s->refusals, 1, __ATOMIC_RELAXED) <
	    REFUSALS;
}

void
log_refused(const struct net_addr *peer, const char *why)
{
	struct slot s = { .live = 0 };
	FMT(f, 256);

	if (opts.quiet)
		return;
	log_unlogged(0);
	if (!may_log()) {
		count_add(COUNT_UNLOGGED, 1);
		__atomic_fetch_add(&board_shared()->unlogged, 1,
		    __ATOMIC_RELAXED);
		return;
	}
	/* It has none, but its name is as in other lines. */
	board_client(&s, peer);
	begin_slot(&f, "refused", &s, " is refused");
	add_text(&f, "reason", why);
	end(&f, SINK_DEBUG);
}

void
log_data(const struct slot *s, const void *data, size_t n)
{
	size_t shown = n > SHOWN ? SHOWN : n;
	FMT(f, SINK_LINE);

	begin_slot(&f, "data", s, " says ");
	/* A line is for reading; of bulk it shows how it begins. */
	if (is_json()) {
		add_number(&f, "bytes", n);
		add_name(&f, "data");
		fmt_json(&f, data, shown);
	} else {
		fmt_add(&f, "\"");
		fmt_escape(&f, data, shown);
		fmt_add(&f, shown < n ? "\"..." : "\"");
	}
	end(&f, SINK_DEBUG);
}

void
log_disconnected(const struct slot *s, int status, const struct rusage *usage)
{
	FMT(how, 64);
	FMT(f, 512);

	if (opts.quiet)
		return;
	begin_slot(&f, "disconnected", s, " is disconnected");
	add_number(&f, "bytes", board_bytes(s));
	add_seconds(&f, "seconds", time_now() - s->start);
	if (usage != NULL) {
		proc_status(&how, status);
		add_text(&f, "end", how.buf);
	}
	if (ENABLE_ECHOD_LOGS && usage != NULL) {
		add_timeval(&f, "user", &usage->ru_utime);
		add_timeval(&f, "system", &usage->ru_stime);
		add_number(&f, "kbytes", usage->ru_maxrss);
	}
	end(&f, SINK_DEBUG);
}

void
log_counts(const char *event, const char *who, enum count first,
    enum count last)
{
	FMT(name, 256);
	FMT(f, 512);

	fmt_add(&name, "%s%s%s:", event, *who == '\0' ? "" : " ", who);
	log_begin(&f, event, name.buf);
	if (is_json() && *who != '\0')
		add_text(&f, "line", who);
	add_counts(&f, first, last, 1);
	end(&f, SINK_INFO);
}

static void
log_live(unsigned slot)
{
	const struct slot *s = board_slot(slot);
	unsigned long long start = s->start;
	FMT(f, 512);

	begin_slot(&f, "client", s, " is here");
	if (MODEL->pid != NULL)
		add_number(&f, "pid", MODEL->pid(slot));
	add_seconds(&f, "age", time_now() - start);
	add_seconds(&f, "idle", board_idle(s));
	add_number(&f, "bytes", board_bytes(s));
	end(&f, SINK_DEBUG);
}

/* What a client who comes now would find. */
static const char *
state(void)
{
	if (server->stop)
		return "draining";
	if (board_shared()->paused)
		return "paused";
	return board_live() < board_size() ? "serving" : "full";
}

/* The server's totals; live: with how many are there, else at its end. */
static void
totals(const char *event, const char *words, int live)
{
	unsigned long long clients, bytes;
	FMT(f, 512);

	if (ENABLE_ECHOD_ADMIT || ENABLE_ECHOD_ACL)
		log_unlogged(1);
	log_begin(&f, event, words);
	if (live)
		add_number(&f, "now", board_live());
	board_totals(&clients, &bytes);
	add_number(&f, "clients", clients);
	add_number(&f, "bytes", bytes);
	add_counts(&f, 0, COUNT_DENIED + ENABLE_ECHOD_ACL, 1);
	if (ENABLE_ECHOD_ADMIT || ENABLE_ECHOD_ACL)
		add_counts(&f, COUNT_DENIED + 1, COUNT_SERVER, 0);
	add_seconds(&f, "seconds", time_now() - server->start);
	if (!live)
		add_number(&f, "killed", server->killed);
	else if (ENABLE_ECHOD_LOGS)
		add_text(&f, "state", state());
	end(&f, SINK_INFO);
}

void
log_status(void)
{
	unsigned i;

	totals("status", "status", 1);
	for (i = 0; i < board_used(); i++)
		if (board_slot(i)->live)
			log_live(i);
}

void
log_stop(void)
{
	if (!opts.quiet)
		totals("stop", "stopped", 0);
}
