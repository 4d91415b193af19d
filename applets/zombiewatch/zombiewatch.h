/* zombiewatch - what its parts share: the command line, the modes. */
#ifndef ZOMBIEWATCH_H
#define ZOMBIEWATCH_H

#include <sys/types.h>

#include "fmt.h"
#include "scan.h"

#ifndef ENABLE_ZW_AUTOPSY
#define ENABLE_ZW_AUTOPSY 1	/* why each is not reaped; 7.5 KB */
#endif
#ifndef ENABLE_ZW_FILTER
#define ENABLE_ZW_FILTER 1	/* -p -u -N -a; 1 KB */
#endif
#ifndef ENABLE_ZW_MONITOR
#define ENABLE_ZW_MONITOR 1	/* -o nagios and prom; 3 KB */
#endif

#ifndef ENABLE_ZW_CURE
#define ENABLE_ZW_CURE 1	/* -K; 2.5 KB */
#endif

#ifndef ENABLE_ZW_WATCH
#define ENABLE_ZW_WATCH 1	/* -w; 7 KB */
#endif

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_PROM, FORMAT_NAGIOS };

/* What the command line asks for. */
struct zw {
	const char *root;	/* the proc file system to look at */
	int mode;		/* a letter: l list, w watch, K cure */
	enum format format;
	int quiet;
	int verbose;
	/* Which zombies count. */
	const char *parent;	/* a number, or a part of the name */
	const char *name;	/* a part of the name */
	const char *user;
	const char *ns;		/* of this process's PID namespace */
	unsigned long long age;	/* seen dead for so long, ns; UNSAID */
	/* Monitoring. */
	int by_stat;		/* not by pidfd */
	const char *file;	/* where the report goes */
	unsigned warn;		/* more than so many zombies; NO_LIMIT */
	unsigned crit;
	/* The cure and the watch. */
	unsigned long long interval;	/* between looks, ns; 0: the default */
	int yes;		/* not only say it, do it */
	int signal;		/* one that the parent may know; 0 none */
	int end;		/* the parent may be ended */
};

#define UNSAID (~0ull)
#define NO_LIMIT (~0u)

/* Read the options: what they mean, and what does not go together.  The
 * init and the card run from here, as the rest of the line is theirs.  An
 * error ends in usage(). */
void zw_options(struct zw *, char **argv);

/* The filters: made ready once (an error of the words ends in usage()),
 * and asked of each zombie. */
void filter_ready(const struct zw *);
int filter_match(const struct task *);

/*
 * The page that all modes write on: print adds to it by a format, row_out
 * writes it out if less than spare bytes are free, or ends.
 */
extern struct fmt page;
void row_begin(void);
void print(const char *, ...) __attribute__((format(printf, 1, 2)));
void row_out(size_t spare);

/* The text behind this one in a list of them. */
const char *behind(const char *);

/* Add a process's name, escaped; a duration of seconds; "3 zombies". */
void row_name(const struct task *);
void row_age(int width, unsigned seconds);
void row_count(unsigned);

/* Add how it ended in words; a zombie (or a dead leader) as a line of the
 * table, and the head of that. */
void row_ended(const struct task *);
void row_head(int leaders);
void row_text(const struct task *);

/* Add it as a JSON object that is left open for more: ,"key":value, where
 * 0 and NULL are null. */
void row_json(const struct task *);
void row_number(const char *key, unsigned long long);
void row_string(const char *key, const char *, size_t);

/* The name and state of a parent; '?' where it cannot be read.  The last
 * one is remembered; forget it before a further look. */
const struct task *row_parent(pid_t);
void row_forget(void);

/* The modes. Each returns the exit status. */
int list_main(struct zw *);
int monitor_main(struct zw *);
int cure_main(struct zw *);
int watch_main(struct zw *);

#endif
