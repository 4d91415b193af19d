/* log - events of the server, each one line and one write. */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "acl.h"
#include "admit.h"
#include "board.h"
#include "echod.h"
#include "err.h"
#include "fmt.h"
#include "log.h"
#include "model.h"
#include "proc.h"
#include "sink.h"
#include "time.h"

enum { SHOWN = 512 };	/* of each piece of data at -v */

static int
is_json(void)
{
	return ENABLE_ECHOD_LOGS && opts.log == LOG_JSON;
}

/* An event begins with its name, or with the words a person reads. */
static void
begin(struct fmt *f, const char *event, const char *words)
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
	fmt_add(f, is_json() ? ",\"%s\":" : ", %s ", name);
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

/* An event of a client: "client ADDRESS is connected". */
static void
begin_client(struct fmt *f, const char *event, const struct net_addr *peer,
    const char *words)
{
	FMT(text, 160);

	begin(f, event, "client ");
	net_format(&text, peer);
	if (is_json())
		add_text(f, "client", text.buf);
	else
		fmt_add(f, "%s%s", text.buf, words);
}

static void
begin_slot(struct fmt *f, const char *event, const struct slot *s,
    const char *words)
{
	struct net_addr peer;

	board_peer(s, &peer);
	begin_client(f, event, &peer, words);
}

/* What warn() says from here on. */
static void
message(const char *text)
{
	FMT(f, 1024);

	begin(&f, "message", text);
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
	begin(&f, "start", "start");
	add_text(&f, "model", opts.model->name);
	add_number(&f, "most", opts.max);
	add_number(&f, "pid", getpid());
	if (all.len > 0)
		add_text(&f, "on", all.buf);
	end(&f, SINK_INFO);
}

void
log_connected(const struct slot *s)
{
	FMT(f, 256);

	if (opts.quiet)
		return;
	begin_slot(&f, "connected", s, " is connected");
	end(&f, SINK_DEBUG);
}

void
log_refused(const struct net_addr *peer, const char *why)
{
	FMT(f, 256);

	if (opts.quiet)
		return;
	begin_client(&f, "refused", peer, " is refused");
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
	if (status != -1) {
		proc_status(&how, status);
		add_text(&f, "end", how.buf);
	}
	if (usage != NULL) {
		add_timeval(&f, "user", &usage->ru_utime);
		add_timeval(&f, "system", &usage->ru_stime);
		add_number(&f, "kbytes", usage->ru_maxrss);
	}
	end(&f, SINK_DEBUG);
}

static void
add_refused(struct fmt *f)
{
	const struct shared *s = board_shared();
	int i;
	FMT(name, 32);

	for (i = 0; i < ADMIT_REASONS; i++) {
		if (s->refused[i] == 0)
			continue;
		fmt_reset(&name);
		fmt_add(&name, "refused-%s", admit_reasons[i]);
		add_number(f, name.buf, s->refused[i]);
	}
	if (server->count.evicted > 0)
		add_number(f, "evicted", server->count.evicted);
}

static void
add_totals(struct fmt *f)
{
	unsigned long long clients, bytes;

	board_totals(&clients, &bytes);
	add_number(f, "clients", clients);
	add_number(f, "bytes", bytes);
	add_number(f, "failures", server->count.failed);
	if (ENABLE_ECHOD_ACL)
		add_number(f, "denied", acl_denied());
	if (ENABLE_ECHOD_ADMIT)
		add_refused(f);
	add_seconds(f, "seconds", time_now() - server->start);
}

static void
log_live(unsigned slot, unsigned long long now)
{
	const struct slot *s = board_slot(slot);
	FMT(f, 512);

	begin_slot(&f, "client", s, " is here");
	if (opts.model->pid != NULL)
		add_number(&f, "pid", opts.model->pid(slot));
	add_seconds(&f, "age", now - s->start);
	add_seconds(&f, "idle", board_idle(s));
	add_number(&f, "bytes", board_bytes(s));
	end(&f, SINK_INFO);
}

void
log_status(void)
{
	unsigned i;
	FMT(f, 512);

	begin(&f, "status", "status");
	add_number(&f, "now", board_live());
	add_totals(&f);
	end(&f, SINK_INFO);
	for (i = 0; i < board_used(); i++)
		if (board_slot(i)->live)
			log_live(i, time_now());
}

void
log_stop(void)
{
	FMT(f, 512);

	if (opts.quiet)
		return;
	begin(&f, "stop", "stopped");
	add_totals(&f);
	add_number(&f, "killed", server->count.killed);
	end(&f, SINK_INFO);
}
