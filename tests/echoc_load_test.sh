#!/bin/sh
# echoc_load_test - loads on good servers and bad ones: what is counted.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh
. tests/echoc_lib.sh

setUp() {
	! has_config tiny || skip 'tiny has no load'
}

# load STATUS OPTION...: run one on $ADDR, its JSON in $TMP/out.
load() {
	status=$1
	shift
	expect "$status" echoc -l -o json "$@" "$ADDR"
}

testEveryMessageOfACountIsEchoed() {
	bad good
	load 0 -n 7 -c 1000 -s 100
	json 'd["sent"] == d["received"] == d["service"]["count"] == 1000'
	json 'd["bytes_sent"] == d["bytes_received"] == 100000'
	json 'd["failed"] == 0 and d["errors"] == {}'
	json 'd["status"] == "ok" and d["mode"] == "load"'
	json 'd["connect"]["count"] == 7 and d["connections"] == 7'
	json '"response" not in d and "rate" not in d'
}

testARateIsKeptAndTheResponseTimed() {
	bad good
	load 0 -n 4 -r 1000 -c 500
	json 'd["received"] == d["response"]["count"] == 500'
	# The last one is due 499 ms after the first, and not before.
	json 'd["elapsed_ns"] >= 499e6 and d["rate"] == 1000'
	json 'd["response"]["max_ns"] >= d["service"]["min_ns"]'
	json 'sum(d["timeline"]["done"]) == 500'
}

testAWarmUpIsLeftOut() {
	bad good
	# Long enough that a machine which stands still does not miss it all.
	load 0 -r 1000 -d 2 -O warmup=0.3
	json 'd["sent"] + d["unsent"] == d["response"]["count"] == 2000'
	json 'd["bytes_sent"] > d["sent"] * 64 and d["elapsed_ns"] == 2e9'
}

# Rates are of what moved in the time that they are divided by: neither what
# was sent before, nor what came when it was over.
testRatesAreOfTheTimeMeasured() {
	bad good
	load 0 -c 3 -O warmup=0.5
	json 'd["flow_sent"] == 192 < d["bytes_sent"]'
	json '192 <= d["flow_received"] <= 256 < d["bytes_received"]'
	bad nap
	load 0 -O bulk -d 0.2
	json 'd["flow_received"] == 0 < d["bytes_received"]'
	json '0 < d["flow_sent"] <= d["bytes_sent"] == d["bytes_received"]'
}

testWorkersShareTheWorkAndMergeTheirHistograms() {
	bad good
	load 0 -P 3 -n 7 -c 100
	json 'd["sent"] == d["received"] == d["service"]["count"] == 100'
	json 'd["connect"]["count"] == 7'
	load 0 -P 3 -n 3 -r 700 -c 350
	json 'd["response"]["count"] == 350 and d["elapsed_ns"] >= 498e6'
	# No more than the rate, though seven and three do not divide a second.
	load 0 -P 3 -n 3 -r 7 -d 1
	json 'd["sent"] + d["unsent"] == 7'
}

testAConnectionAMessage() {
	bad good
	for reset in 0 1; do
		load 0 -n 3 -c 60 -O fresh -O reset=$reset
		json 'd["received"] == d["connect"]["count"] == 60'
		json 'd["service"]["max_ns"] >= d["connect"]["max_ns"]'
	done
	load 0 -n 3 -r 500 -c 60 -O fresh -O reset
	json 'd["response"]["count"] == d["connect"]["count"] == 60'
}

testMessagesInPiecesAndSeveralAtOnce() {
	bad bytewise
	load 0 -n 2 -c 40 -s 300 -O depth=4
	json 'd["received"] == 40'
	load 0 -c 5 -s 1
	json 'd["received"] == 5'
}

testLargeMessagesPassSmallBuffers() {
	bad good
	load 0 -c 20 -s 1M -O depth=3
	json 'd["received"] == 20 and d["bytes_received"] == 20 << 20'
	load 0 -O bulk -c 50
	json 'd["size"] == 65536 and d["received"] == 50'
}

testUnixSocketsAndIPv6() {
	for where in "unix:$TMP/s" "@echoc-load-$$" ::1; do
		bad good "$where"
		[ "$where" = ::1 ] || ADDR=$where
		load 0 -n 3 -c 30
		json 'd["received"] == 30'
		load 0 -n 3 -c 30 -O fresh
		json 'd["received"] == 30'
	done
	json 'd["transport"] == "tcp"'
}

# A unix listener's queue is short; what finds it full waits, and is late.
testAFullQueueOfAUnixListenerIsNoFailure() {
	bad slowaccept "unix:$TMP/s"
	ADDR=unix:$TMP/s
	load 0 -n 20 -c 40 -O fresh
	json 'd["received"] == 40 and d["failed"] == 0'
}

# A listener with room for one or two: the SYNs of others are dropped, and
# sent again after a second.
testConnectionsThatTookASecondAreExplained() {
	bad slowaccept
	expect 0 echoc -l -n 12 -c 24 "$ADDR"
	says out 'connections took a second or more: SYNs got lost; a full backlog?'
	bad good
	expect 0 echoc -l -n 12 -c 24 "$ADDR"
	assertEquals 0 "$(grep -c SYN "$TMP/out")"
}

testDatagrams() {
	bad udp-good
	load 0 -u -n 5 -c 200
	json 'd["sent"] == d["received"] == 200 and d["lost"] == 0'
	json 'd["transport"] == "udp" and "connect" not in d'
}

testASerialLine() {
	has_config lean && {
		skip 'lean has no serial lines'
		return
	}
	bad tty-loop
	ADDR=tty:$ADDR
	load 0 -c 20 -s 1000
	json 'd["received"] == 20 and d["transport"] == "tty"'
	json 'd["damaged"] == 0 and d["lost"] == 0 and "connect" not in d'
	load 0 -r 100 -c 20
	json 'd["response"]["count"] == 20'
	load 0 -P 1 -c 2
	expect 0 echoc -V -c 20 -s 4096 -o json "$ADDR"
	json 'd["received"] == 20 and d["faults"] == 0'
	for words in '-n 2' '-P 2' '-O fresh' '-O depth=2' '-s 7' '-s 4097'; do
		# shellcheck disable=SC2086
		expect 2 echoc -l $words "$ADDR"
	done
}

testTheKernelsOwnNumbersStandBeside() {
	bad good
	load 0 -n 3 -c 30
	json 'd["tcp_rtt_ns"] > 0 and d["cwnd"] > 0 and d["retransmits"] >= 0'
	expect 0 echoc -l -c 3 "$ADDR"
	says out 'TCP says: rtt '
	bad good "@echoc-facts-$$"
	ADDR=@echoc-facts-$$
	load 0 -c 3
	json '"cwnd" not in d'
}

# Of 60 datagrams each third is lost, and a sample of at least -W.
testALostDatagramIsASample() {
	bad udp-lossy
	load 1 -u -n 10 -c 60 -W 0.5
	json 'd["lost"] == d["errors"]["silent"] == 20'
	json 'd["received"] == 40 and d["service"]["count"] == 60'
	json 'd["service"]["max_ns"] >= 500e6 > d["service"]["min_ns"]'
	json 'd["service"]["p90_ns"] >= 495e6'
}

testDatagramsTwiceAndLateAreToldApart() {
	bad udp-double
	load 0 -u -c 50 -W 5
	json 'd["received"] == 50 and d["late"] == 0'
	json 'd["duplicates"] in (49, 50)'
	bad udp-late
	load 1 -u -r 100 -c 60 -W 0.1
	json 'd["late"] > 0 and d["duplicates"] == 0'
	json 'd["received"] + d["lost"] == 60 and d["lost"] > 0'
}

# One stall of 0.4 s on a connection that has a message due each 2 ms: one
# answer is slow, and two hundred are late. No clock but the server's own.
testAStallCountsForAllThatWereDue() {
	bad pause
	load 0 -r 500 -c 500
	json 'd["service"]["max_ns"] >= 390e6'
	json 'd["service"]["p90_ns"] < 100e6'
	json 'd["response"]["p90_ns"] >= 200e6'
	json 'd["response"]["count"] == 500'
}

# Half a second of what was due had no connection, to the very end.
testWhatWasDueAndNeverSentIsASample() {
	bad silent
	load 1 -r 20 -d 2.5 -W 20 -w 5
	json 'd["sent"] == 1 and d["unsent"] == 49 and d["unfinished"] == 1'
	json 'd["response"]["count"] == 49 and d["received"] == 0'
	json '2400e6 <= d["response"]["max_ns"] < 60e9'
}

testATimeoutIsASampleAndTheConnectionIsMadeAnew() {
	bad silent
	load 1 -c 4 -W 0.3
	json 'd["errors"] == {"silent": 4} and d["received"] == 0'
	json 'd["service"]["count"] == 4 and d["service"]["min_ns"] >= 300e6'
	json 'd["connect"]["count"] >= 4'
	bad stall
	load 1 -c 2 -W 0.3
	json 'd["errors"] == {"stalled": 2} and d["service"]["count"] == 2'
}

testEachKindOfFailureHasItsCounter() {
	for pair in early:closed wrong:wrong twice:twice rst:reset; do
		bad "${pair%:*}"
		load 1 -c 3 -W 2
		json "set(d['errors']) == {'${pair#*:}'}"
		json 'd["failed"] >= 3 or d["errors"].get("twice")'
		expect 1 echoc -l -c 3 -W 2 "$ADDR"
		says out " ${pair#*:}: "
	done
}

testAServerThatGoesAwayIsSaidSoAndEnds() {
	bad once
	load 1 -n 2 -c 6 -W 1
	json 'd["reconnects"] >= 1'
	json 'd["errors"] == {"reset": 4} and d["received"] == 2 or d["errors"]["reset"] >= 1'
}

testNobodyThereIsSaidAtOnce() {
	closed_port
	expect 1 echoc -l -n 100 -d 1h 127.0.0.1 "$PORT"
	says err 'connection refused'
	for mode in -l -V; do
		expect 1 echoc $mode -o json 127.0.0.1 "$PORT"
		json 'd["status"] == "no" and d["errors"] == {"refused": 1}'
		json 'd["sent"] == 0 and "refused" in d["said"]'
		expect 1 echoc $mode -o prom 127.0.0.1 "$PORT"
		says out 'echoc_success{mode='
		expect 1 echoc $mode -o csv 127.0.0.1 "$PORT"
		assertEquals 2 "$(wc -l <"$TMP/out")"
		expect 2 echoc $mode -o nagios 127.0.0.1 "$PORT"
		says out 'ECHOC CRITICAL - '
		says out 'connection refused'
		expect 2 echoc $mode -o nagios no..such.host
		says out 'ECHOC CRITICAL - '
		says out 'no such host name'
	done
}

testADeadlineEndsEverything() {
	bad slow
	load 0 -n 2 -d 1h -w 3 -W 1h
	json 'd["elapsed_ns"] <= 3000e6 and d["received"] > 0'
	bad silent
	load 1 -n 2 -d 1h -w 2 -W 1h
	json 'd["unfinished"] == 2 and d["service"]["count"] == 0'
}

testAnInterruptReportsWhatThereIs() {
	bad good
	for workers in '' '-P 2'; do
		# shellcheck disable=SC2086
		echoc -l -o json $workers -n 2 -r 100 -d 1h "$ADDR" >"$TMP/out" &
		pid=$!
		sleep 0.5
		kill -INT $pid
		wait $pid
		assertEquals 0 $?
		json 'd["received"] == d["sent"] > 0 and d["unfinished"] == 0'
	done
}

testTheLimitOfDescriptorsIsRaisedOrNamed() {
	bad good
	expect 0 prlimit --nofile=40: echoc -l -n 60 -c 60 -o json "$ADDR"
	json 'd["received"] == 60'
	[ "$(id -u)" != 0 ] || set -- setpriv --bounding-set -sys_resource \
		--inh-caps -sys_resource
	expect 3 prlimit --nofile=40 "$@" echoc -l -n 60 -c 60 "$ADDR"
	says err 'a process may have 40 descriptors here'
	says err 'ulimit -n'
}

# Two local ports and no way back but TIME_WAIT: our limit, not the server's.
testLocalPortsThatRunOutAreOurOwnLimit() {
	[ "$(id -u)" = 0 ] || { skip 'needs a network namespace'; return; }
	# shellcheck disable=SC2016
	unshare -n sh -c '
		ip link set lo up
		echo "50000 50001" >/proc/sys/net/ipv4/ip_local_port_range
		echo 0 >/proc/sys/net/ipv4/tcp_tw_reuse
		echod 127.0.0.1:7 >"$1/ready" &
		until [ -s "$1/ready" ]; do sleep 0.02; done
		echoc -l -O fresh -c 20 -w 1.5 -o json 127.0.0.1 >"$1/out"
		echo $? >"$1/status"
		echoc -l -O fresh -c 1 -w 1.5 127.0.0.1 >"$1/text" 2>&1
		kill $!' sh "$TMP"
	assertEquals 3 "$(cat "$TMP/status")"
	json 'd["errors"].get("ports", 0) > 0 and d["status"] == "error"'
	says text 'ip_local_port_range'
}

# The states of the ports in a network of our own: 06 is TIME_WAIT. The one
# more is the connection that looks whether anybody is there.
testResetLeavesNothingInTimeWait() {
	[ "$(id -u)" = 0 ] || { skip 'needs a network namespace'; return; }
	for reset in 0 1; do
		# shellcheck disable=SC2016
		unshare -n sh -c '
			ip link set lo up
			rm -f "$1/ready"
			echod 127.0.0.1:7 >"$1/ready" &
			until [ -s "$1/ready" ]; do sleep 0.02; done
			echoc -q -l -O fresh -O reset=$2 -c 20 127.0.0.1
			# The last may still be on their way there.
			for try in $(seq 100); do
				awk "\$4 == \"06\"" /proc/net/tcp | wc -l >"$1/waiting"
				[ $2 = 0 ] && [ $(cat "$1/waiting") -lt 20 ] || break
				sleep 0.05
			done
			kill $!' sh "$TMP" $reset >/dev/null 2>&1
		if [ $reset = 1 ]; then
			assertEquals 0 "$(cat "$TMP/waiting")"
		else
			assertTrue "$(cat "$TMP/waiting") of 21" "[ $(cat "$TMP/waiting") -ge 20 ]"
		fi
	done
}

testBadOptionsAreNamed() {
	for words in '-n 0' '-n x' '-r 0' '-s 0' '-s 65M' '-P 2' '-P 0' \
		'-d x' '-O depth=0' '-O depth=2000' '-O warmup=x' \
		'-O bulk -O fresh' '-O fresh -u' '-O depth=2 -u' '-s 7 -u' \
		'-s 65508 -u' '-D' '-f' '-i x' '-k' '-p' '-o xml'; do
		# shellcheck disable=SC2086
		expect 2 echoc -l $words 127.0.0.1:7
		says err "${words%% *}"
	done
}

# At a terminal it is one line; with -i it is a line each time, anywhere.
testWithAnIntervalItReportsOnItsWay() {
	serve -q
	for mode in -l '-l -n 2 -P 2' -V; do
		# shellcheck disable=SC2086
		expect 0 echoc $mode -i 0.1 -r 200 -d 1 "$ADDR"
		assertTrue "$mode: $(cat "$TMP/err")" \
			"[ $(grep -c '/s  p99 .*  failed 0$' "$TMP/err") -ge 3 ]"
	done
	expect 0 echoc -l -r 200 -d 0.5 "$ADDR"
	assertEquals 'without it, nothing' '' "$(cat "$TMP/err")"
	expect 2 echoc -l -i 0 "$ADDR"
	says err '-i: no more than 100'
}

. shunit2
