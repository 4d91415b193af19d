/* say - texts with the numbers of a run in them. */
#ifndef SAY_H
#define SAY_H

struct fmt;
struct results;

/*
 * Add a text in which these stand for what is known of a run:
 *
 *	$word		a word of WORDS; &word the same in JSON, or null
 *	#name		a number
 *	@name		a time in ms, with three decimals; *name in s, with nine
 *	~name		a time as draw_time has it
 *	^name		how many a second, as draw_number has it
 *	[ ... ]		left out if one of its numbers is 0 or not known
 *	< ... >		left out if one is not known
 *
 * Names are those of format.h, as far as they are unique: service_p99.  A
 * ' ends a name where it would go on.
 */
void say(struct fmt *, const struct results *, const char *);

/* Write it to standard output; dies where that cannot be. */
void say_out(struct fmt *);

#endif
