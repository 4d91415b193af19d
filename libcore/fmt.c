/* fmt - text into a fixed buffer: the printf we need, without stdio. */
#include <stdarg.h>
#include <string.h>

#include "fmt.h"

__attribute__((noinline)) void
fmt_use(struct fmt *f, char *buf, size_t size)
{
	f->buf = buf;
	f->size = size;
	fmt_reset(f);
}

static void
put(struct fmt *f, const char *s, size_t n)
{
	size_t room = f->size - f->len - 1;

	if (n > room) {
		n = room;
		f->cut = 1;
	}
	memcpy(f->buf + f->len, s, n);
	f->len += n;
	f->buf[f->len] = '\0';
}

/* One conversion of a format, taken apart. */
struct conv {
	char pad;	/* ' ' or '0', '-' behind the text */
	int width;
	int precision;	/* -1: none */
	int size;	/* of the argument: 0 int, 1 long, 2 long long */
};

static void
put_padded(struct fmt *f, const struct conv *c, const char *s, size_t n)
{
	int i;

	if (c->pad == '-')
		put(f, s, n);
	for (i = n; i < c->width; i++)
		put(f, c->pad == '0' ? "0" : " ", 1);
	if (c->pad != '-')
		put(f, s, n);
}

static void
put_number(struct fmt *f, struct conv *c, unsigned long long v, unsigned base,
    int negative)
{
	char digits[24], *p = digits + sizeof digits;

	do
		*--p = "0123456789abcdef"[v % base];
	while (v /= base);
	if (negative && c->pad == '0') {
		put(f, "-", 1);
		c->width--;
	} else if (negative)
		*--p = '-';
	put_padded(f, c, p, digits + sizeof digits - p);
}

/* A width or a precision, if there is one. */
static const char *
number(const char *s, int *n, va_list *ap)
{
	if (*s == '*') {
		*n = va_arg(*ap, int);
		return s + 1;
	}
	for (*n = 0; *s >= '0' && *s <= '9'; s++)
		*n = *n * 10 + *s - '0';
	return s;
}

static const char *
parse(const char *s, struct conv *c, va_list *ap)
{
	c->precision = -1;
	c->size = 0;
	c->pad = *s;
	s = number(s + (*s == '-' || *s == '0'), &c->width, ap);
	if (*s == '.')
		s = number(s + 1, &c->precision, ap);
	for (; *s == 'l' || *s == 'z'; s++)
		c->size += *s == 'z' && sizeof(size_t) > sizeof(long) ? 2 : 1;
	return s;
}

/* An integer argument: sign-extended, which %u and %x undo. */
static long long
integer(const struct conv *c, va_list *ap)
{
	return c->size == 0 ? va_arg(*ap, int) :
	    sizeof(long) < sizeof(long long) && c->size == 1 ?
			      va_arg(*ap, long) :
			      va_arg(*ap, long long);
}

static void
convert(struct fmt *f, char letter, struct conv *c, va_list *ap)
{
	const char *s;
	long long v;
	char one;

	switch (letter) {
	case 's':
		s = va_arg(*ap, const char *);
		put_padded(f, c, s, strnlen(s, c->precision));
		break;
	case 'd':
	case 'u':
	case 'x':
		v = integer(c, ap);
		if (letter == 'd' && v < 0)
			put_number(f, c, -(unsigned long long)v, 10, 1);
		else
			put_number(f, c, c->size == 0 ? (unsigned)v :
				c->size == 1	      ? (unsigned long)v :
							(unsigned long long)v,
			    letter == 'x' ? 16 : 10, 0);
		break;
	default:	/* %c, and %% */
		one = letter == 'c' ? va_arg(*ap, int) : letter;
		put_padded(f, c, &one, 1);
	}
}

void
fmt_vadd(struct fmt *f, const char *format, va_list list)
{
	struct conv c;
	va_list ap;

	va_copy(ap, list);
	for (; *format != '\0'; format++)
		if (*format != '%')
			put(f, format, 1);
		else {
			format = parse(format + 1, &c, &ap);
			convert(f, *format, &c, &ap);
		}
	va_end(ap);
}

void
fmt_add(struct fmt *f, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fmt_vadd(f, format, ap);
	va_end(ap);
}

void
fmt_fixed(struct fmt *f, unsigned long long v, int scale, int decimals)
{
	unsigned long long unit = 1;

	for (; scale > decimals; scale--)
		v /= 10;
	for (; scale > 0; scale--)
		unit *= 10;
	fmt_add(f, "%llu", v / unit);
	if (decimals > 0)
		fmt_add(f, ".%0*llu", decimals, v % unit);
}

void
fmt_end(struct fmt *f, const char *text)
{
	size_t n = strlen(text);

	if (f->len + n >= f->size)
		f->len = f->size - n - 1;
	put(f, text, n);
}

void
fmt_escape(struct fmt *f, const void *bytes, size_t n)
{
	static const char from[] = "\n\t\r\\", to[] = "ntr\\";
	const unsigned char *p = bytes, *end = p + n;
	const char *known;

	for (; p < end; p++) {
		known = *p ? strchr(from, *p) : NULL;
		if (known != NULL)
			fmt_add(f, "\\%c", to[known - from]);
		else if (*p >= ' ' && *p < 0x7f)
			put(f, (const char *)p, 1);
		else
			fmt_add(f, "\\x%02x", *p);
	}
}

/* Return the length of the UTF-8 sequence at p (RFC 3629), or 0. */
static size_t
utf8(const unsigned char *p, size_t n)
{
	size_t len = p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 :
	    p[0] < 0xf5						   ? 4 :
								     0;
	size_t i;

	if (len == 0 || len > n)
		return 0;
	for (i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates, and what is beyond U+10FFFF. */
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return len;
}

/* The longest of a string's characters, its end, and an object's. */
enum { JSON_LAST = 6 + 2 };

void
fmt_json(struct fmt *f, const void *bytes, size_t n)
{
	const unsigned char *p = bytes, *end = p + n;
	size_t len;

	if (!ENABLE_JSON)
		return;
	put(f, "\"", 1);
	/* What is cut is cut before the end of a string, never in it. */
	for (; p < end; p += len) {
		if (f->size - f->len <= JSON_LAST) {
			f->cut = 1;
			break;
		}
		len = 1;
		if (*p == '"' || *p == '\\')
			fmt_add(f, "\\%c", *p);
		else if (*p < ' ' || *p == 0x7f)
			fmt_add(f, "\\u%04x", *p);
		else if (*p < 0x7f)
			put(f, (const char *)p, 1);
		else if ((len = utf8(p, end - p)) > 0)
			put(f, (const char *)p, len);
		else {
			put(f, "\xef\xbf\xbd", 3);
			len = 1;
		}
	}
	put(f, "\"", 1);
}

void
fmt_reset(struct fmt *f)
{
	f->len = 0;
	f->cut = 0;
	f->buf[0] = '\0';
}
