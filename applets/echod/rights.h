/* rights - what the server may do: read at the start, then given up. */
#ifndef RIGHTS_H
#define RIGHTS_H

/* -U: who to become; ends in usage() when there is no such user. */
void rights_user(const char *);

/*
 * Read the rules of -A, then give up the root directory, the user and all
 * system calls that serving does not need, as the options say.  What is to
 * be opened later is opened by a helper that is started here.  Dies when
 * it cannot do what it was told.
 */
void rights_give_up(void);

/* HUP: read the rules anew; a bad file leaves them as they are. */
void rights_reload(void);

#endif
