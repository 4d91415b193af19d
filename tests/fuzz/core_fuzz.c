/* core_fuzz - libcore's parsers and formatters under libFuzzer. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fmt.h"
#include "net.h"
#include "opt.h"
#include "sig.h"

/* Claims that must hold for every input; abort() is how libFuzzer learns. */
static void
claim(int holds)
{
	if (!holds)
		abort();
}

/* What is parsed and formatted comes back as the same address. */
static void
address(const char *s)
{
	struct net_addr a, b;
	FMT(text, 512);
	FMT(again, 512);

	errno = 0;
	if (net_parse(&a, s) == -1) {
		claim(errno == EINVAL || errno == ERANGE || errno == ENODEV ||
		    errno == ENAMETOOLONG);
		return;
	}
	net_format(&text, &a);
	claim(!text.cut);
	if (a.u.sa.sa_family == AF_UNIX)
		return;
	claim(net_parse(&b, text.buf) == 0);
	net_format(&again, &b);
	claim(strcmp(text.buf, again.buf) == 0);
	claim(a.len == b.len && memcmp(&a.u, &b.u, a.len) == 0);
}

static void
words(const char *s)
{
	static const char *const keys[] = { "rate", "full", NULL };
	const char *value;
	unsigned long long v;
	int n;

	if (opt_number(s, 3, 77, &v) == 0)
		claim(v >= 3 && v <= 77);
	if (opt_time(s, &v) == 0)
		claim(v <= 3155760000000000000ull + 1000000000);
	opt_size(s, &v);
	n = opt_key(s, keys, &value);
	claim(n >= -1 && n < 2);
	n = sig_number(s);
	claim(n == -1 || (n > 0 && n < _NSIG));
}

/* Whatever comes in, only printable ASCII goes to the terminal. */
static void
escape(const uint8_t *data, size_t n)
{
	FMT(f, 300);
	size_t i;

	fmt_escape(&f, data, n);
	claim(f.len < f.size && f.buf[f.len] == '\0');
	for (i = 0; i < f.len; i++)
		claim(f.buf[i] >= ' ' && f.buf[i] < 0x7f);
}

static void
json(const uint8_t *data, size_t n)
{
	FMT(f, 4096);
	size_t i;

	fmt_json(&f, data, n);
	claim(f.len < f.size && f.buf[f.len] == '\0');
	for (i = 0; i < f.len; i++)
		claim((unsigned char)f.buf[i] >= ' ' && f.buf[i] != 0x7f);
	if (!f.cut)
		claim(f.buf[0] == '"' && f.buf[f.len - 1] == '"');
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char s[256];

	if (n == 0 || n > sizeof s)
		return 0;
	memcpy(s, data + 1, n - 1);
	s[n - 1] = '\0';
	switch (*data % 4) {
	case 0:
		address(s);
		break;
	case 1:
		words(s);
		break;
	case 2:
		escape(data + 1, n - 1);
		break;
	case 3:
		json(data + 1, n - 1);
		break;
	}
	return 0;
}
