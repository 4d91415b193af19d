/* serial - the echo of frames on serial lines (tty:DEVICE@SPEED). */
#ifndef SERIAL_H
#define SERIAL_H

#ifndef ENABLE_ECHOD_TTY
#define ENABLE_ECHOD_TTY 1	/* tty: addresses; 3 KB */
#endif

#if ENABLE_ECHOD_TTY
#define SERIAL_HELP "unix:PATH or tty:DEVICE@SPEED"
#else
#define SERIAL_HELP "or unix:PATH"
#endif

struct fmt;

/* Open DEVICE or DEVICE@SPEED and serve it in a helper process (keep.h),
 * frame by frame (frame.h).  Dies when it cannot. */
void serial_add(const char *);

/* How many there are; their lines for standard output; their counters. */
int serial_count(void);
void serial_lines(struct fmt *);
void serial_status(void);

/* Open one again, as it was opened first.  Returns the descriptor or -1. */
int serial_open(int);

/* Restore their settings, and close them. */
void serial_close(void);

#endif
