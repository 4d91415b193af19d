/* libc_net - addresses and interfaces as text, of the C library's names. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef __GLIBC__	/* see libc_calls.c */

/* Four numbers up to 255 without leading zeros.  Returns 1, or 0. */
static int
parse4(const char *s, unsigned char *to)
{
	unsigned i, v, digits;

	for (i = 0;; s++) {
		for (v = digits = 0; *s >= '0' && *s <= '9' && digits < 3;
		     digits++)
			v = v * 10 + *s++ - '0';
		if (digits == 0 || v > 255 ||
		    (digits > 1 && s[-(int)digits] == '0'))
			return 0;
		to[i++] = v;
		if (i == 4)
			return *s == '\0';
		if (*s != '.')
			return 0;
	}
}

static int
hex(int c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (at - digits) & 15;
}

/* Groups of four hexadecimal digits, one gap, an IPv4 address at the end
 * (RFC 4291, 2.2).  Returns 1, or 0. */
static int
parse6(const char *s, unsigned char *to)
{
	int n = 0, gap = -1, v, digits, d;

	memset(to, 0, 16);
	if (*s == ':' && *++s != ':')
		return 0;
	for (;;) {
		if (*s == ':' && gap == -1) {
			gap = n;
			if (*++s == '\0')
				break;
		}
		for (v = digits = 0; digits < 4 && (d = hex(s[digits])) != -1;
		     digits++)
			v = v * 16 + d;
		if (s[digits] == '.' && n <= 12 && parse4(s, to + n)) {
			n += 4;
			break;
		}
		if (digits == 0 || n == 16)
			return 0;
		to[n++] = v >> 8;
		to[n++] = v;
		s += digits;
		if (*s == '\0')
			break;
		if (*s++ != ':' || *s == '\0')
			return 0;
	}
	if (gap == -1)
		return n == 16;
	if (n == 16)
		return 0;
	memmove(to + gap + 16 - n, to + gap, n - gap);
	memset(to + gap, 0, 16 - n);
	return 1;
}

int
inet_pton(int family, const char *restrict s, void *restrict to)
{
	return family == AF_INET ? parse4(s, to) : parse6(s, to);
}

unsigned
if_nametoindex(const char *name)
{
	struct ifreq r[1];	/* an array needs no aligned stack */
	size_t n = strlen(name);
	int saved, fd, result;

	errno = ENODEV;
	if (n >= sizeof r->ifr_name)
		return 0;
	memcpy(r->ifr_name, name, n + 1);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return 0;
	result = ioctl(fd, SIOCGIFINDEX, r);
	saved = errno;
	close(fd);
	errno = saved;
	return result == -1 ? 0 : r->ifr_ifindex;
}

#endif
