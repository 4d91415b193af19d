/* sink - where log lines go: written at once, or dropped and counted. */
#ifndef SINK_H
#define SINK_H

struct fmt;

/* Prepare descriptor 2 for the log that -o names; dies when it cannot. */
void sink_open(void);

/*
 * Write a line, without its newline; importance as syslog's: 3 error,
 * 4 warning, 6 information, 7 debug.  The kernel's log, which is small,
 * gets none of 7.
 */
enum { SINK_LINE = 3072 };	/* the longest */
enum { SINK_ERROR = 3, SINK_WARNING = 4, SINK_INFO = 6, SINK_DEBUG = 7 };
void sink_line(const struct fmt *, int importance);

/* Connect a socket to the system's logger.  Returns 0, or -1 with errno. */
int sink_connect(int fd);

/*
 * The logger was started anew, and its address is another socket: whoever
 * finds it gone has the main process connect ours again, which all processes
 * have, once and then each second.  To be called by it in each round;
 * returns when it has to be again, or 0.
 */
unsigned long long sink_mend(void);

#endif
