/* verdict - what came of asking: a word for machines, a line for people. */
#ifndef VERDICT_H
#define VERDICT_H

enum verdict {
	V_OK, V_REFUSED, V_TIMEOUT, V_SILENT, V_STALLED, V_UNREACHABLE,
	V_CLOSED, V_WRONG, V_TWICE, V_RESET, V_SELF, V_SLOW, V_UNTRIED, V_NONAME, V_NORESOLVER,
	V_NOSOCKET, V_PORTS, V_DESCRIPTORS, V_DENIED, V_NODEVICE, V_TOOBIG,
	V_SYSTEM,
};

/* What an errno of link or dial says. */
enum verdict verdict_errno(int);

/* The word, such as "refused"; and what it means and what to do. */
const char *verdict_word(enum verdict);
const char *verdict_text(enum verdict);

/* Does it tell of this machine and not of the server? */
int verdict_local(enum verdict);

#endif
