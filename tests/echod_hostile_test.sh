#!/bin/sh
# echod_hostile_test - crowds, floods, and machines that lack things.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh
. tests/echod.sh

me=tests/echod_hostile_test.sh

admitting() {
	echod --help | grep -q 'rate=' || {
		skip 'no such limits in this build'
		return 1
	}
}

# In a network of our own: d0 is ours, d1 the wire at its other end. The rest
# of the world is behind one gateway: the kernel's table of neighbours is one
# for all networks of the machine, and invented ones would fill it.
wire() {
	ip link set lo up &&
		ip link add d0 address 02:00:00:00:00:01 type veth \
		peer name d1 &&
		ip link set d0 up && ip link set d1 up &&
		ip address add 10.1.0.1/24 dev d0 &&
		ip neighbour add 10.1.0.2 lladdr 02:00:00:00:00:02 dev d0 \
			nud permanent &&
		ip route add 10.2.0.0/16 via 10.1.0.2
}

# Half-open connections from nowhere, while all slots are taken besides.
testAFloodOfSynsHarmsNoHonestClient() {
	admitting || return
	alone "$me" testAFloodOfSynsHarmsNoHonestClient || return 0
	wire || fail 'no wire'
	for model in fork event; do
		serve -c 4 -b 64 -O full=evict:0.2 -m "$model" '0.0.0.0:0'
		assertEquals 6 "$(peer echo "10.1.0.1:$PORT" 6)"
		rest "$SERVER"
		keep silent "127.0.0.1:$PORT" 4 hello
		peer syns 10.2.0.0 10.1.0.1 "$PORT" 20000 >"$TMP/flood" &
		flood=$!
		for _ in 1 2 3; do
			assertEquals "$model, under way" 1000 \
				"$(peer echo "127.0.0.1:$PORT" 1000)"
		done
		wait "$flood"
		assertEquals "done" "$(cat "$TMP/flood")"
		assertTrue "$model: no SYN arrived" "[ $(awk '/^Tcp/ && ++n == 2 {
			print $7 }' /proc/net/snmp) -ge 0 ] && grep -q ' 03 ' \
			/proc/net/tcp"
		assertEquals "$model, after it" 1000 \
			"$(peer echo "10.1.0.1:$PORT" 1000)"
		release || :
		rested "$SERVER"
		status_says 'status, now 0'
		stop
	done
}

testAThousandSilentProcessesLeaveForTheNext() {
	admitting || return
	serve -q -c 1000 -b 1024 -O full=evict:1 127.0.0.1:0
	assertEquals 6 "$(peer echo "$ADDR" 6)"
	rest "$SERVER"
	keep silent "$ADDR" 1000
	wait_for prints 1000 count children "$SERVER"
	for _ in 1 2 3; do
		assertEquals 5000 "$(peer echo "$ADDR" 5000)"
	done
	kill -USR1 "$SERVER"
	logged ', evicted '
	release || :
	rested "$SERVER"
}

testAThousandSilentProcessesAreEndedInTime() {
	serve -q -c 1000 -b 1024 -t 1 127.0.0.1:0
	assertEquals 6 "$(peer echo "$ADDR" 6)"
	rest "$SERVER"
	keep silent "$ADDR" 1000
	assertEquals 'who comes late is served' 5000 "$(peer echo "$ADDR" 5000)"
	rested "$SERVER"
	status_says 'status, now 0, clients 100'
	release || :
}

# Ten thousand at a server of a hundred slots: told so and counted, while
# those for whom slots are kept are served.
testACrowdAtTheLimitIsRefusedAndCounted() {
	admitting || return
	prlimit --nofile=11000:11000 true 2>/dev/null || {
		skip 'no 11000 descriptors'
		return
	}
	serve -q -c 100 -b 4096 -O full=refuse -O reserve=4 \
		-O admin=127.0.0.9/32 0.0.0.0:0
	assertEquals 6 "$(peer echo "127.0.0.1:$PORT" 6)"
	rest "$SERVER"
	rm -f "$TMP/ready"
	mkfifo "$TMP/ready"
	prlimit --nofile=11000:11000 python3 tests/peer.py crowd \
		"127.0.0.1:$PORT" 10000 <"$TMP/ready" >"$TMP/kept" 2>&1 &
	KEPT=$!
	STARTED="${STARTED:-} $KEPT"
	exec 8>"$TMP/ready"
	for _ in 1 2 3; do
		assertEquals 5000 \
			"$(peer echo "127.0.0.1:$PORT" 5000 127.0.0.9)"
	done
	wait_for grep -q ready "$TMP/kept" || fail "$(cat "$TMP/kept")"
	wait_for refused_thousands ||
		fail "not counted: $(grep status "$TMP/log" | tail -n 1)"
	release || :
	rested "$SERVER"
	assertEquals 6 "$(peer echo "127.0.0.1:$PORT" 6)"
}
refused_thousands() {
	kill -USR1 "$SERVER"
	sleep 0.1
	grep -qE 'refused-full [0-9]{4}' "$TMP/log"
}

# The slowest there are, all at once, and then nothing of them is left.
testDripsAndGluttonsAndResetsLeaveNothing() {
	admitting || return
	for model in $(models); do
		[ "$model" != single ] || continue
		serve -q -m "$model" -O lifetime=2 127.0.0.1:0
		[ "$model" != prefork ] || {
			stop
			serve -q -m prefork -n 8 -r 2 -O lifetime=2 127.0.0.1:0
		}
		assertEquals 6 "$(peer echo "$ADDR" 6)"
		[ "$model" = prefork ] || rest "$SERVER"
		for _ in 1 2; do
			peer drip "$ADDR" >"$TMP/drip" &
			drip=$!
			peer glutton "$ADDR" >"$TMP/glutton" &
			glutton=$!
			assertEquals "$model" "done" "$(peer storm "$ADDR" 100)"
			assertEquals "$model" 100000 "$(peer echo "$ADDR" 100000)"
			wait "$drip" "$glutton"
		done
		assertContains "$model" "$(cat "$TMP/drip")" ' and the end'
		assertEquals "$model" 'stuck
cut off' "$(cat "$TMP/glutton")"
		wait_for no_zombies "$SERVER" || fail "$model: zombies"
		[ "$model" = prefork ] || rested "$SERVER"
		stop
	done
}

# old: whether an old kernel can be played; then echod runs under one.
old() {
	[ "$(uname -m)${RUNNER:-}" = x86_64 ] && ! has_config asan || {
		skip 'an old kernel is played on x86-64'
		return 1
	}
	mkdir "$TMP/old"
	printf '#!/bin/sh\nexec python3 "%s/tests/oldkernel.py" "%s" "$@"\n' \
		"$top" "$TMP/bin/echod" >"$TMP/old/echod"
	chmod +x "$TMP/old/echod"
}

# Linux 3.10 has none of what came later, and must not be asked twice.
testAnOldKernelServesAllTheSame() {
	old || return 0
	for model in $(models); do
		has_config tiny && how='' || how="-m $model -u"
		# shellcheck disable=SC2086
		PATH=$TMP/old:$PATH serve $how 127.0.0.1:0
		assertEquals "$model" '1
100000' "$(peer echo "$ADDR" 1 100000)"
		keep silent "$ADDR" 1 hello
		for pid in $SERVER $(children "$SERVER"); do
			assertEquals "$model: no filter" 2 "$(sed -n \
				's/^Seccomp:	//p' "/proc/$pid/status")"
		done
		[ "$model" != fork ] || for pid in $(children "$SERVER"); do
			[ "$(fds "$pid")" != 3 ] || found=1
		done
		[ -z "$how" ] || {
			to=$(sed -n 's/^udp //p' "$TMP/addresses")
			assertEquals "$model" same "$(python3 tests/udp.py \
				sizes "$to" 0 1 1472 2049 65507)"
			assertEquals 500 "$(python3 tests/udp.py many "$to" 500 50)"
		}
		release || :
		stop
		assertFalse "$model" "grep -qi 'not implemented' '$TMP/log'"
	done
	assertEquals 'a child holds its client and the log only' 1 "${found:-0}"
}

# It cannot close all there is by one call: what our caller left open, too.
testOnAnOldKernelAChildHoldsNothingInheritedEither() {
	has_config tiny && {
		skip 'tiny closes the lower ones only'
		return
	}
	[ -z "${EMULATED:-}" ] || {
		skip 'an emulator has descriptors of its own'
		return
	}
	old || return 0
	for model in fork prefork; do
		INHERIT='3 70 1000' PATH=$TMP/old:$PATH serve -m "$model" \
			127.0.0.1:0
		keep silent "$ADDR" 1 hello
		for pid in $(children "$SERVER"); do
			for fd in 70 1000; do
				assertFalse "$model: $fd" \
					"[ -e /proc/$pid/fd/$fd ]"
			done
		done
		# Ours are as they were: who opened them may mean them.
		assertTrue "[ -e /proc/$SERVER/fd/1000 ]"
		release
		stop
	done
}

# Two networks at one server, which is to hear one of them only.
testDatagramsOfAnotherInterfaceAreNotHeard() {
	has_config tiny && {
		skip 'no datagrams in tiny'
		return
	}
	alone "$me" testDatagramsOfAnotherInterfaceAreNotHeard || return 0
	ip link set lo up
	unshare -n sleep 100 &
	far=$!
	STARTED="${STARTED:-} $far"
	wait_for elsewhere
	for n in 1 2; do
		ip link add "d$n" type veth peer name "f$n"
		ip link set "f$n" netns "$far"
		ip link set "d$n" up
		ip address add "10.$n.0.1/24" dev "d$n"
		nsenter -n -t "$far" ip link set "f$n" up
		nsenter -n -t "$far" ip address add "10.$n.0.2/24" dev "f$n"
	done
	serve -u -O interface=d1 0.0.0.0:0
	assertEquals answer "$(from_far "10.1.0.1:$PORT")"
	assertEquals silence "$(from_far "10.2.0.1:$PORT" 0.0.0.0:0 0 0.5)"
	assertEquals answer "$(from_far "10.1.0.1:$PORT")"
	stop
	serve -u 0.0.0.0:0
	assertEquals 'without it, both' answer "$(from_far "10.2.0.1:$PORT")"
	kill "$far"
}
elsewhere() {
	[ "$(readlink "/proc/$far/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}
from_far() {
	nsenter -n -t "$far" python3 tests/udp.py one "$@"
}

. shunit2
