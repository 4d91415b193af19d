#!/bin/sh
# knobs_test - each knob alone switched off: it builds, and knows its applets.
# limit: 3600
# shellcheck disable=SC1091,SC2154
. tests/lib.sh

# What of a build holds whatever it leaves out.
works() {
	"$1" --list >"$TMP/list" && grep -q echoc "$TMP/list" || return 1
	"$1" echod 127.0.0.1:0 >"$TMP/address" 2>/dev/null &
	STARTED="${STARTED:-} $!"
	pid=$!
	wait_for grep -q . "$TMP/address" &&
		"$1" echoc -k "$(sed 's/^tcp //' "$TMP/address")"
	worked=$?
	kill "$pid"
	wait "$pid"
	return "$worked"
}

# -O1: as warnings come with the optimiser, and a third faster than -Os.
testEachKnobAloneCanBeOff() {
	[ -z "$CONFIG" ] || {
		skip 'the default build stands for all'
		return
	}
	knobs=$(grep -rhoE '^#ifndef ENABLE_[A-Z_0-9]+' applets libcore |
		awk '{ print $2 }' | sort -u)
	for knob in ${KNOBS:-$knobs}; do
		: >"$TMP/address"
		make -s B="$TMP/build" CFLAGS='-O1 -Werror' \
			CPPFLAGS="-D$knob=0" "$TMP/build/echobox" \
			>"$TMP/out" 2>&1
		assertEquals "$knob=0: $(tail -n 20 "$TMP/out")" 0 $?
		works "$TMP/build/echobox" || fail "$knob=0: it does not work"
	done
}

. shunit2
