#!/bin/sh
# echoc_report_test - each format by its own rules, and what people see.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh
. tests/echoc_lib.sh

setUp() {
	! has_config tiny || skip 'tiny has no load'
}

# result FORMAT OPTION...: a load in that format, in $TMP/out.
result() {
	format=$1
	shift
	expect 0 echoc -l -o "$format" "$@" "$ADDR"
}

# python TEXT: run it on sys.argv[1], the output; it asserts.
python() {
	python3 -c "import sys
text = open(sys.argv[1]).read()
$1" "$TMP/out" || fail "$(head -c 3000 "$TMP/out")"
}

testJsonHasWhatThePageSays() {
	bad good
	for mode in -l -V '-p -i 0' '-l -r 1000'; do
		# shellcheck disable=SC2086
		expect 0 echoc $mode -c 30 -o json "$ADDR"
		assertEquals "$mode: one line" 1 "$(wc -l <"$TMP/out")"
		json 'd["received"] == 30 and d["status"] == "ok"'
		json 'all(k.endswith("_ns") or k == "count"
			for k in d["service"])'
		json 'd["service"]["min_ns"] <= d["service"]["p50_ns"] <=
			d["service"]["p90_ns"] <= d["service"]["p99_ns"] <=
			d["service"]["p99_9_ns"] <= d["service"]["max_ns"]'
		# Every name of the object has its place in the manual page.
		python '
import json, re, subprocess
page = open("docs/echoc.1").read()
words = set(re.findall(r"[a-z0-9_]+", page))
d = json.loads(text)
for o in (d, d["service"], d.get("timeline", {})):
    for k in o:
        assert k in words, k'
	done
}

testJsonEscapesTheTarget() {
	# As long as a path can be, and each byte longer when it is escaped.
	long=$(printf '\001%.0s' $(seq 70))
	bad good "unix:$TMP/a\"b\\c$long"
	expect 0 echoc -l -c 1 -o json "unix:$TMP/a\"b\\c$long"
	json '"a\"b" in d["target"] and d["transport"] == "unix"'
	expect 0 echoc -l -c 1 -o prom "unix:$TMP/a\"b\\c$long"
	python '
import re
assert text.rstrip().split("\n")[-1].startswith("echoc_failed{")
for l in text.splitlines():
    assert l[0] == "#" or re.fullmatch(
        r"[a-z_0-9]+\{([a-z]+=\"(\\[\\n\"]|[^\\\"])*\",?)+\} [0-9.]+", l), l'
}

testCsvIsAHeaderAndALineOfTheSameColumns() {
	bad good
	result csv -c 20
	head -n 1 "$TMP/out" >"$TMP/header"
	python '
import csv, io
rows = list(csv.DictReader(io.StringIO(text)))
assert len(rows) == 1 and None not in rows[0], rows
r = rows[0]
assert r["mode"] == "load" and r["status"] == "ok", r
assert r["received"] == r["service_count"] == "20" and r["failed"] == "0", r
assert r["response_p99_ns"] == "" and r["jitter_ns"] == "", r
assert int(r["service_p50_ns"]) <= int(r["service_max_ns"]), r'
	for mode in '-l -r 1000' -V '-p -i 0'; do
		# shellcheck disable=SC2086
		expect 0 echoc $mode -c 3 -o csv "$ADDR"
		assertEquals "$mode has the same header" "$(cat "$TMP/header")" \
			"$(head -n 1 "$TMP/out")"
	done
}

# The rules of the text format: a type once and before its samples, which
# stand together; labels quoted; numbers that Python reads too.
testPrometheusTakesIt() {
	bad good
	result prom -r 1000 -c 40
	python '
import re
seen, current, values = set(), None, {}
for l in text.splitlines():
    if l.startswith("# TYPE "):
        _, _, current, kind = l.split()
        assert current not in seen and kind in ("gauge", "summary"), l
        seen.add(current)
        continue
    m = re.fullmatch(r"([a-z_0-9]+)\{(.*)\} ([0-9.]+)", l)
    assert m, l
    name = re.sub("_(sum|count)$", "", m[1])
    assert current in (m[1], name), l
    values[m[1] + (re.findall("(?:quantile|kind)=\"([^\"]*)\"", m[2]) or
                   [""])[0]] = float(m[3])
assert text.endswith("\n")
assert values["echoc_success"] == 1 and values["echoc_received"] == 40
assert values["echoc_response_seconds_count"] == 40
assert 0 < values["echoc_response_seconds0.500"] <= \
    values["echoc_response_seconds1"] < 100, values
assert values["echoc_errorsreset"] == 0
assert 0.039 <= values["echoc_elapsed_seconds"] < 60, values'
}

# As HdrHistogram writes it: four columns, the last line without the fourth,
# and three lines of footer.
testThePlotterOfHdrHistogramTakesIt() {
	bad good
	for rate in '' '-r 2000'; do
		# shellcheck disable=SC2086
		result hgrm $rate -c 100
		python '
import re
head, blank, *lines = text.splitlines()
assert head.split() == ["Value", "Percentile", "TotalCount",
                        "1/(1-Percentile)"] and blank == "", head
rows = [[float(w) for w in l.split()] for l in lines[:-3]]
assert all(len(r) == 4 for r in rows[:-1]) and len(rows[-1]) == 3, rows
assert rows[-1][1:] == [1.0, 100.0], rows[-1]
for a, b in zip(rows, rows[1:]):
    assert a[0] < b[0] and a[1] < b[1] and a[2] < b[2], (a, b)
for r in rows[:-1]:
    assert abs(r[1] - r[2] / 100) < 1e-9, r
    assert abs(r[3] - 1 / (1 - r[1])) < 0.01 * r[3], r
number = r"= *([0-9.]+)"
m = re.fullmatch(r"#\[Mean +" + number + r", StdDeviation +" + number + r"\]",
                 lines[-3])
assert m and rows[0][0] * 0.97 <= float(m[1]) <= rows[-1][0], lines
m = re.fullmatch(r"#\[Max +" + number + r", Total count +" + number + r"\]",
                 lines[-2])
assert m and float(m[1]) == rows[-1][0] and m[2] == "100", lines
assert lines[-1].startswith("#[Buckets ")'
	done
}

testNagiosHasItsLineAndItsStatus() {
	bad good
	line='^ECHOC OK - load 127.0.0.1:[0-9]*: 9 echoed, 0 failed, p99 *[0-9.]* *[num]*s |'
	result nagios -c 9
	assertEquals "$(cat "$TMP/out")" 1 "$(grep -c "$line" "$TMP/out")"
	python '
import re
perf = text.split("|")[1].split()
for p in perf:
    assert re.fullmatch(
        r"[a-z0-9]+=[0-9.]+(s|c|)?(;[0-9.]*){3}(;[0-9.]*)?", p), p
assert {p.split("=")[0] for p in perf} >= {"p50", "p99", "max", "failed"}'
	expect 1 echoc -l -o nagios -c 9 -O warn=0.000000001 -O crit=1h "$ADDR"
	says out 'ECHOC WARNING - '
	expect 2 echoc -l -o nagios -c 9 -O warn=0.000000001 -O crit=0.000000002 "$ADDR"
	says out 'ECHOC CRITICAL - '
	bad rst
	expect 2 echoc -l -o nagios -c 3 -W 1 "$ADDR"
	says out 'ECHOC CRITICAL - '
	says out 'failed='
}

testTheHistogramIsDrawnInTheTerminalsLetters() {
	bad good
	for locale in LC_ALL=C.UTF-8 LC_CTYPE=C.utf8 LANG=de_DE.UTF-8; do
		expect 0 env -u LC_ALL -u LC_CTYPE -u LANG $locale \
			echoc -l -c 200 "$ADDR"
		says out '█'
	done
	for locale in LC_ALL=C LANG= LC_ALL=POSIX; do
		expect 0 env -u LC_ALL -u LC_CTYPE -u LANG $locale \
			echoc -l -c 200 "$ADDR"
		says out '####'
		assertEquals "$locale" '' "$(tr -d '\t\n -~' <"$TMP/out")"
	done
	expect 0 env LC_ALL=C.UTF-8 echoc -l -c 200 -O ascii "$ADDR"
	says out '####'
	expect 0 env LC_ALL=C echoc -l -c 200 -O ascii=0 "$ADDR"
	says out '█'
	expect 0 echoc -l -q -c 200 "$ADDR"
	assertEquals quiet 0 "$(grep -c '#' "$TMP/out")"
}

# The bars' numbers are all there is, in the order of time, and the row of
# the run has a character a slot.
testTheDrawingAddsUp() {
	bad good
	expect 0 env LC_ALL=C echoc -l -r 1000 -c 300 "$ADDR"
	python '
import re
bars = [int(m[1]) for m in re.finditer(
    r"^ *[0-9.]+ +[num]?s +(\d+) [#.]*$", text, re.M)]
assert sum(bars) == 300 and len(bars) <= 30, bars
run = re.search(r"^done     (.*) up to [0-9.]+k?/s$", text, re.M)
slow = re.search(r"^slowest  (.*) up to *[0-9.]+ +[num]?s$", text, re.M)
assert run and slow and len(run[1]) == len(slow[1]) <= 64, text
assert "#" in run[1] and "#" in slow[1]'
}

testTheColumnsFitATerminal() {
	bad good
	expect 0 env LC_ALL=C echoc -l -r 1000 -c 300 "$ADDR"
	assertEquals '' "$(sed 1,2d "$TMP/out" | grep '.\{81,\}' | grep -v '^[ds]')"
}

# A terminal on standard error gets a line a second, over itself; -q none.
testALineOfProgressIsForTerminalsOnly() {
	bad good
	for quiet in '' -q; do
		python3 - "$ADDR" $quiet >"$TMP/out" <<'P'
import os, pty, subprocess, sys
parent, child = pty.openpty()
p = subprocess.Popen(["echoc", "-l", "-o", "json", "-r", "200", "-d", "5"] +
                     sys.argv[2:] + [sys.argv[1]], stderr=child,
                     stdout=subprocess.DEVNULL)
os.close(child)
text = b""
try:
    while True:
        text += os.read(parent, 4096)
except OSError:
    pass
p.wait()
print(repr(text))
P
		if [ -z "$quiet" ]; then
			says out '/s  p99'
			says out 's left\x1b[K'
			says out '\r\x1b[K'"'"
		else
			assertEquals "b''" "$(cat "$TMP/out")"
		fi
	done
	expect 0 echoc -l -c 1 "$ADDR"
	assertEquals '' "$(cat "$TMP/err")"
}

testAFormatThatIsNoneIsRefused() {
	expect 2 echoc -l -o yaml 127.0.0.1:7
	says err yaml
	expect 2 echoc -k -o hgrm 127.0.0.1:7
	expect 2 echoc -o json 127.0.0.1:7
}

testAnOutputThatIsFullIsAnError() {
	bad good
	echoc -l -c 3 -o json "$ADDR" >/dev/full 2>"$TMP/err"
	assertEquals 3 $?
	says err 'standard output'
	echoc -l -c 300 -o hgrm "$ADDR" >/dev/full 2>"$TMP/err"
	assertEquals 3 $?
}

. shunit2
