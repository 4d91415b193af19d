/* card - try an init, and print what it does right and wrong. */
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "applet.h"
#include "child.h"
#include "fmt.h"
#include "trial.h"
#include "zombiewatch.h"

static const char verdicts[][5] = { "pass", "FAIL", "skip" };

static void
end_at_once(void *unused)
{
	_exit(OK);
}

/*
 * Can we make PID namespaces, so that the init is process 1 as it is meant
 * to be?  An ordinary user needs a user namespace first.
 */
static int
can_namespace(void)
{
	int status;
	pid_t pid;

	if (getuid() != 0 && unshare(CLONE_NEWUSER) == -1)
		return 0;
	pid = child_spawn(CLONE_NEWPID, end_at_once, NULL);
	return pid != -1 && waitpid(pid, &status, 0) == pid;
}

static void
tell(const char *name, int verdict, const struct fmt *why,
    int json)
{
	const char *cite = behind(name);

	if (!json) {
		print("%s  %-9s  %-45s  %s\n", verdicts[verdict], name,
		    behind(cite), cite);
		if (verdict != PASS && why->len > 0)
			print("%17s%s\n", "", why->buf);
	} else {
		print("{\"trial\":\"%s\",\"verdict\":\"%s\","
		    "\"cite\":\"%s\"", name,
		    verdict == FAIL ? "fail" : verdicts[verdict], cite);
		row_string("why", why->buf, why->len);
		print("}\n");
	}
	row_out(SIZE_MAX);
}

static void
head(const struct run *r)
{
	char *const *word;

	for (word = r->prefix; *word != NULL; word++) {
		fmt_escape(&page, *word, strlen(*word));
		print(" ");
	}
	print("as %s\n", r->namespace ?
		"process 1 of a namespace" :
		"a child here: no PID namespace can be made");
}

static void
sum(const int *counts)
{
	print("%d passed, %d failed", counts[PASS], counts[FAIL]);
	if (counts[SKIP] > 0)
		print(", %d skipped: not to be had here", counts[SKIP]);
	print("\n");
	row_out(SIZE_MAX);
}

/* Take the steps of a trial, as far as they go.  Returns the verdict, and
 * in *s what is behind them. */
static int
judge(struct run *r, const struct step **s)
{
	int verdict = PASS;

	for (; (*s)->op != END; (*s)++)
		if (verdict == PASS && r->why != NULL)
			verdict = step_take(r, *s);
	(*s)++;
	if (r->why != NULL)
		run_end(r);
	return verdict;
}

static int
run_card(struct run *r, const char *only, int json)
{
	const struct step *s = trial_steps;
	const char *name;
	int verdict, counts[3] = { 0 };
	FMT(why, 128);

	if (!json)
		head(r);
	for (name = trial_texts; *name; name = behind(behind(behind(name)))) {
		fmt_reset(&why);
		r->why = only == NULL || strcmp(only, name) == 0 ? &why : NULL;
		verdict = judge(r, &s);
		if (r->why == NULL)
			continue;
		counts[verdict]++;
		tell(name, verdict, &why, json);
	}
	if (counts[PASS] + counts[FAIL] + counts[SKIP] == 0)
		usage("-n '%s': no such trial", only);
	if (!json)
		sum(counts);
	return counts[FAIL] > 0 ? NO : counts[PASS] > 0 ? OK : SYSTEM;
}

/* It is started elsewhere than here, where its path may begin. */
static void
make_absolute(char **program)
{
	static char path[2 * PATH_MAX];
	ssize_t n;

	if (**program == '/' || strchr(*program, '/') == NULL ||
	    strlen(*program) >= PATH_MAX)
		return;
	n = readlinkat(scan_dir, "self/cwd", path, PATH_MAX - 1);
	if (n == -1)
		die(SYSTEM, "/proc/self/cwd:");
	path[n] = '/';
	strcpy(path + n + 1, *program);
	*program = path;
}

int
trial_main(char **argv)
{
	static char exe[PATH_MAX];
	struct opt o = { .argv = argv, .letters = "jn:v", .dashes = 1 };
	struct run r = { .exe = exe, .talk = -1, .held = -1 };
	const char *only = NULL;
	int letter, json = 0;

	/* The payload of a trial comes here again. */
	if (*argv != NULL && **argv == '=')
		return role_main(*argv + 1, argv[1]);
	while ((letter = applet_opt(&o)) != 0) {
		json |= letter == 'j';
		r.verbose |= letter == 'v';
		if (letter == 'n')
			only = o.arg;
	}
	if (*o.argv == NULL)
		usage("-t needs the command line of an init");
	r.prefix = o.argv;
	scan_open("/proc");
	if (readlinkat(scan_dir, "self/exe", exe, sizeof exe - 1) == -1)
		die(SYSTEM, "/proc/self/exe: (is /proc mounted?):");
	make_absolute(o.argv);
	signal(SIGPIPE, SIG_IGN);
	r.namespace = can_namespace() ? CLONE_NEWPID : 0;
	if (!r.namespace)
		prctl(PR_SET_CHILD_SUBREAPER, 1);
	return run_card(&r, only, json);
}
