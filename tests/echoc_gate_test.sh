#!/bin/sh
# echoc_gate_test - until up, until down, in time, and a rack of boards.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh
. tests/echoc_lib.sh

setUp() {
	! has_config tiny || skip 'tiny has no gate'
}

# later_server: a good server on $PORT once $TMP/now exists.
later_server() {
	python3 -c 'import os, socket, sys, time
for i in range(1000):
    if os.path.exists(sys.argv[2]): break
    time.sleep(0.02)
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen(9)
while True:
    c, _ = s.accept()
    while True:
        data = c.recv(4096)
        if not data: break
        c.sendall(data)
' "$PORT" "$TMP/now" &
	STARTED="${STARTED:-} $!"
}

testItWaitsUntilTheServerIsUp() {
	closed_port
	later_server
	timeout 60 echoc -k -w 50 -i 0.05 127.0.0.1 "$PORT" &
	gate=$!
	# Not up yet: a check says so, and the gate still waits.
	expect 1 echoc -k 127.0.0.1 "$PORT"
	assertTrue 'it waits' "kill -0 $gate"
	touch "$TMP/now"
	wait "$gate"
	assertEquals 0 $?
}

testTheDeadlineEndsTheWait() {
	closed_port
	expect 1 timeout 30 echoc -k -w 0.5 -i 0.1 127.0.0.1 "$PORT"
	says err 'connection refused; nothing listens there (after 0.'
	grep -qE '\([^)]* [2-9] attempts\)' "$TMP/err" ||
		fail "one attempt only: $(cat "$TMP/err")"
	bad silent
	expect 1 timeout 30 echoc -k -W 0 -w 0.3 "$ADDR"
	says err 'nothing came back'
}

testItWaitsUntilTheServerIsDown() {
	bad good
	timeout 60 echoc -k -O down -w 50 -i 0.05 "$ADDR" &
	gate=$!
	expect 0 echoc -k "$ADDR"
	assertTrue 'it waits' "kill -0 $gate"
	kill -KILL "${STARTED##* }"
	wait "$gate"
	assertEquals 0 $?
	expect 0 echoc -k -O down "$ADDR"
}

testAServerThatAnswersWronglyIsNotDown() {
	bad wrong
	expect 1 echoc -k -O down "$ADDR"
	says err 'still up'
	expect 1 echoc -k -O down -w 3 -i 0.5 "$ADDR"
	# Nor is one that takes the connection and says nothing.
	bad silent
	expect 1 echoc -k -O down -W 0.3 "$ADDR"
	says err 'still up'
	closed_port
	expect 0 echoc -k -O down -o nagios 127.0.0.1 "$PORT"
	printf '%s\n127.0.0.1 %s\n' "$ADDR" "$PORT" >"$TMP/rack"
	expect 2 echoc -k -O down -W 0.3 -o nagios -F "$TMP/rack"
	says out "ECHOC CRITICAL - 1 of 2 good, $ADDR silent |"
}

testTooSlowIsANo() {
	bad slow
	expect 0 echoc -k -O crit=1m "$ADDR"
	expect 1 echoc -k -O crit=50ms "$ADDR"
	says err 'too slow'
}

testEachFailureHasItsWord() {
	for pair in early=closed wrong=wrong twice=twice silent=silent \
		stall=stalled rst=reset good=ok; do
		bad "${pair%=*}"
		echo "$ADDR" | echoc -k -F - >"$TMP/out" 2>"$TMP/err"
		assertEquals "${pair%=*}" "${pair#*=}" \
			"$(awk '{print $2}' "$TMP/out")"
	done
	closed_port
	expect 1 echoc -k -o json 127.0.0.1 "$PORT"
	says out '"errors":{"refused":1}'
}

testNagiosGetsItsOwnExitCodes() {
	bad good
	expect 0 echoc -k -o nagios "$ADDR"
	says out 'ECHOC OK - check '
	expect 1 echoc -k -o nagios -O warn=1us "$ADDR"
	says out 'ECHOC WARNING'
	expect 2 echoc -k -o nagios -O crit=1us "$ADDR"
	says out 'ECHOC CRITICAL'
	says out 'too slow'
	expect 3 echoc -k -o nagios 127.0.0.1 99999
	closed_port
	expect 2 echoc -k -o nagios 127.0.0.1 "$PORT"
	says out 'refused'
	printf '%s\n127.0.0.1 %s\n' "$ADDR" "$PORT" >"$TMP/rack"
	expect 2 echoc -k -o nagios -F "$TMP/rack"
	says out "ECHOC CRITICAL - 1 of 2 good, 127.0.0.1:$PORT refused |"
}

testALineForEachTargetOfAFile() {
	bad good
	good=$ADDR
	closed_port
	printf '# boards\n\n  %s\t# the first\r\n127.0.0.1 %s\n%s' \
		"$good" "$PORT" "$good" >"$TMP/rack"
	expect 1 echoc -k -F "$TMP/rack"
	assertEquals 2 "$(grep -cE "^$good +ok +[0-9]+\.[0-9]{3} ms$" "$TMP/out")"
	assertEquals 1 "$(grep -cE "^127.0.0.1:$PORT +refused +[0-9.]+ ms$" "$TMP/out")"
	says err '2 of 3 good'
	expect 1 echoc -k -q -F "$TMP/rack"
	assertEquals 1 "$(wc -l <"$TMP/out")"
	expect 1 echoc -k -o json -F "$TMP/rack"
	expect 1 echoc -k -o prom -F "$TMP/rack"
	says out "echoc_good{target=\"127.0.0.1:$PORT\",status=\"refused\"} 0"
	says out "echoc_good{target=\"$good\",status=\"ok\"} 1"
	# The lines of a metric are one group, below its type.
	assertEquals '# TYPE echoc_good gauge
echoc_good
echoc_good
echoc_good
# TYPE echoc_check_seconds gauge
echoc_check_seconds
echoc_check_seconds' "$(sed 's/{.*//' "$TMP/out")"
	expect 1 echoc -k -o json -F "$TMP/rack"
	says out "{\"target\":\"127.0.0.1:$PORT\",\"status\":\"refused\",\"good\":false,\"attempts\":1,"
}

# More than there are descriptors for: none may fail for that.
testThousandsOfTargetsFromOneProcess() {
	bad good 0.0.0.0
	port=$PORT
	closed_port
	awk -v p="$port" -v q="$PORT" 'BEGIN { for (i = 0; i < 3000; i++)
		print "127.0." int(i / 250) "." i % 250 + 1, i % 300 ? p : q }' \
		>"$TMP/rack"
	timeout 100 prlimit --nofile=64:64 echoc -k -W 50 -F "$TMP/rack" \
		>"$TMP/out" 2>"$TMP/err"
	says err '2990 of 3000 good'
	assertEquals 3000 "$(sort -u "$TMP/out" | wc -l)"
	assertEquals 10 "$(grep -c ' refused ' "$TMP/out")"
}

testTargetsNobodyGotToAreNotCalledGood() {
	bad silent
	yes "$ADDR" | head -n 8 >"$TMP/rack"
	timeout 30 prlimit --nofile=20:20 \
		echoc -k -W 0 -w 0.3 -F "$TMP/rack" >"$TMP/out"
	assertEquals 1 $?
	assertEquals 8 "$(grep -cE ' (silent|untried) ' "$TMP/out")"
	says out untried
}

testFilesThatAreWrong() {
	expect 3 echoc -k -F "$TMP/none"
	says err "$TMP/none: "
	printf 'a\nb 99999\n' >"$TMP/rack"
	expect 2 echoc -k -F "$TMP/rack"
	says err "$TMP/rack:2: 'b': the port is not a number"
	echo 'a 7 b' >"$TMP/rack"
	expect 2 echoc -k -F "$TMP/rack"
	says err "$TMP/rack:1: more than a host and a port"
	echo '# nobody' >"$TMP/rack"
	expect 2 echoc -k -F "$TMP/rack"
	says err 'no target in it'
	expect 2 echoc -k -F "$TMP/rack" 127.0.0.1
	says err "names the hosts"
	expect 2 echoc -k -O crit=0 127.0.0.1
	echo 'unix:/nobody' >"$TMP/rack"
	expect 2 echoc -k -u -F "$TMP/rack"
	says err '-u: unix has no such thing'
	expect 2 echoc -p -F "$TMP/rack"
	says err '-F: ping has no such option'
}

. shunit2
