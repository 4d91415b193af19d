#!/bin/sh
# echoc_verify_test - every way to damage a stream is found and named.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh
. tests/echoc_lib.sh

setUp() {
	! has_config tiny || skip 'tiny has no verify'
}

# verify STATUS OPTION...: run it on $ADDR; JSON in $TMP/out.
verify() {
	status=$1
	shift
	expect "$status" echoc -V -o json "$@" "$ADDR"
}

# damaged KIND COUNTER TEXT: a stream of that kind, wrong at byte 40001 or
# where its group of bytes begins, is said so and counted so.
damaged() {
	bad "bad-$1"
	verify 1 -c 12 -W 2
	json "d['$2'] == d['faults'] == 1 and d['status'] == 'no'"
	says err "$3"
	says err "connection 0, stream 0, byte 4000"
	assertEquals "$1: sent and came" 2 \
		"$(grep -cE '^  (sent|came)( [0-9a-f]{2})*>[0-9a-f]{2}' "$TMP/err")"
}

testARightStreamIsRight() {
	bad good
	verify 0 -n 3 -c 60
	json 'd["received"] == 60 and d["size"] == 16384 and d["faults"] == 0'
	json 'd["bytes_received"] == d["bytes_sent"] == 60 << 14'
	json 'd["wrong_bytes"] == d["flips"] == d["garbage"] == 0'
	json '"path_mtu" not in d and "lost" not in d'
	verify 0 -c 40 -s 1
	verify 0 -c 40 -s 1237 -O depth=9
	bad bytewise
	verify 0 -c 3 -s 999
}

testABitFlipIsNamedWithItsMask() {
	damaged flip flips 'bit flip, mask 20, bytes 1'
	json 'd["wrong_bytes"] == 1 and d["received"] == 11'
	json 'd["errors"] == {"wrong": 1}'
	# The bytes that are shown differ in nothing else.
	python3 -c '
import sys
s, c = [l.replace(">", " ").split()[1:] for l in open(sys.argv[1])
        if l.startswith("  ")]
x = [int(a, 16) ^ int(b, 16) for a, b in zip(s, c)]
assert sum(x) == 0x20 and x[4] == 0x20 and len(s) == 24, x' "$TMP/err" ||
		fail "$(cat "$TMP/err")"
}

# It never ends within what is looked at, so it is found again and again.
testAStuckDataLineIsAFlipInManyBytes() {
	bad bad-stuck
	verify 1 -c 12 -W 2
	json 'd["flips"] == d["faults"] >= 1 and d["wrong_bytes"] > 100'
	says err 'bit flip, mask 40, bytes '
}

testByteSwapsAreNamedWithTheirWidth() {
	for width in 2 4 8; do
		damaged swap$width swaps "byte swap in groups of $width, bytes "
		json '"wrong_bytes" in d and d["received"] == 11'
	done
}

testABlockOfZerosIsNamed() {
	damaged zeros fills '100 bytes are all 00'
}

testStaleDataIsNamedWithItsPlace() {
	damaged stale stale 'stale data, 500 bytes, those of byte 8003'
}

testDataOfAnotherConnectionIsNamedWithItsPlace() {
	bad bad-foreign
	verify 1 -n 2 -c 16 -W 2
	json 'd["foreign"] == d["faults"] == 1'
	grep -qE 'data of another connection, stream [01] byte 12345$' \
		"$TMP/err" || fail "$(cat "$TMP/err")"
}

testMissingBytesAreCounted() {
	damaged missing missing 'byte 40001: 77 bytes are missing'
}

testARepeatedSegmentIsNamed() {
	damaged repeated repeated 'byte 40001: the last 300 bytes came again'
}

testInsertedBytesAreNamed() {
	damaged inserted inserted \
		'byte 40001: 18 bytes too many, of no known origin'
}

testGarbageIsGarbage() {
	damaged garbage garbage 'wrong data of no known origin, bytes 6'
}

testATruncatedStreamSaysWhatIsMissing() {
	bad bad-truncated
	verify 1 -c 4 -W 2
	json 'd["truncated"] >= 1 and d["errors"].get("closed", 0) >= 1'
	says err 'byte 40001: closed early, '
}

testTwiceAndSilentAndStalled() {
	bad twice
	verify 1 -c 4 -s 100 -O depth=1 -W 1
	json 'd["status"] == "no" and d["failed"] > 0'
	bad stall
	verify 1 -c 1 -s 100 -W 0.1
	json 'd["errors"] == {"stalled": 1} and d["faults"] == 0'
}

# It goes on after a fault, on a new connection where it must.
testASoakGoesOnAfterAFault() {
	for kind in flip missing; do
		bad bad-$kind
		verify 1 -c 40 -W 2
		json 'd["received"] >= 30 and d["faults"] >= 1'
	done
}

testDatagramsAreVerifiedToo() {
	bad udp-good
	verify 0 -u -c 50 -s 1000
	json 'd["received"] == 50'
	bad udp-flip
	verify 1 -u -c 50 -s 100 -W 1
	json 'd["flips"] == d["faults"] == d["errors"]["wrong"] == 5'
	says err 'byte 920: bit flip, mask 01'
	bad udp-short
	verify 1 -u -c 2 -s 100 -W 1
	json 'd["truncated"] == 2'
	says err 'a datagram of 100 bytes came back with 99'
}

# Our own server's faults, one by one.
testChaosOfEchodIsNamed() {
	serve -O chaos=corrupt
	verify 1 -c 20 -s 1000 -W 2
	json 'd["flips"] == d["faults"] >= 1 and d["errors"]["wrong"] >= 1'
	says err 'bit flip, mask '
	stop
	serve -O chaos=echo-twice
	verify 1 -c 20 -s 1000 -W 1
	json 'd["repeated"] >= 1 or d["errors"].get("twice", 0) >= 1'
	stop
	serve -O chaos=close-early:5000
	verify 1 -c 20 -s 1000 -W 1
	json 'd["truncated"] >= 1 and d["errors"]["closed"] >= 1'
	says err 'closed early, '
	stop
	serve -O chaos=stall:1
	verify 1 -c 2 -s 1000 -O depth=1 -W 0.1
	json 'd["errors"] == {"silent": 2} and d["faults"] == 0'
	json 'd["service"]["count"] == 2'
	stop
	serve -O chaos=crash
	verify 1 -c 2 -s 1000 -O depth=1 -W 1
	json 'd["failed"] == 2 and set(d["errors"]) <= {"reset", "closed"}'
}

testWorkersVerifyToo() {
	bad bad-flip
	verify 1 -P 2 -n 2 -c 24 -W 2
	json 'd["flips"] == d["faults"] == 1 and d["received"] == 23'
}

testThePeopleSeeTheSameNumbers() {
	bad bad-flip
	expect 1 echoc -V -c 12 "$ADDR"
	says out 'verify of tcp '
	says out '1 places where the stream was wrong, 1 wrong bytes'
	says out ' 1 flips'
	says out '1 wrong: wrong data'
}

. shunit2
