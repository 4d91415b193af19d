/* bulk - reads and writes that copy, or for bulk splice through a pipe. */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bulk.h"
#include "chaos.h"
#include "echod.h"
#include "io.h"

/* So many reads that fill half of the buffer are bulk (a whole one at each
 * read is rare where the sender shares a processor with us), one so short is
 * not.  And the pipe's size. */
enum { FULL = 4, SHORT = 16 * 1024, PIPE = 1024 * 1024 };

static int pipes;

HOT void
bulk_end(struct bulk *b)
{
	if (!ENABLE_ECHOD_SPLICE || b->pipe[0] == 0)
		return;
	close(b->pipe[0]);
	close(b->pipe[1]);
	b->pipe[0] = 0;
	__atomic_fetch_sub(&pipes, 1, __ATOMIC_RELAXED);
}

/*
 * Its buffers are a user's quota: where that is spent a small one does, and
 * one of a few pages does not.
 */
static void
begin(struct bulk *b)
{
	b->full = 0;
	if (opts.verbose || chaos_on())
		return;
	if (__atomic_add_fetch(&pipes, 1, __ATOMIC_RELAXED) > BULK_PIPES ||
	    pipe2(b->pipe, O_CLOEXEC) == -1) {
		__atomic_fetch_sub(&pipes, 1, __ATOMIC_RELAXED);
		return;
	}
	fcntl(b->pipe[1], F_SETPIPE_SZ, PIPE);
	if (fcntl(b->pipe[1], F_GETPIPE_SZ) >= BULK_COPY)
		b->full = FULL;
	else
		bulk_end(b);
}

static ssize_t
move(int from, int to, size_t n)
{
	ssize_t moved;

	do
		moved = splice(from, NULL, to, NULL, n, 0);
	while (moved == -1 && errno == EINTR);
	return moved;
}

/* Whether it is to be a pipe. */
static int
piped(struct bulk *b)
{
	if (b->full != FULL)
		bulk_end(b);
	else if (b->pipe[0] == 0)
		begin(b);
	return b->pipe[0] != 0;
}

/* A socket's own calls cost less than a file's, 2 to 5 % of a round trip.  What
 * is interrupted is done again by the file's. */
static int
again(ssize_t n)
{
	return n == -1 && errno == EINTR;
}

HOT static ssize_t
take(int fd, char *buf, size_t size)
{
	ssize_t n = recv(fd, buf, size, 0);

	return again(n) ? io_read(fd, buf, size) : n;
}

HOT static ssize_t
give(int fd, const char *buf, size_t size)
{
	ssize_t n = send(fd, buf, size, MSG_NOSIGNAL);

	return again(n) ? io_write_some(fd, buf, size) : n;
}

HOT ssize_t
bulk_read(struct bulk *b, char *buf, size_t size, size_t left)
{
	ssize_t n;

	if (ENABLE_ECHOD_SPLICE && b->full + b->pipe[0] != 0 && piped(b)) {
		n = move(b->fd, b->pipe[1], left < PIPE ? left : PIPE);
		if (n >= 0 && n < SHORT)
			b->full = 0;
		if (n > 0 || (n == -1 && errno != EAGAIN && errno != EINVAL &&
			errno != ENOSYS))
			return n;
		/* Nothing there, or urgent data, which splice(2) does not go
		 * past: a read tells.  Or not for this kind of socket, or not
		 * in this emulator. */
		bulk_end(b);
		b->full = 0;
	}
	if (left < size)
		size = left;
	n = ENABLE_ECHOD_SPLICE ? take(b->fd, buf, size) :
				  io_read(b->fd, buf, size);
	b->full = n >= BULK_COPY / 2 ? b->full + 1 : 0;
	return n;
}

HOT ssize_t
bulk_write(struct bulk *b, const char *buf, size_t n)
{
	if (ENABLE_ECHOD_SPLICE && b->pipe[0] != 0)
		return move(b->pipe[0], b->fd, n);
	return ENABLE_ECHOD_SPLICE ? give(b->fd, buf, n) :
				     io_write_some(b->fd, buf, n);
}
