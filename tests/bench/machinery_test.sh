#!/bin/sh
# machinery_test - a short `make bench` from end to end: every table is filled.
# limit: 900
# shellcheck disable=SC1091
. tests/lib.sh

setUp() {
	[ -z "$CONFIG" ] || skip 'the judges are the same for every configuration'
}

# A page with the places of docs/benchmarks.md and nothing in them.
empty_page() {
	for name in machine targets growth calls sizes tables; do
		printf '<!-- bench: %s -->\n<!-- end -->\nkept\n' $name
	done >"$TMP/page.md"
}

groups() {
	find /sys/fs/cgroup -maxdepth 2 -name 'echobox-bench-*' 2>/dev/null
}

# A peer that is not there, or does not answer, has its reason in its place.
testAShortRunFillsEveryTable() {
	empty_page
	before=$(groups)
	sh tests/bench/run --seconds 60 --rounds 1 --most 60 --herd 150 \
		--doc "$TMP/page.md" >"$TMP/out" 2>"$TMP/err"
	assertEquals "$(tail -n 5 "$TMP/err")" 0 $?
	python3 - "$TMP/page.json" <<-'END' >"$TMP/wrong"
		import json, sys
		data = json.load(open(sys.argv[1]))
		wanted = ("connections/s, 256 at once", "first byte, 100/s",
		    "first byte, cores idle", "round trips/s, 500 x 1024 B", "bulk",
		    "datagrams/s, 1400 B", "held, 60", "base memory", "exec to ready",
		    "finding zombies", "an init before", "an init in a storm",
		    "an init's start-up", "raw cost", "system calls",
		    "round trips/s, 1 x 1048576 B")
		for name in wanted:
		    if not any(f.startswith(name) for f in data["results"]):
		        print("no figure", name)
		for figure, rows in data["results"].items():
		    for row, got in rows.items():
		        ours = row.startswith(("echod", "baseline", "zombiewatch"))
		        if not [k for k in got if k != "failed"] and \
		                (ours or not got.get("failed")):
		            print(figure, "-", row, got)
		for line in data["targets"]:
		    if line["met"] not in ("yes", "NO") and line["of"] != "no peer":
		        print("not judged:", line)
	END
	assertNull "$(cat "$TMP/wrong")" "$(cat "$TMP/wrong")"
	assertEquals 'what is written by hand stays' 6 "$(grep -cx kept "$TMP/page.md")"
	for text in 'echod prefork -r 1' 'baseline epoll' 'grows as' 'accept' \
		'echobox, tiny' 'exec to ready'; do
		assertTrue "$text" "grep -qF '$text' '$TMP/page.md'"
	done
	assertEquals 'no control group is left' "$before" "$(groups)"
}

testAPageWithoutPlacesIsNamedBeforeTheRun() {
	echo nothing >"$TMP/page.md"
	expect 1 sh tests/bench/run --seconds 600 --doc "$TMP/page.md"
	says err 'no place for machine'
}

# shellcheck disable=SC1091
. shunit2
