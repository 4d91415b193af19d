/* err - the only voice: warn and die; and the exit statuses. */
#ifndef ERR_H
#define ERR_H

#include <stdarg.h>

#ifndef ENABLE_ERRORS
#define ENABLE_ERRORS 1	/* the texts of rare errors too; 1 KB */
#endif
#ifndef ENABLE_UNDO
#define ENABLE_UNDO 1	/* a start that fails leaves no files; 120 bytes */
#endif

/*
 * Exit statuses, an interface for scripts.  A command that runs another
 * one uses 125 for its own failure, 126 and 127 as the shell does, and
 * 128+n for a death by signal n.
 */
enum {
	OK = 0,		/* done, and the answer is yes */
	NO = 1,		/* it ran, and the answer is no */
	USAGE = 2,	/* the command line is wrong */
	SYSTEM = 3,	/* the system refused something */
};

/* Who speaks: the applet's name, for the front of each message. */
extern const char *err_name;

/* Who gets each message instead, without "NAME: " and a newline; NULL, as
 * at the start, is nobody. */
extern void (*err_sink)(const char *);

/*
 * Write "NAME: MESSAGE" to standard error, in one write(2), so that lines
 * of several processes never mix.  A trailing colon in the format adds
 * the text of errno.  Formats are those of fmt.h; errno is kept.
 */
void warn(const char *, ...) __attribute__((format(printf, 1, 2)));
void vwarn(const char *, va_list);

/* warn, then exit with the status. */
_Noreturn void die(int, const char *, ...)
    __attribute__((format(printf, 2, 3)));

/* Exit at once; before it err_last is called (unless NULL, as at the start),
 * to undo what would be left.  Forked processes inherit it. */
extern void (*err_last)(void);
_Noreturn void err_exit(int);

#endif
