/* target - what a HOST [PORT] on the command line stands for. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "echoc.h"
#include "fmt.h"
#include "io.h"
#include "link_tty.h"
#include "net.h"
#include "resolve.h"
#include "target.h"

static const char *
parse_unix(struct target *t, const char *path, const char *port)
{
	char word[sizeof t->addr->u.un.sun_path + 8] = "unix:";
	size_t n = strlen(path);

	if (port != NULL)
		return "a unix socket has no port";
	if (n >= sizeof t->addr->u.un.sun_path)
		return "the path is longer than 107 bytes";
	memcpy(word + 5, path, n + 1);
	if (net_parse(t->addr, word) == -1)
		return "no path";
	t->count = 1;
	return NULL;
}

static const char *
parse_tty(struct target *t, const char *device, const char *port)
{
	t->device = device;
	t->count = 1;
	return port != NULL ? "a serial line has no port" :
	    *device == '\0'  ? "no device" :
			      NULL;
}

/* Is it a device, with a speed perhaps, and no path of a socket? */
static int
is_device(const char *path)
{
	char name[64];
	size_t n = strcspn(path, "@");
	struct stat st;

	if (n >= sizeof name)
		return 0;
	memcpy(name, path, n);
	name[n] = '\0';
	return stat(name, &st) == 0 && S_ISCHR(st.st_mode);
}

/* RFC 6761: localhost needs no name server, nor a resolver. */
static int
is_localhost(struct target *t)
{
	if (t->name_len != 9 || memcmp(t->name, "localhost", 9) != 0)
		return 0;
	net_parse_host(&t->addr[0], "127.0.0.1", t->port);
	net_parse_host(&t->addr[1], "::1", t->port);
	t->count = 2;
	return 1;
}

/* A host without its port, of n bytes: an address, or a name. */
static const char *
parse_host(struct target *t, const char *host, size_t n)
{
	char word[256];

	if (n == 0)
		return "no host";
	if (n >= sizeof word)
		return "the name is too long";
	memcpy(word, host, n);
	word[n] = '\0';
	if (net_parse_host(t->addr, word, t->port) == 0) {
		t->count = 1;
		return NULL;
	}
	if (errno == ENODEV)
		return "no such interface";
	t->name = host;
	t->name_len = n;
	if (is_localhost(t))
		return NULL;
	if (!ENABLE_NAMES)
		return "not an address; this build looks up no names";
	return strspn(word, "0123456789.") == n || memchr(word, ':', n) ?
	    "not an address" : NULL;
}

static const char *
parse_ip(struct target *t, const char *host, const char *port)
{
	size_t n = strlen(host);
	const char *colon = strrchr(host, ':'), *close = NULL;
	int number = ECHO_PORT;

	if (*host == '[') {
		close = strchr(host, ']');
		if (close == NULL || (close[1] != '\0' && close[1] != ':'))
			return "not an address: [V6] or [V6]:PORT is one";
		colon = close[1] == ':' ? close + 1 : NULL;
		n = close - ++host;
	} else if (colon != NULL && memchr(host, ':', colon - host) != NULL)
		colon = NULL;	/* a bare ::1 */
	else if (colon != NULL)
		n = colon - host;
	if (colon != NULL && port != NULL)
		return "two ports";
	if (colon != NULL)
		port = colon + 1;
	if (port != NULL)
		number = net_parse_port(port);
	if (number == -1)
		return "the port is not a number from 0 to 65535";
	t->port = number;
	return parse_host(t, host, n);
}

const char *
target_parse(struct target *t, const char *host, const char *port)
{
	memset(t, 0, sizeof *t);
	t->host = host;
	t->fd = -1;
	if (ENABLE_UNIX && strncmp(host, "unix:", 5) == 0)
		return parse_unix(t, host + 5, port);
	if (ENABLE_ECHOC_TTY && strncmp(host, "tty:", 4) == 0)
		return parse_tty(t, host + 4, port);
	if (ENABLE_ECHOC_TTY && *host == '/' && is_device(host))
		return parse_tty(t, host, port);
	if (ENABLE_UNIX && (*host == '/' || *host == '@'))
		return parse_unix(t, host, port);
	return parse_ip(t, host, port);
}

void
target_name(struct fmt *f, const char *host, const char *port)
{
	fmt_add(f, port != NULL && strchr(host, ':') && *host != '[' ?
	    "[%s]" : "%s", host);
	if (port != NULL)
		fmt_add(f, ":%s", port);
}

#if ENABLE_NAMES

/* In the child: write the addresses, nothing if there are none. */
static _Noreturn void
look_up(const struct target *t, int fd)
{
	struct net_addr found[TARGET_ADDRS];
	int n;

	memset(found, 0, sizeof found);
	n = resolve_name(t->name, t->name_len, t->port, found, TARGET_ADDRS);
	if (n == -1)
		_exit(errno);
	io_write(fd, found, n * sizeof *found);
	_exit(0);
}

int
target_lookup(struct target *t)
{
	int p[2];

	if (pipe2(p, O_CLOEXEC) == -1)
		return -1;
	t->child = fork();
	if (t->child == 0)
		look_up(t, p[1]);
	close(p[1]);
	if (t->child == -1) {
		close(p[0]);
		errno = EAGAIN;
		return -1;
	}
	t->fd = p[0];
	return 0;
}

/* End the lookup and return the wait status of its child. */
static int
end_lookup(struct target *t)
{
	int status = 0;

	close(t->fd);
	t->fd = -1;
	while (waitpid(t->child, &status, 0) == -1 && errno == EINTR)
		;
	return status;
}

int
target_answer(struct target *t)
{
	/* Less than PIPE_BUF, so it came in one piece. */
	ssize_t n = io_read(t->fd, t->addr, sizeof t->addr);
	int status = end_lookup(t);

	t->count = n > 0 ? n / sizeof *t->addr : 0;
	if (t->count > 0)
		return 0;
	errno = WIFEXITED(status) && WEXITSTATUS(status) == EAGAIN ? EAGAIN :
								     ENOENT;
	return -1;
}

void
target_forget(struct target *t)
{
	if (t->fd == -1)
		return;
	kill(t->child, SIGKILL);
	end_lookup(t);
}

#else

int
target_lookup(struct target *t)
{
	errno = ENOENT;
	return -1;
}

int
target_answer(struct target *t)
{
	errno = ENOENT;
	return -1;
}

void
target_forget(struct target *t)
{
}

#endif
