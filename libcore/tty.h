/* tty - serial devices, raw and at a speed. */
#ifndef TTY_H
#define TTY_H

#include <termios.h>

/*
 * Open DEVICE or DEVICE@SPEED, a serial line or a pty: raw, eight bits,
 * one stop bit, no parity, no flow control, modem lines ignored;
 * non-blocking, close-on-exec, never the controlling terminal, and where
 * the system grants it exclusive.  Without SPEED it stays as it is.  *old
 * gets the settings from before.  Returns the descriptor, to be closed by
 * tty_close; or -1 with errno: EINVAL is a speed that termios(3) or the
 * device does not know, ENOTTY no terminal, EBUSY exclusively another's.
 */
int tty_open(const char *, struct termios *old);

/* Let what was written go out, restore the settings, and close. */
void tty_close(int, const struct termios *old);

#endif
