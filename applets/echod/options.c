/* options - the command line of echod. */
#include <stddef.h>
#include <string.h>

#include "acl.h"
#include "admit.h"
#include "applet.h"
#include "chaos.h"
#include "daemon.h"
#include "dgram.h"
#include "echod.h"
#include "fmt.h"
#include "log.h"
#include "model.h"
#include "opt.h"
#include "privs.h"
#include "program.h"
#include "rights.h"
#include "sandbox.h"
#include "time.h"

enum { MAX = 256, WORKERS = 8 };

/* How an argument is read: COUNT is a number from 1, NUMBER from 0, both up
 * to a power of 2.  A build without an option says so: a rule that is read
 * and not kept would let everybody in. */
enum kind { FLAG, COUNT, NUMBER, TIME, SIZE, TEXT, ALLOW, DENY, CALL, ABSENT };

/* Who knows what an argument means. */
enum { MODEL, LOG, MODE, SANDBOX, USER, FULL, ADMIN, CHAOS };

static void set_model(const char *), set_log(const char *),
    set_mode(const char *), set_sandbox(const char *);
static void (*const calls[])(const char *) = {
	[MODEL] = set_model,
	[LOG] = set_log,
	[MODE] = set_mode,
	[SANDBOX] = set_sandbox,
#if ENABLE_ECHOD_PRIVS
	[USER] = rights_user,
#endif
#if ENABLE_ECHOD_ADMIT
	[FULL] = admit_full,
	[ADMIN] = admit_admin,
#endif
#if ENABLE_ECHOD_CHAOS
	[CHAOS] = chaos_set,
#endif
};

#define IF(enabled, kind) ((enabled) ? (kind) : ABSENT)
#define AT(field) offsetof(struct options, field)

struct how {
	unsigned char kind, at, power;	/* at: in struct options, or a call */
};

static const struct letter {
	char letter;
	struct how how;
} letters[] = {
	{ 'a', { IF(ENABLE_ECHOD_ACL, ALLOW) } },
	{ 'x', { IF(ENABLE_ECHOD_ACL, DENY) } },
	{ 'A', { IF(ENABLE_ECHOD_ACL, TEXT), AT(rules) } },
	{ 'U', { IF(ENABLE_ECHOD_PRIVS, CALL), USER } },
	{ 'D', { IF(ENABLE_ECHOD_PRIVS, TEXT), AT(root) } },
	{ 'e', { IF(ENABLE_ECHOD_PROGRAM, TEXT), AT(program) } },
	{ 'i', { IF(ENABLE_ECHOD_MODELS, FLAG), AT(inetd) } },
	{ 'u', { IF(ENABLE_ECHOD_UDP, FLAG), AT(udp) } },
	{ 'm', { CALL, MODEL } },
	{ 'o', { CALL, LOG } },
	{ 'v', { FLAG, AT(verbose) } },
	{ 'q', { FLAG, AT(quiet) } },
	{ 'c', { COUNT, AT(max), 20 } },
	{ 'b', { COUNT, AT(backlog), 16 } },
	{ 'n', { COUNT, AT(workers), 12 } },
	{ 'r', { COUNT, AT(served), 30 } },
	{ 't', { TIME, AT(idle) } },
	{ 'g', { TIME, AT(grace) } },
#if ENABLE_ECHOD_DAEMON
	{ 'd', { FLAG, AT(daemon) } },
	{ 'p', { TEXT, AT(pidfile) } },
#endif
#if ENABLE_ECHOD_ADMIT
	{ 'C', { COUNT, AT(per_source), 20 } },
#endif
	{ 0, { ABSENT } },
};

/* -O KEY=VALUE: the rare ones. */
static const struct key {
	char name[10];
	struct how how;
} keys[] = {
	{ "lifetime", { TIME, AT(lifetime) } },
	{ "bytes", { SIZE, AT(bytes) } },
	{ "keepalive", { TIME, AT(keepalive) } },
	{ "nodelay", { NUMBER, AT(nodelay), 0 } },
	{ "interface", { TEXT, AT(interface) } },
	{ "mode", { CALL, MODE } },
	{ "sandbox", { CALL, SANDBOX } },
#if ENABLE_ECHOD_UDP
	{ "udprate", { NUMBER, AT(udprate), 20 } },
#endif
#if ENABLE_ECHOD_ADMIT
	{ "rate", { COUNT, AT(rate), 13 } },
	{ "full", { CALL, FULL } },
	{ "reserve", { COUNT, AT(reserve), 20 } },
	{ "admin", { CALL, ADMIN } },
#endif
#if ENABLE_ECHOD_CHAOS
	{ "chaos", { CALL, CHAOS } },
#endif
	{ "", { ABSENT } },
};
_Static_assert(sizeof(struct options) <= 256, "struct how's at");

static const char syntax[] = "m:c:b:n:r:t:g:vqiua:x:A:U:D:e:o:O:"
#if ENABLE_ECHOD_DAEMON
    "dp:"
#endif
#if ENABLE_ECHOD_ADMIT
    "C:"
#endif
    ;

struct options opts = {
	.backlog = 128,
	.grace = 5 * TIME_S,
	.udprate = 1000,
	.nodelay = 1,
	.mode = -1,
	.evict = 60 * TIME_S,
	.sandbox = -1,
};

static void
set_model(const char *word)
{
	FMT(names, 128);

	opts.model = model_find(word);
	if (opts.model != NULL)
		return;
	model_names(&names);
	usage("-m '%s': the models are%s", word, names.buf);
}

static void
set_log(const char *word)
{
	const char *value = NULL;

	opts.log = ENABLE_ECHOD_LOGS ?
	    opt_key(word, "text\0json\0syslog\0kmsg\0", &value) : -1;
	if (opts.log == -1 || value != NULL)
		usage("-o '%s': text, json, syslog or kmsg", word);
}

/* The permissions of a path, octal as chmod(1) has them. */
static void
set_mode(const char *s)
{
	const char *p;
	unsigned mode = 0;

	for (p = s; *p >= '0' && *p <= '7' && mode <= 0777; p++)
		mode = mode * 8 + *p - '0';
	if (p == s || *p != '\0' || mode > 0777)
		usage("-O mode '%s': not permissions such as 0660", s);
	opts.mode = mode;
}

static void
set_sandbox(const char *value)
{
	const char *more = NULL;

	opts.sandbox = opt_key(value, "off\0on\0", &more);
	if (opts.sandbox == -1 || more != NULL)
		usage("-O sandbox: not on or off");
	if (!ENABLE_ECHOD_SANDBOX && opts.sandbox)
		usage("-O sandbox=on: not in this build");
}

static const struct how *
find_letter(int letter)
{
	const struct letter *l = letters;

	while (l->letter != 0 && l->letter != letter)
		l++;
	return &l->how;
}

/* The argument is KEY=VALUE; its value is then the argument. */
static const struct how *
find_key(struct opt *o)
{
	const struct key *k;
	size_t n = strcspn(o->arg, "=");

	for (k = keys; k->name[0] != '\0'; k++)
		if (strncmp(k->name, o->arg, n) == 0 && k->name[n] == '\0')
			break;
	if (k->name[0] == '\0' || o->arg[n] == '\0')
		usage("-O '%s': no such KEY=VALUE", o->arg);
	o->arg += n + 1;
	return &k->how;
}

static void
set(struct opt *o, const struct how *how)
{
	void *value = (char *)&opts + how->at;

	switch (how->kind) {
	case FLAG:
		*(int *)value = 1;
		break;
	case COUNT:
	case NUMBER:
		*(unsigned *)value = applet_number(o, how->kind == COUNT,
		    1u << how->power);
		break;
	case TIME:
		*(unsigned long long *)value = applet_time(o);
		break;
	case SIZE:
		*(unsigned long long *)value = applet_size(o);
		break;
	case TEXT:
		*(const char **)value = o->arg;
		break;
	case ALLOW:
		opts.allow = 1;
		/* FALLTHROUGH */
	case DENY:
		acl_rule(o->name, o->arg, how->kind == ALLOW);
		break;
	case CALL:
		calls[how->at](o->arg);
		break;
	default:
		usage("%s: not in this build", o->name);
	}
}

/* What does not go together, and what follows. */
static void
check(void)
{
	if ((opts.workers || opts.served) && opts.model->most != &opts.workers)
		usage("-n and -r are for -m prefork");
	if (opts.workers == 0)
		opts.workers = WORKERS;
	if (opts.model->most != NULL) {
		if (opts.max != 0)
			usage("-c and -m %s: its processes are its limit",
			    opts.model->name);
		opts.max = *opts.model->most;
	}
	if (opts.max == 0)
		opts.max = MAX;
	if (opts.reserve >= opts.max)
		usage("-O reserve=%u: of %u, that leaves none", opts.reserve,
		    opts.max);
	if (opts.full == FULL_REFUSE && opts.model->serve == NULL)
		usage("-O full=refuse and -m %s: busy workers refuse nobody",
		    opts.model->name);
	if (ENABLE_ECHOD_CHAOS)
		chaos_check();
	if (opts.verbose && opts.quiet)
		usage("-v and -q: one of them");
}

char **
options_read(char **argv)
{
	struct opt o = { .argv = argv, .letters = syntax };
	int letter;

	opts.model = model_find("fork");
	while ((letter = applet_opt(&o)) != 0)
		set(&o, letter == 'O' ? find_key(&o) : find_letter(letter));
	check();
	return o.argv;
}
