/* payload - bytes that nobody else sends, made anew to compare. */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include <stddef.h>

/* A seed that no other process or question has. */
unsigned long long payload_seed(void);

/* Make the first n bytes of question number serial. */
void payload_fill(unsigned char *, unsigned long long seed,
    unsigned long long serial, size_t n);

#endif
