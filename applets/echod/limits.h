/* limits - what a connection may cost, and who has to leave. */
#ifndef LIMITS_H
#define LIMITS_H

/* Make the descriptors that a model needs possible; dies when it cannot. */
void limits_open(void);

/* The connection of a slot is on its way out: it has a bounded time. */
void limits_closing(unsigned slot);

/* A slot has been taken or is free again. */
void limits_new(unsigned slot);

/* End connections whose time is over, if it is time to look.  Returns when
 * to call again, 0 for not before there is another connection. */
unsigned long long limits_due(void);

#endif
