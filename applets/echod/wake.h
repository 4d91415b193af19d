/* wake - workers that take clients wake the main process, if it asked. */
#ifndef WAKE_H
#define WAKE_H

/* What for; it has an answer to nothing else and sleeps. */
enum { WAKE_TAKEN = 1, WAKE_FULL = 2 };

/* The main process: ask (then look once more, it may just have happened),
 * or tell whether a worker has answered. */
void wake_ask(unsigned);
int wake_asked(unsigned);

/* A worker has a client: wake the main process if it waits for that. */
void wake_taken(void);

#endif
