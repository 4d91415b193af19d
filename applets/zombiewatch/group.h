/* group - zombies by parent: who leaves how many. */
#ifndef GROUP_H
#define GROUP_H

#include "zombiewatch.h"

enum { GROUPS_MAX = 256 };

struct group {
	pid_t parent;
	unsigned count;
	unsigned base;	/* so many of them when counting began, */
	unsigned long long since;	/* which was then */
	unsigned next;	/* the count that is worth a line */
	struct task zombie;	/* one of them, for the autopsy */
};

/* Count a zombie to its parent, which is returned (NULL: no place left),
 * or out again. */
struct group *group_add(const struct task *);
void group_remove(const struct task *);

/* What is there now was there before: rates count from here. */
void group_settle(void);

/* How many more zombies an hour the parent leaves than it reaps; 0 if it
 * does not, or was watched for too short a time to tell. */
unsigned long long group_hourly(const struct group *, unsigned long long now);

/* The groups, those with most zombies first; NULL behind the last. */
const struct group *group_at(unsigned);

/* How many zombies belong to parents that found no place. */
extern unsigned group_lost;

/*
 * Look, twice if an age is asked for, and group the zombies that count.  For
 * an age or a cure known_at has them too, as many as there is room for; a
 * look of monitoring keeps none.  Returns how many there are; what is wrong
 * ends the program.
 */
struct fast;
unsigned group_collect(const struct zw *, struct fast *, int pidfds);

/* Do the autopsy of a group, and add its parent, count and verdict. */
struct evidence;
void group_line(const struct group *, struct evidence *);

/* Add each parent with its count and its verdict. */
void group_show(int verbose);

#endif
