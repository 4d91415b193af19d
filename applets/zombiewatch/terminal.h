/* terminal - job control as the shell above an init expects it. */
#ifndef ZW_TERMINAL_H
#define ZW_TERMINAL_H

#include <sys/types.h>

/* Is there one?  Who has none at the start gets none. */
int terminal_have(void);

/* If our process group has the terminal, give it to this one. */
void terminal_give(pid_t group);

/* If this group has the terminal, or nobody who lives, take it back. */
void terminal_take(pid_t group);

/* Was the group stopped by a key or by its use of the terminal? */
int terminal_stops(pid_t group, int sig);

/* Stop our process group, where a shell can continue it. */
void terminal_stop(void);

/* Give up terminal 0, and swallow what the kernel tells of it. */
void terminal_leave(void);

#endif
