#!/bin/sh
# echoc_ping_test - probes and their fates, on good servers and bad ones.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh
. tests/echoc_lib.sh

setUp() {
	! has_config tiny || skip 'tiny has no ping'
}

# field NAME: its number in the JSON object of $TMP/out.
field() {
	sed -n 's/.*[{,]"'"$1"'":\([0-9]*\).*/\1/p' "$TMP/out"
}

# counts NAME=NUMBER...: so says the JSON in $TMP/out.
counts() {
	for pair; do
		assertEquals "${pair%=*} in $(cat "$TMP/out")" "${pair#*=}" \
			"$(field "${pair%=*}")"
	done
}

testALineForEachReplyAndTheStatistics() {
	bad good
	expect 0 echoc -p -c 3 -i 0.01 "$ADDR"
	assertEquals 3 "$(grep -c "^64 bytes from $ADDR: seq=[123] time=[0-9]*\.[0-9][0-9][0-9] ms$" "$TMP/out")"
	says out "--- $ADDR ping statistics ---"
	says out '3 sent, 3 received, 0% loss, time '
	for line in 'connect [0-9.]* ms' 'jitter [0-9.]* ms' \
		'rtt min/avg/max/mdev = [0-9.]*/[0-9.]*/[0-9.]*/[0-9.]* ms' \
		'rtt p50/p90/p99/p99.9 = [0-9.]*/[0-9.]*/[0-9.]*/[0-9.]* ms'; do
		assertEquals "$line" 1 "$(grep -c "^$line$" "$TMP/out")"
	done
}

testQuietTimeStampsBellAndSize() {
	bad good
	expect 0 echoc -p -q -c 2 -i 0 "$ADDR"
	assertEquals 0 "$(grep -c seq= "$TMP/out")"
	says out '2 sent, 2 received'
	expect 0 echoc -p -q -c 2 -i .01 "$ADDR"
	expect 2 echoc -p -i . "$ADDR"
	says err "-i '.'"
	expect 0 echoc -p -D -B -s 100 -c 1 "$ADDR"
	assertEquals 1 "$(grep -c '\[[0-9]*\.[0-9]\{6\}\] 100 bytes from ' "$TMP/out")"
	assertEquals 1 "$(tr -dc '\a' <"$TMP/out" | wc -c)"
}

testAPortOfItsOwnIsPartOfTheName() {
	bad good
	expect 0 echoc -p -c 1 127.0.0.1 "$PORT"
	says out "PING 127.0.0.1:$PORT tcp"
}

# A kilobyte comes back in a thousand pieces: a reply is no read.
testRepliesInPiecesAreWhole() {
	bad bytewise
	expect 0 echoc -p -c 5 -i 0 -s 1000 -o json "$ADDR"
	counts sent=5 received=5 lost=0 failed=0
}

testLargeProbesPassSmallBuffers() {
	bad good
	expect 0 echoc -p -c 200 -i 0 -s 65507 -o json "$ADDR"
	counts sent=200 received=200 lost=0 failed=0
}

testAConnectionEachTellsConnectAndEchoApart() {
	bad good
	expect 0 echoc -p -c 3 -i 0.01 -O fresh "$ADDR"
	assertEquals 3 "$(grep -c 'seq=[123] connect=[0-9.]* ms time=[0-9.]* ms$' "$TMP/out")"
	expect 0 echoc -p -c 3 -i 0 -O fresh -o json "$ADDR"
	says out '"connect":{"count":3,'
	says out '"service":{"count":3,'
}

testFloodAndAdaptiveSendWhenAReplyComes() {
	bad good
	expect 0 echoc -p -f -c 2000 "$ADDR"
	says out '2000 sent, 2000 received'
	assertEquals 2000 "$(tr -dc '\b' <"$TMP/out" | wc -c | awk '{print $1 / 2}')"
	# At its interval the second would come in an hour.
	expect 0 timeout 60 echoc -p -q -A -i 1h -c 100 "$ADDR"
	says out '100 sent, 100 received'
}

testNobodyThereIsReportedForEachProbe() {
	closed_port
	expect 1 echoc -p -c 2 -i 0.01 127.0.0.1 "$PORT"
	says out 'no reply seq=1: connection refused'
	says out 'no reply seq=2: connection refused'
	says out '2 sent, 0 received, 100% loss'
	assertEquals 'no time is made up' 0 "$(grep -c rtt "$TMP/out")"
	expect 1 echoc -p -u -c 2 -i 0.1 127.0.0.1 "$PORT"
	says out 'no reply seq=1: connection refused'
}

testMissingRepliesAreReported() {
	bad silent
	expect 1 echoc -p -c 2 -i 0.01 -W 0.2 "$ADDR"
	says out 'no reply seq=1: none within 0.200 s'
	says out 'no reply seq=2: none within 0.200 s'
	says out '2 with no reply in time'
}

testTheDeadlineEndsItWhateverTheServerDoes() {
	for kind in silent stall good; do
		bad "$kind"
		timeout 30 echoc -p -q -W 0 -w 0.5 "$ADDR" >"$TMP/out"
		status=$?
		assertTrue "$kind: $status" "[ $status -le 1 ]"
		says out 'ping statistics'
	done
	# With -c as well, fewer replies than asked for are a no.
	bad silent
	expect 1 timeout 30 echoc -p -c 3 -w 0.3 "$ADDR"
}

# What is out when the deadline comes has had no reply in time.
testTheDeadlineEndsTheWaitForAReply() {
	bad silent
	expect 1 echoc -p -w 0.3 "$ADDR"
	says out 'no reply seq=1: none within 0.'
	says out '1 sent, 0 received, 100% loss'
	says out '1 with no reply in time'
	expect 1 echoc -p -u -w 0.3 -o json "$ADDR"
	counts sent=1 received=0 lost=1 failed=1
}

testSilenceAndAStallAreToldApart() {
	bad silent
	expect 1 echoc -p -c 2 -i 0.01 -W 0.2 -o json "$ADDR"
	json 'd["errors"] == {"silent": 2} and d["lost"] == 2'
	json '"nothing came back" in d["said"]'
	bad stall
	expect 1 echoc -p -c 1 -W 1 -o json "$ADDR"
	json 'd["errors"] == {"stalled": 1} and d["lost"] == 1'
	expect 1 echoc -p -c 1 -W 1 "$ADDR"
	says out 'no reply seq=1: only a part within 1.000 s'
	says out '1 timed out; the echo stalled in the middle'
}

testTheReasonIsSaidToMachinesToo() {
	closed_port
	expect 1 echoc -p -c 1 -o json 127.0.0.1 "$PORT"
	json '"refused" in d["said"] and d["errors"] == {"refused": 1}'
	expect 2 echoc -p -c 1 -o nagios 127.0.0.1 "$PORT"
	says out ': connection refused'
}

testWrongDataIsNoReply() {
	bad wrong
	expect 1 echoc -p -c 2 -i 0.5 "$ADDR"
	says out 'no reply seq=1: wrong data; the echo is not what was sent'
	says out '2 wrong data'
	says out '1 reconnects'
}

testAnEchoThatComesTwiceIsNamed() {
	bad twice
	expect 0 echoc -p -c 3 -i 0.2 "$ADDR"
	says out 'wrong data; the echo came twice'
	grep -q '^[23] wrong data; the echo came twice' "$TMP/out" ||
		fail "not counted: $(cat "$TMP/out")"
	expect 1 echoc -p -c 2 -i 0.01 -O fresh -o json "$ADDR"
	json 'd["errors"] == {"twice": 2} and d["received"] == 0'
}

testAServerThatGoesAwayIsConnectedAnew() {
	bad once
	expect 0 echoc -p -c 5 -i 0.5 -o json "$ADDR"
	assertTrue "reconnects: $(cat "$TMP/out")" "[ $(field reconnects) -ge 1 ]"
	assertEquals 'none is lost sight of' 5 \
		"$(field received | awk -v lost="$(field lost)" '{ print $1 + lost }')"
	assertTrue 'the failures have a name' \
		"grep -qE '\"errors\":\{\"(reset|closed)\":' '$TMP/out'"
}

# A host that was restarted answers nothing on the connection it lost.
testAConnectionThatIsDeadIsGivenUp() {
	bad forget
	expect 0 echoc -p -c 12 -i 0.1 -W 0.1 -o json "$ADDR"
	assertTrue "reconnects: $(cat "$TMP/out")" "[ $(field reconnects) -ge 1 ]"
	# Long pauses are no silence.
	bad good
	expect 0 echoc -p -c 3 -i 0.3 -W 0.2 -o json "$ADDR"
	counts reconnects=0
}

testAProbeThatWasStillConnectingIsCounted() {
	full_port
	expect 1 timeout 20 echoc -p -w 0.3 127.0.0.1 "$PORT"
	says out '1 sent, 0 received'
	says out '1 timed out; no answer to the connection'
}

testUdpLossIsCounted() {
	bad udp-lossy
	expect 0 echoc -p -u -c 9 -i 0.01 -W 2 -o json "$ADDR"
	counts sent=9 received=6 lost=3 duplicates=0 reordered=0 late=0
}

testUdpDuplicatesAreNoReplies() {
	bad udp-double
	expect 0 echoc -p -u -c 5 -i 0.1 -o json "$ADDR"
	counts sent=5 received=5 lost=0
	assertTrue 'the last one may come after the end' \
		"[ $(field duplicates) -ge 4 ]"
	expect 0 echoc -p -u -c 3 -i 0.1 "$ADDR"
	says out ' ms duplicate'
}

testUdpReorderingIsNoLoss() {
	bad udp-swap
	expect 0 echoc -p -u -c 6 -i 0.01 -o json "$ADDR"
	counts sent=6 received=6 lost=0 reordered=3 late=0
}

testUdpLateRepliesAreToldFromLostOnes() {
	bad udp-hold
	expect 0 echoc -p -u -c 7 -i 0.9 -W 0.8 "$ADDR"
	says out 'no reply seq=4: none within 0.800 s'
	assertTrue 'it came after all' "grep -q 'seq=4 time=.* ms late' '$TMP/out'"
	says out '1 late'
	bad udp-hold
	expect 0 echoc -p -u -c 7 -i 0.9 -W 0.8 -o json "$ADDR"
	json 'd["late"] > 0 and d["lost"] == d["errors"].get("silent", 0)'
}

testUdpDatagramsThatAreCutAreWrong() {
	bad udp-short
	expect 1 echoc -p -u -c 2 -i 0.01 -W 0.2 "$ADDR"
	says out 'wrong data'
	expect 1 echoc -p -u -c 2 -i 0.01 -o json "$ADDR"
	json 'd["errors"] == {"wrong": 2} and d["lost"] == 2'
}

interrupted() {
	rm -f "$TMP/out" "$TMP/err"
	env --default-signal=INT,QUIT echoc -p -i 0.02 "$ADDR" \
		>"$TMP/out" 2>"$TMP/err" &
	client=$!
	wait_for grep -q seq=2 "$TMP/out"
}

testControlBackslashShowsInterimStatistics() {
	bad good
	interrupted
	kill -QUIT "$client"
	wait_for grep -qE '^[0-9]+ sent, [0-9]+ received, 0% loss, min/avg/p99/max = ' "$TMP/err" ||
		fail "$(cat "$TMP/err")"
	seen=$(grep -c seq= "$TMP/out")
	wait_for grep -q "seq=$((seen + 2))" "$TMP/out" || fail 'it went on'
	kill -INT "$client"
	wait "$client"
	assertEquals 0 $?
	says out 'ping statistics'
}

testAClosedOutputEndsThePing() {
	bad good
	{
		timeout 30 echoc -p -i 0.01 "$ADDR" 2>"$TMP/err"
		echo "$?" >"$TMP/status"
	} | head -n 1 >/dev/null
	wait_for test -s "$TMP/status"
	assertEquals 3 "$(cat "$TMP/status")"
}

testUnixSocketsArePinged() {
	bad good "unix:$TMP/socket"
	expect 0 echoc -p -c 2 -i 0.01 "$ADDR"
	says out "PING $TMP/socket unix"
	assertEquals 2 "$(grep -c "bytes from $TMP/socket: seq" "$TMP/out")"
}

testWhatPingDoesNotTake() {
	expect 2 echoc -p -k 127.0.0.1
	says err '-p and -k: one mode at a time'
	expect 2 echoc -p -c 0 127.0.0.1
	expect 2 echoc -p -s 65508 127.0.0.1
	says err '-s: from 1 to 65507'
	expect 2 echoc -p -u -s 11 127.0.0.1
	says err '-s: from 12 to 65507'
	expect 2 echoc -p -u -O fresh 127.0.0.1
	says err '-O fresh: udp has no connections'
	# No name at all: nobody has to be asked, so no network is needed.
	expect 3 echoc -p -c 1 'no..such.host'
}

. shunit2
