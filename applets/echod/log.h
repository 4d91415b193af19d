/* log - events of the server, each one line and one write. */
#ifndef LOG_H
#define LOG_H

#include <stddef.h>
#include <sys/resource.h>

#ifndef ENABLE_ECHOD_LOGS
#define ENABLE_ECHOD_LOGS 1	/* -o json, syslog, kmsg; 1.5 KB */
#endif

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

/* The notes' four events.  status and usage where the connection was a
 * process, else -1 and NULL. */
void log_start(void);
void log_connected(const struct slot *);
void log_data(const struct slot *, const void *, size_t);
void log_disconnected(const struct slot *, int status, const struct rusage *);
void log_stop(void);

/* A client is turned away, for a reason in words. */
void log_refused(const struct net_addr *, const char *why);

/* The counters, and a line for each connection. */
void log_status(void);

#endif
