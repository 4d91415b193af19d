/* log - events of the server, each one line and one write. */
#ifndef LOG_H
#define LOG_H

#include <stddef.h>
#include <sys/resource.h>

struct slot;

/* Prepare the descriptor that lines go to; after the options are read. */
void log_open(void);

/* The notes' four events.  status and usage where the connection was a
 * process, else -1 and NULL. */
void log_start(void);
void log_connected(const struct slot *);
void log_data(const struct slot *, const void *, size_t);
void log_disconnected(const struct slot *, int status, const struct rusage *);
void log_status(void);
void log_stop(void);

#endif
