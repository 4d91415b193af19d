#!/bin/sh
# echoc_path_test - the MTU of a path, in namespaces with paths of our own.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh
. tests/echoc_lib.sh

setUp() {
	! has_config tiny || skip 'tiny has no path mode'
	{ [ "$(id -u)" = 0 ] && ip netns add "ec$$" 2>/dev/null; } ||
		skip 'only root makes network namespaces'
	ip netns del "ec$$" 2>/dev/null
}

# A client c at 10.9.1.1 and a server s at 10.9.2.2.
hosts() {
	for host in c m s; do
		ip netns add "ec$$$host"
		ip -n "ec$$$host" link set lo up
	done
	ip link add c0 netns "ec$$c" type veth peer name m0 netns "ec$$m"
	ip link add s0 netns "ec$$s" type veth peer name m1 netns "ec$$m"
	for link in c/c0 m/m0 m/m1 s/s0; do
		ip -n "ec$$${link%/*}" link set "${link#*/}" up
	done
}

# routed MTU: a router in the middle, whose second link is narrow.
routed() {
	hosts
	ip -n "ec$$c" addr add 10.9.1.1/24 dev c0
	ip -n "ec$$m" addr add 10.9.1.2/24 dev m0
	ip -n "ec$$m" addr add 10.9.2.1/24 dev m1
	ip -n "ec$$s" addr add 10.9.2.2/24 dev s0
	ip -n "ec$$c" route add default via 10.9.1.2
	ip -n "ec$$s" route add default via 10.9.2.1
	in_ns m sysctl -qw net.ipv4.ip_forward=1
	ip -n "ec$$m" link set m1 mtu "$1"
	ip -n "ec$$s" link set s0 mtu "$1"
}

# routed6 MTU: the same over IPv6.
routed6() {
	hosts
	for host in c m s; do
		in_ns "$host" sysctl -qw net.ipv6.conf.all.disable_ipv6=0
	done
	ip -n "ec$$c" addr add fd09:1::1/64 dev c0 nodad
	ip -n "ec$$m" addr add fd09:1::2/64 dev m0 nodad
	ip -n "ec$$m" addr add fd09:2::1/64 dev m1 nodad
	ip -n "ec$$s" addr add fd09:2::2/64 dev s0 nodad
	ip -n "ec$$c" route add default via fd09:1::2
	ip -n "ec$$s" route add default via fd09:2::1
	in_ns m sysctl -qw net.ipv6.conf.all.forwarding=1
	ip -n "ec$$m" link set m1 mtu "$1"
	ip -n "ec$$s" link set s0 mtu "$1"
}

# bridged MTU: a bridge that drops what is too large and says nothing. Its
# neighbours hand it packets, not what a card would cut into packets later.
bridged() {
	hosts
	ip -n "ec$$c" addr add 10.9.2.1/24 dev c0
	ip -n "ec$$s" addr add 10.9.2.2/24 dev s0
	ip -n "ec$$m" link add b0 type bridge
	ip -n "ec$$m" link set m0 master b0
	ip -n "ec$$m" link set m1 master b0
	ip -n "ec$$m" link set b0 up
	ip -n "ec$$m" link set m1 mtu "$1"
	for link in c/c0 s/s0; do
		offloads_off "$link"
	done
}

# offloads_off HOST/CARD: segments leave it as they go over a wire.
offloads_off() {
	in_ns "${1%/*}" python3 -c 'import array, fcntl, socket, struct, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
ETHTOOL_STSO, SIOCETHTOOL = 0x1f, 0x8946
value = array.array("B", struct.pack("II", ETHTOOL_STSO, 0))
fcntl.ioctl(s, SIOCETHTOOL, struct.pack("16sP16x",
    sys.argv[1].encode(), value.buffer_info()[0]))' "${1#*/}"
}

in_ns() {
	host=$1
	shift
	ip netns exec "ec$$$host" "$@"
}

# path_server [KIND [ADDRESS]]: one in s; it echoes TCP and UDP on the same
# port, or as KIND says.
path_server() {
	mkfifo "$TMP/ready"
	ip netns exec "ec$$s" python3 tests/echoserver.py "${1:-both}" \
		"${2:-10.9.2.2}" \
		</dev/zero >"$TMP/ready" &
	STARTED="${STARTED:-} $!"
	read -r _ ADDR <"$TMP/ready"
}

tearDown() {
	for pid in ${STARTED:-}; do
		kill -KILL "$pid" 2>/dev/null
	done
	for host in c m s; do
		ip netns del "ec$$$host" 2>/dev/null
	done
	[ -z "$SERVER" ] || stop
}

testARouterThatSaysItsMtuIsBelieved() {
	routed 1400
	path_server
	expect 0 in_ns c echoc -M "$ADDR"
	says out 'interface   mtu 1500'
	says out 'udp, DF     mtu 1400; larger ones are refused by 10.9.1.2, which says 1400'
	says out 'segments of that size get through'
	expect 0 in_ns c echoc -M -o json "$ADDR"
	says out '"path_mtu":1400,"told_mtu":1400,'
	expect 0 in_ns c echoc -M -o nagios "$ADDR"
	says out ', mtu 1400, mss 1348 |'
	says out ' mtu=1400;;;0 mss=1348;;;0 '
}

testABlackHoleIsToldFromARefusal() {
	bridged 1337
	path_server
	expect 1 in_ns c echoc -M "$ADDR"
	says out 'udp, DF     mtu 1337; larger ones vanish without a word: a black hole'
	says out 'they get stuck on the way there: a black hole'
	says out 'with -O mss=1297 they get through'
	expect 1 in_ns c echoc -M -o json "$ADDR"
	says out '"said":"a black hole swallows full-sized segments"'
	says out '"path_mtu":1337,'
	says out '"passing_mss":1297'
	# What it advises does help.
	expect 1 in_ns c echoc -k -s 16384 -W 0.5 "$ADDR"
	expect 0 in_ns c echoc -k -s 16384 -W 5 -O mss=1297 "$ADDR"
}

testTheSameOverIPv6() {
	routed6 1400
	path_server both fd09:2::2
	expect 0 in_ns c echoc -M "$ADDR"
	says out 'udp, DF     mtu 1400; larger ones are refused by '
	says out 'fd09:1::2'
	says out ', which says 1400'
	says out 'segments of that size get through'
}

# A router whose ICMPv6 gets lost: nobody says why, and it is no refusal.
testARouterThatIsNotHeardIsABlackHole() {
	routed6 1400
	path_server both fd09:2::2
	# The silent router could not even say where it is: that stays known.
	wait_for in_ns c echoc -k "$ADDR"
	for ns in c m s; do
		ip -n "ec$$$ns" -6 neigh | while read -r who _ card _ mac _; do
			ip -n "ec$$$ns" neigh replace "$who" dev "$card" \
				lladdr "$mac" nud permanent
		done
	done
	# By number (ICMPv6): a small Debian has no /etc/protocols.
	ip -n "ec$$m" -6 rule add ipproto 58 blackhole 2>/dev/null || {
		skip 'no policy routing by protocol here'
		return
	}
	expect 1 in_ns c echoc -M -W 0.5 "$ADDR"
	says out 'udp, DF     mtu 1400; larger ones vanish without a word: a black hole'
	expect 1 in_ns c echoc -M -W 0.5 -o json "$ADDR"
	json '"black hole" in d["said"] and "told_mtu" not in d'
}

# Nobody echoes datagrams there: that they are refused says they came so far,
# until the other end is tired of saying so.
testAClosedPortIsToldFromABlackHole() {
	routed 1400
	path_server good
	expect 0 in_ns c echoc -M "$ADDR"
	says out 'udp, DF     mtu 1400; larger ones are refused by 10.9.1.2'
	assertEquals 0 "$(grep -c 'black hole' "$TMP/out")"
}

testABlackHoleBeforeAClosedPort() {
	bridged 1337
	path_server good
	expect 1 in_ns c echoc -M "$ADDR"
	says out 'udp, DF     mtu 1337; larger ones vanish without a word: a black hole'
}

testAPlainPathHasTheInterfacesMtu() {
	routed 1500
	path_server
	expect 0 in_ns c echoc -M "$ADDR"
	says out 'mtu 1500; the interface takes no larger ones'
}

testThroughputBothWaysBesideTheKernelsView() {
	bad both
	expect 0 echoc -M -d 1 "$ADDR"
	for line in 'there  *[0-9.]* MB/s, [1-9][0-9]* bytes' \
		'back  *[0-9.]* MB/s, [1-9][0-9]* bytes' \
		'kernel  *rtt  *[0-9.]* [mun]*s, [0-9]* retransmits, cwnd [1-9][0-9]*'; do
		assertEquals "$line in $(cat "$TMP/out")" 1 \
			"$(grep -c "^$line$" "$TMP/out")"
	done
	expect 0 echoc -M -d 0.3 -o json "$ADDR"
	says out '"tcp_rtt_ns":'
	bytes=$(sed -n 's/.*"bytes_sent":\([0-9]*\),"bytes_received":\([0-9]*\),.*/\1 \2/p' "$TMP/out")
	assertEquals 'all of it came back' "${bytes% *}" "${bytes#* }"
}

# One that is silent must not be taken for a black hole.
testASilentServerIsNoBlackHole() {
	bad silent
	expect 1 echoc -M -W 0.3 "$ADDR"
	says out 'nothing came back'
	assertEquals 0 "$(grep -c 'black hole' "$TMP/out")"
}

# It cuts what is larger than its buffer: what the path takes is not known.
testAServerThatCutsDatagramsHidesTheMtu() {
	bad cut
	expect 0 echoc -M "$ADDR"
	says out 'mtu at least 1052; of larger ones: wrong data'
	expect 0 echoc -M -o json "$ADDR"
	json '"path_mtu" not in d and d["least_mtu"] == 1052'
}

# The other end of the cable takes less than ours, which is refused here.
testAPeerWithASmallerMtuIsNoMadeUpNumber() {
	routed 1500
	path_server
	ip -n "ec$$m" link set m0 mtu 1200
	for link in c/c0 m/m0; do
		offloads_off "$link"
	done
	in_ns c echoc -M "$ADDR" >"$TMP/out"
	grep -qE 'mtu at least 120[0-9]; of larger ones: this system has no buffer' "$TMP/out" || fail "$(cat "$TMP/out")"
}

# Even the smallest segments get stuck there: their size is not the reason.
testAServerThatStopsIsNoBlackHole() {
	bad tired
	expect 1 echoc -M -W 1 "$ADDR"
	says out 'the echo stalled in the middle'
	assertEquals 0 "$(grep -c 'black hole' "$TMP/out")"
	bad stall
	expect 1 echoc -M -W 1 "$ADDR"
	says out 'the echo stalled in the middle'
}

testAPathWithoutAServer() {
	closed_port
	expect 1 echoc -M 127.0.0.1 "$PORT"
	says out 'connection refused'
	expect 1 echoc -M -o json no..such.host
	json 'd["errors"] == {"noname": 1} and d["said"] == "no such host name"'
	expect 2 echoc -M -o nagios no..such.host
	says out 'ECHOC CRITICAL - '
	expect 2 echoc -M "unix:$TMP/socket"
	says err 'only IP has a path'
	expect 2 echoc -M -n 3 127.0.0.1
	expect 2 echoc -M -p 127.0.0.1
	says err '-M and -p: one mode at a time'
}

. shunit2
