/* mounts - the file systems and the console that programs count on. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include "err.h"
#include "rescue.h"

enum { PROC, SYS, DEV, PTS };
static const struct {
	char type[9], where[9];
	unsigned char flags;
	char data[27];
} table[] = {
	[PROC] = { "proc", "/proc", MS_NOSUID | MS_NOEXEC | MS_NODEV, "" },
	[SYS] = { "sysfs", "/sys", MS_NOSUID | MS_NOEXEC | MS_NODEV, "" },
	[DEV] = { "devtmpfs", "/dev", MS_NOSUID, "mode=0755" },
	[PTS] = { "devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC,
	    "mode=0620,ptmxmode=0666" },
};

/* For a kernel without devtmpfs: the few that we and a shell need. */
static const struct {
	char path[14];
	unsigned short mode;
	unsigned char major;
	unsigned char minor;
} nodes[] = {
	{ "/dev/null", 0666, 1, 3 },
	{ "/dev/kmsg", 0644, 1, 11 },
	{ "/dev/urandom", 0666, 1, 9 },
	{ "/dev/tty", 0666, 5, 0 },
	{ "/dev/console", 0600, 5, 1 },
	{ "/dev/ptmx", 0666, 5, 2 },
};

static void
make_nodes(void)
{
	size_t i;

	if (mount("tmpfs", "/dev", "tmpfs", MS_NOSUID, "mode=0755") == -1)
		warn("/dev: tmpfs:");
	for (i = 0; i < sizeof nodes / sizeof *nodes; i++)
		if (mknod(nodes[i].path, S_IFCHR | nodes[i].mode,
			makedev(nodes[i].major, nodes[i].minor)) == -1 &&
		    errno != EEXIST)
			warn("%s:", nodes[i].path);
	mkdir("/dev/pts", 0755);
}

void
mounts(void)
{
	size_t i;

	for (i = 0; i < sizeof table / sizeof *table; i++) {
		/* On a read-only root the mount says what is missing. */
		mkdir(table[i].where, 0755);
		if (mount(table[i].type, table[i].where, table[i].type,
			table[i].flags, table[i].data) == 0 ||
		    errno == EBUSY)
			continue;
		warn("%s: %s is not mounted:", table[i].where, table[i].type);
		if (errno == ENODEV && i == DEV)
			make_nodes();
	}
}

static int
leads_nowhere(int fd)
{
	struct stat st;

	return fstat(fd, &st) == -1 || S_ISDIR(st.st_mode) ||
	    (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3));
}

void
console(void)
{
	struct termios t;
	int i, fd = open("/dev/console", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd == -1)
		warn("/dev/console:");
	for (i = 0; fd != -1 && i <= STDERR_FILENO; i++)
		if (leads_nowhere(i))
			dup2(fd, i);
	if (fd > STDERR_FILENO)
		close(fd);
	/* A Ctrl-S on the console must not stop process 1. */
	if (tcgetattr(STDERR_FILENO, &t) == 0) {
		t.c_iflag &= ~IXON;
		tcsetattr(STDERR_FILENO, TCSANOW, &t);
	}
}
