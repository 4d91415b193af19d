/* main - find the applet by the name it was called by, and become it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "applet.h"
#include "err.h"
#include "fmt.h"
#include "io.h"
#include "opt.h"

#ifndef ENABLE_INSTALL
#define ENABLE_INSTALL 1	/* echobox --install; 900 bytes */
#endif

#ifndef ENABLE_ALIASES
#define ENABLE_ALIASES 1	/* further names of applets; 120 bytes */
#endif

#define X(name) extern const struct applet name##_applet;
APPLETS
#undef X

static const struct applet *const applets[] = {
#define X(name) &name##_applet,
	APPLETS
#undef X
	NULL,
};

static int box_main(int, char **);

/* The box is no applet of its own, but it has a usage line and help. */
static const struct applet box = {
	.name = "echobox",
	.synopsis = "[APPLET [argument ...] | --list | --install [-s] DIR]",
	.summary = "one binary that is each of its applets",
	.help = ENABLE_HELP ?
	    "  APPLET               become that applet; so does a link of its name\n"
	    "  --list               the applets' names and nothing else\n"
	    "  --install [-s] DIR   make a (symbolic) link for each applet in DIR\n"
	    "  --help, --version    for the box and for every applet\n" :
	    "",
	.main = box_main,
};

static const struct applet *current = &box;

int usage_status = USAGE;

static const struct applet *
find(const char *name)
{
	const struct applet *const *a;

	for (a = applets; *a != NULL; a++) {
		if (strcmp((*a)->name, name) == 0)
			return *a;
		if (ENABLE_ALIASES && (*a)->aliases != NULL &&
		    opt_word(name, (*a)->aliases) != -1 &&
		    (!(*a)->aliases_pid1 || getpid() == 1))
			return *a;
	}
	return NULL;
}

static int
become(const struct applet *a, int argc, char **argv)
{
	current = a;
	err_name = a->name;
	return a->main(argc, argv);
}

static _Noreturn void
finish(struct fmt *f)
{
	if (io_write(STDOUT_FILENO, f->buf, f->len) == -1)
		die(SYSTEM, "standard output:");
	_exit(OK);
}

static void
usage_line(struct fmt *f)
{
	fmt_add(f, "usage: %s %s\n", current->name, current->synopsis);
}

static _Noreturn void
help(void)
{
	const struct applet *const *a = applets;
	FMT(f, 6144);

	usage_line(&f);
	fmt_add(&f, "%s\n%s", current->summary, current->help);
	if (current == &box)
		for (; *a != NULL; a++)
			fmt_add(&f, "%-12s %s\n", (*a)->name, (*a)->summary);
	finish(&f);
}

static _Noreturn void
version(void)
{
	FMT(f, 128);

	fmt_add(&f, "%s (echobox) " VERSION "\n", current->name);
	finish(&f);
}

void
usage(const char *format, ...)
{
	va_list ap;
	FMT(f, 1024);

	va_start(ap, format);
	vwarn(format, ap);
	va_end(ap);
	usage_line(&f);
	io_write(STDERR_FILENO, f.buf, f.len);
	err_exit(usage_status);
}

/* Say what the argument of an option should have been. */
static _Noreturn void
wrong(const struct opt *o, int kind, unsigned long long min,
    unsigned long long max)
{
	FMT(f, 64);

	if (kind == OPT_TIME)
		fmt_add(&f, "a time such as 2, 0.5, 250ms, 10m or 1h");
	else if (kind == OPT_SIZE)
		fmt_add(&f, "a size such as 64, 16K or 2M");
	else
		fmt_add(&f, "a number from %llu to %llu", min, max);
	usage("%s '%s': not %s", o->name, o->arg, f.buf);
}

static void
store(const struct opt *o)
{
	const struct opt_row *r = o->row;

	if (r != NULL && opt_store(o) == -1)
		wrong(o, r->kind, r->kind != OPT_NUMBER0,
		    r->max != 0 ? r->max : -1ull);
}

int
applet_opt(struct opt *o)
{
	const char *late;
	int letter = opt_next(o);

	switch (letter) {
	case OPT_HELP:
		help();
	case OPT_VERSION:
		version();
	case OPT_UNKNOWN:
		usage("unknown option %s", o->name[0] ? o->name : *o->argv);
	case OPT_MISSING:
		usage("option %s needs an argument", o->name);
	case OPT_END:
		late = opt_late(o);
		if (late != NULL)
			usage("%s: options come before operands", late);
	}
	store(o);
	return letter;
}

int
applet_key(struct opt *o, const char *keys, const struct opt_row *rows)
{
	const char *word = o->arg;
	int key = opt_key(word, keys, &o->arg);
	struct fmt f = { o->name, sizeof o->name, strlen(o->name), 0 };

	if (key == -1)
		usage("%s '%s': no such key", o->name, word);
	fmt_add(&f, " %.*s", (int)strcspn(word, "="), word);
	o->row = &rows[key];
	if (o->row->kind == OPT_FLAG) {
		if (o->arg == NULL)
			o->arg = "1";
		*(int *)(void *)((char *)o->fields + o->row->field) =
		    applet_number(o, 0, 1);
		return o->row->letter;
	}
	if (o->arg == NULL)
		usage("%s: it needs =VALUE", o->name);
	store(o);
	return o->row->letter;
}

unsigned long long
applet_number(const struct opt *o, unsigned long long min,
    unsigned long long max)
{
	unsigned long long v;

	if (opt_number(o->arg, min, max, &v) == -1)
		wrong(o, OPT_NUMBER, min, max);
	return v;
}

unsigned long long
applet_time(const struct opt *o)
{
	unsigned long long v;

	if (opt_time(o->arg, &v) == -1)
		wrong(o, OPT_TIME, 0, 0);
	return v;
}

unsigned long long
applet_size(const struct opt *o)
{
	unsigned long long v;

	if (opt_size(o->arg, &v) == -1)
		wrong(o, OPT_SIZE, 0, 0);
	return v;
}

int
applet_word(const struct opt *o, const char *words)
{
	const char *w;
	int place = opt_word(o->arg, words);
	FMT(f, 128);

	if (place != -1)
		return place;
	for (w = words; *w != '\0'; w += strlen(w) + 1)
		fmt_add(&f, "%s%s", w == words ? "" : ", ", w);
	usage("%s '%s': not %s", o->name, o->arg, f.buf);
}

static _Noreturn void
list(void)
{
	const struct applet *const *a;
	FMT(f, 1024);

	for (a = applets; *a != NULL; a++)
		fmt_add(&f, "%s\n", (*a)->name);
	finish(&f);
}

/* Make one link; one that already leads to this very file is fine. */
static int
link_applet(const char *self, const char *dir, const char *name, int symbolic)
{
	struct stat want, have;
	FMT(path, PATH_MAX);

	fmt_add(&path, "%s/%s", dir, name);
	if (path.cut) {
		warn("%s: path too long", dir);
		return -1;
	}
	if (stat(self, &want) == 0 && stat(path.buf, &have) == 0 &&
	    want.st_ino == have.st_ino && want.st_dev == have.st_dev)
		return 0;
	if ((symbolic ? symlink : link)(self, path.buf) == 0)
		return 0;
	warn(errno == EXDEV ? "%s: on another file system; use --install -s" :
			      "%s:", path.buf);
	return -1;
}

static int
install(struct opt *o)
{
	const struct applet *const *a;
	char self[PATH_MAX], **argv;
	ssize_t n;
	int symbolic = 0, status = OK;

	o->letters = "s";
	while (applet_opt(o) != OPT_END)
		symbolic = 1;
	argv = o->argv;
	if (argv[0] == NULL || argv[0][0] == '\0' || argv[1] != NULL)
		usage("--install takes one directory");
	n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (n == -1)
		die(SYSTEM, "/proc/self/exe: (is /proc mounted?):");
	self[n] = '\0';
	for (a = applets; *a != NULL; a++)
		if (link_applet(self, *argv, (*a)->name, symbolic) == -1)
			status = SYSTEM;
	return status;
}

static int
box_main(int argc, char **argv)
{
	struct opt o = { .argv = argv + 1, .letters = "" };
	const struct applet *a;

	if (argc < 2)
		help();
	if (strcmp(argv[1], "--list") == 0)
		list();
	if (ENABLE_INSTALL && strcmp(argv[1], "--install") == 0) {
		o.argv++;
		return install(&o);
	}
	if (argv[1][0] == '-')
		applet_opt(&o);
	a = find(argv[1]);
	if (a == NULL)
		usage("no applet '%s'", argv[1]);
	return become(a, argc - 1, argv + 1);
}

int
main(int argc, char **argv)
{
	static char *none[] = { (char *)"echobox", NULL };
	const struct applet *a;
	const char *name;

	/* An execve may give no argv[0], closed descriptors and an ignored
	 * SIGCHLD, under which wait(2) would lose the status of children. */
	if (argc < 1)
		argv = none;
	signal(SIGCHLD, SIG_DFL);
	if (io_stdfds() == -1)
		return SYSTEM;
	name = strrchr(argv[0], '/');
	name = name == NULL ? argv[0] : name + 1;
	a = find(name + (*name == '-'));	/* a login shell's dash */
	return become(a == NULL ? &box : a, argc, argv);
}
