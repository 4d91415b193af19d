/* gate - checks until servers are up or down, one or thousands. */
#ifndef GATE_H
#define GATE_H

#include <stddef.h>

#include "exchange.h"
#include "hist.h"
#include "report.h"
#include "verdict.h"

/* One server to be asked. */
struct member {
	const char *host, *port;
	unsigned long long due;		/* when to ask again */
	unsigned long long connect, took;	/* ns of the last attempt; 0 */
	unsigned long long attempts;
	enum verdict verdict;		/* of the last attempt */
	int good;			/* once it is done */
	int stream;
};

/* A member that is being asked; NULL: free. */
struct question {
	struct member *member;
	struct exchange x;
};

struct gate {
	const struct options *o;
	struct member *members;
	unsigned count;
	/* Who waits to be asked, by number, in the order of being due. */
	unsigned *queue;
	unsigned head, waiting;
	struct question *slots;
	struct pollfd *polls;
	unsigned limit, busy;	/* slots */
	unsigned long long ends;	/* 0: one attempt each */
	unsigned long long began, good;
	struct results r;
};

/* gate_file.c: read -F's targets, a line each; an error ends in usage(). */
void gate_load(struct gate *, const char *path);

/* gate_say.c: one member is done; then all are.  gate_end returns the
 * exit status. */
void gate_said(struct gate *, const struct member *);
int gate_end(struct gate *);

#endif
