/* tell - the watch as lines, for people and as JSON. */
#include <string.h>
#include <time.h>

#include "autopsy.h"
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
command_note(pid_t pid)
{
	struct task t = { .pid = pid };
	struct fmt f = { commands[pid % COMMANDS].line, COMMAND_BYTES, 0, 0 };

	fmt_reset(&f);
	read_command(&f, &t);
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
add_clock(unsigned long long when)
{
	unsigned long long ms = wall(when);
	unsigned s = ms / 1000 % 86400;

	print("%02u:%02u:%02u.%03u", s / 3600, s / 60 % 60, s % 60,
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
		print("{\"event\":\"start\",\"source\":\"%s\"}\n",
		    source);
	else if (w->events != -1)
		print("watching by the kernel's events\n");
	else {
		print("watching by a scan every ");
		fmt_fixed(&page, w->z->interval / TIME_MS, 3, 2);
		print(" s (no events: %s)\n", w->own ?
			strerror(w->why) : "not our own PID namespace");
	}
}

void
tell_lost(struct watch *w)
{
	print(json(w) ? "{\"event\":\"lost\",\"source\":\"scan\"}\n" :
				  "events were lost; scanned instead\n");
}

static void
came_json(const struct known *k, const char *command)
{
	row_json(&k->t);
	print(",\"event\":\"zombie\"");
	row_number("died_ms", k->died != 0 ? wall(k->died) : 0);
	row_string("command", command,
	    command != NULL ? strlen(command) : 0);
	print("}\n");
}

void
tell_came(struct watch *w, const struct known *k)
{
	const char *command = command_of(k->t.pid);
	struct evidence e;

	if (json(w)) {
		came_json(k, command);
		return;
	}
	add_clock(time_now());
	print(" zombie %d ", k->t.pid);
	if (command != NULL)
		print("%s", command);
	else
		row_name(&k->t);
	print(": ");
	row_ended(&k->t);
	if (k->died != 0) {
		print(", died ");
		add_clock(k->died);
	}
	autopsy(&k->t, &e);
	print(", parent %d ", k->t.ppid);
	row_name(&e.parent);
	print(": ");
	autopsy_line(&e);
	print("\n");
}

void
tell_went(struct watch *w, const struct known *k)
{
	unsigned long long now = time_now();
	unsigned long long ms =
	    (now - (k->died != 0 ? k->died : k->first)) / TIME_MS;

	if (json(w)) {
		print("{\"event\":\"gone\",\"pid\":%d,\"ppid\":%d,"
		    "\"ms\":%llu,\"exact\":%s}\n", k->t.pid, k->t.ppid, ms,
		    k->died != 0 ? "true" : "false");
		return;
	}
	add_clock(now);
	print(" gone %d ", k->t.pid);
	row_name(&k->t);
	print(k->died != 0 ? ", a zombie for " : ", first seen before ");
	fmt_fixed(&page, ms, 3, 1);
	print(" s\n");
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
		which = limits_first(g->parent, hourly, &s);
		print("{\"event\":\"leak\",\"ppid\":%d,\"zombies\":%u",
		    g->parent, g->count);
		if (hourly > 0)
			print(",\"hourly\":%llu", hourly);
		if (which != NULL)
			print(",\"limit\":\"%s\",\"seconds\":%llu",
			    which, s);
		print("}\n");
		return;
	}
	add_clock(now);
	print(" parent %d has %u zombies", g->parent, g->count);
	limits_outlook(g->parent, hourly);
	print("\n");
}
