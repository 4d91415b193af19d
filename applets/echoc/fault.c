/* fault - a verified stream was wrong: what it was, said and counted. */
#include "diagnose.h"
#include "drive.h"
#include "echoc.h"
#include "err.h"
#include "fault.h"
#include "fmt.h"
#include "progress.h"

enum { LINES = 100 };	/* faults that get a line, of each process */

/* Count it, and say it unless there were too many. */
static void
tell(const struct drive *d, const struct conn *c, enum count kind,
    unsigned long long at, const char *what)
{
	unsigned long long n = d->t->n[C_faults]++;

	d->t->n[kind]++;
	if (n > LINES)
		return;
	progress_end(d->plan->o);
	if (n == LINES)
		warn("further faults are only counted");
	else
		warn("connection %u, stream %u, byte %llu: %s",
		    conn_index(d, c), c->number, at, what);
}

size_t
fault(struct drive *d, struct conn *c, unsigned long long at,
    const unsigned char *got, size_t n, int complete)
{
	struct evidence e = { .seed = d->seed, .stream = c->number,
		.offset = at, .got = got, .n = n < WINDOW ? n : WINDOW,
		.complete = complete && n <= WINDOW };
	struct finding found;
	FMT(f, 320);

	diagnose(&e, &found);
	diagnose_format(&f, &found);
	d->t->n[C_wrong_bytes] += found.wrong;
	tell(d, c, C_flips + found.kind, at, f.buf);
	return found.resume;
}

void
fault_short(struct drive *d, struct conn *c, const char *format,
    unsigned long long one, unsigned long long two)
{
	FMT(f, 120);

	fmt_add(&f, format, one, two);
	tell(d, c, C_truncated, c->in * d->plan->size + c->in_offset, f.buf);
}
