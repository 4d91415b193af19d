/* suspect - those who died lately and may yet be waited for. */
#include "watch.h"

enum { SUSPECTS = 8192 };

/* A ring, who died first in front. */
static struct {
	pid_t pid;
	unsigned long long died;
} suspects[SUSPECTS];
static unsigned first, count;

static void
put(pid_t pid, unsigned long long died)
{
	unsigned at = (first + count++) % SUSPECTS;

	suspects[at].pid = pid;
	suspects[at].died = died;
}

/* Make room: most have been waited for long before they are due. */
static void
tidy(void)
{
	struct task t;
	unsigned i, at, n = count, from = first;

	count = 0;
	for (i = 0; i < n; i++) {
		at = (from + i) % SUSPECTS;
		if (task_read(suspects[at].pid, &t) == 0 &&
		    t.state == 'Z')
			put(suspects[at].pid, suspects[at].died);
	}
}

int
suspect_add(pid_t pid, unsigned long long died)
{
	unsigned last = (first + count + SUSPECTS - 1) % SUSPECTS;

	/* One more of its threads. */
	if (count > 0 && suspects[last].pid == pid) {
		suspects[last].died = died;
		return 0;
	}
	if (count == SUSPECTS)
		tidy();
	if (count == SUSPECTS)
		return -1;
	put(pid, died);
	return 0;
}

unsigned long long
suspect_first(void)
{
	return count > 0 ? suspects[first].died : 0;
}

pid_t
suspect_due(unsigned long long now, unsigned long long age,
    unsigned long long *died)
{
	pid_t pid;

	if (count == 0 || suspects[first].died + age > now)
		return 0;
	pid = suspects[first].pid;
	*died = suspects[first].died;
	first = (first + 1) % SUSPECTS;
	count--;
	return pid;
}
