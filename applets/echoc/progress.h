/* progress - one line on a terminal that says how far a run is. */
#ifndef PROGRESS_H
#define PROGRESS_H

struct options;

/* Is there a terminal to write it on, and no -q? */
int progress_wanted(const struct options *);

/* Write it over the one before; and take it away, if there is one. */
void progress(const char *);
void progress_end(const struct options *);

#endif
