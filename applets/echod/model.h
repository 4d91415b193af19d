/* model - the interface of a concurrency model: one file, one table row. */
#ifndef MODEL_H
#define MODEL_H

#include <poll.h>
#include <sys/resource.h>
#include <sys/types.h>

struct fmt;

/*
 * The main loop accepts, finds a slot of the board, fills in its peer, and
 * hands both over.  Whoever serves the connection counts in the slot;
 * when it is over, the main process hears of it and calls board_free.
 */
struct model {
	const char *name;

	/* How many connections at once, where it is not -c. */
	const unsigned *most;

	/* What it does beside, for the sandbox (sandbox.h). */
	unsigned needs;

	/* Flags for accept4: SOCK_NONBLOCK, or 0. */
	int accept;

	/* Bytes it keeps of a slot, in its row (board.h). */
	unsigned row;

	/* Whether a connection keeps a descriptor of the main process. */
	int descriptors;

	/* Before the first client, with the sandbox on and the limits set;
	 * what it forks is under them.  May be NULL.  Dies when it cannot. */
	void (*start)(void);

	/* Serve the connection, or have it served; descriptor and slot are
	 * the model's from here on, the slot until accept_over.  Returns 0,
	 * or -1 with errno when the system refused: they are the caller's
	 * then.  NULL: the main process takes no clients. */
	int (*serve)(int fd, unsigned slot);

	/* Ask the connection of a slot (if it has one) to end: what came is
	 * echoed, then the half-close.  With force, it ends at once. */
	void (*end)(unsigned slot, int force);

	/* A child of the main process was reaped; may be NULL. */
	void (*reaped)(pid_t, int status, const struct rusage *);

	/* The process that serves a slot; NULL where it is the main one. */
	pid_t (*pid)(unsigned slot);

	/* In each round of the main loop; may be NULL. */
	void (*round)(void);

	/* Wait in place of the main loop's poll(2), for its own descriptors
	 * as well.  May be NULL. */
	int (*wait)(struct pollfd *, nfds_t, int milliseconds);
};

#ifndef ENABLE_ECHOD_MODELS
#define ENABLE_ECHOD_MODELS 1	/* single and prefork; 1.5 KB */
#endif
#ifndef ENABLE_ECHOD_THREAD
#define ENABLE_ECHOD_THREAD 1	/* 1 KB; elsewhere than on x86-64 5 more */
#endif
#ifndef ENABLE_ECHOD_EVENT
#define ENABLE_ECHOD_EVENT 1	/* 1.5 KB */
#endif
/* -n and -r, and what goes with which: where there is a choice. */
#define ENABLE_ECHOD_CHOICE                                                    \
	(ENABLE_ECHOD_MODELS || ENABLE_ECHOD_THREAD || ENABLE_ECHOD_EVENT)

extern const struct model fork_model;

/* The one that serves: where there is no choice the compiler knows it. */
#define MODEL (ENABLE_ECHOD_CHOICE ? opts.model : &fork_model)

/* Find a model by its name, or NULL; add all names to a text. */
const struct model *model_find(const char *);
void model_names(struct fmt *);

#endif
