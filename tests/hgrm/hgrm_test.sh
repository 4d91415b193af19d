#!/bin/sh
# hgrm_test - echoc -o hgrm is taken by HdrHistogram itself (npm's
# hdr-histogram-js, fetched once into the cache).
# limit: 300
# shellcheck disable=SC1091,SC2154
. tests/lib.sh
. tests/echoc_lib.sh

npm_cache=${ECHOBOX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/echobox}/npm

setUp() {
	! has_config tiny || skip 'tiny has no load'
	[ -d "$npm_cache/node_modules/hdr-histogram-js" ] || {
		mkdir -p "$npm_cache"
		timeout 200 npm install --no-audit --no-fund --prefix \
			"$npm_cache" hdr-histogram-js@3 >"$TMP/npm" 2>&1
	} || skip 'no npm, or no registry'
}

testHdrHistogramTakesTheFile() {
	serve
	for rate in '' '-r 2000'; do
		# shellcheck disable=SC2086
		expect 0 echoc -l $rate -c 3000 -o hgrm "$ADDR"
		cp "$TMP/out" "$TMP/run.hgrm"
		NODE_PATH=$npm_cache/node_modules node tests/hgrm/hgrm.js \
			"$TMP/run.hgrm" >"$TMP/js" 2>"$TMP/err"
		assertEquals "$(cat "$TMP/err")" 0 $?
		python3 - "$TMP/run.hgrm" "$TMP/js" <<'P' || fail "$(head -c 2000 "$TMP/js")"
import json, re, sys
ours = open(sys.argv[1]).read().splitlines()
theirs = json.load(open(sys.argv[2]))
assert ours[0] == theirs["header"], ours[0]
footer = [l for l in ours if l.startswith("#")]
number = re.compile(r" *[0-9.]+")
for a, b in zip(footer, theirs["footer"], strict=True):
    assert number.sub(" 0", a) == number.sub(" 0", b), (a, b)
mean, = re.findall(r"Mean += +([0-9.]+)", footer[0])
most, count = re.findall(r"= +([0-9.]+)", footer[1])
assert theirs["count"] == int(count) == 3000, count
assert abs(theirs["mean"] - float(mean)) < 0.02 * float(mean), mean
assert abs(theirs["max"] - float(most)) < 0.01 * float(most), most
P
	done
}

. shunit2
