/* link_tty - a serial line as a link: frames with a CRC, one line at most. */
#include <errno.h>
#include <string.h>
#include <termios.h>

#include "frame.h"
#include "io.h"
#include "link_tty.h"
#include "tty.h"

/* There is one serial line in a run, so one buffer each way. */
static struct {
	struct termios old;
	struct frame frame;
	unsigned long long damaged;
	unsigned char out[FRAME_WIRE], in[FRAME_WIRE];
	size_t out_start, out_end;
	const unsigned char *next;
	size_t left;
} line;

int
link_tty_open(const char *device)
{
	int fd;

	memset(&line.frame, 0, sizeof line.frame);
	line.left = line.out_start = line.out_end = 0;
	fd = tty_open(device, &line.old);
	/* Not a path of sockets, nor a wrong speed in all too few words. */
	if (fd == -1 && (errno == ENOENT || errno == ENOTTY ||
		errno == EINVAL || errno == EBUSY))
		errno = ENODEV;
	return fd;
}

void
link_tty_close(int fd)
{
	/* What a silent line did not take must not be waited for. */
	if (line.out_start < line.out_end)
		tcflush(fd, TCIOFLUSH);
	tty_close(fd, &line.old);
}

int
link_tty_unsent(void)
{
	return line.out_start < line.out_end;
}

int
link_tty_unread(void)
{
	return line.left > 0;
}

void
link_tty_flush(int fd)
{
	ssize_t n;

	if (!link_tty_unsent())
		return;
	n = io_write_some(fd, line.out + line.out_start,
	    line.out_end - line.out_start);
	if (n > 0)
		line.out_start += n;
}

ssize_t
link_tty_send(int fd, const void *buf, size_t n)
{
	link_tty_flush(fd);
	if (link_tty_unsent()) {
		errno = EAGAIN;
		return -1;
	}
	if (n > FRAME_MAX) {
		errno = EMSGSIZE;
		return -1;
	}
	line.out_start = 0;
	line.out_end = frame_encode(line.out, buf, n);
	link_tty_flush(fd);
	return n;
}

/* Take more bytes off the line; its end is an error, as a socket's is. */
static int
fill(int fd)
{
	ssize_t n = io_read(fd, line.in, sizeof line.in);

	if (n == 0)
		errno = EIO;
	if (n <= 0)
		return -1;
	line.next = line.in;
	line.left = n;
	return 0;
}

ssize_t
link_tty_recv(int fd, void *buf, size_t size)
{
	size_t n;

	for (;;) {
		if (line.left == 0 && fill(fd) == -1)
			return -1;
		switch (frame_decode(&line.frame, &line.next, &line.left)) {
		case FRAME_BAD:
			line.damaged++;
			break;
		case FRAME_GOOD:
			n = line.frame.len < size ? line.frame.len : size;
			memcpy(buf, line.frame.data, n);
			return n;
		}
	}
}

unsigned long long
link_tty_damaged(void)
{
	return line.damaged;
}
