/* workers - the processes of a load: begin together, end together. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "err.h"
#include "fmt.h"
#include "io.h"
#include "load.h"
#include "proc.h"
#include "sig.h"
#include "time.h"

unsigned long long
load_begin(const struct plan *p)
{
	const struct load *l = p->data;
	unsigned long long begin;

	if (!l->forked)
		return time_now();
	io_write(l->ready, "", 1);
	close(l->ready);
	/* Without a parent there is nothing to wait for. */
	if (io_read(l->go, &begin, sizeof begin) != sizeof begin)
		begin = time_now();
	return begin;
}

/* Wait until each worker is ready or gone, then let them go. */
static void
barrier(int ready, int go)
{
	unsigned long long begin;
	char bytes[64];
	unsigned n = 0;
	ssize_t got;

	while ((got = io_read(ready, bytes, sizeof bytes)) > 0)
		n += got;
	for (begin = time_now(); n > 0; n--)
		io_write(go, &begin, sizeof begin);
	close(ready);
	close(go);
}

static void
tell(const pid_t *pid, unsigned n, int sig)
{
	while (n-- > 0)
		if (pid[n] > 0)
			kill(pid[n], sig);
}

/* Reap who is dead; returns how many, and sets *bad if one went wrong. */
static unsigned
reap(pid_t *pid, unsigned n, int *bad)
{
	unsigned i, reaped = 0;
	int status;
	pid_t dead;
	FMT(f, 64);

	while ((dead = proc_reap(&status, NULL)) > 0) {
		for (i = 0; i < n; i++)
			if (pid[i] == dead)
				break;
		if (i == n)
			continue;
		pid[i] = 0;
		reaped++;
		if (status == 0)
			continue;
		*bad = 1;
		fmt_reset(&f);
		proc_status(&f, status);
		warn("worker %u ended: %s; its numbers may be missing", i,
		    f.buf);
	}
	return reaped;
}

static int
wait_all(const struct plan *plan, pid_t *pid, unsigned n, int signals)
{
	unsigned left = n;
	int bad = 0, sig;

	while (left > 0) {
		if (io_poll(signals, POLLIN, plan->o->interval / TIME_MS) == 0 &&
		    plan->tick != NULL)
			plan->tick(plan);
		while ((sig = sig_next(signals, NULL)) != 0)
			if (sig != SIGCHLD)
				tell(pid, n, sig);
		left -= reap(pid, n, &bad);
	}
	return bad ? SYSTEM : OK;
}

int
load_workers(struct load *l, void (*work)(struct load *, unsigned))
{
	static const int list[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP, 0 };
	int ready[2], go[2], signals = sig_open(list, NULL);
	pid_t pid[1024], parent = getpid();
	unsigned i;

	if (signals == -1 || pipe2(ready, O_CLOEXEC) == -1 ||
	    pipe2(go, O_CLOEXEC) == -1)
		die(SYSTEM, "-P:");
	l->ready = ready[1];
	l->go = go[0];
	for (i = 0; i < l->workers; i++) {
		pid[i] = fork();
		if (pid[i] == -1) {
			warn("-P: worker %u:", i);
			tell(pid, i, SIGKILL);
			_exit(SYSTEM);
		}
		if (pid[i] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (getppid() != parent)
				_exit(SYSTEM);
			close(ready[0]);
			close(go[1]);
			work(l, i);
			_exit(OK);
		}
	}
	close(ready[1]);
	close(go[0]);
	barrier(ready[0], go[1]);
	return wait_all(&l->plan, pid, l->workers, signals);
}
