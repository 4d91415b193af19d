/* bucket - a token bucket for each source of datagrams, in a fixed table. */
#ifndef ECHOD_BUCKET_H
#define ECHOD_BUCKET_H

#include "cidr.h"

/*
 * Let a source spend tokens: rate (to 1,000,000) more come each second, up
 * to two seconds' worth.  A source is an IPv4 address or an IPv6 /64.  The table is bounded;
 * who was seen longest ago makes room, so that a flood of invented sources
 * costs a known source nothing as long as it keeps asking.  Returns 1 if it
 * had the tokens, else 0 and it keeps what it has.
 */
int bucket_take(const struct source *, unsigned tokens, unsigned rate,
    unsigned long long now);

/* Let all processes that are forked from here on share one table; dies
 * when there is no memory. */
void bucket_share(void);

#endif
