/* trials - what an init can get wrong: each a text and a few steps. */
#include <signal.h>

#include "trial.h"

/*
 * NAME, the issue or change of a peer that it is from (docs/design.md has
 * their repositories), what a good init does, and how that is found out.
 */
#define TRIALS(T)                                                              \
T("exit", "baseimage#45", "its exit status is the program's",                  \
	{ RUN, PLAIN, EXIT, 0 }, { CODE, 0 },                                  \
	{ RUN, PLAIN, EXIT, 1 }, { CODE, 1 },                                  \
	{ RUN, PLAIN, EXIT, 42 }, { CODE, 42 },                                \
	{ RUN, PLAIN, EXIT, 255 }, { CODE, 255 })                              \
T("killed", "dumb-init#59", "128+n for a program killed by n",                 \
	{ RUN, PLAIN, DIE, SIGTERM }, { CODE, 128 + SIGTERM },                 \
	{ RUN, PLAIN, DIE, SIGKILL }, { CODE, 128 + SIGKILL })                 \
T("exec", "tini#59", "127 for no such program, 126 for none",                  \
	{ RUN, PLAIN, NO_PROGRAM }, { CODE, 127 },                             \
	{ RUN, PLAIN, NO_EXECUTABLE }, { CODE, 126 })                          \
T("burst", "websrv#1", "200 orphans that die at once are reaped",              \
	{ BEGIN, PLAIN, BURST, 200 }, { BROOD, 1, 0 })                         \
T("pile", "erlinit#52", "deaths while it was stopped count, each",             \
	{ BEGIN, PLAIN, PILE, 50 }, { BROOD, 51, 0 }, { FREEZE },              \
	{ WRITE }, { BROOD, 51, 50 }, { TELL, SIGCONT }, { BROOD, 1, 0 })      \
T("daemon", "tini#130", "it adopts a daemon, and reaps it",                    \
	{ RUN, PLAIN, DAEMON }, { BYTE, 'y', ELSEWHERE }, { BYTE, READY },     \
	{ BROOD, 1, 0 })                                                       \
T("signals", "moby#12228", "it passes on HUP to PWR",                          \
	{ BEGIN, PLAIN, ANSWER },                                              \
	{ SIGNALS, SIGHUP, SIGHUP }, { SIGNALS, SIGINT, SIGINT },              \
	{ SIGNALS, SIGQUIT, SIGQUIT }, { SIGNALS, SIGUSR1, SIGUSR1 },          \
	{ SIGNALS, SIGUSR2, SIGUSR2 }, { SIGNALS, SIGPIPE, SIGPIPE },          \
	{ SIGNALS, SIGALRM, SIGALRM }, { SIGNALS, SIGCONT, SIGCONT },          \
	{ SIGNALS, SIGURG, SIGURG }, { SIGNALS, SIGXCPU, SIGXCPU },            \
	{ SIGNALS, SIGXFSZ, SIGXFSZ }, { SIGNALS, SIGVTALRM, SIGVTALRM },      \
	{ SIGNALS, SIGPROF, SIGPROF }, { SIGNALS, SIGWINCH, SIGWINCH },        \
	{ SIGNALS, SIGIO, SIGIO }, { SIGNALS, SIGPWR, SIGPWR },                \
	{ SIGNALS, SIGTERM, SIGTERM })                                         \
T("realtime", "dumb-init#70", "it passes on real-time signals",                \
	{ BEGIN, PLAIN, ANSWER }, { SIGNALS, 34, _NSIG - 1 })                  \
T("early", "baseimage#274", "a TERM in its first milliseconds counts",         \
	{ EARLY })                                                             \
T("group", "tini#15", "the program's children get signals too",                \
	{ BEGIN, PLAIN, GROUP }, { BYTE, READY }, { TELL, SIGUSR1 },           \
	{ BYTE, SIGUSR1, NOBODY }, { BYTE, SIGUSR1, NOT_ALL })                 \
T("stop", "irods#2480", "a program that stops has not ended",                  \
	{ BEGIN, PLAIN, ANSWER, SIGTERM }, { STOP }, { BYTE, SIGCONT, WENT },  \
	{ TELL, SIGTERM }, { CODE, 7 })                                        \
T("terminal", "tini#19", "the program has the terminal and its ^C",            \
	{ RUN, TTY, TERMINAL }, { BYTE, 'y', BACKGROUND }, { BYTE, READY },    \
	{ WRITE, 3 }, { CODE, 128 + SIGINT })                                  \
T("hangup", "dumb-init#136", "a lost terminal is told of, by HUP",             \
	{ BEGIN, TTY, ANSWER, SIGHUP }, { CLOSE }, { CODE, 7 })                \
T("nested", "s6-overlay#634", "an init below an init does as well",            \
	{ BEGIN, TWICE, ANSWER, SIGTERM }, { TELL, SIGTERM }, { CODE, 7 })     \
T("deaf", "bubblewrap#711", "SIGCHLD ignored at the start does no harm",       \
	{ RUN, DEAF, EXIT, 7 }, { CODE, 7 })                                   \
T("closed", "tini#246", "nor do closed descriptors 0, 1 and 2",                \
	{ RUN, CLOSED, EXIT, 7 }, { CODE, 7 })                                 \
T("mask", "erlinit#33", "the program inherits mask and ignored signals",       \
	{ RUN, NOHUP, MASK }, { CODE, 0, MASKS })                              \
T("grace", "tini#180", "who is left gets TERM, and time",                      \
	{ RUN, PLAIN, LEFT, 0 }, { BYTE, 't', NO_TERM },                       \
	{ BYTE, 'd', NO_TIME }, { CODE, 0 })                                   \
T("session", "tini#95", "in a session of its own, too",                        \
	{ RUN, PLAIN, LEFT, 1 }, { BYTE, 't', NO_TERM },                       \
	{ BYTE, 'd', NO_TIME }, { CODE, 0 })                                   \
T("hold", "catatonit#12", "it keeps no inherited descriptor",                  \
	{ BEGIN, HOLD, BARE }, { RELEASED })                                   \
T("listen", "catatonit#13", "the program gets systemd's sockets",              \
	{ RUN, LISTEN, LISTENER }, { CODE, 7 })                                \
T("directory", "catatonit#28", "it keeps no directory but /",                  \
	{ BEGIN, PLAIN, ANSWER }, { ROOT })                                    \
T("idle", "vm0#21927", "it sleeps while there is nothing to do",               \
	{ BEGIN, PLAIN, ANSWER }, { IDLE })

#define TEXTS(name, cite, what, ...) name "\0" cite "\0" what "\0"
const char trial_texts[] = TRIALS(TEXTS);

#define STEPS(name, cite, what, ...) __VA_ARGS__, { END },
const struct step trial_steps[] = { TRIALS(STEPS) };
