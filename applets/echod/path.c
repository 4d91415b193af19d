/* path - unix sockets in the file system: stale ones, modes, the end. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "echod.h"
#include "fmt.h"
#include "net.h"
#include "time.h"

/* Nobody listens any more: then a connection is refused, and only then.
 * (EAGAIN is a server with a full backlog.) */
static int
is_stale(const struct net_addr *a)
{
	int fd = net_connect(a, SOCK_STREAM), refused = errno == ECONNREFUSED;

	if (fd == -1)
		return refused;
	close(fd);
	return 0;
}

/* Remove what a server left that is no more; never a file. */
static int
remove_stale(const struct net_addr *a)
{
	const char *path = a->u.un.sun_path;
	struct stat st;

	if (lstat(path, &st) == -1 || !S_ISSOCK(st.st_mode) || !is_stale(a)) {
		errno = EADDRINUSE;
		return -1;
	}
	return unlink(path);
}

/*
 * Of two servers that start at once one would find the other's socket before
 * it listens, or remove it in place of the stale one it has seen: so they
 * take turns, by a lock of the folder.  One that may not be read, or that
 * somebody else holds for long, is done without.
 */
static int
lock_folder(const char *path)
{
	enum { TRIES = 3000 };
	char folder[sizeof(struct sockaddr_un)] = ".";
	const char *slash = strrchr(path, '/');
	int fd, tries;

	if (slash != NULL)
		memcpy(folder, path, slash + 1 - path);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (tries = 0; tries < TRIES &&
	     flock(fd, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK;
	     tries++)
		time_sleep(10 * TIME_MS);
	return fd;
}

/* Bind, and listen while nobody looks whether anybody does. */
static int
bind_path(struct listener *l)
{
	int tries, fd = -1, lock = lock_folder(l->addr.u.un.sun_path);

	for (tries = 0; tries < 2; tries++) {
		fd = net_bind(&l->addr, SOCK_STREAM, NULL);
		if (fd != -1 || errno != EADDRINUSE ||
		    remove_stale(&l->addr) == -1)
			break;
	}
	if (fd != -1)
		listen(fd, opts.backlog);
	if (lock != -1)
		close(lock);	/* and errno stays */
	return fd;
}

int
path_bind(struct listener *l)
{
	mode_t old = 0;
	struct stat st;
	int fd;

	if (l->addr.u.un.sun_path[0] == '\0')
		return net_bind(&l->addr, SOCK_STREAM, NULL);
	/* The mask, not chmod(2): there is no moment with another mode. */
	if (opts.mode != -1)
		old = umask(~opts.mode & 0777);
	fd = bind_path(l);
	if (opts.mode != -1)
		umask(old);
	if (fd != -1 && lstat(l->addr.u.un.sun_path, &st) == 0) {
		l->dev = st.st_dev;
		l->ino = st.st_ino;
	}
	return fd;
}

void
path_client(int fd, struct net_addr *a)
{
	struct ucred who;
	socklen_t len = sizeof who;
	struct fmt f;

	if (a->u.sa.sa_family != AF_UNIX ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == -1)
		return;
	memset(&a->u.un.sun_path, 0, sizeof a->u.un.sun_path);
	fmt_use(&f, a->u.un.sun_path, sizeof a->u.un.sun_path);
	fmt_add(&f, "uid %u", (unsigned)who.uid);
	a->len = offsetof(struct sockaddr_un, sun_path) + f.len + 1;
}

void
path_unlink(const struct listener *l)
{
	const char *path = l->addr.u.un.sun_path;
	struct stat st;

	if (l->addr.u.sa.sa_family != AF_UNIX || l->inherited ||
	    path[0] == '\0')
		return;
	if (lstat(path, &st) == 0 && st.st_ino == l->ino &&
	    st.st_dev == l->dev)
		unlink(path);
}
