#!/bin/sh
# bloat_test - `make size` and `make bloat`: each byte is in one line.
# shellcheck disable=SC1091
. tests/lib.sh

setUp() {
	[ -z "$CONFIG" ] || skip 'the default build stands for all'
}

# The first column of a report, up to its first empty line, summed up.
sum() {
	awk 'NF == 0 { if (n) exit; next } { s += $1; n++ } END { print s + 0 }' "$1"
}

testEveryByteOfTheBoxIsExplained() {
	expect 0 tests/bloat size "$BOX"
	bytes=$(stat -c %s "$BOX")
	says out "$bytes in all"
	tail -n +3 "$TMP/out" >"$TMP/rooms"
	assertEquals 'the rooms are the file' "$bytes" "$(sum "$TMP/rooms")"
	for whose in applets/echod libcore 'C library' strings 'file format'; do
		says out " $whose"
	done
	assertNull 'somebody is nobody' "$(grep ' ?$' "$TMP/out")"
}

testADifferenceIsExplainedToTheByte() {
	for x in '' .debug .map; do
		cp "$BOX$x" "$TMP/longer$x"
	done
	printf 0123456789 >>"$TMP/longer"
	expect 0 tests/bloat diff "$BOX" "$TMP/longer"
	assertEquals 'the lines are the difference' 10 "$(sum "$TMP/out")"
	says out '(table of sections)'
	expect 0 tests/bloat diff "$BOX" "$BOX"
	assertEquals 'nothing grew' 0 "$(sum "$TMP/out")"
}

testABaselineThatIsNotThereIsNamed() {
	expect 1 tests/bloat diff "$TMP/none" "$BOX"
	says err 'make baseline'
}

testABrokenFileIsNotExplained() {
	cp "$BOX" "$TMP/box"
	cp "$BOX.debug" "$TMP/box.debug"
	cp "$BOX.map" "$TMP/box.map"
	head -c 100000 "$BOX" >"$TMP/box"
	tests/bloat size "$TMP/box" >"$TMP/out" 2>"$TMP/err"
	assertNotEquals 0 $?
}

. shunit2
