/* link_tty - a serial line as a link: frames with a CRC, one line at most. */
#ifndef LINK_TTY_H
#define LINK_TTY_H

#include <stddef.h>
#include <sys/types.h>

#ifndef ENABLE_ECHOC_TTY
#define ENABLE_ECHOC_TTY 1	/* tty:DEVICE@SPEED; 4 KB with the frames */
#endif

#if ENABLE_ECHOC_TTY
#define TTY_HELP "/PATH, @NAME or\ntty:DEVICE@SPEED"
#else
#define TTY_HELP "/PATH or\n@NAME"
#endif

/* As link.h's, for DEVICE[@SPEED]. */
int link_tty_open(const char *);
ssize_t link_tty_send(int fd, const void *, size_t);
ssize_t link_tty_recv(int fd, void *, size_t);
void link_tty_close(int fd);

/* There is one line, if any: is something of it waiting?  Write what is. */
int link_tty_unsent(void);
int link_tty_unread(void);
void link_tty_flush(int fd);

/* Frames that came damaged, and bytes that were in none. */
unsigned long long link_tty_damaged(void);

#endif
