/* listen - open the sockets that the ADDRESS words ask for. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "applet.h"
#include "echod.h"
#include "err.h"
#include "fmt.h"
#include "io.h"
#include "net.h"

/* Port 0 is to be the same number for all families; somebody may have it
 * in one of them. */
enum { TRIES = 32 };

struct listener listeners[LISTENERS];
int nlisteners;

static _Noreturn void
refuse(const char *word)
{
	if (errno == EADDRINUSE)
		die(SYSTEM, "%s: in use; is another server running?", word);
	if (errno == EACCES)
		die(SYSTEM, "%s: not permitted; ports below 1024 need root",
		    word);
	die(SYSTEM, "listen %s:", word);
}

static int
listen_one(const struct net_addr *a)
{
	struct listener *l = &listeners[nlisteners];

	if (nlisteners == LISTENERS)
		die(SYSTEM, "more than %d addresses", LISTENERS);
	l->addr = *a;
	l->fd = net_listen(&l->addr, opts.backlog);
	if (l->fd == -1)
		return -1;
	nlisteners++;
	return 0;
}

static void
unlisten(int n)
{
	while (nlisteners > n)
		close(listeners[--nlisteners].fd);
}

/* Every address of both families, those that the kernel has. */
static int
listen_any(unsigned port)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct net_addr a;
	int i, first = nlisteners;

	for (i = 0; i < 2; i++) {
		net_any(&a, families[i], port);
		if (listen_one(&a) == -1) {
			if (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)
				continue;
			return -1;
		}
		port = net_port(&listeners[nlisteners - 1].addr);
	}
	if (nlisteners == first)
		return -1;
	return 0;
}

void
listen_add(const char *word)
{
	struct net_addr a;
	int first = nlisteners, tries = 0;

	if (net_parse(&a, word) == -1)
		usage("'%s' is no address: [ADDR:]PORT up to 65535, "
		      "[V6]:PORT or unix:PATH", word);
	if (a.u.sa.sa_family != AF_UNSPEC) {
		if (listen_one(&a) == -1)
			refuse(word);
		return;
	}
	while (listen_any(net_port(&a)) == -1) {
		if (net_port(&a) != 0 || errno != EADDRINUSE ||
		    ++tries == TRIES)
			refuse(word);
		unlisten(first);
	}
}

void
listen_ready(void)
{
	struct net_addr *a;
	int i, null;
	FMT(f, LISTENERS * 128);

	for (i = 0; i < nlisteners; i++) {
		a = &listeners[i].addr;
		fmt_add(&f, a->u.sa.sa_family == AF_UNIX ? "unix " : "tcp ");
		net_format(&f, a);
		fmt_add(&f, "\n");
	}
	/* Who started us may not care: a closed stdout is no reason to end. */
	io_write(STDOUT_FILENO, f.buf, f.len);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null != -1) {
		dup2(null, STDOUT_FILENO);
		close(null);
	}
}

void
listen_close(void)
{
	struct listener *l;

	for (; nlisteners > 0; nlisteners--) {
		l = &listeners[nlisteners - 1];
		close(l->fd);
		if (l->addr.u.sa.sa_family == AF_UNIX && !l->inherited &&
		    l->addr.u.un.sun_path[0] != '\0')
			unlink(l->addr.u.un.sun_path);
	}
}
