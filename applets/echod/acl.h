/* acl - who may connect: -a and -x, and the rules of a file. */
#ifndef ECHOD_ACL_H
#define ECHOD_ACL_H

#include "cidr.h"

#ifndef ENABLE_ECHOD_ACL
#define ENABLE_ECHOD_ACL 1	/* who may connect; 2 KB */
#endif

enum { ACL_MAX = 1024 };	/* rules, of the command line and the file */

/* Add a rule of the command line; a bad one ends in usage(). */
void acl_rule(const char *option, const char *cidr, int allow);

/*
 * Read the rules file of -A from a descriptor: "allow CIDR" or "deny
 * CIDR" a line, # begins a comment.  They come after the rules of the
 * command line and replace those of an earlier reading.  Returns how many
 * there are; or -1 when one is wrong, which is said by name and line, and
 * the rules are as they were before.
 */
int acl_read(int fd, const char *name);

/*
 * Tell whether a client may connect: the first rule that matches decides;
 * when none does, all may unless there is a rule that allows somebody.
 * A client without an address (a unix socket's) always may.
 */
int acl_allows(const struct net_addr *);

/* Before workers are forked that accept for themselves: let them see the
 * rules that are read later.  (Who accepts need not care about rules, so
 * that he could write them gives him nothing; what is read again is judged
 * by what we keep to ourselves, and theirs is only written.) */
void acl_share(void);

#endif
