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

# damaged MESSAGES COUNTER PATTERN: the one fault of so many messages to $ADDR,
# at byte 40001 or where its group of bytes begins, is counted so, and said
# so. A byte in four hundred that should differ does not: 40002 then.
damaged() {
	verify 1 -c "$1" -W 2
	json "d['$2'] == d['faults'] == 1 and d['status'] == 'no'"
	grep -qE "connection 0, stream 0, byte 4000[0-4]: $3\$" "$TMP/err" ||
		fail "not $3: $(cat "$TMP/err")"
	assertEquals "$2: sent and came" 2 \
		"$(grep -cE '^  (sent|came)( [0-9a-f]{2})*>[0-9a-f]{2}' "$TMP/err")"
}

# chaos WHAT MESSAGES COUNTER PATTERN: our own server does it, at byte 40001.
# Where the stream is lost by it, five messages do not come so far again.
chaos() {
	serve -O "chaos=$1:40001" 127.0.0.1:0
	shift
	damaged "$@"
	stop
}

# models: those that this build has.
models() {
	echod -m none 2>&1 | sed -n 's/.*the models are//p'
}

testARightStreamIsRight() {
	for model in $(models); do
		serve -m "$model"
		verify 0 -n "$([ "$model" = single ] && echo 1 || echo 3)" -c 60
		json 'd["received"] == 60 and d["size"] == 16384 and d["faults"] == 0'
		json 'd["bytes_received"] == d["bytes_sent"] == 60 << 14'
		json 'sum(d[k] for k in ("wrong_bytes", "flips", "swaps", "fills",
			"stale", "foreign", "missing", "repeated", "inserted",
			"garbage", "truncated")) == 0'
		json '"path_mtu" not in d and "lost" not in d'
		assertNull "$(cat "$TMP/err")"
		stop
	done
	serve
	verify 0 -c 40 -s 1
	verify 0 -c 40 -s 1237 -O depth=9
	bad bytewise
	verify 0 -c 3 -s 999
}

testABitFlipIsNamedWithItsMask() {
	chaotic || return
	chaos flip 12 flips 'bit flip, mask 20, bytes 1'
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
	chaotic || return
	chaos swap 12 swaps 'byte swap in groups of 4, bytes [0-9]+'
	json 'd["received"] == 11 and 20 < d["wrong_bytes"] <= 32'
	for width in 2 8; do
		bad bad-swap$width
		damaged 12 swaps "byte swap in groups of $width, bytes [0-9]+"
		json '"wrong_bytes" in d and d["received"] == 11'
	done
}

testABlockOfZerosIsNamed() {
	chaotic || return
	chaos fill 12 fills '6[0-4] bytes are all 00'
	json 'd["received"] == 11 and 50 < d["wrong_bytes"] <= 64'
}

testStaleDataIsNamedWithItsPlace() {
	chaotic || return
	chaos stale 12 stale 'stale data, 6[0-4] bytes, those of byte [0-4]'
	json 'd["received"] == 11 and 50 < d["wrong_bytes"] <= 64'
}

# The connection that is there first may find nobody else's data.
testDataOfAnotherConnectionIsNamedWithItsPlace() {
	chaotic || return
	for model in $(models); do
		[ "$model" != single ] || continue
		serve -m "$model" -O chaos=foreign:40001 127.0.0.1:0
		verify 1 -n 2 -c 40 -W 2
		json '1 <= d["foreign"] == d["faults"] <= 2'
		grep -qE 'byte 4000[1-4]: data of another connection, stream [01] byte [0-4]$' \
			"$TMP/err" || fail "$model: $(cat "$TMP/err")"
		stop
	done
}

testMissingBytesAreCounted() {
	chaotic || return
	chaos lose 5 missing '64 bytes are missing'
}

testARepeatedSegmentIsNamed() {
	chaotic || return
	chaos repeat 5 repeated 'the last 64 bytes came again'
}

testInsertedBytesAreNamed() {
	chaotic || return
	chaos insert 5 inserted '18 bytes too many, of no known origin'
}

testGarbageIsGarbage() {
	chaotic || return
	chaos garbage 12 garbage 'wrong data of no known origin, bytes [56][0-9]'
}

# Half of the first word of what is inserted is what should be there.
testInsertedBytesThatBeginRightAreNamed() {
	bad bad-insertedright
	damaged 5 inserted '19 bytes too many, of no known origin'
}

testEveryModelDamagesAlike() {
	chaotic || return
	for model in $(models); do
		for what in flip:flips lose:missing truncate:truncated; do
			serve -m "$model" -O "chaos=${what%:*}:40001" 127.0.0.1:0
			verify 1 -c 5 -W 2
			json "d['${what#*:}'] == d['faults'] == 1"
			says err 'byte 4000'
			stop
		done
	done
}

testATruncatedStreamSaysWhatIsMissing() {
	chaotic || return
	serve -O chaos=truncate:40001 127.0.0.1:0
	verify 1 -c 5 -W 2
	json 'd["truncated"] == d["faults"] == 1'
	json '1 <= d["errors"]["closed"] <= 3 and d["received"] >= 2'
	grep -qE 'byte 40001: closed early, [0-9]+ bytes that were sent are missing' \
		"$TMP/err" || fail "$(cat "$TMP/err")"
}

testTwiceAndSilentAndStalled() {
	chaotic || return
	serve -O chaos=echo-twice
	verify 1 -c 4 -s 100 -O depth=1 -W 1
	json 'd["status"] == "no" and d["failed"] > 0'
	bad stall
	verify 1 -c 1 -s 100 -W 1
	json 'd["errors"] == {"stalled": 1} and d["faults"] == 0'
}

# It goes on after a fault, on a new connection where it must.
testASoakGoesOnAfterAFault() {
	chaotic || return
	for kind in flip lose; do
		serve -O chaos=$kind:400001 127.0.0.1:0
		verify 1 -c 60 -W 2
		json 'd["received"] >= 40 and d["faults"] >= 1'
		stop
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
	chaotic || return
	serve -O chaos=corrupt
	verify 1 -c 20 -s 1000 -W 2
	json 'd["flips"] == d["faults"] >= 1 and d["errors"]["wrong"] >= 1'
	says err 'bit flip, mask '
	stop
	serve -O chaos=echo-twice
	verify 1 -c 20 -s 1000 -W 1
	json 'd["repeated"] >= 1 or d["errors"].get("twice", 0) >= 1'
	stop
	serve -O chaos=close-early:5000 127.0.0.1:0
	verify 1 -c 20 -s 1000 -W 1
	json 'd["truncated"] >= 1 and d["errors"]["closed"] >= 1'
	says err 'closed early, '
	stop
	serve -O chaos=stall:4 127.0.0.1:0
	verify 1 -c 2 -s 1000 -O depth=1 -W 2
	json 'd["errors"] == {"silent": 2} and d["faults"] == 0'
	json 'd["service"]["count"] == 2'
	stop
	serve -O chaos=crash
	verify 1 -c 2 -s 1000 -O depth=1 -W 1
	json 'd["failed"] == 2 and set(d["errors"]) <= {"reset", "closed"}'
}

testWorkersVerifyToo() {
	chaotic || return
	serve -O chaos=flip:40001 127.0.0.1:0
	verify 1 -P 2 -n 2 -c 24 -W 2
	json 'd["flips"] == d["faults"] == 2 and d["received"] == 22'
}

testThePeopleSeeTheSameNumbers() {
	chaotic || return
	serve -O chaos=flip:40001 127.0.0.1:0
	expect 1 echoc -V -c 12 "$ADDR"
	says out 'verify of tcp '
	says out '1 places where the stream was wrong, 1 wrong bytes'
	says out ' 1 flips'
	says out '1 wrong: wrong data'
}

. shunit2
