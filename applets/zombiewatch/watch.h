/* watch - what the parts of the watch share. */
#ifndef WATCH_H
#define WATCH_H

#include "group.h"
#include "known.h"

struct watch {
	const struct zw *z;
	int own;		/* the proc root is of our namespace */
	int events;		/* the proc connector, or -1 */
	int why;		/* there is none: errno */
	int screen;		/* full screen, not lines */
	unsigned zombies;	/* told of */
	unsigned processes;	/* at the last scan */
	int behind;		/* events were lost, the scan is still to come */
	int scanned;		/* while settling: a scan has just been */
	unsigned long long next;	/* when to look again */
};

/*
 * Begin, and do what there is to do: take events, look again, report.
 * Both return 0, or -1 with errno.  follow_due is when there is something
 * to do besides events; 0: nothing as yet.
 */
int follow_begin(struct watch *);
int follow_turn(struct watch *);
unsigned long long follow_due(const struct watch *);

/*
 * A process of which a thread has ended; if all of them have and nobody
 * waits it is a zombie.  Returns -1 when there are too many to remember.
 * suspect_first is when the first of them died (0: there is none), and
 * suspect_due takes one who is dead for an age (0: none is).
 */
int suspect_add(pid_t, unsigned long long died);
unsigned long long suspect_first(void);
pid_t suspect_due(unsigned long long now, unsigned long long age,
    unsigned long long *died);

/* Remember a process's command line; return what is remembered, or NULL. */
void command_note(pid_t);
const char *command_of(pid_t);

/* Lines: what the source is, a zombie that came and that went, a parent
 * that leaves more and more. */
void tell_source(struct watch *);
void tell_came(struct watch *, const struct known *);
void tell_went(struct watch *, const struct known *);
void tell_rate(struct watch *, struct group *);
void tell_lost(struct watch *);

/*
 * The full screen: begin (0, or -1: the output is no such terminal), paint
 * what changed of a line, write that out, start over (the size changed, or
 * another program wrote), and put everything back.
 */
int screen_begin(void);
void screen_reset(void);
void screen_end(void);
void screen_line(int row, const char *text);
void screen_out(void);
int screen_rows(void);

/* Paint the state. */
void view_paint(struct watch *);

#endif
