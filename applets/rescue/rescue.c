/* rescue - process 1 of an initramfs in which the box may be all there is. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "applet.h"
#include "child.h"
#include "err.h"
#include "fmt.h"
#include "io.h"
#include "opt.h"
#include "rescue.h"
#include "sig.h"
#include "time.h"

APPLET(rescue, "[-n] [-d INTERFACE] [-k FILE] [-m FILE] [COMMAND ...]",
    "process 1 of an initramfs: modules, network, echod, reaping",
    "  -d INTERFACE  nothing but this: get an address by DHCP and keep it\n"
    "  -k FILE       the kernel command line, for ip= (default /proc/cmdline)\n"
    "  -m FILE       load the modules listed there (default /modules/list)\n"
    "  -n            no echod but those named (default: echod -u 7)\n"
    "  COMMAND       a line of words: a program to start, and start again\n"
    "Signals: USR1 status, TERM and Ctrl-Alt-Del reboot, USR2 power off.\n",
    .aliases = "init\0linuxrc\0", .aliases_pid1 = 1);

/* How long modules and cards may take before all else goes on. */
#define SETUP_WAIT (30 * TIME_S)
#define GRACE (5 * TIME_S)

enum {
	DHCP_MAX = 8,	/* interfaces that ask for an address */
};

static const char *kernel_line = "/proc/cmdline", *list = "/modules/list";
static const char *self = "/proc/self/exe";
static int list_asked, no_echod;
static pid_t setup_pid;
static unsigned long long setup_end;	/* 0: done with */
static int signals;
static sigset_t mask;

/*
 * Process 1 must not end, and the kernel hands it words that are not for
 * it: there a wrong option is said and gone over.
 */
static int
next_option(struct opt *o)
{
	int letter;

	if (getpid() != 1)
		return applet_opt(o);
	while ((letter = opt_next(o)) > 0 && letter <= OPT_MISSING) {
		warn("%s: no such option, or no argument to it; gone over",
		    o->name[0] != '\0' ? o->name : *o->argv);
		o->argv += o->name[0] == '\0';	/* a long one still stands */
	}
	return letter;
}

/* Modules and cards may hang or crash: a child waits for them. */
static void
setup(void)
{
	setup_end = time_now() + SETUP_WAIT;
	setup_pid = fork();
	if (setup_pid > 0)
		return;
	if (setup_pid == 0)
		sigprocmask(SIG_SETMASK, &mask, NULL);
	modules(list, list_asked);
	net_wait();
	if (setup_pid == 0)
		_exit(OK);
	setup_end = 1;
}

static void
show(const char *title)
{
	FMT(f, 4096);

	fmt_add(&f, "%s: %s\n", err_name, title);
	net_show(&f);
	supervise_show(&f);
	io_write(STDERR_FILENO, f.buf, f.len);
}

/* A client for each device, though two words may name the same one. */
static void
ask_dhcp(const char *device, const char *host)
{
	static const char start[] = "rescue -d ";
	static char lines[DHCP_MAX + 1][sizeof start + IF_NAMESIZE + HOST_SIZE];
	static int n;
	struct fmt f = { lines[n], sizeof *lines, 0, 0 };
	int i;

	for (i = 0; i < n; i++)
		if (strcmp(lines[i] + sizeof start - 1, device) == 0)
			return;
	fmt_add(&f, "%s%s %s", start, device, host);
	if (n == DHCP_MAX || supervise_add(lines[n]) == -1)
		warn("%s: too many interfaces for DHCP", device);
	else
		n++;
}

static void
begin(void)
{
	static char echod_line[] = "echod -u 7", text[4096];

	if (setup_pid > 0)
		warn("modules or network: no end in sight, going on");
	setup_end = 0;
	if (io_slurp(AT_FDCWD, kernel_line, text, sizeof text) == -1) {
		warn("%s:", kernel_line);
		text[0] = '\0';
	}
	net_up(text, ask_dhcp);
	if (!no_echod)
		supervise_add(echod_line);
	supervise_start(self, &mask);
	show("up");
}

static void
send_all(int sig)
{
	kill(-1, sig);
}

/*
 * End all, write all that waits for a disk, and reboot(2).  A child does
 * it: where the machine cannot be switched off the kernel ends the caller,
 * and without its process 1 it panics.
 */
static void
leave(int how, const char *what)
{
	struct child_stop stop = { .signals = signals, .grace = GRACE,
		.each = send_all };

	warn("%s", what);
	if (child_stop(&stop) == -1)
		warn("some do not end:");
	sync();
	if (fork() == 0) {
		reboot(how);
		warn("%s:", what);
		_exit(SYSTEM);
	}
	supervise_again();
}

static void
act(int sig)
{
	switch (sig) {
	case SIGUSR1:
		show("status");
		break;
	case SIGUSR2:
		leave(RB_POWER_OFF, "power off");
		break;
	case SIGINT:	/* Ctrl-Alt-Del, as RB_DISABLE_CAD asks */
	case SIGTERM:
		leave(RB_AUTOBOOT, "reboot");
		break;
	}
}

static _Noreturn void
run(void)
{
	unsigned long long due;
	int sig;

	for (;;) {
		if (setup_end != 0 && (setup_pid <= 0 || time_left(setup_end) == 0))
			begin();
		if (setup_end == 0)
			supervise_start(self, &mask);
		due = setup_end != 0 ? setup_end : supervise_due();
		/* A kernel without signalfd says not who died: look. */
		io_poll(signals, POLLIN, signals == -1 ? 1000 : time_left(due));
		while ((sig = sig_next(signals, NULL)) != 0)
			act(sig);
		if (supervise_reap(setup_pid))
			setup_pid = 0;
	}
}

static void
first(void)
{
	static const int list_of[] = { SIGCHLD, SIGUSR1, SIGUSR2, SIGTERM,
		SIGINT, SIGHUP, SIGPIPE, SIGPWR, 0 };

	signals = sig_open(list_of, &mask);
	if (signals == -1)
		warn("signals:");
	sigemptyset(&mask);
	if (chdir("/") == -1)
		warn("/:");
	mounts();
	console();
	reboot(RB_DISABLE_CAD);
	setup();
}

/* Not as process 1: a device, and at most a host name. */
static int
client(const char *device, char **host)
{
	if (*host != NULL && (host[1] != NULL || strlen(*host) >= HOST_SIZE))
		usage("-d: one host name of at most %d bytes, not '%s'",
		    HOST_SIZE - 1, host[host[1] != NULL]);
	return dhcp(device, *host);
}

/* Options up to the next command, which *o->argv is then, or NULL. */
static void
options(struct opt *o)
{
	int letter;

	while ((letter = next_option(o)) != 0)
		switch (letter) {
		case 'd':
			if (getpid() != 1 && ENABLE_DHCP)
				err_exit(client(o->arg, o->argv));
			warn("-d %s: %s", o->arg, ENABLE_DHCP ?
				"not in process 1" : "no DHCP in this build");
			break;
		case 'k':
			kernel_line = o->arg;
			break;
		case 'm':
			list = o->arg;
			list_asked = 1;
			break;
		case 'n':
			no_echod = 1;
			break;
		}
	if (getpid() != 1)
		usage("this is for process 1 alone (or -d, for DHCP)");
}

/* Of the kernel's words that are for others some may stand before our options. */
static int
rescue_main(int argc, char **argv)
{
	struct opt o = { .argv = argv + 1, .letters = "d:k:m:n" };

	for (options(&o); *o.argv != NULL; options(&o))
		if (supervise_add(*o.argv++) == -1)
			warn("'%s': too many commands, left out", o.argv[-1]);
	if (argv[0][0] == '/')
		self = argv[0];
	first();
	run();
}
