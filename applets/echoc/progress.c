/* progress - how far a run is: one line on a terminal, or with -i many. */
#include <unistd.h>

#include "draw.h"
#include "echoc.h"
#include "fmt.h"
#include "io.h"
#include "progress.h"

int
progress_wanted(const struct options *o)
{
	return ENABLE_ECHOC_DRAW && !given(o, 'q') &&
	    (given(o, 'i') || isatty(STDERR_FILENO));
}

void
progress(const char *text)
{
	FMT(f, 256);

	/* Cut at 79 columns, or "\r" would no longer be its beginning. */
	fmt_add(&f, isatty(STDERR_FILENO) ? "\r%.79s\033[K" : "%s\n", text);
	io_write(STDERR_FILENO, f.buf, f.len);
}

void
progress_end(const struct options *o)
{
	if (progress_wanted(o) && isatty(STDERR_FILENO))
		progress("");
}
