/* log - events of the server, each one line and one write. */
#ifndef LOG_H
#define LOG_H

#include <stddef.h>
#include <sys/resource.h>

#include "count.h"

#ifndef ENABLE_ECHOD_LOGS
#define ENABLE_ECHOD_LOGS 1	/* -o json and so on, rusage; 2 KB */
#endif

struct fmt;
struct net_addr;
struct slot;

/* -o: a line of words, an object a line, or a system's log. */
enum { LOG_LINES, LOG_JSON, LOG_SYSLOG, LOG_KMSG };

/*
 * From here on lines, and what warn() says, go where -o wants them, by way
 * of descriptor 2, and never wait for a reader: what cannot be written is
 * dropped, counted, and reported later.  Dies when there is no such log.
 */
void log_open(void);

/* Begin a line: with the event's name, or with words where people read. */
void log_begin(struct fmt *, const char *event, const char *words);

/* The notes' four events.  status and usage where the connection was a
 * process, else -1 and NULL. */
void log_start(void);
void log_connected(const struct slot *);
void log_data(const struct slot *, const void *, size_t);
void log_disconnected(const struct slot *, int status, const struct rusage *);
void log_stop(void);

/*
 * A client is turned away, for a reason in words.  A flood of such lines
 * is cut short, and log_unlogged says how many were left out, when their
 * second is over or now; it returns when it is to be called again, or 0.
 */
void log_refused(const struct net_addr *, const char *why);
unsigned long long log_unlogged(int now);

/* The counters, and a line for each connection. */
void log_status(void);

/* The counters of somebody else, from first up to last. */
void log_counts(const char *event, const char *who, enum count first,
    enum count last);

#endif
