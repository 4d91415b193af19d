#!/bin/sh
# echod_test - the echo server: what comes back, and how it starts and ends.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh

# py NAME ARGUMENT...: a hostile or careful peer of tests/peer.py.
peer() {
	python3 tests/peer.py "$@"
}

testTheAddressesGoToStdoutWhenReady() {
	serve 127.0.0.1:0 "unix:$TMP/sock"
	assertEquals "tcp $ADDR
unix $TMP/sock" "$(cat "$TMP/addresses")"
	assertEquals 'socket' "$(stat -c %F "$TMP/sock")"
	stop
	assertFalse 'the path is gone' "[ -e '$TMP/sock' ]"
}

testABarePortIsBothFamiliesOnOneNumber() {
	rm -f "$TMP/ready"
	mkfifo "$TMP/ready"
	echod 0 >"$TMP/ready" 2>"$TMP/log" &
	SERVER=$!
	cat "$TMP/ready" >"$TMP/addresses"
	read -r _ first <"$TMP/addresses"
	assertEquals "tcp 0.0.0.0:${first##*:}
tcp [::]:${first##*:}" "$(cat "$TMP/addresses")"
	assertEquals 5 "$(peer echo "127.0.0.1:${first##*:}" 5)"
	assertEquals 5 "$(peer echo "[::1]:${first##*:}" 5)"
}

testTheFourEventsAreLogged() {
	serve -v
	assertEquals 6 "$(peer say "$ADDR" 'ab\x00\x1bc\n')"
	logged 'start, model fork'
	logged ' is connected'
	logged ' says "ab\x00\x1bc\n"'
	logged ' is disconnected, bytes 6'
	logged ', exit 0'
}

. shunit2
