/* model - the interface of a concurrency model: one file, one table row. */
#ifndef MODEL_H
#define MODEL_H

#include <sys/resource.h>
#include <sys/types.h>

/*
 * The main loop accepts, finds a slot of the board, fills in its peer, and
 * hands both over.  Whoever serves the connection counts in the slot;
 * when it is over, the main process hears of it and calls board_free.
 */
struct model {
	const char *name;

	/* Before the first client, the sandbox and the ready line; may be
	 * NULL.  Dies when it cannot. */
	void (*start)(void);

	/* Serve the connection, or have it served; the descriptor is the
	 * model's from here on, and the slot until board_free.  Returns 0,
	 * or -1 with errno, both given back, when the system refused. */
	int (*serve)(int fd, unsigned slot);

	/* Ask the connection of a slot to end: what came is echoed, then
	 * the half-close.  Asked with force, it ends whatever is left. */
	void (*end)(unsigned slot, int force);

	/* A child of the main process was reaped; may be NULL. */
	void (*reaped)(pid_t, int status, const struct rusage *);
};

/* Find a model by its name, or NULL. */
const struct model *model_find(const char *);

#endif
