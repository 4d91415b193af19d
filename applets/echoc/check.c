/* check - one verified exchange, for scripts and health checks. */
#include "echoc.h"
#include "err.h"
#include "exchange.h"
#include "verdict.h"

int
check(const struct options *o)
{
	static struct exchange x;

	echoc_target(o, &x.dial.target);
	exchange(&x, o);
	if (x.verdict == V_OK)
		return OK;
	warn("%s: %s", o->name, verdict_text(x.verdict));
	return verdict_local(x.verdict) ? SYSTEM : NO;
}
