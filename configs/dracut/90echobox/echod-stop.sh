#!/bin/sh
# echod-stop - the real root takes over.
if [ -s /run/echod.pid ]; then
	read -r echod_pid </run/echod.pid
	kill -TERM "$echod_pid" 2>/dev/null
	rm -f /run/echod.pid
fi
