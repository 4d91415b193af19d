/* say - texts with the numbers of a run in them. */
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "draw.h"
#include "err.h"
#include "fmt.h"
#include "format.h"
#include "io.h"
#include "say.h"

/* The place in a list of the first word that begins so, or -1. */
static int
find(const char *list, const char *name, size_t n)
{
	int i;

	for (i = 0; *list != '\0'; i++, list += strlen(list) + 1)
		if (strncmp(list, name, n) == 0)
			return i;
	return -1;
}

/* Is it known? */
static int
number(const struct results *r, const char *name, size_t n,
    unsigned long long *v, int *count)
{
	size_t hist = strcspn(name, "_");
	int i = find(format_hists, name, hist), stat;
	const struct hist *h;

	*count = find(format_counts, name, n);
	if (*count != -1) {
		*v = r->t.n[*count];
		return r->known >> *count & 1;
	}
	if (i == -1 || (h = report_hist(r, i)) == NULL || h->count == 0)
		return 0;
	stat = find(format_stats, name + hist + 1, n - hist - 1);
	*v = format_stat(h, stat);
	return 1;
}

static void
word(struct fmt *f, const struct results *r, char how, const char *name,
    size_t n)
{
	static const char words[] = "mode\0target\0transport\0status\0said\0";
	const char *s = r->word[find(words, name, n)];

	if (how == '$')
		fmt_add(f, "%s", s);
	else if (s == NULL)
		fmt_add(f, "null");
	else
		fmt_json(f, s, strlen(s));
}

static void
put(struct fmt *f, const struct results *r, char how, unsigned long long v,
    int count)
{
	switch (how) {
	case '~':
		draw_time(f, v);
		break;
	case '^':
		draw_number(f, count == C_now ? v :
			report_rate(r, count) / 1000);
		break;
	case '@':
		fmt_fixed(f, v, 6, 3);
		break;
	case '*':
		fmt_fixed(f, v, 9, 9);
		break;
	default:
		fmt_add(f, "%llu", v);
	}
}

void
say(struct fmt *f, const struct results *r, const char *s)
{
	size_t n, mark = 0;
	unsigned long long v;
	int count, known;
	char how, end = 0;

	while ((how = *s++) != '\0') {
		if (how == '[' || how == '<') {
			end = how + 2;
			mark = f->len;
		} else if (how == end)
			end = 0;
		else if (strchr("$&#@*~^", how) == NULL)
			fmt_add(f, "%c", how);
		else {
			n = strspn(s, "_0123456789abcdefghijklmnopqrstuvwxyz");
			if (how == '$' || how == '&')
				word(f, r, how, s, n);
			else {
				known = number(r, s, n, &v, &count);
				if (known && (v != 0 || end != ']'))
					put(f, r, how, v, count);
				else if (end != 0) {
					f->len = mark;
					f->buf[mark] = '\0';
					s = strchr(s, end);
					n = 0;
				}
			}
			s += n + (s[n] == '\'');
		}
	}
}

void
say_out(struct fmt *f)
{
	if (io_flush(STDOUT_FILENO, f, SIZE_MAX) == -1)
		die(SYSTEM, "standard output:");
}
