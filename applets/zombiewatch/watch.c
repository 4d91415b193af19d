/* watch - zombies as they come and go: by the kernel's events, or scans. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "err.h"
#include "events.h"
#include "fast.h"
#include "io.h"
#include "sig.h"
#include "time.h"
#include "watch.h"

/* Returns 1 if the signal ends the watch. */
static int
signalled(struct watch *w, int sig)
{
	if (sig == SIGTSTP) {
		screen_end();
		kill(getpid(), SIGSTOP);
		screen_begin();
		view_paint(w);
		return 0;
	}
	if (sig != SIGWINCH)
		return 1;
	screen_reset();
	view_paint(w);
	return 0;
}

/* Returns 1 on q, and at the end of input. */
static int
key(struct pollfd *p)
{
	char c;

	if (p->revents == 0)
		return 0;
	if (io_read(p->fd, &c, 1) == 1)
		return c == 'q' || c == 'Q';
	p->fd = -1;
	return 0;
}

/* Watch until a signal or q.  Returns 0, or -1 with errno. */
static int
loop(struct watch *w, int sfd)
{
	struct pollfd p[] = { { .fd = sfd, .events = POLLIN },
		{ .fd = w->events, .events = POLLIN },
		{ .fd = w->screen ? STDIN_FILENO : -1, .events = POLLIN } };
	int sig;

	for (;;) {
		if (poll(p, 3, time_left(follow_due(w))) == -1 && errno != EINTR)
			return -1;
		while ((sig = sig_next(sfd, NULL)) != 0)
			if (signalled(w, sig))
				return 0;
		if (key(&p[2]))
			return 0;
		if (follow_turn(w) == -1)
			return -1;
	}
}

/* What ends the watch; on a screen also what changes it.  A hangup that
 * was to be ignored (nohup) is. */
static int
signals(int screen)
{
	struct sigaction hup;
	int list[8], n = 0;

	list[n++] = SIGINT;
	list[n++] = SIGTERM;
	list[n++] = SIGQUIT;
	if (sigaction(SIGHUP, NULL, &hup) == 0 && hup.sa_handler != SIG_IGN)
		list[n++] = SIGHUP;
	if (screen) {
		list[n++] = SIGWINCH;
		list[n++] = SIGTSTP;
	}
	list[n] = 0;
	return sig_open(list, &(sigset_t){ 0 });
}

int
watch_main(struct zw *z)
{
	struct watch w = { .z = z, .own = fast_own(), .events = -1 };
	int sfd, saved, result;

	if (z->interval == 0)
		z->interval = 2 * TIME_S;
	w.events = w.own ? events_open() : -1;
	w.why = errno;
	w.screen = z->format == FORMAT_TEXT && screen_begin() == 0;
	sfd = signals(w.screen);
	result = sfd == -1 || follow_begin(&w) == -1 ? -1 : loop(&w, sfd);
	saved = errno;
	if (w.screen)
		screen_end();
	errno = saved;
	if (result == -1)
		die(SYSTEM, "%s:", z->root);
	return w.zombies > 0 ? NO : OK;
}
