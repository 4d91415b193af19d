#!/bin/sh
# rescue_dhcp_test - rescue -d against a server that is good, or not.
# shellcheck disable=SC1091,SC2034,SC2154
. tests/lib.sh

setUp() {
	! has_config tiny lean || skip 'it has no rescue'
}

# with_server MODE LEASE: a network of two, the client's log in $TMP/log, what
# the server was asked in $TMP/asked.
with_server() {
	echobox rescue --help | grep -q 'DHCP' && [ "$(id -u)" = 0 ] &&
		unshare -n true 2>/dev/null || {
		skip 'needs DHCP and network namespaces'
		return 1
	}
	rm -f "$TMP/far.pid" "$TMP/log" "$TMP/asked"
	cat >"$TMP/network" <<-'END'
		ip link set lo up
		ip link add eth0 type veth peer name far
		unshare -n sleep 100 &
		echo $! >"$TMP/far.pid"
		until [ "$(readlink /proc/$!/ns/net)" != \
			"$(readlink /proc/self/ns/net)" ]; do
			sleep 0.05
		done
		ip link set far netns $!
		nsenter -t $! -n ip link set far up
		nsenter -t $! -n ip addr add 10.5.0.1/24 dev far
		nsenter -t $! -n python3 tests/dhcpd.py far "$@" \
			>"$TMP/asked" 2>&1 &
		echo $! >>"$TMP/far.pid"
		# It writes /etc/resolv.conf, and not this machine's.
		mount -t tmpfs none /etc &&
			echo before >/proc/sys/kernel/hostname &&
			exec "$BOX" rescue -d eth0 $NAME
	END
	BOX=$BOX NAME=${NAME:-} unshare -num sh "$TMP/network" "$@" >"$TMP/log" 2>&1 &
	CLIENT=$!
	STARTED="${STARTED:-} $CLIENT"
	wait_for test -s "$TMP/far.pid"
}

tearDown() {
	[ -n "${CLIENT:-}" ] || return 0
	kill -KILL "$CLIENT" 2>/dev/null
	wait "$CLIENT" 2>/dev/null
	# shellcheck disable=SC2046
	kill -KILL $(cat "$TMP/far.pid") 2>/dev/null
	CLIENT=
}

# within SECONDS COMMAND...
within() {
	left=$1
	shift
	until "$@" >/dev/null 2>&1; do
		left=$((left - 1))
		[ "$left" -ge 0 ] || return 1
		sleep 1
	done
}

log_has() {
	within 40 grep -qF -- "$1" "$TMP/log"
	assertEquals "no '$1' in: $(cat "$TMP/log" "$TMP/asked")" 0 $?
}

client() {
	nsenter -t "$CLIENT" -n -u -m -- "$@"
}

testAnAddressIsGotAndSet() {
	with_server good 3600 || return 0
	log_has 'rescue: eth0: 10.5.0.50 by DHCP for 3600 s'
	assertContains "$(client ip addr show eth0)" 'inet 10.5.0.50/24'
	assertContains "$(client ip route)" 'default via 10.5.0.1 dev eth0'
	assertEquals leased "$(client uname -n)"
	assertEquals 'nameserver 10.5.0.2
nameserver 10.5.0.3' "$(client cat /etc/resolv.conf)"
}

testAHostNameOfOursIsToldAndKept() {
	NAME=board.example with_server good 3600 || return 0
	log_has '10.5.0.50 by DHCP'
	says asked 'asked 3 board'
	assertEquals before "$(client uname -n)"
}

testWhatIsNoAnswerIsGoneOver() {
	with_server liar 3600 || return 0
	log_has 'rescue: eth0: 10.5.0.50 by DHCP for 3600 s'
	assertContains "$(client ip addr show eth0)" 'inet 10.5.0.50/24'
}

# Their offers come in between: a relay has two servers, a network two relays.
testAnotherServersOfferIsGoneOver() {
	with_server two 3600 || return 0
	log_has 'rescue: eth0: 10.5.0.50 by DHCP for 3600 s'
	assertEquals 'one question and one request' 2 "$(grep -c . "$TMP/asked")"
}

# The pauses are 1, 2, 4 and more seconds: eight requests take two minutes.
testWhoIsRefusedDoesNotAskAtOnceAgain() {
	with_server never 3600 || return 0
	log_has 'eth0: no DHCP server answers, still asking'
	assertTrue "$(grep -c . "$TMP/asked") questions" \
		"[ $(grep -c 'asked 3' "$TMP/asked") -le 8 ]"
}

testWithoutANetmaskTheClassGivesIt() {
	with_server bare 10 || return 0
	log_has '10.5.0.50 by DHCP'
	assertContains "$(client ip addr show eth0)" 'inet 10.5.0.50/8'
	assertContains "$(client ip route)" 'default via 10.5.0.1 dev eth0'
	short() {
		[ "$(client uname -n)" = short ]
	}
	within 30 short
	assertEquals "$(client uname -n | od -c)" 0 $?
}

testALeaseIsRenewedAtHalfOfItsTime() {
	with_server good 10 || return 0
	within 30 grep -q renewal "$TMP/asked"
	assertEquals 'the server was asked again' 0 $?
	assertContains "$(client ip addr show eth0)" 'inet 10.5.0.50/24'
	assertNotContains "$(cat "$TMP/log")" 'the lease'
}

testALeaseThatIsTakenBackIsLeft() {
	with_server nak 10 || return 0
	log_has 'eth0: the lease was taken back'
	log_has '10.5.0.51 by DHCP'
	assertNotContains "$(client ip addr show eth0)" 'inet 10.5.0.50/24'
}

testALeaseThatEndsIsLeft() {
	with_server mute 20 || return 0
	log_has 'eth0: the lease ended'
	assertTrue "asked more than once: $(cat "$TMP/asked")" \
		"[ $(grep -c renewal "$TMP/asked") -ge 2 ]"
	gets_another() {
		[ "$(grep -c 'by DHCP' "$TMP/log")" = 2 ]
	}
	within 20 gets_another
	assertEquals "$(cat "$TMP/log")" 0 $?
}

testAHostNameThatIsNoneIsRefused() {
	long=$(printf '%064d' 0)
	expect 2 rescue -d lo "$long"
	says err "-d: one host name of at most 63 bytes, not '$long'"
	expect 2 rescue -d lo board another
	says err "not 'another'"
}

testAnInterfaceThatIsNotThereIsNamed() {
	expect 3 rescue -d nosuchif0
	says err 'rescue: nosuchif0: DHCP: No such device'
}

. shunit2
