#!/bin/sh
# echod_test - the echo server: what comes back, and how it starts and ends.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh
. tests/echod.sh

testTheAddressesGoToStdoutWhenReady() {
	has_config tiny && {
		skip 'tiny has no unix paths'
		return
	}
	serve 127.0.0.1:0 "unix:$TMP/sock"
	assertEquals "tcp $ADDR
unix $TMP/sock" "$(cat "$TMP/addresses")"
	assertEquals 'socket' "$(stat -c %F "$TMP/sock")"
	assertEquals 5 "$(peer echo "unix:$TMP/sock" 5)"
	stop
	assertFalse 'the path is gone' "[ -e '$TMP/sock' ]"
}

testABarePortIsBothFamiliesOnOneNumber() {
	serve '*:0'
	assertEquals "tcp 0.0.0.0:$PORT
tcp [::]:$PORT" "$(cat "$TMP/addresses")"
	assertEquals 5 "$(peer echo "127.0.0.1:$PORT" 5)"
	assertEquals 5 "$(peer echo "[::1]:$PORT" 5)"
}

testSeveralAddressesInOneProcess() {
	has_config tiny && {
		skip 'tiny has no unix paths'
		return
	}
	serve 127.0.0.1:0 127.0.0.2:0 '[::1]:0' unix:@"echobox.$$"
	assertEquals 4 "$(wc -l <"$TMP/addresses")"
	while read -r kind address; do
		[ "$kind" = tcp ] || address=unix:$address
		assertEquals "$address" 100 "$(peer echo "$address" 100)"
	done <"$TMP/addresses"
	# A client's address has its own length, whoever came before.
	while read -r kind address; do
		[ "$kind" != tcp ] || peer echo "$address" 100
	done <"$TMP/addresses" >"$TMP/out"
	for clients in '4 127\.0\.0\.1' '2 \[::1\]'; do
		wait_for prints "${clients% *}" grep -c \
			"client ${clients#* }:[0-9]* is connected" "$TMP/log" ||
			fail "$clients: $(cat "$TMP/log")"
	done
}

testTheFourEventsAreLogged() {
	serve -v
	assertEquals 6 "$(peer say "$ADDR" 'ab\x00\x1bc\n')"
	logged 'echod: start, model fork'
	logged ' is connected'
	logged ' says "ab\x00\x1bc\n"'
	logged ' is disconnected, bytes 6'
	logged ', end exit 0'
}

testBulkIsShownByItsBeginning() {
	serve -v
	assertEquals 1000000 "$(peer echo "$ADDR" 1000000)"
	logged '"...'
	assertTrue 'lines are short' \
		"[ \$(awk '{ print length }' '$TMP/log' | sort -n | tail -n 1) -lt 4096 ]"
}

testQuietLogsErrorsOnly() {
	serve -q
	assertEquals 6 "$(peer echo "$ADDR" 6)"
	stop
	assertNull "$(cat "$TMP/log")"
}

testNothingButTheAddressesGoesToStdout() {
	serve -v
	assertEquals 6 "$(peer echo "$ADDR" 6)"
	kill -USR1 "$SERVER"
	logged 'status, '
	assertEquals "tcp $ADDR" "$(cat "$TMP/addresses")"
	assertEquals /dev/null "$(readlink "/proc/$SERVER/fd/1")"
}

testStatusIsALineOfCountersAndALineAClient() {
	serve
	keep silent "$ADDR" 2 hello
	assertEquals 6 "$(peer echo "$ADDR" 6)"
	logged 'bytes 6, seconds'
	kill -USR1 "$SERVER"
	logged 'status, now 2, clients 3, bytes 16, '
	wait_for prints 2 grep -c ' is here, pid [0-9]*, age [0-9.]*, idle ' \
		"$TMP/log" || fail "$(cat "$TMP/log")"
	assertEquals 2 "$(grep -c ', bytes 5$' "$TMP/log")"
}

testTermEndsConnectionsAndExitsWith0() {
	serve
	peer ended "$ADDR" >"$TMP/end" &
	started=$!
	wait_for grep -q x "$TMP/end"
	stop
	wait "$started"
	assertEquals "x
end" "$(cat "$TMP/end")"
	logged 'stopped, clients 1, bytes 1'
	logged 'killed 0'
}

testAfterTheGraceConnectionsAreKilled() {
	serve -g 0.3
	keep silent "$ADDR" 1 hello
	kill -STOP "$(children "$SERVER")"
	stop
	logged 'killed 1'
	logged ', end SIGKILL'
}

testASecondSignalHurries() {
	serve -g 1h
	keep glutton "$ADDR"
	wait_for grep -q stuck "$TMP/kept"
	kill -TERM "$SERVER"
	wait_for refused "$ADDR"
	stop
	logged 'killed 1'
}

testQuitStopsAtOnce() {
	serve -g 1h
	keep glutton "$ADDR"
	wait_for grep -q stuck "$TMP/kept"
	kill -QUIT "$SERVER"
	stop
	logged 'killed 1'
}

testHangupIsNotFatal() {
	serve
	kill -HUP "$SERVER"
	assertEquals 6 "$(peer echo "$ADDR" 6)"
}

testChildrenIgnoreATerminalsInterrupt() {
	serve
	keep silent "$ADDR" 1 hello
	child=$(children "$SERVER")
	kill -INT "$child"
	kill -HUP "$child"
	assertEquals 6 "$(peer echo "$ADDR" 6)"
	assertEquals "$child" "$(children "$SERVER")"
}

testChildrenDieWithTheServer() {
	serve
	keep silent "$ADDR" 3 hello
	orphans=$(children "$SERVER")
	assertEquals 3 "$(echo "$orphans" | wc -w)"
	kill -KILL "$SERVER"
	wait "$SERVER" 2>/dev/null
	SERVER=
	for pid in $orphans; do
		wait_for dead "$pid" || fail "child $pid is alive"
	done
}

testAChildHoldsItsClientAndTheLogOnly() {
	serve
	keep silent "$ADDR" 1 hello
	child=$(children "$SERVER")
	# shellcheck disable=SC2012
	assertEquals '0 1 2 ' "$(ls "/proc/${child% }/fd" | tr '\n' ' ')"
}

# The server's side closes first here, so its port is in TIME_WAIT.
testAPortCanBeHadAgainAtOnce() {
	has_config tiny && {
		skip 'tiny has no -O'
		return
	}
	serve -O bytes=1 127.0.0.1:0
	first=$ADDR
	assertEquals 'x
end' "$(peer ended "$first")"
	stop
	serve "$first"
	assertEquals "$first" "$ADDR"
}

testAChildsDeathIsLoggedAndNotMissed() {
	serve
	keep silent "$ADDR" 1 hello
	kill -SEGV "$(children "$SERVER")"
	logged ', end SIGSEGV'
	assertEquals 6 "$(peer echo "$ADDR" 6)"
	wait_for no_children "$SERVER" || fail 'the dead child is there'
}

testAnIgnoredSigchldIsNotInherited() {
	mkfifo "$TMP/ready"
	# No trap of the shell's: dash does not ignore this one.
	python3 -c 'import os, signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execvp("echod", ["echod", "127.0.0.1:0"])' >"$TMP/ready" 2>"$TMP/log" &
	SERVER=$!
	read -r _ ADDR <"$TMP/ready"
	assertEquals 6 "$(peer echo "$ADDR" 6)"
	logged ', end exit 0'
	wait_for no_children "$SERVER" || fail 'a zombie is left'
}

testMoreClientsThanSlotsWaitWithoutSpinning() {
	serve -c 2
	keep silent "$ADDR" 2 hello
	before=$(cpu "$SERVER")
	peer echo "$ADDR" 10 >"$TMP/third" &
	third=$!
	sleep 0.5
	assertNull 'the third waits' "$(cat "$TMP/third")"
	assertTrue 'the server does not spin' \
		"[ $(($(cpu "$SERVER") - before)) -lt 10 ]"
	release
	wait "$third"
	assertEquals 10 "$(cat "$TMP/third")"
}

testBadPortsAreUsageErrorsThatNameTheWord() {
	for word in 99999 7x 65536 -1 '' : 1.2.3:7 ::1:7 unix: 127.0.0.1; do
		expect 2 echod -- "$word"
		says err "'$word'"
	done
}

testBadOptionsAreUsageErrorsThatNameTheWord() {
	has_config tiny && {
		skip 'tiny has few options'
		return
	}
	for words in '-c 0' '-c x' '-c -5' '-c 99999999999999999999' '-b 0' \
		'-g x' '-m nothing' '-O nothing=1' \
		'-t -1' '-n 0' '-r 0'; do
		# shellcheck disable=SC2086
		expect 2 echod $words 127.0.0.1:0
		says err "'${words#-? }"
	done
	expect 2 echod -O lifetime 127.0.0.1:0
	says err '-O lifetime: '
	expect 2 echod -O bytes=x 127.0.0.1:0
	says err "'x': not a size"
	expect 2 echod -v -q 127.0.0.1:0
	expect 2 echod -c
}

testAnAddressInUseIsNamed() {
	serve
	expect 3 echod "$ADDR"
	says err "$ADDR: in use"
}

testAPortBelow1024NeedsRoot() {
	[ "$(id -u)" = 0 ] || {
		skip 'not root'
		return
	}
	[ "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start)" -gt 7 ] || {
		skip 'ports below 1024 are free for all here'
		return
	}
	chmod 755 "$TMP" "$TMP/bin"
	cp "$BOX" "$TMP/echod-copy"
	expect 3 setpriv --reuid=54321 --clear-groups "$TMP/echod-copy" \
		echod 127.0.0.1:7
	says err '127.0.0.1:7: not permitted; ports below 1024 need root'
}

testAddressLinesThatCannotBeWrittenAreMissed() {
	echod -q 127.0.0.1:0 >/dev/full 2>"$TMP/log" &
	SERVER=$!
	logged 'standard output: '
	stop
}

. shunit2
