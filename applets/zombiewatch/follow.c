/* follow - the watch's engine: who came, who went, when to look again. */
#include <stdint.h>
#include <unistd.h>

#include "err.h"
#include "events.h"
#include "fast.h"
#include "time.h"
#include "watch.h"

/* Events taken in one go; then signals and the screen have their turn. */
enum { EVENTS_A_TURN = 1024 };

static struct fast fast;
static unsigned looks;
static int lost;		/* events, since the last scan */
static int refused;		/* a zombie found no place; said once */

/* A zombie to follow from here on, if it is one that counts. */
static struct known *
follow(struct watch *w, const struct task *t)
{
	struct known *k = known_find(t);

	if (k != NULL || !filter_match(t))
		return k;
	k = known_add(t, time_now());
	if (k == NULL && !refused++ && !w->screen)
		warn("more than %d zombies: the further ones are not followed",
		    KNOWN_MAX);
	return k;
}

static void
come(struct watch *w, struct known *k)
{
	struct group *g;

	k->told = 1;
	w->zombies++;
	g = group_add(&k->t);
	if (w->screen)
		return;
	tell_came(w, k);
	if (g != NULL)
		tell_rate(w, g);
	row_out(SIZE_MAX);
}

/* Is it no longer there?  After a scan the scan knows. */
static int
gone(const struct known *k, void *arg)
{
	struct watch *w = arg;

	if (w->scanned ? k->look == looks :
		    task_same(&k->t))
		return 0;
	if (k->told) {
		w->zombies--;
		group_remove(&k->t);
		if (!w->screen)
			tell_went(w, k);
	}
	return 1;
}

/* Those that went, and those that are dead for long enough by now. */
static void
settle(struct watch *w, int scanned)
{
	struct known *k;
	unsigned i;

	w->scanned = scanned;
	row_forget();
	known_sweep(gone, w);
	for (i = 0; (k = known_at(i)) != NULL; i++)
		if (!k->told && time_now() - k->first >= w->z->age)
			come(w, k);
}

static int
scan(struct watch *w)
{
	struct known *k;
	struct task t;
	pid_t pid = -1;

	looks++;
	if (fast_start(&fast, w->own && !w->z->by_stat) == 0)
		while ((pid = fast_next(&fast, &t)) > 0)
			if ((k = follow(w, &t)) != NULL)
				k->look = looks;
	w->processes = fast.scan.processes;
	if (pid == -1)
		return -1;
	settle(w, 1);
	return 0;
}

/* Whoever is still a zombie when the age has passed counts. */
static void
check_suspects(struct watch *w)
{
	unsigned long long died;
	struct known *k;
	struct task t;
	pid_t pid;

	while ((pid = suspect_due(time_now(), w->z->age, &died)) != 0) {
		if (task_read(pid, &t) == -1 || !task_zombie(&t) ||
		    (k = follow(w, &t)) == NULL)
			continue;
		k->died = died;
		if (!k->told)
			come(w, k);
	}
}

static void
take_events(struct watch *w)
{
	struct event e;
	int n;

	for (n = 0; n < EVENTS_A_TURN; n++)
		switch (events_next(w->events, &e)) {
		case EVENT_NONE:
			return;
		case EVENT_EXEC:
			command_note(e.pid);
			break;
		case EVENT_EXIT:
			lost |= suspect_add(e.pid, e.when) == -1;
			break;
		case EVENT_LOST:
			lost = 1;
			break;
		case EVENT_OTHER:
			break;
		}
}

/* Is there something to look at again?  The events tell of deaths and not
 * of waits. */
static int
looks_again(const struct watch *w)
{
	return w->events == -1 || w->behind || known_at(0) != NULL;
}

/* When there is something to do besides events; 0: never. */
unsigned long long
follow_due(const struct watch *w)
{
	unsigned long long point = 0, died = suspect_first();

	if (looks_again(w))
		point = w->next;
	if (died != 0 && (point == 0 || died + w->z->age < point))
		point = died + w->z->age;
	return point;
}

/* Where events were lost only a scan can tell; it comes in its turn, so a
 * storm of deaths does not become a storm of scans. */
static int
look_again(struct watch *w)
{
	int scans = w->events == -1 || w->behind;

	w->next = time_now() + w->z->interval;
	w->behind = 0;
	lost = 0;
	if (scans)
		return scan(w);
	settle(w, 0);
	return 0;
}

int
follow_turn(struct watch *w)
{
	unsigned zombies = w->zombies;
	int again, result = 0;

	if (w->events != -1)
		take_events(w);
	if (lost && !w->behind && !w->screen)
		tell_lost(w);
	w->behind |= lost;
	again = time_now() >= w->next && looks_again(w);
	if (again)
		result = look_again(w);
	check_suspects(w);
	if (w->screen && (again || zombies != w->zombies))
		view_paint(w);
	else if (!w->screen)
		row_out(SIZE_MAX);
	return result;
}

/* Take stock: what is there at the start is shown, and is no leak. */
int
follow_begin(struct watch *w)
{
	if (!w->screen)
		tell_source(w);
	w->next = time_now() +
	    (w->z->age < w->z->interval ? w->z->age : w->z->interval);
	if (scan(w) == -1)
		return -1;
	if (w->processes == 0) {
		if (w->screen)
			screen_end();
		die(SYSTEM, SCAN_EMPTY, w->z->root);
	}
	row_out(SIZE_MAX);
	group_settle();
	if (!w->screen)
		scan_partial(&fast.scan, w->z->root);
	if (w->screen)
		view_paint(w);
	return 0;
}
