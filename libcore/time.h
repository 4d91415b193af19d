/* time - the clock that never jumps, in nanoseconds. */
#ifndef TIME_H
#define TIME_H

/* Constants for nanoseconds. */
#define TIME_US 1000ull
#define TIME_MS 1000000ull
#define TIME_S 1000000000ull

/* Nanoseconds since some point in the past (CLOCK_MONOTONIC). */
unsigned long long time_now(void);

/*
 * Milliseconds from now until a point of time_now's clock, for poll(2):
 * rounded up, so that waiting so long is enough; 0 when it has passed,
 * -1 (wait for ever) when the point is 0, which stands for never.
 */
int time_left(unsigned long long point);

/* Wait so long, signals or not. */
void time_sleep(unsigned long long ns);

#endif
