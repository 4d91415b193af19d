/* group - zombies by parent: who leaves how many. */
#ifndef GROUP_H
#define GROUP_H

#include "zombiewatch.h"

enum { GROUPS_MAX = 256 };

struct group {
	pid_t parent;
	unsigned long count;
	struct task zombie;	/* one of them, for the autopsy */
};

/* Forget all; count a zombie to its parent. */
void group_reset(void);
void group_add(const struct task *);

/* The groups, those with most zombies first; NULL behind the last. */
const struct group *group_at(unsigned);

/* How many parents there are, also those beyond GROUPS_MAX... */
unsigned long group_lost(void);

/* Add each parent with its count and its verdict, at most so many. */
void group_show(struct fmt *, const struct zw *, unsigned most);

#endif
