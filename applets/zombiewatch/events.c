/* events - programs and deaths, as the kernel's proc connector tells them. */
#include <sys/socket.h>

#include <errno.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "events.h"
#include "time.h"

/*
 * A connector message is a netlink message that holds a cn_msg that holds a
 * proc_event; the padding in front gives that its alignment.
 */
struct message {
	uint32_t padding;
	struct nlmsghdr head;
	struct cn_msg cn;
	struct proc_event event;
};
enum {
	BEGIN = offsetof(struct message, head),
	HEADS = offsetof(struct message, event) - BEGIN,
};
_Static_assert(HEADS == NLMSG_HDRLEN + sizeof(struct cn_msg), "no gaps");

/* Room for a burst: by force, past rmem_max, which holds some 250 events.
 * Who may listen to the connector may do that. */
enum { RECEIVE_BUFFER = 1 << 20 };

/* What to be told: exits and execs are all we need.  A kernel before 6.6
 * does not know the second word and ignores a message that has it; a
 * later one lets no answer through, as that is neither.  So we ask for
 * all, which is answered, and then for less.  (A further filter, exits
 * that are not 0, is of no use: such are zombies as well.) */
static int
ask(int fd, int words)
{
	static struct {
		struct nlmsghdr head;
		uint32_t id[2], seq, ack;	/* struct cn_msg */
		uint16_t len, flags;
		uint32_t request[2];
	} m = { .head = { .nlmsg_type = NLMSG_DONE },
		.id = { CN_IDX_PROC, CN_VAL_PROC },
		.request = { PROC_CN_MCAST_LISTEN,
		    (uint32_t)PROC_EVENT_EXEC | (uint32_t)PROC_EVENT_EXIT } };

	m.len = words * sizeof *m.request;
	m.head.nlmsg_len = HEADS + m.len;
	return send(fd, &m, HEADS + m.len, 0);
}

/*
 * Receive one.  Only the kernel (port 0) is believed.  Returns what it
 * tells of, -1 for what is none of ours, or -2 with errno.
 */
static int
receive(int fd, struct message *m)
{
	struct sockaddr_nl from;
	socklen_t len = sizeof from;
	ssize_t n;

	memset(m, 0, sizeof *m);
	do
		n = recvfrom(fd, &m->head, sizeof *m - BEGIN, 0,
		    (struct sockaddr *)&from, &len);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return -2;
	return from.nl_pid != 0 || n < HEADS + 16 ? -1 : (int)m->event.what;
}

/* The kernel answers in the sender's own time, so the answer is there, if
 * other events are not before it. */
static int
answered(int fd)
{
	struct message m;
	int what, tries = 4096;

	do
		what = receive(fd, &m);
	while (what != PROC_EVENT_NONE && (what != -2 || errno == ENOBUFS) &&
	    --tries > 0);
	if (what == PROC_EVENT_NONE)
		errno = m.event.event_data.ack.err;
	return what == PROC_EVENT_NONE && errno == 0;
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
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
	if (bind(fd, (struct sockaddr *)&us, sizeof us) == 0 &&
	    ask(fd, 1) != -1 && answered(fd)) {
		ask(fd, 2);
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
	struct message m;
	int what = receive(fd, &m);

	e->when = m.event.timestamp_ns;
	if (what == -2)
		return errno == ENOBUFS ? EVENT_LOST : EVENT_NONE;
	if (what == (int)PROC_EVENT_EXEC) {
		e->pid = m.event.event_data.exec.process_tgid;
		return EVENT_EXEC;
	}
	if (what == (int)PROC_EVENT_EXIT) {
		e->pid = m.event.event_data.exit.process_tgid;
		return EVENT_EXIT;
	}
	return EVENT_OTHER;
}
