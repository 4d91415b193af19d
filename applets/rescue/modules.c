/* modules - load kernel modules from a list, in its order. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "err.h"
#include "fmt.h"
#include "io.h"
#include "rescue.h"

enum {
	LIST_MAX = 8192,
	COMPRESSED = 4,	/* MODULE_INIT_COMPRESSED_FILE, Linux 5.17 */
};

static void
explain(const char *path)
{
	struct utsname u;

	switch (errno) {
	case EEXIST:	/* loaded already, or built in */
		return;
	case ENOEXEC:
		uname(&u);
		warn("%s: no module for this kernel (%s %s)", path, u.release,
		    u.machine);
		return;
	case ENOENT:
		warn("%s: lacks symbols of a module that is not loaded", path);
		return;
	}
	warn("%s:", path);
}

static void
load(const char *path, const char *parameters)
{
	size_t n = strlen(path);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1) {
		warn("%s:", path);
		return;
	}
	if (syscall(SYS_finit_module, fd, parameters,
		n > 3 && strcmp(path + n - 3, ".ko") != 0 ? COMPRESSED : 0) == -1)
		explain(path);
	close(fd);
}

/* One line of the list: a name, then parameters; # begins a comment. */
static void
one(const char *list, char *line)
{
	const char *slash = strrchr(list, '/');
	char *name;
	FMT(path, PATH_MAX);

	line[strcspn(line, "#\r")] = '\0';
	name = io_word(&line, " \t");
	if (name == NULL)
		return;
	if (*name != '/' && slash != NULL)
		fmt_add(&path, "%.*s", (int)(slash + 1 - list), list);
	fmt_add(&path, "%s", name);
	load(path.buf, line);
}

void
modules(const char *list, int asked)
{
	char text[LIST_MAX], *next = text, *line;
	ssize_t n = io_slurp(AT_FDCWD, list, text, sizeof text);

	if (n == -1 && (asked || errno != ENOENT))
		warn("%s:", list);
	if (n == LIST_MAX - 1)
		warn("%s: longer than %d bytes; the rest is left", list, (int)n);
	while (n != -1 && (line = io_word(&next, "\n")) != NULL)
		one(list, line);
}
