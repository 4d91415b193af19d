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
#define SPEEDS(S)                                                              \
	S(50) S(75) S(110) S(134) S(150) S(200) S(300) S(600) S(1200)          \
	S(1800) S(2400) S(4800) S(9600) S(19200) S(38400) S(57600)             \
	S(115200) S(230400) S(460800) S(500000) S(576000) S(921600)            \
	S(1000000) S(1152000) S(1500000) S(2000000) SPEEDS_MORE(S)
#ifdef B4000000	/* not on a SPARC */
#define SPEEDS_MORE(S) S(2500000) S(3000000) S(3500000) S(4000000)
#else
#define SPEEDS_MORE(S)
#endif

#define BAUD(n) n,
#define CODE(n) B##n,
static const unsigned bauds[] = { SPEEDS(BAUD) };
static const unsigned short codes[] = { SPEEDS(CODE) };

static int
find_speed(const char *s, speed_t *code)
{
	unsigned long long baud;
	size_t i;

	if (opt_number(s, 50, 4000000, &baud) == 0)
		for (i = 0; i < sizeof codes / sizeof *codes; i++)
			if (bauds[i] == baud) {
				*code = codes[i];
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
