/* fault - a verified stream was wrong: what it was, said and counted. */
#include "diagnose.h"
#include "drive.h"
#include "echoc.h"
#include "err.h"
#include "fault.h"
#include "fmt.h"
#include "progress.h"

enum { LINES = 100 };	/* faults that get a line, of each process */

/* Begin a line, unless there were too many; the caller counts it. */
static int
begin(const struct drive *d, const struct conn *c, unsigned long long at,
    struct fmt *f)
{
	unsigned long long n = d->t->n[C_faults];
	FMT(nothing, 1);

	if (n > LINES)
		return 0;
	if (progress_wanted(d->plan->o))
		progress(&nothing);
	if (n == LINES)
		warn("further faults are only counted");
	else
		fmt_add(f, "connection %u, stream %u, byte %llu: ",
		    conn_index(d, c), c->number, at);
	return n < LINES;
}

size_t
fault(struct drive *d, struct conn *c, unsigned long long at,
    const unsigned char *got, size_t n, int complete)
{
	struct evidence e = { .seed = d->seed, .stream = c->number,
		.offset = at, .got = got, .n = n < WINDOW ? n : WINDOW,
		.complete = complete && n <= WINDOW };
	struct finding found;
	FMT(f, 400);

	diagnose(&e, &found);
	if (begin(d, c, at, &f)) {
		diagnose_format(&f, &e, &found);
		warn("%s", f.buf);
	}
	d->t->n[C_faults]++;
	d->t->n[C_wrong_bytes] += found.wrong;
	d->t->n[C_flips + found.kind]++;
	return found.resume;
}

void
fault_end(struct drive *d, struct conn *c)
{
	unsigned long long size = d->plan->size;
	unsigned long long at = c->in * size + c->in_offset;
	FMT(f, 200);

	if (begin(d, c, at, &f))
		warn("%sclosed early, %llu bytes that were sent are missing",
		    f.buf, c->out * size + c->out_offset - at);
	d->t->n[C_faults]++;
	d->t->n[C_truncated]++;
}

void
fault_length(struct drive *d, struct conn *c, size_t n)
{
	FMT(f, 200);

	if (begin(d, c, c->in * d->plan->size, &f))
		warn("%sa datagram of %zu bytes came back with %zu", f.buf,
		    d->plan->size, n);
	d->t->n[C_faults]++;
	d->t->n[C_truncated]++;
}
