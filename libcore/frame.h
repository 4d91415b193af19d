/* frame - messages on a line that loses bytes: HDLC-like, with a CRC. */
#ifndef FRAME_H
#define FRAME_H

#include <stddef.h>

/*
 * A frame is as in RFC 1662 (octet-stuffed framing, 32-bit FCS):
 *
 *	7e | payload | CRC-32 of the payload, low byte first | 7e
 *
 * Between the flags 7e, 7d and the flow control bytes 11 and 13 (also
 * with their top bit set) travel as 7d and the byte xor 20, so a line that
 * obeys XON and XOFF carries it too.  The payload is 0 to FRAME_MAX bytes.
 * 7d 7e ends a frame that its sender gave up.  After garbage a receiver is
 * in step again with the next flag.
 */
enum {
	FRAME_MAX = 4096,
	FRAME_CRC = 4,
	FRAME_WIRE = 2 * (FRAME_MAX + FRAME_CRC) + 2,	/* the longest */
};

/* A receiver's state; all zero is one that has seen nothing. */
struct frame {
	unsigned char data[FRAME_MAX + FRAME_CRC];
	size_t len;		/* of the payload, after FRAME_GOOD */
	unsigned long long noise;	/* bytes outside of frames */
	int in, escaped, done;
};

enum { FRAME_MORE, FRAME_GOOD, FRAME_BAD };

/* Frame n <= FRAME_MAX bytes; out holds 2 * (n + FRAME_CRC) + 2.  Returns
 * how many bytes it took there. */
size_t frame_encode(unsigned char *out, const void *in, size_t n);

/*
 * Take received bytes up to the end of a frame, and advance *in and *n
 * over them.  Returns FRAME_GOOD with data and len valid until the next
 * call, FRAME_BAD for a frame that was damaged, too long or given up, and
 * FRAME_MORE when all bytes are taken; call it again unless it is that.
 */
int frame_decode(struct frame *, const unsigned char **in, size_t *n);

#endif
