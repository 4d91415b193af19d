/* brood - the children of an init on trial, as /proc shows them. */
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "time.h"
#include "trial.h"
#include "zombiewatch.h"

void
run_brood(const struct run *r, struct brood *b)
{
	struct scan s;
	struct task t;
	pid_t pid;
	int dir = scan_open("/proc");

	memset(b, 0, sizeof *b);
	if (dir == -1 || scan_start(&s, dir) == -1)
		die(SYSTEM, "/proc:");
	while ((pid = scan_next(&s)) > 0) {
		if (task_read(dir, pid, &t) == -1 || t.ppid != r->init)
			continue;
		b->all++;
		if (t.state == 'Z')
			b->dead++;
		else
			b->alive = pid;
	}
	close(dir);
}

int
run_await(const struct run *r, int all, int dead, struct brood *b)
{
	unsigned long long end = time_now() + PATIENCE;

	for (;;) {
		run_brood(r, b);
		if (b->all == all && b->dead == dead)
			return 0;
		if (time_now() > end)
			return -1;
		time_sleep(5 * TIME_MS);
	}
}

int
run_stopped(pid_t pid)
{
	unsigned long long end = time_now() + PATIENCE;
	struct task t;
	int dir = scan_open("/proc"), found = 0;

	while (!found && time_now() < end) {
		found = task_read(dir, pid, &t) == 0 && t.state == 'T';
		if (!found)
			time_sleep(TIME_MS);
	}
	close(dir);
	return found ? 0 : -1;
}
