#!/bin/sh
# echod_chaos_test - the lawful target: each fault shows, and only when asked.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh
. tests/echod.sh

setUp() {
	chaotic || :
}

some_zombies() {
	! no_zombies "$1"
}

testLeakedZombiesStay() {
	serve -O chaos=leak-zombies
	assertEquals 5 "$(peer many "$ADDR" 5 10)"
	wait_for prints 5 zombies "$SERVER"
	assertEquals 5 "$(zombies "$SERVER")"
	assertEquals 'it serves all the same' 6 "$(peer echo "$ADDR" 6)"
}

testALateWaitLeavesThemForAWhile() {
	serve -O chaos=late-wait:5 127.0.0.1:0
	sleep 1
	# Looked for meanwhile: a slow machine's clients take as long as a while.
	peer many "$ADDR" 5 10 >"$TMP/many" &
	many=$!
	wait_for some_zombies "$SERVER" || fail 'none was left'
	wait "$many"
	assertEquals 5 "$(cat "$TMP/many")"
	wait_for no_zombies "$SERVER" || fail 'they stay'
}

testOneWaitASignalLosesCoalescedDeaths() {
	serve -O chaos=one-wait
	for _ in 1 2 3; do
		keep silent "$ADDR" 20 hello
		kill -STOP "$SERVER"
		release
		for pid in $(children "$SERVER"); do
			wait_for dead "$pid"
		done
		kill -CONT "$SERVER"
	done
	assertEquals 6 "$(peer echo "$ADDR" 6)"
	assertTrue "$(zombies "$SERVER") zombies" \
		"[ $(zombies "$SERVER") -gt 10 ]"
}

testAnIgnoredSigchldLeavesNoZombieAndIsSeen() {
	serve -O chaos=ignore-chld
	assertEquals 5 "$(peer many "$ADDR" 5 10)"
	ignored=$(sed -n 's/^SigIgn:	//p' "/proc/$SERVER/status")
	assertEquals "SigIgn $ignored" 1 $((0x$ignored >> 16 & 1))
	wait_for no_children "$SERVER" || fail 'a zombie'
	assertEquals 5 "$(peer many "$ADDR" 5 10)"
}

testAnIgnoredSigchldTurnsNoFilterOff() {
	serve
	stop
	grep 'no sandbox' "$TMP/log" >"$TMP/without"
	serve -O chaos=ignore-chld
	stop
	assertEquals "$(cat "$TMP/without")" "$(grep 'no sandbox' "$TMP/log")"
}

# What is not done for clients' children is done for a helper.
testAHelperIsReplacedAndWaitedForAllTheSame() {
	for fault in leak-zombies late-wait one-wait ignore-chld block-chld; do
		serve -u -g 1h -O chaos=$fault
		kill -KILL "$(children "$SERVER" | cut -d ' ' -f 1)"
		logged 'udp: ended, '
		stop
	done
}

testABlockedSigchldStaysPending() {
	serve -O chaos=block-chld
	assertEquals 5 "$(peer many "$ADDR" 5 10)"
	wait_for prints 5 zombies "$SERVER"
	assertEquals 5 "$(zombies "$SERVER")"
	pending=$(sed -n 's/^ShdPnd:	//p' "/proc/$SERVER/status")
	assertEquals "ShdPnd $pending" 1 $((0x$pending >> 16 & 1))
}

testCrashesAreReapedAndLogged() {
	serve -O chaos=crash
	assertEquals 'reset or end' "$(peer say "$ADDR" hello 2>/dev/null |
		sed 's/^corrupt$/reset or end/')"
	logged ', end SIGSEGV'
	wait_for no_children "$SERVER" || fail 'it is there'
	stop
	serve -O chaos=crash:30% 127.0.0.1:0
	peer many "$ADDR" 40 10 >"$TMP/good" 2>&1
	logged ', end SIGSEGV'
	logged ', end exit 0'
}

testAHangingChildIsKilledAfterTheGrace() {
	serve -g 0.2 -O chaos=hang
	keep silent "$ADDR" 1
	printf x >"$TMP/x"
	peer ended "$ADDR" >"$TMP/end" 2>&1 &
	STARTED="$STARTED $!"
	wait_for prints 2 count children "$SERVER"
	wait_for hangs
	stop
	logged ', end SIGKILL'
}

# hangs: a child is in a poll(2), which it does not know otherwise.
hangs() {
	for pid in $(children "$SERVER"); do
		grep -q poll "/proc/$pid/wchan" && return
	done
	return 1
}

testDataFaults() {
	for model in $(models); do
		serve -m "$model" -O chaos=corrupt
		assertEquals "$model" corrupt "$(peer echo "$ADDR" 100)"
		stop
		serve -m "$model" -O chaos=echo-twice
		assertEquals "$model" 200 "$(peer size "$ADDR" 100)"
		stop
		serve -m "$model" -O chaos=close-early:50 127.0.0.1:0
		assertEquals "$model" 0 "$(peer size "$ADDR" 100)"
		assertEquals "$model" 10 "$(peer size "$ADDR" 10)"
		stop
	done
}

# An echo that is longer than its data may pass the limit between two reads.
testALimitOfBytesHoldsForALongerEchoToo() {
	for model in $(models); do
		serve -m "$model" -O chaos=echo-twice -O bytes=1000
		sent=$(peer surplus "$ADDR" 5000)
		assertTrue "$model: $sent" "[ ${sent%% *} -le 2000 ]"
		stop
	done
}

testAStalledEchoIsLate() {
	serve -O chaos=stall:1 127.0.0.1:0
	start=$(date +%s%N)
	assertEquals 10 "$(peer echo "$ADDR" 10)"
	assertTrue "[ $((($(date +%s%N) - start) / 1000000)) -ge 1000 ]"
}

testBadFaultsAreNamed() {
	for word in nothing '' crash:0 crash:101 crash:x leak-zombies:3 \
		corrupt:% hang: flip:0 flip:1000000001 foreign:x; do
		expect 2 echod -O "chaos=$word" 127.0.0.1:0
		says err "'"
	done
	expect 2 echod -m event -O chaos=crash 127.0.0.1:0
	says err '-O chaos=crash and -m event'
}

# Held back for an hour, one connection leaves all others and the server as
# they are, also when its client is gone.
testAStalledConnectionStallsNobodyElse() {
	for model in $(models); do
		serve -v -g 0.1 -O chaos=stall:3600 -m "$model" 127.0.0.1:0
		keep silent "$ADDR" 1
		python3 - "$ADDR" "$model" <<'EOF' || fail "$model: $(cat "$TMP/log")"
import select, socket, sys
host, port = sys.argv[1].split(":")
if sys.argv[2] != "single":
    one, two = (socket.create_connection((host, int(port)), 10)
                for _ in range(2))
    for s in one, two:
        s.sendall(b"held")
    assert not select.select([one, two], [], [], 0.3)[0]
    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    one.close()
EOF
		[ "$model" = single ] || logged ' says "held"'
		before=$(cpu "$SERVER")
		kill -USR1 "$SERVER"
		logged 'status, now '
		sleep 0.3
		assertTrue "$model spins" \
			"[ $(($(cpu "$SERVER") - before)) -lt 15 ]"
		release
		stop
	done
}

testAStalledEchoComesLate() {
	for model in $(models); do
		serve -O chaos=stall:1 -m "$model" 127.0.0.1:0
		assertEquals "$model" 300 "$(peer echo "$ADDR" 300)"
		stop
	done
}

testASingleServerAnswersSignalsWhileItStalls() {
	models | grep -q single || {
		skip 'no such model in this build'
		return
	}
	serve -v -O chaos=stall:3600 -m single 127.0.0.1:0
	keep patient "$ADDR" 1 held
	logged ' says "held"'
	kill -USR1 "$SERVER"
	logged 'status, now 1'
	release
	stop
}

. shunit2
