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
	if (n > SHOWN || f.cut)
		fmt_end(&f, "\"...\n");
	else
		fmt_add(&f, "\"");
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

void
log_status(void)
{
	FMT(f, 512);

	begin(&f);
	fmt_add(&f, "status: %u clients now, %llu so far, bytes %llu, "
	    "failures %llu", board_live(), server->count.accepted,
	    server->count.bytes, server->count.failed);
	add_time(&f, "seconds", time_now() - server->start);
	end(&f);
}

void
log_stop(void)
{
	FMT(f, 512);

	if (opts.quiet)
		return;
	begin(&f);
	fmt_add(&f, "stopped: %llu clients, bytes %llu, killed %u",
	    server->count.accepted, server->count.bytes,
	    server->count.killed);
	add_time(&f, "seconds", time_now() - server->start);
	end(&f);
}
