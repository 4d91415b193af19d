/* supervise - start programs, start them again when they end, and count. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "err.h"
#include "fmt.h"
#include "io.h"
#include "opt.h"
#include "rescue.h"
#include "time.h"

enum {
	/* The kernel hands over 32 words at most; echod, and DHCP's clients. */
	SERVICES = 48,
	WORDS = 24,
};

/* The pause doubles with each quick end; who lived a while is forgiven. */
enum { PAUSE_MIN = 1, PAUSE_MAX = 60 };	/* seconds */
#define FORGIVEN (60 * TIME_S)

#define X(name) #name "\0"
static const char applets[] = APPLETS;
#undef X

static struct service {
	pid_t pid;			/* 0: does not run */
	unsigned pause, starts;
	unsigned long long due;		/* when it is started; 0: never */
	unsigned long long since;	/* when it was started last */
	char *argv[WORDS];		/* from 1 on; NULL behind the last */
} services[SERVICES + 1];

static int count;
static unsigned long long orphans;

int
supervise_add(char *line)
{
	struct service *s = &services[count];
	int n = 1;	/* 0 is for the box, should it be an applet */

	if (count == SERVICES)
		return -1;
	while (n < WORDS - 1 &&
	    (s->argv[n] = io_word(&line, " \t")) != NULL)
		n++;
	if (n == 1)
		return 0;
	if (n == WORDS - 1 && *(line += strspn(line, " \t")) != '\0')
		warn("%s: more than %d words; left out from '%s' on",
		    s->argv[1], WORDS - 2, line);
	s->due = time_now();
	count++;
	return 0;
}

/*
 * A program, a shell say, may have the console.  An applet needs none, and
 * as an initramfs of one file has no links, the box is asked by its path.
 */
static pid_t
start(struct service *s, const char *self, const sigset_t *mask)
{
	pid_t pid;

	if (opt_word(s->argv[1], applets) == -1)
		return child_start(s->argv + 1, mask, CHILD_SESSION);
	pid = child_start(s->argv + 1, mask, CHILD_GROUP);
	if (pid != -1 || errno != ENOENT)
		return pid;
	s->argv[0] = (char *)self;
	return child_start(s->argv, mask, CHILD_GROUP);
}

static void
pause_more(struct service *s)
{
	s->pause = s->pause == 0 ? PAUSE_MIN :
	    s->pause < PAUSE_MAX / 2 ? s->pause * 2 :
				       PAUSE_MAX;
	s->due = time_now() + s->pause * TIME_S;
}

void
supervise_start(const char *self, const sigset_t *mask)
{
	struct service *s;

	for (s = services; s->argv[1] != NULL; s++) {
		if (s->pid != 0 || s->due == 0 || time_left(s->due) > 0)
			continue;
		s->since = time_now();
		s->pid = start(s, self, mask);
		if (s->pid != -1) {
			s->starts++;
			continue;
		}
		s->pid = 0;
		/* The kernel hands over words that were meant for others. */
		if (child_code(errno) == 127) {
			s->due = 0;
			warn("%s: no such program here, left out", s->argv[1]);
			continue;
		}
		warn("%s:", s->argv[1]);
		pause_more(s);
	}
}

unsigned long long
supervise_due(void)
{
	unsigned long long due = 0;
	struct service *s;

	for (s = services; s->argv[1] != NULL; s++)
		if (s->pid == 0 && s->due != 0 && (due == 0 || s->due < due))
			due = s->due;
	return due;
}

static void
ended(struct service *s, const struct child *c)
{
	FMT(f, 256);

	s->pid = 0;
	if (time_now() - s->since > FORGIVEN)
		s->pause = 0;
	pause_more(s);
	child_format(&f, c);
	warn("%s: %s; again in %u s", s->argv[1], f.buf, s->pause);
}

int
supervise_reap(pid_t own)
{
	struct service *s;
	struct child c;
	int seen = 0;

	while (child_reap(&c) > 0) {
		if (c.pid == own) {
			seen = 1;
			continue;
		}
		for (s = services; s->argv[1] != NULL; s++)
			if (s->pid == c.pid)
				break;
		if (s->argv[1] == NULL)
			orphans++;
		else
			ended(s, &c);
	}
	return seen;
}

void
supervise_again(void)
{
	struct service *s;

	for (s = services; s->argv[1] != NULL; s++)
		if (s->pid != 0) {
			s->pid = 0;
			pause_more(s);
		}
}

void
supervise_show(struct fmt *f)
{
	struct service *s;

	for (s = services; s->argv[1] != NULL; s++) {
		fmt_add(f, "  %-12s ", s->argv[1]);
		if (s->pid != 0)
			fmt_add(f, "pid %d, up %llu s", s->pid,
			    (time_now() - s->since) / TIME_S);
		else if (s->due == 0)
			fmt_add(f, "no such program");
		else
			fmt_add(f, "down, again in %llu s",
			    (time_left(s->due) + 999) / 1000ull);
		fmt_add(f, ", started %u times\n", s->starts);
	}
	fmt_add(f, "  %llu orphans reaped\n", orphans);
}
