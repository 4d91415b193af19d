/* tty - serial devices, raw and at a speed. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "opt.h"
#include "tty.h"

/* The codes of termios(3); the numbers behind them differ by machine. */
static const struct {
	unsigned baud;
	speed_t code;
} speeds[] = {
	{ 50, B50 }, { 75, B75 }, { 110, B110 }, { 134, B134 },
	{ 150, B150 }, { 200, B200 }, { 300, B300 }, { 600, B600 },
	{ 1200, B1200 }, { 1800, B1800 }, { 2400, B2400 }, { 4800, B4800 },
	{ 9600, B9600 }, { 19200, B19200 }, { 38400, B38400 },
	{ 57600, B57600 }, { 115200, B115200 }, { 230400, B230400 },
	{ 460800, B460800 }, { 500000, B500000 }, { 576000, B576000 },
	{ 921600, B921600 }, { 1000000, B1000000 }, { 1152000, B1152000 },
	{ 1500000, B1500000 }, { 2000000, B2000000 },
#ifdef B4000000	/* not on a SPARC */
	{ 2500000, B2500000 }, { 3000000, B3000000 },
	{ 3500000, B3500000 }, { 4000000, B4000000 },
#endif
};

static int
find_speed(const char *s, speed_t *code)
{
	unsigned long long baud;
	size_t i;

	if (opt_number(s, 50, 4000000, &baud) == 0)
		for (i = 0; i < sizeof speeds / sizeof *speeds; i++)
			if (speeds[i].baud == baud) {
				*code = speeds[i].code;
				return 0;
			}
	errno = EINVAL;
	return -1;
}

/* Set a line raw; *speed 0 (B0 would hang up) leaves the speed alone. */
static int
set(int fd, const struct termios *old, speed_t speed)
{
	struct termios t = *old, now;

	cfmakeraw(&t);
	t.c_cflag &= ~(CSTOPB | CRTSCTS);
	t.c_cflag |= CLOCAL | CREAD;
	t.c_iflag &= ~(IXOFF | IXANY);
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	if (speed != 0 &&
	    (cfsetispeed(&t, speed) == -1 || cfsetospeed(&t, speed) == -1))
		return -1;
	if (tcsetattr(fd, TCSANOW, &t) == -1 || tcgetattr(fd, &now) == -1)
		return -1;
	/* tcsetattr succeeds if it could do any part of it. */
	if (speed != 0 && cfgetospeed(&now) != speed) {
		tcsetattr(fd, TCSANOW, old);
		errno = EINVAL;
		return -1;
	}
	return 0;
}

int
tty_open(const char *spec, struct termios *old)
{
	char device[PATH_MAX];
	const char *at = strrchr(spec, '@');
	size_t n = at == NULL ? strlen(spec) : (size_t)(at - spec);
	speed_t speed = 0;
	int fd, saved;

	if (n >= sizeof device) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(device, spec, n);
	device[n] = '\0';
	if (at != NULL && find_speed(at + 1, &speed) == -1)
		return -1;
	fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return -1;
	if (tcgetattr(fd, old) == -1 || set(fd, old, speed) == -1) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	ioctl(fd, TIOCEXCL);
	tcflush(fd, TCIOFLUSH);
	return fd;
}

void
tty_close(int fd, const struct termios *old)
{
	tcsetattr(fd, TCSADRAIN, old);
	ioctl(fd, TIOCNXCL);
	close(fd);
}
