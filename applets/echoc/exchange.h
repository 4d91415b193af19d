/* exchange - one verified question, alone or one of thousands. */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include "dial.h"
#include "verdict.h"

struct options;
struct pollfd;

enum { EXCHANGE_LARGEST = 65536 };	/* -s */

struct exchange {
	enum verdict verdict;
	int connected;
	int round;
	unsigned size;		/* bytes asked in a round */
	unsigned sent, got;	/* of this round */
	unsigned long long seed;
	unsigned long long began, up, ended;	/* time_now's; up: connected */
	unsigned long long limit;	/* the caller's, never beyond; 0: none */
	struct dial dial;	/* dial.target from target_parse */
};

/*
 * Ask while the caller does other things, as with dial: two rounds of
 * bytes that no other exchange asks for, the second to find an echo that
 * comes twice.  Poll what exchange_poll sets until exchange_until, then
 * step; both answer 1 when it is over: the verdict holds, all is closed.
 */
int exchange_start(struct exchange *, const struct options *);
void exchange_poll(const struct exchange *, struct pollfd *);
unsigned long long exchange_until(const struct exchange *);
int exchange_step(struct exchange *, const struct pollfd *);

/* Ask and do nothing else. */
void exchange(struct exchange *, const struct options *);

#endif
