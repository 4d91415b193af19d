/* log - events of the server, each one line and one write. */
#include <string.h>
#include <unistd.h>

#include "board.h"
#include "echod.h"
#include "err.h"
#include "fmt.h"
#include "io.h"
#include "log.h"
#include "model.h"
#include "proc.h"
#include "time.h"

enum { SHOWN = 512 };	/* of each piece of data at -v */

static void
begin(struct fmt *f)
{
	fmt_add(f, "%s: ", err_name);
}

static void
end(struct fmt *f)
{
	fmt_end(f, "\n");
	io_write(STDERR_FILENO, f->buf, f->len);
}

static void
add_client(struct fmt *f, const struct slot *s)
{
	struct net_addr peer;

	board_peer(s, &peer);
	fmt_add(f, "client ");
	net_format(f, &peer);
}

static void
add_time(struct fmt *f, const char *name, unsigned long long ns)
{
	fmt_add(f, ", %s ", name);
	fmt_fixed(f, ns, 9, 3);
}

void
log_start(void)
{
	int i;
	FMT(f, 1024);

	if (opts.quiet)
		return;
	begin(&f);
	fmt_add(&f, "start, model %s, at most %u, pid %d", opts.model->name,
	    opts.max, (int)getpid());
	for (i = 0; i < nlisteners; i++) {
		fmt_add(&f, i == 0 ? ", on " : " ");
		net_format(&f, &listeners[i].addr);
	}
	end(&f);
}

void
log_connected(const struct slot *s)
{
	FMT(f, 256);

	if (opts.quiet)
		return;
	begin(&f);
	add_client(&f, s);
	fmt_add(&f, " is connected");
	end(&f);
}

void
log_data(const struct slot *s, const void *data, size_t n)
{
	FMT(f, 64 + 4 * SHOWN);

	begin(&f);
	add_client(&f, s);
	fmt_add(&f, " says \"");
	/* A line is for reading; of bulk it shows how it begins. */
	fmt_escape(&f, data, n > SHOWN ? SHOWN : n);
	fmt_add(&f, n > SHOWN ? "\"..." : "\"");
	end(&f);
}

void
log_disconnected(const struct slot *s, int status, const struct rusage *usage)
{
	FMT(f, 512);

	if (opts.quiet)
		return;
	begin(&f);
	add_client(&f, s);
	fmt_add(&f, " is disconnected, bytes %llu", board_bytes(s));
	add_time(&f, "seconds", time_now() - s->start);
	if (status != -1) {
		fmt_add(&f, ", ");
		proc_status(&f, status);
	}
	end(&f);
}

static void
add_totals(struct fmt *f)
{
	unsigned long long clients, bytes;

	board_totals(&clients, &bytes);
	fmt_add(f, "clients %llu, bytes %llu, failures %llu", clients, bytes,
	    server->count.failed);
}

/* A line for each connection that is there now. */
static void
log_live(unsigned slot, unsigned long long now)
{
	const struct slot *s = board_slot(slot);
	FMT(f, 512);

	begin(&f);
	add_client(&f, s);
	if (opts.model->pid != NULL)
		fmt_add(&f, ", pid %d", (int)opts.model->pid(slot));
	add_time(&f, "age", now - s->start);
	add_time(&f, "idle", board_idle(s));
	fmt_add(&f, ", bytes %llu", board_bytes(s));
	end(&f);
}

void
log_status(void)
{
	unsigned i;
	FMT(f, 512);

	begin(&f);
	fmt_add(&f, "status: now %u, ", board_live());
	add_totals(&f);
	add_time(&f, "seconds", time_now() - server->start);
	end(&f);
	for (i = 0; i < board_size(); i++)
		if (board_slot(i)->live)
			log_live(i, time_now());
}

void
log_stop(void)
{
	FMT(f, 512);

	if (opts.quiet)
		return;
	begin(&f);
	fmt_add(&f, "stopped: ");
	add_totals(&f);
	fmt_add(&f, ", killed %u", server->count.killed);
	add_time(&f, "seconds", time_now() - server->start);
	end(&f);
}
