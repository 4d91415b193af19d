/* time - the clock that never jumps, in nanoseconds. */
#include <errno.h>
#include <limits.h>
#include <time.h>

#include "time.h"

unsigned long long
time_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * TIME_S + t.tv_nsec;
}

int
time_left(unsigned long long point)
{
	unsigned long long ms, now = time_now();

	if (point == 0)
		return -1;
	if (point <= now)
		return 0;
	ms = (point - now + TIME_MS - 1) / TIME_MS;
	return ms > INT_MAX ? INT_MAX : (int)ms;
}

void
time_sleep(unsigned long long ns)
{
	unsigned long long point = time_now() + ns;
	struct timespec t;

	t.tv_sec = point / TIME_S;
	t.tv_nsec = point % TIME_S;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) ==
	    EINTR)
		;
}
