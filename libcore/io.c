/* io - read and write that know EINTR and short counts. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fmt.h"
#include "io.h"

ssize_t
io_read(int fd, void *buf, size_t size)
{
	ssize_t n;

	do
		n = read(fd, buf, size);
	while (n == -1 && errno == EINTR);
	return n;
}

ssize_t
io_write_some(int fd, const void *buf, size_t size)
{
	ssize_t n;

	do
		n = write(fd, buf, size);
	while (n == -1 && errno == EINTR);
	return n;
}

int
io_wait(struct pollfd *p, nfds_t n, int milliseconds)
{
	enum { PAUSE = 100 };
	int ready = poll(p, n, milliseconds);

	if (ready == -1 && errno != EINTR) {
		poll(p, 0, milliseconds == 0 ? 0 : PAUSE);
		while (n-- > 0)
			p[n].revents = p[n].events;
	}
	return ready;
}

int
io_poll(int fd, int events, int milliseconds)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n = io_wait(&p, 1, milliseconds);

	return n > 0 ? p.revents : n;
}

int
io_write(int fd, const void *buf, size_t size)
{
	const char *s = buf;
	ssize_t n;

	while (size > 0) {
		n = io_write_some(fd, s, size);
		if (n == -1 && errno != EAGAIN)
			return -1;
		if (n == -1) {
			io_poll(fd, POLLOUT, -1);
			continue;
		}
		s += n;
		size -= n;
	}
	return 0;
}

ssize_t
io_slurp(int dir, const char *path, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n = -1;
	int saved, fd = openat(dir, path, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return -1;
	while (len < size - 1 &&
	    (n = io_read(fd, buf + len, size - 1 - len)) > 0)
		len += n;
	saved = errno;
	close(fd);
	errno = saved;
	buf[len] = '\0';
	return n == -1 ? -1 : (ssize_t)len;
}

/* Make room and read on.  Returns 0, or -1 when nothing more comes. */
static int
fill(struct io_lines *l)
{
	ssize_t n;

	l->len -= l->start;
	memmove(l->buf, l->buf + l->start, l->len);
	l->start = 0;
	n = io_read(l->fd, l->buf + l->len, sizeof l->buf - 1 - l->len);
	if (n <= 0)
		return -1;
	l->len += n;
	return 0;
}

char *
io_line(struct io_lines *l)
{
	char *line, *end;
	int rest = l->cut, over;

	for (;;) {
		line = l->buf + l->start;
		end = memchr(line, '\n', l->len - l->start);
		over = end == NULL && l->start == 0 &&
		    l->len == sizeof l->buf - 1;
		if (end == NULL && !over && fill(l) == 0)
			continue;
		if (end == NULL && !over && l->len == 0)
			return NULL;
		/* The last line may lack its newline. */
		line = l->buf + l->start;
		if (end == NULL)
			end = l->buf + l->len;
		*end = '\0';
		l->start = end - l->buf + (end < l->buf + l->len);
		if (!rest)
			break;
		rest = over;	/* the rest of a line that was cut */
	}
	l->cut = over;
	l->number++;
	return line;
}

char *
io_word(char **text, const char *between)
{
	char *word = *text + strspn(*text, between);

	*text = word + strcspn(word, between);
	if (**text != '\0')
		*(*text)++ = '\0';
	return *word != '\0' ? word : NULL;
}

int
io_flush(int fd, struct fmt *f, size_t spare)
{
	int result;

	if (spare < f->size - f->len)
		return 0;
	result = io_write(fd, f->buf, f->len);
	fmt_reset(f);
	return result;
}

int
io_nonblock(int fd, int on)
{
	/* ioctl(2) does in one call what fcntl(2) does in two. */
	return ioctl(fd, FIONBIO, &on);
}

int
io_null(int flags)
{
	int fd = open("/dev/null", O_RDWR | flags);

	return fd != -1 ? fd : open("/", O_RDONLY | O_DIRECTORY | flags);
}

int
io_stdfds(void)
{
	int fd;

	do
		fd = io_null(0);
	while (fd >= 0 && fd <= STDERR_FILENO);
	/* Without any descriptor left, the three are open at least. */
	if (fd != -1)
		close(fd);
	return fd == -1 && errno != EMFILE && errno != ENFILE ? -1 : 0;
}
