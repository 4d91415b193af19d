#!/bin/sh
# echoc_tty_test - a serial line, qualified before there is a network.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh
. tests/echoc_lib.sh

setUp() {
	! has_config tiny lean || skip 'it has no serial lines'
}

testACheckOverASerialLine() {
	bad tty-loop
	expect 0 echoc -k "tty:$ADDR"
	expect 0 echoc -k "tty:$ADDR@115200"
	expect 0 echoc -k -s 4096 "tty:$ADDR"
}

testEchodAnswersAtTheOtherEnd() {
	bad tty-cable
	line=${ADDR#* }
	serve "tty:${ADDR% *}@115200"
	expect 0 echoc -k "tty:$line"
	expect 0 echoc -p -c 3 -i 0.01 "$line@115200"
	says out '3 sent, 3 received, 0% loss'
}

testAddressLinesAreTakenBack() {
	bad tty-loop
	expect 0 echoc -k "$ADDR"
	expect 0 echoc -k "$ADDR@9600"
	expect 2 echoc -k "$ADDR" 7
	says err 'a serial line has no port'
}

testAPingOverASerialLine() {
	bad tty-loop
	expect 0 echoc -p -c 3 -i 0.01 "tty:$ADDR@9600"
	says out "PING tty:$ADDR@9600 tty: 64 bytes"
	says out '3 sent, 3 received, 0% loss'
	expect 0 echoc -p -c 20 -i 0 -s 4096 -o json "tty:$ADDR"
	says out '"received":20'
	says out '"damaged":0'
}

testAFileOverASerialLine() {
	bad tty-loop
	head -c 50000 /dev/urandom >"$TMP/in"
	timeout 60 echoc "tty:$ADDR" <"$TMP/in" >"$TMP/copy" 2>"$TMP/err"
	assertEquals "$(cat "$TMP/err")" 0 $?
	assertTrue 'all bytes' "cmp '$TMP/in' '$TMP/copy'"
}

testNoiseIsDamageAndNoReply() {
	bad tty-noise
	# One at a time: the next when a reply came, or when none will.
	expect 0 echoc -p -A -c 9 -i 1.1 -W 1 "tty:$ADDR"
	says out '9 sent, 6 received, 33.3% loss'
	# Three whole ones, and three times garbage.
	says out '6 frames came damaged'
	says out 'no reply seq=3: none within'
}

# The check sum finds what the noise did, so no wrong byte is ever believed;
# and the next message is understood again.
testAVerificationOverANoisyLine() {
	bad tty-noise
	expect 1 echoc -V -c 9 -W 0.5 -o json "tty:$ADDR"
	json 'd["damaged"] >= 3 and d["faults"] == d["wrong_bytes"] == 0'
	json 'd["received"] + d["lost"] == 9 and d["lost"] == 3'
	json 'd["errors"] == {"silent": 3}'
	expect 1 echoc -V -c 9 -W 0.5 "tty:$ADDR"
	says out ' frames came damaged'
}

testTheSettingsAreRestored() {
	bad tty-loop
	stty -F "$ADDR" -g >"$TMP/before"
	expect 0 echoc -k "tty:$ADDR@9600"
	assertEquals "$(cat "$TMP/before")" "$(stty -F "$ADDR" -g)"
	assertEquals line "$(echo line | timeout 60 echoc "tty:$ADDR@9600")"
	assertEquals 'after a pipe' "$(cat "$TMP/before")" "$(stty -F "$ADDR" -g)"
}

testLinesThatAreNone() {
	expect 2 echoc -k tty:
	says err 'no device'
	expect 2 echoc -k tty:/dev/x 7
	says err 'a serial line has no port'
	expect 2 echoc -k -u tty:/dev/x
	says err '-u: tty has no such thing'
	expect 3 echoc -k tty:/dev/no-such-line
	says err 'no such interface, address, device or speed here'
	expect 3 echoc -k tty:/dev/null
	bad tty-loop
	expect 3 echoc -k "tty:$ADDR@12345"
	expect 2 echoc -p -s 4097 "tty:$ADDR"
	says err '-s: from 12 to 4096 bytes'
	expect 2 echoc -p -O fresh "tty:$ADDR"
	says err 'tty has no connections'
	expect 3 echoc -k -s 5000 "tty:$ADDR"
	says err 'too big'
}

. shunit2
