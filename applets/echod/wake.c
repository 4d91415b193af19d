/* wake - workers that take clients wake the main process, if it asked. */
#include <signal.h>
#include <unistd.h>

#include "board.h"
#include "wake.h"

void
wake_ask(unsigned why)
{
	__atomic_fetch_or(&board_shared()->wake, why, __ATOMIC_SEQ_CST);
}

int
wake_asked(unsigned why)
{
	return (__atomic_load_n(&board_shared()->wake, __ATOMIC_RELAXED) &
	    why) != 0;
}

/*
 * Either it sees the client in the board after it asked, or we see here that
 * it did: both fences are needed.  SIGCHLD is what its sleep ends with; that
 * nobody is dead then does no harm.
 */
void
wake_taken(void)
{
	unsigned *wake = &board_shared()->wake, why;

	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	why = __atomic_load_n(wake, __ATOMIC_RELAXED);
	if (why & WAKE_FULL && !board_busy())
		why &= ~WAKE_FULL;
	if (why != 0 &&
	    __atomic_fetch_and(wake, ~why, __ATOMIC_RELAXED) & why)
		kill(getppid(), SIGCHLD);
}
