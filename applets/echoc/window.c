/* window - which probes are out, and what each became. */
#include <string.h>

#include "report.h"
#include "window.h"

void
window_start(struct window *w, unsigned long long *n)
{
	memset(w, 0, sizeof *w);
	w->next = w->oldest = 1;
	w->n = n;
}

int
window_full(const struct window *w)
{
	return w->next - w->oldest >= WINDOW_SIZE;
}

unsigned long long
window_send(struct window *w, unsigned long long now)
{
	unsigned long long seq = w->next++;

	w->sent_at[seq % WINDOW_SIZE] = now;
	w->fate[seq % WINDOW_SIZE] = WAITING;
	return seq;
}

unsigned long long
window_sent_at(const struct window *w, unsigned long long seq)
{
	return w->sent_at[seq % WINDOW_SIZE];
}

unsigned long long
window_oldest(struct window *w)
{
	for (; w->oldest < w->next; w->oldest++)
		if (w->fate[w->oldest % WINDOW_SIZE] == WAITING)
			return w->oldest;
	return 0;
}

unsigned long long
window_waiting(const struct window *w)
{
	return w->next - 1 - w->n[C_received] - w->n[C_lost];
}

enum fate
window_reply(struct window *w, unsigned long long seq, unsigned long long now,
    unsigned long long *took)
{
	unsigned char *fate = &w->fate[seq % WINDOW_SIZE];

	*took = 0;
	if (seq == 0 || seq >= w->next || w->next - seq > WINDOW_SIZE)
		return STRAY;
	*took = now - window_sent_at(w, seq);
	if (*fate == GOOD || *fate == LATE) {
		w->n[C_duplicates]++;
		return DUPLICATE;
	}
	if (seq < w->highest)
		w->n[C_reordered]++;
	else
		w->highest = seq;
	w->n[C_received]++;
	if (*fate == WAITING)
		return *fate = GOOD;
	w->missing -= *fate == MISSING;
	w->n[C_lost]--;
	w->n[C_late]++;
	return *fate = LATE;
}

unsigned long long
window_expire(struct window *w, unsigned long long point)
{
	unsigned long long seq = window_oldest(w);

	if (seq == 0 || window_sent_at(w, seq) > point)
		return 0;
	w->fate[seq % WINDOW_SIZE] = MISSING;
	w->missing++;
	w->n[C_lost]++;
	return seq;
}

void
window_fail(struct window *w, unsigned long long seq)
{
	if (seq == 0 || seq >= w->next || w->next - seq > WINDOW_SIZE ||
	    w->fate[seq % WINDOW_SIZE] != WAITING)
		return;
	w->fate[seq % WINDOW_SIZE] = FAILED;
	w->n[C_lost]++;
}
