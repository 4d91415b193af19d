/* progress - one line on a terminal that says how far a run is. */
#include <unistd.h>

#include "draw.h"
#include "echoc.h"
#include "fmt.h"
#include "io.h"
#include "progress.h"

int
progress_wanted(const struct options *o)
{
	return ENABLE_ECHOC_DRAW && !given(o, 'q') && isatty(STDERR_FILENO);
}

void
progress(const char *text)
{
	FMT(f, 128);

	/* Cut at 79 columns, or "\r" would no longer be its beginning. */
	fmt_add(&f, "\r%.79s\033[K", text);
	io_write(STDERR_FILENO, f.buf, f.len);
}

void
progress_end(const struct options *o)
{
	if (progress_wanted(o))
		progress("");
}
