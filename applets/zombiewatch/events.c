/* events - programs and deaths, as the kernel's proc connector tells them. */
#include <sys/socket.h>

#include <errno.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "events.h"
#include "time.h"

/* A connector message is a netlink message that holds a cn_msg that holds
 * a proc_event, which then is not aligned: it is copied out. */
enum { HEADS = NLMSG_HDRLEN + sizeof(struct cn_msg) };

/* Room for a burst; the kernel takes no more than rmem_max. */
enum { RECEIVE_BUFFER = 1 << 20 };

/* What to be told: exits and execs are all we need.  A kernel before 6.6
 * does not know the second field and ignores a message that has it; a
 * later one lets no answer through, as that is neither.  So we ask for
 * all, which is answered, and then for less.  (A further filter, exits
 * that are not 0, is of no use: such are zombies as well.) */
struct request {
	uint32_t op;
	uint32_t events;
};

static int
ask(int fd, size_t size)
{
	struct request r = { PROC_CN_MCAST_LISTEN,
		(uint32_t)PROC_EVENT_EXEC | (uint32_t)PROC_EVENT_EXIT };
	struct nlmsghdr head = { .nlmsg_len = HEADS + size,
		.nlmsg_type = NLMSG_DONE };
	struct cn_msg cn = { .id = { CN_IDX_PROC, CN_VAL_PROC }, .len = size };
	char message[HEADS + sizeof r];

	memcpy(message, &head, sizeof head);
	memcpy(message + NLMSG_HDRLEN, &cn, sizeof cn);
	memcpy(message + HEADS, &r, size);
	return send(fd, message, HEADS + size, 0) == -1 ? -1 : 0;
}

/*
 * Receive one.  Only the kernel (port 0) is believed.  Returns 0 with
 * *size 0 for what is none of ours, or -1 with errno.
 */
static int
receive(int fd, struct proc_event *p, size_t *size)
{
	struct sockaddr_nl from;
	socklen_t len = sizeof from;
	char message[512];
	ssize_t n;

	do
		n = recvfrom(fd, message, sizeof message, 0,
		    (struct sockaddr *)&from, &len);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return -1;
	*size = 0;
	if (from.nl_pid != 0 || n < HEADS + 16)
		return 0;
	*size = n - HEADS < (ssize_t)sizeof *p ? n - HEADS : (ssize_t)sizeof *p;
	memset(p, 0, sizeof *p);
	memcpy(p, message + HEADS, *size);
	return 0;
}

/* The kernel answers in the sender's own time, so the answer is there, if
 * other events are not before it. */
static int
answered(int fd)
{
	enum { TRIES = 4096 };
	struct proc_event p;
	size_t size;
	int i;

	for (i = 0; i < TRIES; i++) {
		if (receive(fd, &p, &size) == -1) {
			if (errno != ENOBUFS)
				return -1;
		} else if (size > 0 && p.what == PROC_EVENT_NONE) {
			errno = p.event_data.ack.err;
			return errno == 0 ? 0 : -1;
		}
	}
	return -1;
}

int
events_open(void)
{
	struct sockaddr_nl us = { .nl_family = AF_NETLINK,
		.nl_groups = CN_IDX_PROC };
	int saved, size = RECEIVE_BUFFER, fd = socket(AF_NETLINK,
	    SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_CONNECTOR);

	if (fd == -1)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	if (bind(fd, (struct sockaddr *)&us, sizeof us) == 0 &&
	    ask(fd, sizeof(uint32_t)) == 0 && answered(fd) == 0) {
		ask(fd, sizeof(struct request));
		return fd;
	}
	saved = errno == EAGAIN ? EOPNOTSUPP : errno;
	close(fd);
	errno = saved;
	return -1;
}

enum event_what
events_next(int fd, struct event *e)
{
	struct proc_event p;
	size_t size;

	e->what = EVENT_OTHER;
	if (receive(fd, &p, &size) == -1)
		return e->what = errno == ENOBUFS ? EVENT_LOST : EVENT_NONE;
	if (size == 0)
		return e->what;
	e->when = p.timestamp_ns;
	switch (p.what) {
	case PROC_EVENT_EXEC:
		e->what = EVENT_EXEC;
		e->pid = p.event_data.exec.process_tgid;
		break;
	case PROC_EVENT_EXIT:
		e->what = EVENT_EXIT;
		e->pid = p.event_data.exit.process_tgid;
		break;
	default:
		break;
	}
	return e->what;
}
