#!/bin/sh
# echod_limits_test - limits that heal, and hostile clients that harm nobody.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh
. tests/echod.sh

# admitting: this build has the limits by source and the ways to be full.
admitting() {
	echod --help | grep -q 'rate=' || {
		skip 'no such limits in this build'
		return 1
	}
}

# many_models: those whose number of connections is -c.
many_models() {
	models | sed 's/single//; s/prefork//'
}

testASourceMayHaveSoManyConnections() {
	admitting || return
	for model in $(many_models); do
		serve -C 2 -m "$model"
		keep silent "$ADDR" 2 hello
		assertEquals "$model" 'echod: too many connections (source)' \
			"$(peer hear "$ADDR")"
		logged ' is refused, reason source'
		release
		wait_for served "$ADDR" || fail "$model: it does not heal"
		kill -USR1 "$SERVER"
		logged ', refused-source '
		stop
	done
}

testWorkersCountASourceTogether() {
	admitting || return
	serve -C 2 -m prefork -n 4
	keep silent "$ADDR" 2 hello
	assertEquals 'echod: too many connections (source)' \
		"$(peer hear "$ADDR")"
}

testAnotherSourceIsNotHarmed() {
	admitting || return
	serve -C 1 "0.0.0.0:0"
	keep silent "127.0.0.1:$PORT" 1 hello
	assertEquals 6 "$(peer echo "127.0.0.2:$PORT" 6 127.0.0.2)"
}

# Whoever has an IPv6 address has 2^64 of them.
testAnIpv6SourceIsItsNetOf64Bits() {
	admitting || return
	unshare -n ip link set lo up 2>/dev/null || {
		skip 'no network namespace can be made'
		return
	}
	cat >"$TMP/net" <<'END'
ip link set lo up
for address in 1::1 1::2 2::1; do
	ip address add "fd00:0:0:$address/128" dev lo nodad
done
echod -q -C 1 '[::]:0' >"$TMP/on" 2>&1 &
server=$!
tries=0
until [ -s "$TMP/on" ] || [ "$tries" = 1000 ]; do
	tries=$((tries + 1))
	sleep 0.02
done
timeout 60 python3 -c 'import socket, sys
port = int(open(sys.argv[1]).readline().rsplit(":", 1)[1])
kept = []
for source in "1::1", "1::2", "2::1":
    s = socket.create_connection(("fd00:0:0:1::1", port), 30,
                                 ("fd00:0:0:" + source, 0))
    s.sendall(b"x")
    try:
        print("echo" if s.recv(1) == b"x" else "refused")
    except ConnectionResetError:
        print("refused")
    kept.append(s)' "$TMP/on"
kill "$server"
wait "$server"
END
	assertEquals 'echo refused echo' \
		"$(unshare -n sh "$TMP/net" 2>"$TMP/err" | paste -sd ' ' -)"
}

testARateIsASourcesOwnAndHeals() {
	admitting || return
	for model in fork prefork; do
		serve -O rate=1 -m "$model"
		peer hear "$ADDR" 20 >"$TMP/heard"
		assertContains "$model" "$(cat "$TMP/heard")" \
			'echod: too many connections (rate)'
		wait_for served "$ADDR" || fail "$model: it does not heal"
		stop
	done
}

testRefuseTellsWhoComesTooMany() {
	admitting || return
	for model in $(many_models); do
		serve -c 2 -O full=refuse -m "$model"
		keep silent "$ADDR" 2 hello
		assertEquals "$model" 'echod: too many connections (full)' \
			"$(peer hear "$ADDR")"
		release
		wait_for served "$ADDR" || fail "$model: it does not heal"
		stop
	done
}

testTheLongestIdleLeavesForTheNext() {
	admitting || return
	for model in $(models); do
		case $model in
		single) max= ;;
		prefork) max='-n 2' ;;
		*) max='-c 2' ;;
		esac
		# shellcheck disable=SC2086
		serve $max -O full=evict:0.3 -m "$model" 127.0.0.1:0
		keep silent "$ADDR" "$([ "$model" = single ] && echo 1 || echo 2)" hello
		assertEquals "$model" 6 "$(peer echo "$ADDR" 6)"
		kill -USR1 "$SERVER"
		logged ', evicted 1'
		release
		stop
	done
}

testWaitEvictsNobody() {
	admitting || return
	serve -c 1 -O full=wait
	keep silent "$ADDR" 1 hello
	peer echo "$ADDR" 6 >"$TMP/second" &
	second=$!
	sleep 0.5
	assertNull "$(cat "$TMP/second")"
	release
	wait "$second"
	assertEquals 6 "$(cat "$TMP/second")"
}

testSlotsAreKeptForAdmins() {
	admitting || return
	serve -c 2 -O reserve=1 -O admin=127.0.0.9/32 0.0.0.0:0
	keep silent "127.0.0.1:$PORT" 1 hello
	assertEquals 'echod: too many connections (full)' \
		"$(peer hear "127.0.0.1:$PORT")"
	assertEquals 6 "$(peer echo "127.0.0.1:$PORT" 6 127.0.0.9)"
	stop
	serve -c 2 -O reserve=1
	keep silent "$ADDR" 1 hello
	assertEquals 'this machine is the default' 6 "$(peer echo "$ADDR" 6)"
}

# The others have fewer slots, and are as free as all would be.
testWhereSlotsAreKeptTheLongestIdleLeavesToo() {
	admitting || return
	for model in $(models | sed 's/single//'); do
		max='-c 3'
		[ "$model" != prefork ] || max='-n 3'
		# shellcheck disable=SC2086
		serve $max -O full=evict:0.3 -O reserve=1 \
			-O admin=127.0.0.9/32 -m "$model" 127.0.0.1:0
		keep silent "$ADDR" 2 hello
		wait_for served "$ADDR" || fail "$model: locked out"
		logged ' is disconnected, bytes 5'
		status_says ', evicted '
		release
		stop
	done
}

# Who is at his source's limit himself takes nobody's slot from him.
testForOneWhoMayNotStayNobodyHasToLeave() {
	admitting || return
	for model in $(models | sed 's/single//'); do
		max='-c 3'
		[ "$model" != prefork ] || max='-n 3'
		# shellcheck disable=SC2086
		serve $max -C 1 -O full=evict:0.01 -O reserve=1 \
			-O admin=127.0.0.9/32 -m "$model" 127.0.0.1:0
		assertEquals "$model" 'echod: too many connections (source)
still here' "$(timeout 60 python3 -c 'import socket, sys, time
address = ("127.0.0.1", int(sys.argv[1]))
def client(source):
    return socket.create_connection(address, 50, (source, 0))
silent, greedy = client("127.0.0.2"), client("127.0.0.3")
for s in silent, greedy:
    s.sendall(b"x")
    s.recv(1)
time.sleep(0.1)
print(client("127.0.0.3").recv(99).decode(), end="")
silent.sendall(b"still here")
print(silent.recv(10).decode())' "$PORT")"
		status_says ', refused-source 1'
		assertFalse "$model: $(tail -n 5 "$TMP/log")" \
			"grep -q ', evicted ' '$TMP/log'"
		stop
	done
}

testBadLimitsAreNamed() {
	admitting || return
	for word in full=never full=evict full=wait: full=evict:x reserve=0 \
		reserve=256 rate=0 rate=99999 admin=1.2.3 admin=10.0.0.0/33; do
		expect 2 echod -O "$word" 127.0.0.1:0
		says err "${word##*[=:]}"
	done
	expect 2 echod -C 0 127.0.0.1:0
	expect 2 echod -m prefork -O full=refuse 127.0.0.1:0
}

# A worker that ends while it is refused takes its pause with it.
testTheEndOfAPauseIsNoticedThoughItsWorkerIsGone() {
	has_model prefork || return
	serve -m prefork -n 1
	worker=$(children "$SERVER")
	wait_for waits_for_clients "${worker% }"
	prlimit --pid "${worker% }" --nofile=0:
	peer echo "$ADDR" 6 >"$TMP/late" &
	late=$!
	logged 'accept: clients wait until it works again: '
	kill -KILL "${worker% }"
	wait "$late"
	assertEquals 6 "$(cat "$TMP/late")"
	logged 'clients are served again'
	status_says ', state serving'
}

# Without descriptors new clients are shed; the others are not harmed.
testRunningOutOfDescriptorsHealsByItself() {
	for model in thread event; do
		models | grep -q "$model" || continue
		serve -m "$model"
		keep silent "$ADDR" 1 hello
		prlimit --pid "$SERVER" --nofile=3:
		before=$(cpu "$SERVER")
		# Nobody answers these; a spin would show in seconds.
		timeout 250 python3 tests/peer.py hear "$ADDR" 20 \
			>"$TMP/heard" 2>&1 &
		unheard=$!
		logged 'accept: clients wait until it works again: '
		sleep 3
		status_says ', state paused'
		kill -0 "$KEPT" || fail "$model: the first client is gone"
		assertTrue "$model: it spins" \
			"[ $(($(cpu "$SERVER") - before)) -lt 30 ]"
		kill "$unheard"
		wait "$unheard" 2>/dev/null
		prlimit --pid "$SERVER" --nofile=100:
		wait_for served "$ADDR" || fail "$model: it does not heal"
		logged 'clients are served again'
		status_says ', state serving'
		assertTrue 'an episode is a line' \
			"[ $(grep -c 'clients wait' "$TMP/log") -le 3 ]"
		release
		stop
	done
}

# sleeps PID: how often it went to sleep by itself, which one that spins does
# not; slept PID N: that is more than N.
sleeps() {
	cat "/proc/$1/task/"*/status |
		awk '/^voluntary/ { n += $2 } END { print n }'
}
slept() {
	[ "$(sleeps "$1")" -gt "$2" ]
}

# paced PID: it looks again and again, and does nothing else. A server that
# does not would not hear of its stop.
paced() {
	from=$(cpu "$1")
	wait_for slept "$1" $(($(sleeps "$1") + 9)) || {
		fail "$model: it spins"
		kill -KILL "$SERVER"
		SERVER=
		return 1
	}
	assertTrue "$model: $(cat "/proc/$1/stat") spins" \
		"[ $(($(cpu "$1") - from)) -lt 30 ]"
}

# It takes a signal a round, and this one before a stop: not too many.
drains() {
	has_config tiny && {
		! grep -q "$(printf ':%04X 00000000:0000 0A' "$PORT")" \
			/proc/net/tcp
		return
	}
	kill -USR1 "$SERVER"
	sleep 0.5
	grep -q ', state draining' "$TMP/log"
}

# poll(2) takes no more descriptors than the limit that there is then. The
# event model waits with another call.
testALimitLoweredBelowWhatIsWaitedForStopsNobody() {
	for model in $(models); do
		serve -g 1h -m "$model"
		keep sated "$ADDR"
		for pid in $SERVER $(children "$SERVER"); do
			prlimit --pid "$pid" --nofile=0:
		done
		kill -USR1 "$SERVER"
		logged 'status, now 1, '
		[ "$model" = event ] || paced "$SERVER" || return 0
		kill -TERM "$SERVER"
		wait_for drains || fail "$model: it does not hear of the stop"
		case $model in
		fork | prefork)
			wait_for prints 1 count children "$SERVER"
			paced "$(children "$SERVER" | tr -d ' ')" || return 0
			;;
		thread | single) paced "$SERVER" || return 0 ;;
		esac
		kill -QUIT "$SERVER"
		stop
		release
		grep -q 'killed 1' "$TMP/log" || fail "$(tail "$TMP/log")"
		lines=1
		[ "$model" != event ] || lines=0
		assertEquals "$model: $(cat "$TMP/log")" $lines \
			"$(grep -c 'poll: looking ten times a second' "$TMP/log")"
	done
}

# Two sockets are waited for, one alone is just received from.
testALimitLoweredBelowWhatDatagramsWaitForStopsNone() {
	echod --help | grep -q udprate || {
		skip 'no datagrams in this build'
		return
	}
	model=fork
	serve -u 127.0.0.1:0 127.0.0.2:0
	helper=$(children "$SERVER" | tr -d ' ')
	prlimit --pid "$helper" --nofile=1:
	sed -n 's/udp //p' "$TMP/addresses" >"$TMP/two"
	while read -r address; do
		assertEquals "$address" answer "$(timeout 100 python3 \
			tests/udp.py one "$address" 127.0.0.3:0)"
	done <"$TMP/two"
	paced "$helper" || return 0
	prlimit --pid "$helper" --nofile=100:
	assertEquals answer "$(timeout 100 python3 tests/udp.py one \
		"$ADDR" 127.0.0.3:0)"
}

# The server has no descriptor left, and one for bad times: whoever comes is
# not left to wait for nothing.
next_is_let_go() {
	free=0
	while [ -e "/proc/$SERVER/fd/$free" ]; do
		free=$((free + 1))
	done
	prlimit --pid "$SERVER" --nofile="$free:"
	assertEquals "$model" 'let go' "$(python3 -c 'import socket, sys
host, port = sys.argv[1].rsplit(":", 1)
s = socket.create_connection((host, port))
s.settimeout(60)
try:
    print("echo" if s.recv(1) else "let go")
except ConnectionResetError:
    print("let go")' "$ADDR")"
}

# The reserve descriptor: where none is left the client in front is let go,
# and need not wait for nothing.
testWhoFindsNoDescriptorIsNotLeftWaiting() {
	for model in thread event; do
		models | grep -q "$model" || continue
		serve -m "$model"
		keep silent "$ADDR" 1 hello
		next_is_let_go
		logged 'accept: clients wait until it works again: '
		prlimit --pid "$SERVER" --nofile=100:
		wait_for served "$ADDR" || fail "$model: it does not heal"
		release
		stop
	done
}

# A limit below its number takes the descriptor for bad times away.
testTheReserveComesBackWithTheLimit() {
	for model in thread event; do
		models | grep -q "$model" || continue
		serve -m "$model"
		prlimit --pid "$SERVER" --nofile=0:
		peer echo "$ADDR" 5 >"$TMP/waits" &
		STARTED="${STARTED:-} $!"
		logged 'accept: clients wait until it works again: '
		prlimit --pid "$SERVER" --nofile=100:
		wait_for grep -q 5 "$TMP/waits" || fail "$model: no echo"
		logged ' is disconnected'
		keep silent "$ADDR" 1 hello
		next_is_let_go
		prlimit --pid "$SERVER" --nofile=100:
		release
		stop
	done
}

waits_for_clients() {
	find "/proc/$1/fd" -lname '*eventpoll*' | grep -q .
}

failures_are_counted() {
	kill -USR1 "$SERVER"
	grep -q 'status, .*, failures [1-9]' "$TMP/log"
}

# Each worker takes its clients itself: they pause, and one says so.
testWorkersWithoutDescriptorsHealByThemselves() {
	has_model prefork || return
	serve -m prefork -n 2
	workers=$(children "$SERVER")
	for pid in $workers; do
		wait_for waits_for_clients "$pid"
		prlimit --pid "$pid" --nofile=0:
	done
	peer echo "$ADDR" 5 >"$TMP/late" 2>&1 &
	STARTED="${STARTED:-} $!"
	wait_for grep -q 'accept: clients wait until it works again: ' "$TMP/log"
	wait_for failures_are_counted ||
		fail 'the failures are not counted'
	status_says ', state paused'
	assertEquals "$workers" "$(children "$SERVER")"
	# Descriptor 0 is free for the client: that one is enough.
	for pid in $workers; do
		prlimit --pid "$pid" --nofile=1:
	done
	wait_for grep -qx 5 "$TMP/late" || fail 'it does not heal'
	logged 'clients are served again'
	assertEquals 'an episode is a line' 1 \
		"$(grep -c 'clients wait' "$TMP/log")"
}

testAFailingForkHealsByItself() {
	[ "$(id -u)" = 0 ] || {
		skip 'not root'
		return
	}
	uid=$((100000 + $$ % 50000))
	chmod 755 "$TMP" "$TMP/bin"
	cp "$BOX" "$TMP/echod-copy"
	mkfifo "$TMP/ready"
	setpriv --reuid=$uid --clear-groups prlimit --nproc=3 \
		"$TMP/echod-copy" echod 127.0.0.1:0 >"$TMP/ready" 2>"$TMP/log" &
	SERVER=$!
	read -r _ ADDR <"$TMP/ready"
	keep silent "$ADDR" 2 hello
	assertEquals '' "$(peer hear "$ADDR" 2>/dev/null)"
	logged 'fork: clients wait until it works again: '
	assertEquals 'the others are there' 2 "$(children "$SERVER" | wc -w)"
	release
	wait_for served "$ADDR" || fail 'it does not heal'
	logged 'clients are served again'
}

testAnImpossibleLimitIsAClearError() {
	models | grep -q event || {
		skip 'no such model in this build'
		return
	}
	[ "$(id -u)" = 0 ] || {
		skip 'not root'
		return
	}
	chmod 755 "$TMP" "$TMP/bin"
	cp "$BOX" "$TMP/echod-copy"
	expect 3 setpriv --reuid=54321 --clear-groups prlimit --nofile=100:100 \
		"$TMP/echod-copy" echod -m event -c 1000 127.0.0.1:0
	says err '-c 1000 needs '
	# A pipe for bulk data is two.
	expect 3 setpriv --reuid=54321 --clear-groups prlimit --nofile=150:150 \
		"$TMP/echod-copy" echod -m event -c 40 127.0.0.1:0
	says err '-c 40 needs '
}

testTenThousandSilentClientsHarmNobody() {
	models | grep -q event || {
		skip 'no such model in this build'
		return
	}
	prlimit --nofile=11000:11000 true 2>/dev/null || {
		skip 'no 11000 descriptors'
		return
	}
	serve -q -m event -c 11000 -b 4096
	for crowd in 1 2; do
		prlimit --nofile=11000:11000 python3 tests/peer.py silent \
			"$ADDR" 10000 >"$TMP/kept" 2>&1 <"$TMP/ready" &
		KEPT=$!
		exec 8>"$TMP/ready"
		STARTED="${STARTED:-} $KEPT"
		wait_for grep -q ready "$TMP/kept" || fail "$(cat "$TMP/kept")"
		assertEquals 100000 "$(peer echo "$ADDR" 100000)"
		kill -USR1 "$SERVER"
		logged 'status, now 1000'
		release || :
		wait_for nobody_now || fail 'some are left'
		# The first one's table stays, the second needs no other.
		if [ "$crowd" = 1 ]; then
			rest "$SERVER"
		else
			rested "$SERVER"
		fi
	done
}
nobody_now() {
	: >"$TMP/log"
	kill -USR1 "$SERVER"
	sleep 0.1
	grep -q 'status, now 0' "$TMP/log"
}

testSilentClientsCannotHoldTheServer() {
	admitting || return
	serve -q -c 20 -O full=evict:0.2 127.0.0.1:0
	keep silent "$ADDR" 20
	for _ in 1 2 3 4 5; do
		assertEquals 6 "$(peer echo "$ADDR" 6)"
	done
}

testADripOfBytesForEverDelaysNobody() {
	has_config tiny && {
		skip 'tiny has no -O'
		return
	}
	for model in $(many_models); do
		serve -q -O lifetime=2 -m "$model" 127.0.0.1:0
		peer drip "$ADDR" >"$TMP/drip" &
		started=$!
		assertEquals "$model" 100000 "$(peer echo "$ADDR" 100000)"
		wait "$started"
		assertContains "$(cat "$TMP/drip")" ' and the end'
		stop
	done
}

testAReaderThatNeverReadsDelaysNobody() {
	for model in $(many_models); do
		serve -q -m "$model"
		keep glutton "$ADDR"
		before=$(cpu "$SERVER")
		assertEquals "$model" 1000000 "$(peer echo "$ADDR" 1000000)"
		sleep 0.3
		assertTrue "$model spins" \
			"[ $(($(cpu "$SERVER") - before)) -lt 20 ]"
		release
		stop
	done
}

testAFloodOfConnectionsLeaksNothing() {
	for model in $(many_models); do
		serve -q -b 1000 -m "$model"
		peer echo "$ADDR" 10 >"$TMP/out"
		wait_for no_children "$SERVER"
		fds=$(fds "$SERVER") memory=$(anon "$SERVER")
		assertEquals "$model" "done" "$(peer storm "$ADDR" 500)"
		assertEquals "$model" 500 "$(peer many "$ADDR" 500 100)"
		wait_for same_fds "$SERVER" "$fds" || fail "$model: descriptors"
		wait_for no_children "$SERVER" || fail "$model: children"
		# A sanitizer keeps what is freed, to see who still uses it.
		has_config asan ||
			assertTrue "$model: $memory, then $(anon "$SERVER") kB" \
				"[ $(anon "$SERVER") -le $((memory + 200)) ]"
		stop
	done
}

. shunit2
