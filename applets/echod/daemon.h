/* daemon - life without a terminal: -d and -p. */
#ifndef DAEMON_H
#define DAEMON_H

#ifndef ENABLE_ECHOD_DAEMON
#define ENABLE_ECHOD_DAEMON 1	/* -d, -p; 900 bytes */
#endif

/*
 * Go on as a process of a new session; the one before waits until
 * daemon_ready and exits with 0, or with the status of a start that failed.
 */
void daemon_start(void);

/* While files can be opened: write the pid file, which dies when another
 * server runs by it; let go of the terminal. */
void daemon_settle(void);
void daemon_ready(void);

/* Remove the pid file if it is still the one we wrote; also in the opener. */
void daemon_unlink(void);

#endif
