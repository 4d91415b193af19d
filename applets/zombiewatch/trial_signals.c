/* trial_signals - what an init can get wrong with signals and terminals. */
#include <signal.h>
#include <unistd.h>

#include "fmt.h"
#include "io.h"
#include "sig.h"
#include "time.h"
#include "trial.h"

/* Send a signal to the init; the payload must have it. */
static int
passes(struct run *r, int sig)
{
	int c;

	kill(r->init, sig);
	c = run_byte(r);
	if (c == sig)
		return PASS;
	sig_name(r->why, sig);
	return FAILED(r, c == -1 ? " is lost" : " becomes %d", c);
}

int
judge_signals(struct run *r)
{
	static const int list[] = { SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2,
		SIGPIPE, SIGALRM, SIGCONT, SIGURG, SIGXCPU, SIGXFSZ, SIGVTALRM,
		SIGPROF, SIGWINCH, SIGIO, SIGPWR, SIGTERM };
	int result = run_begin(r, 0, "answer", 0);
	size_t i;

	for (i = 0; i < sizeof list / sizeof *list && result == PASS; i++)
		result = passes(r, list[i]);
	return result;
}

int
judge_realtime(struct run *r)
{
	int sig, result = run_begin(r, 0, "answer", 0);

	for (sig = sig_number("RTMIN"); sig < _NSIG && result == PASS; sig++)
		result = passes(r, sig);
	return result;
}

int
judge_early(struct run *r)
{
	enum { TIMES = 25 };
	int code, i;

	for (i = 0; i < TIMES; i++) {
		run_start(r, i == 0 ? HOW_PENDING : HOW_BLOCKED, "default", 0);
		time_sleep(i * TIME_MS / 4);
		if (i > 0)
			kill(r->init, SIGTERM);
		code = run_code(r);
		run_end(r);
		if (code == -1)
			return FAILED(r, "TERM after %d us is lost", i * 250);
		if (code != 128 + SIGTERM)
			return FAILED(r, "TERM after %d us: exit %d", i * 250,
			    code);
	}
	return PASS;
}

int
judge_group(struct run *r)
{
	int a, b, result = run_begin(r, 0, "group", 0);

	if (result != PASS)
		return result;
	if (run_byte(r) != READY)
		return FAILED(r, "the program does not run");
	kill(r->init, SIGUSR1);
	a = run_byte(r);
	b = run_byte(r);
	if (a == SIGUSR1 && b == SIGUSR1)
		return PASS;
	return FAILED(r, a == SIGUSR1 ? "only the program gets it" :
					"nobody gets it");
}

int
judge_stop(struct run *r)
{
	struct brood b;
	int code, result = run_begin(r, 0, "answer", SIGTERM);

	if (result != PASS)
		return result;
	run_brood(r, &b);
	kill(b.alive, SIGSTOP);
	if (b.alive == 0 || run_stopped(b.alive) == -1)
		return FAILED(r, "the program is not its child");
	/* Time to see it stopped: once it goes on, there is nothing to see. */
	time_sleep(200 * TIME_MS);
	kill(b.alive, SIGCONT);
	if (run_byte(r) != SIGCONT)
		return FAILED(r, "the program went, as if it had ended");
	kill(r->init, SIGTERM);
	code = run_code(r);
	return code == 7 ? PASS : FAILED(r, "exit %d instead of 7", code);
}

int
judge_terminal(struct run *r)
{
	int c, code, result = run_start(r, HOW_TTY, "terminal", 0);

	if (result != 0)
		return result;
	c = run_byte(r);
	if (c != 'y' || run_byte(r) != READY)
		return FAILED(r, "the program is in the background");
	io_write(r->out, "\003", 1);
	code = run_code(r);
	return code == 128 + SIGINT ? PASS :
				      FAILED(r, "^C: exit %d, not 130", code);
}

int
judge_hangup(struct run *r)
{
	int code, result = run_begin(r, HOW_TTY, "answer", SIGHUP);

	if (result != PASS)
		return result;
	close(r->out);
	r->out = -1;
	code = run_code(r);
	return code == 7 ? PASS : FAILED(r, code == -1 ? "HUP is lost" :
							 "exit %d", code);
}

int
judge_nested(struct run *r)
{
	int code, result;

	r->twice = 1;
	result = run_begin(r, 0, "answer", SIGTERM);
	r->twice = 0;
	if (result != PASS)
		return result;
	kill(r->init, SIGTERM);
	code = run_code(r);
	return code == 7 ? PASS : FAILED(r, code == -1 ? "TERM is lost" :
							 "exit %d", code);
}
