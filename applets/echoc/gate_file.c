/* gate_file - the targets of -F, a line each. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "applet.h"
#include "gate.h"
#include "io.h"
#include "target.h"

enum { CHUNK = 65536 };

void *
gate_memory(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die(SYSTEM, "memory for the targets:");
	return p;
}

/* All of a file, or of standard input, with a NUL behind it. */
static char *
read_all(const char *path)
{
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO :
					  open(path, O_RDONLY | O_CLOEXEC);
	size_t size = CHUNK, len = 0;
	char *text = gate_memory(size);
	ssize_t n;

	if (fd == -1)
		die(SYSTEM, "%s:", path);
	while ((n = io_read(fd, text + len, size - 1 - len)) > 0) {
		len += n;
		if (len < size - 1)
			continue;
		text = mremap(text, size, 2 * size, MREMAP_MAYMOVE);
		if (text == MAP_FAILED)
			die(SYSTEM, "%s:", path);
		size *= 2;
	}
	if (n == -1)
		die(SYSTEM, "%s:", path);
	return text;
}

/* Cut the next word off; NULL at the end of the line. */
static char *
word(char **line)
{
	char *s = *line + strspn(*line, " \t\r"), *end;

	end = s + strcspn(s, " \t\r");
	if (*s == '\0' || *s == '#')
		return NULL;
	*line = *end == '\0' ? end : end + 1;
	*end = '\0';
	return s;
}

static void
add(struct gate *g, char *line, const char *path, unsigned number)
{
	struct member *m = &g->members[g->count];
	static struct target t;
	const char *wrong;

	m->host = word(&line);
	if (m->host == NULL)
		return;
	m->port = word(&line);
	if (word(&line) != NULL)
		usage("%s:%u: more than a host and a port", path, number);
	wrong = target_parse(&t, m->host, m->port);
	if (wrong != NULL)
		usage("%s:%u: '%s': %s", path, number, m->host, wrong);
	g->count++;
}

void
gate_load(struct gate *g, const char *path)
{
	char *text = read_all(path), *line, *end;
	unsigned number = 1;

	for (line = text; *line != '\0'; line++)
		number += *line == '\n';
	g->members = gate_memory(number * sizeof *g->members);
	for (number = 1, line = text; line != NULL; number++, line = end) {
		end = strchr(line, '\n');
		if (end != NULL)
			*end++ = '\0';
		add(g, line, path, number);
	}
	if (g->count == 0)
		usage("%s: no target in it", path);
}
