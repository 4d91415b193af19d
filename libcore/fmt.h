/* fmt - text into a fixed buffer: the printf we need, without stdio. */
#ifndef FMT_H
#define FMT_H

#include <stdarg.h>
#include <stddef.h>

#ifndef ENABLE_JSON
#define ENABLE_JSON 1	/* machine-readable output; 700 bytes and its users */
#endif

/*
 * A buffer that text is added to.  It is always NUL-terminated and never
 * overflows: what does not fit is dropped and cut says so.
 */
struct fmt {
	char *buf;
	size_t size;
	size_t len;
	int cut;
};

/* An empty struct fmt named F over n bytes of automatic storage. */
#define FMT(f, n)                                                              \
	char f##_buf[n];                                                       \
	struct fmt f;                                                          \
	fmt_use(&f, f##_buf, sizeof f##_buf)

/* What FMT does; a call is smaller than five stores. */
void fmt_use(struct fmt *, char *, size_t);

/*
 * Add text by a format: %s %c %d %u %x %%, with l, ll and z, a width, the
 * flags - and 0, and a precision for %s.  No floating point: times are
 * counted in nanoseconds and added by fmt_fixed.
 */
void fmt_add(struct fmt *, const char *, ...)
    __attribute__((format(printf, 2, 3)));
void fmt_vadd(struct fmt *, const char *, va_list);

/* Add a value in units of 10^-scale with so many decimals, truncated. */
void fmt_fixed(struct fmt *, unsigned long long, int scale, int decimals);

/* Put the text at the end whatever it takes: it replaces what is there. */
void fmt_end(struct fmt *, const char *);

/*
 * Add bytes of unknown origin so that no terminal obeys them: printable
 * ASCII as it is, the rest as \n, \t, \r, \\ or \xHH.
 */
void fmt_escape(struct fmt *, const void *, size_t);

/*
 * Add bytes as a JSON string with its quotes (RFC 8259): always valid
 * UTF-8, a byte that is not becomes U+FFFD.
 */
void fmt_json(struct fmt *, const void *, size_t);

/* Start the text anew. */
void fmt_reset(struct fmt *);

#endif
