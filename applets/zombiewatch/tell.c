/* tell - the watch as lines, for people and as JSON. */
#include <string.h>
#include <time.h>

#include "autopsy.h"
#include "io.h"
#include "limits.h"
#include "time.h"
#include "watch.h"

enum { COMMANDS = 512, COMMAND_BYTES = 92 };

/* The dead have no command line, so it is remembered from their exec; a
 * later process whose number ends alike takes the place. */
static struct {
	pid_t pid;
	char line[COMMAND_BYTES];
} commands[COMMANDS];

void
command_note(int dir, pid_t pid)
{
	struct task t = { .pid = pid };
	struct fmt f = { commands[pid % COMMANDS].line, COMMAND_BYTES, 0, 0 };

	fmt_reset(&f);
	read_command(&f, dir, &t);
	commands[pid % COMMANDS].pid = pid;
}

const char *
command_of(pid_t pid)
{
	const char *line = commands[pid % COMMANDS].line;

	return commands[pid % COMMANDS].pid == pid && *line ? line : NULL;
}

/* Milliseconds of the epoch for a point of time_now's clock. */
static unsigned long long
wall(unsigned long long when)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (t.tv_sec * TIME_S + t.tv_nsec - (time_now() - when)) / TIME_MS;
}

/* Add the time of day (UTC), with milliseconds. */
static void
add_clock(struct fmt *f, unsigned long long when)
{
	unsigned long long ms = wall(when);
	unsigned s = ms / 1000 % 86400;

	fmt_add(f, "%02u:%02u:%02u.%03u", s / 3600, s / 60 % 60, s % 60,
	    (unsigned)(ms % 1000));
}

static int
json(const struct watch *w)
{
	return w->z->format == FORMAT_JSON;
}

void
tell_source(struct watch *w)
{
	const char *source = w->events != -1 ? "connector" : "scan";

	if (json(w))
		fmt_add(w->out, "{\"event\":\"start\",\"source\":\"%s\"}\n",
		    source);
	else if (w->events != -1)
		fmt_add(w->out, "watching by the kernel's events\n");
	else {
		fmt_add(w->out, "watching by a scan every ");
		fmt_fixed(w->out, w->z->interval / TIME_MS, 3, 2);
		fmt_add(w->out, " s (no events: %s)\n", w->own ?
			strerror(w->why) : "not our own PID namespace");
	}
}

void
tell_lost(struct watch *w)
{
	fmt_add(w->out, json(w) ? "{\"event\":\"lost\",\"source\":\"scan\"}\n" :
				  "events were lost; scanned instead\n");
}

static void
came_json(struct watch *w, const struct known *k, const char *command)
{
	row_json(w->out, w->z, &k->t);
	fmt_add(w->out, ",\"event\":\"zombie\"");
	row_number(w->out, "died_ms", k->died != 0 ? wall(k->died) : 0);
	row_string(w->out, "command", command,
	    command != NULL ? strlen(command) : 0);
	fmt_add(w->out, "}\n");
}

void
tell_came(struct watch *w, const struct known *k)
{
	const char *command = command_of(k->t.pid);
	struct fmt *f = w->out;
	struct evidence e;

	if (json(w)) {
		came_json(w, k, command);
		return;
	}
	add_clock(f, time_now());
	fmt_add(f, " zombie %d ", k->t.pid);
	if (command != NULL)
		fmt_add(f, "%s", command);
	else
		row_name(f, &k->t);
	fmt_add(f, ": ");
	row_ended(f, &k->t);
	if (k->died != 0) {
		fmt_add(f, ", died ");
		add_clock(f, k->died);
	}
	autopsy(w->z->dir, &k->t, &e);
	fmt_add(f, ", parent %d ", k->t.ppid);
	row_name(f, &e.parent);
	fmt_add(f, ": ");
	autopsy_line(f, &e);
	fmt_add(f, "\n");
}

void
tell_went(struct watch *w, const struct known *k)
{
	unsigned long long now = time_now();
	unsigned long long ms =
	    (now - (k->died != 0 ? k->died : k->first)) / TIME_MS;

	if (json(w)) {
		fmt_add(w->out, "{\"event\":\"gone\",\"pid\":%d,\"ppid\":%d,"
		    "\"ms\":%llu,\"exact\":%s}\n", k->t.pid, k->t.ppid, ms,
		    k->died != 0 ? "true" : "false");
		return;
	}
	add_clock(w->out, now);
	fmt_add(w->out, " gone %d ", k->t.pid);
	row_name(w->out, &k->t);
	fmt_add(w->out, k->died != 0 ? ", a zombie for " : ", first seen before ");
	fmt_fixed(w->out, ms, 3, 1);
	fmt_add(w->out, " s\n");
}

/* Each time the zombies of a parent have doubled. */
void
tell_rate(struct watch *w, struct group *g)
{
	unsigned long long now = time_now(), hourly = group_hourly(g, now), s;
	const char *which;

	if (g->next == 0)
		g->next = g->count < 5 ? 10 : 2 * g->count;
	if (g->count < g->next)
		return;
	g->next = 2 * g->count;
	if (json(w)) {
		which = limits_first(w->z->dir, g->parent, hourly, &s);
		fmt_add(w->out, "{\"event\":\"leak\",\"ppid\":%d,\"zombies\":%lu,"
		    "\"hourly\":%llu", g->parent, g->count, hourly);
		if (which != NULL)
			fmt_add(w->out, ",\"limit\":\"%s\",\"seconds\":%llu",
			    which, s);
		fmt_add(w->out, "}\n");
		return;
	}
	add_clock(w->out, now);
	fmt_add(w->out, " parent %d has %lu zombies", g->parent, g->count);
	limits_outlook(w->out, w->z->dir, g->parent, hourly);
	fmt_add(w->out, "\n");
}
