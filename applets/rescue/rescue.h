/* rescue - what the parts of rescue ask of each other. */
#ifndef RESCUE_H
#define RESCUE_H

#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/types.h>

struct fmt;

#ifndef ENABLE_DHCP
#define ENABLE_DHCP 1	/* rescue -d, ip=dhcp; 2,500 bytes */
#endif

/*
 * mounts.c: mount /proc, /sys, /dev and /dev/pts where they are not yet;
 * what cannot be is said and gone over.  console: descriptors 0 to 2 that
 * lead nowhere, as /dev was not there when we were started, lead to it.
 */
void mounts(void);
void console(void);

/*
 * modules.c: load the modules a file lists, in order: a name (relative to
 * the folder of the list), then its parameters.  What fails is said and
 * gone over; a missing list too, if it was asked for.
 */
void modules(const char *list, int asked);

/* ipconf.c: one ip= of the kernel command line. */
enum {
	HOST_SIZE = 64,
};

struct ipconf {
	int off;			/* no address but what is given */
	struct in_addr address;		/* 0.0.0.0: none given, so all */
	struct in_addr gateway;
	struct in_addr netmask;
	struct in_addr dns[2];
	char host[HOST_SIZE];
	char device[IF_NAMESIZE];	/* "": the first there is */
};

/*
 * Read what follows ip=, as the kernel's admin-guide/nfs/nfsroot has it.
 * The text is cut up.  Returns 0, or -1: *wrong is the field.
 */
int ipconf_parse(struct ipconf *, char *text, const char **wrong);

/*
 * net.c: wait some seconds for a network interface, then bring all up
 * and configure them by the ip= words of a command line (without one as
 * by ip=dhcp).  Each device that wants DHCP is handed over, with the host
 * name it shall have, or "".
 */
typedef void net_dhcp(const char *device, const char *host);
void net_wait(void);
void net_up(char *cmdline, net_dhcp *);

/* Bring an interface up, and learn its address of Ethernet.  Returns 0, or
 * -1 with errno. */
int net_raise(const char *device, unsigned char mac[6]);

/* Give an interface an address.  Returns 0, or -1 with errno. */
int net_configure(const char *device, const struct ipconf *);

/* Be called HOST.DOMAIN, or HOST, or as it was by "". */
void net_host(const char *name);

/* Add a line for each interface that is up: its addresses. */
void net_show(struct fmt *);

/*
 * dhcp.c: get an address and keep it (RFC 2131).  A host name that is not
 * NULL is told, and none taken.  Returns only when the interface cannot be
 * used at all: the exit status.
 */
int dhcp(const char *device, const char *host);

/*
 * supervise.c: add a command, a line of words that is cut up.  Returns 0,
 * or -1 when there are too many.
 */
int supervise_add(char *line);

/* Start what is due.  self is the path of the box. */
void supervise_start(const char *self, const sigset_t *);

/* When the next one is due, for time_left; 0 for never. */
unsigned long long supervise_due(void);

/* Reap all that are dead.  Returns 1 if our own child was one of them. */
int supervise_reap(pid_t own);

/* All were ended on purpose, and yet we live: they are due once more. */
void supervise_again(void);

/* Add a line for each service, and one for what was reaped besides. */
void supervise_show(struct fmt *);

#endif
