/* frame - messages on a line that loses bytes: HDLC-like, with a CRC. */
#include <stdint.h>

#include "frame.h"

enum { FLAG = 0x7e, ESCAPE = 0x7d, FLIP = 0x20, XON = 0x11, XOFF = 0x13 };

/* The CRC-32 of Ethernet (reflected 04c11db7), half a byte at a time: 64
 * bytes of table are enough for any serial line. */
static uint32_t
crc(const unsigned char *p, size_t n)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	uint32_t c = ~(uint32_t)0;

	for (; n > 0; n--, p++) {
		c = table[(c ^ *p) & 15] ^ c >> 4;
		c = table[(c ^ *p >> 4) & 15] ^ c >> 4;
	}
	return ~c;
}

static unsigned char *
stuff(unsigned char *out, unsigned char c)
{
	if (c == FLAG || c == ESCAPE || (c & 0x7f) == XON ||
	    (c & 0x7f) == XOFF) {
		*out++ = ESCAPE;
		c ^= FLIP;
	}
	*out++ = c;
	return out;
}

size_t
frame_encode(unsigned char *out, const void *in, size_t n)
{
	const unsigned char *p = in;
	unsigned char *start = out;
	uint32_t sum = crc(p, n);
	int i;

	*out++ = FLAG;
	for (; n > 0; n--)
		out = stuff(out, *p++);
	for (i = 0; i < FRAME_CRC; i++)
		out = stuff(out, sum >> 8 * i & 0xff);
	*out++ = FLAG;
	return out - start;
}

/* A flag ends a frame and may begin the next one. */
static int
end(struct frame *f)
{
	const unsigned char *sum = f->data + f->len - FRAME_CRC;
	int whole = f->len >= FRAME_CRC && f->len <= sizeof f->data &&
	    !f->escaped;

	f->done = 1;
	if (!whole)
		return FRAME_BAD;
	f->len -= FRAME_CRC;
	return crc(f->data, f->len) ==
		((uint32_t)sum[3] << 24 | (uint32_t)sum[2] << 16 |
		    (uint32_t)sum[1] << 8 | sum[0]) ?
	    FRAME_GOOD : FRAME_BAD;
}

static void
add(struct frame *f, unsigned char c)
{
	if (c == ESCAPE && !f->escaped) {
		f->escaped = 1;
		return;
	}
	if (f->len < sizeof f->data)
		f->data[f->len] = f->escaped ? c ^ FLIP : c;
	/* One over says too long; more would only run round. */
	if (f->len <= sizeof f->data)
		f->len++;
	f->escaped = 0;
}

int
frame_decode(struct frame *f, const unsigned char **in, size_t *n)
{
	unsigned char c;

	if (f->done)
		f->len = f->escaped = f->done = 0;
	while (*n > 0) {
		c = *(*in)++;
		--*n;
		if (c != FLAG && !f->in)
			f->noise++;
		else if (c != FLAG)
			add(f, c);
		else if (f->len > 0 || f->escaped)
			return end(f);
		else
			f->in = 1;	/* flags in a row say nothing */
	}
	return FRAME_MORE;
}
