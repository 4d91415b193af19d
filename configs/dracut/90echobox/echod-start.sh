#!/bin/sh
# echod-start - the network is up: answer on it. rd.echod= gives options.
[ -e /run/echod.pid ] && return 0
# shellcheck disable=SC2046
echod -d -p /run/echod.pid $(getarg rd.echod= || echo "-q 7") ||
	warn "echod did not start"
