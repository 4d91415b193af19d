/* gate_file - the targets of -F, a line each. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "applet.h"
#include "echoc.h"
#include "gate.h"
#include "io.h"
#include "target.h"

enum { CHUNK = 65536 };

/* All of a file, or of standard input, with a NUL behind it. */
static char *
read_all(const char *path)
{
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO :
					  open(path, O_RDONLY | O_CLOEXEC);
	size_t size = CHUNK, len = 0;
	char *text = echoc_memory(size);
	ssize_t n = -1;

	while (fd != -1 &&
	    (n = io_read(fd, text + len, size - 1 - len)) > 0) {
		len += n;
		if (len < size - 1)
			continue;
		size *= 2;
		text = memcpy(echoc_memory(size), text, len);
	}
	if (n == -1)
		die(SYSTEM, "%s:", path);
	return text;
}

static void
add(struct gate *g, char *line, const char *path, unsigned number)
{
	struct member *m = &g->members[g->count];
	static struct target t;
	const char *wrong;

	m->host = echoc_word(&line, "#");
	if (m->host == NULL)
		return;
	m->port = echoc_word(&line, "#");
	if (echoc_word(&line, "#") != NULL)
		usage("%s:%u: more than a host and a port", path, number);
	wrong = target_parse(&t, m->host, m->port);
	if (wrong != NULL)
		usage("%s:%u: '%s': %s", path, number, m->host, wrong);
	echoc_fits(g->o, &t);
	g->count++;
}

void
gate_load(struct gate *g, const char *path)
{
	char *text = read_all(path), *line, *end;
	unsigned number = 1;

	for (line = text; *line != '\0'; line++)
		number += *line == '\n';
	g->members = echoc_memory(number * sizeof *g->members);
	for (number = 1, line = text; line != NULL; number++, line = end) {
		end = strchr(line, '\n');
		if (end != NULL)
			*end++ = '\0';
		add(g, line, path, number);
	}
	if (g->count == 0)
		usage("%s: no target in it", path);
}
