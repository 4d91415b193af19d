/* check - one verified exchange, for scripts and health checks. */
#include "applet.h"
#include "echoc.h"
#include "exchange.h"
#include "verdict.h"

int
check(const struct options *o)
{
	static struct exchange x;

	if (o->size > EXCHANGE_LARGEST)
		usage("-s: at most %d bytes in a check", EXCHANGE_LARGEST);
	echoc_target(o, &x.dial.target);
	exchange(&x, o);
	return x.verdict == V_OK ? OK : verdict_say(o->name, x.verdict);
}
