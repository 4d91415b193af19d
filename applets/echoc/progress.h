/* progress - one line on a terminal that says how far a run is. */
#ifndef PROGRESS_H
#define PROGRESS_H

struct fmt;
struct options;

/* Is there a terminal to write it on, and no -q? */
int progress_wanted(const struct options *);

/* Write it over the one before; an empty one takes it away. */
void progress(const struct fmt *);

#endif
