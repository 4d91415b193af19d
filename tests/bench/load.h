/* load - what the ways of loading a server share: clock, histogram, sockets.
 * Errors end the program with 3: a figure is right or there is none. */
#ifndef LOAD_H
#define LOAD_H

#include <netinet/in.h>
#include <stddef.h>

/* Log-linear: 64 buckets a power of two, so within 1.6 % of the value. */
struct hist {
	unsigned long long bucket[64 * 64];
	unsigned long long n;
};

extern struct sockaddr_in target;

/* Monotonic nanoseconds. */
unsigned long long now(void);

void hist_add(struct hist *, unsigned long long);
/* The value below which a share (0.5, 0.99) of the samples lies. */
double hist_at(const struct hist *, double share);

_Noreturn void fail(const char *what);
/* A new non-blocking TCP socket on its way to the target; a close resets. */
int dial(void);
/* The CPU seconds this process has used. */
double cpu(void);
/* A pattern to send and to compare with. */
void pattern(char *, size_t);
/* Everything is connected: says "settled" and goes on when told a byte, or
 * at the end of the input. */
void settled(void);
/* Prints the line of JSON; connections stay until the input ends. */
void result(const char *, ...) __attribute__((format(printf, 1, 2)));

/* The ways; each prints one line of JSON. */
void churn(int at_once, double seconds);
void paced(int per_second, double seconds);
void trips(int connections, size_t size, double seconds);
void bulk(double seconds);
void flood(size_t size, int window, double seconds);
void ready(int times, char **argv);

#endif
