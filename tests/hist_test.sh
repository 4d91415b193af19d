#!/bin/sh
# hist_test - the histogram of times, through coretest, against python's own.
# shellcheck disable=SC1091,SC2154,SC2094
. tests/lib.sh

# against PYTHON: samples by an expression, in one histogram and in seven
# merged; count, extremes, mean and mdev exact, percentiles within 1 %.
against() {
	python3 -c "
import random
random.seed(7)
print('\n'.join(str(int(v)) for v in ($1)))" >"$TMP/samples"
	for n in 1 7; do
		"$BUILD/coretest" hist "$n" <"$TMP/samples" |
			python3 -c "
import math, sys
v = sorted(int(s) for s in open(sys.argv[1]))
got = [int(s) for s in sys.stdin.read().split()]
n, total = len(v), sum(v)
var = (n * sum(x * x for x in v) - total * total) // (n * n)
assert got[:4] == [n, v[0], v[-1], total // n], (got, n, v[0], v[-1])
assert abs(got[4] - math.isqrt(var)) <= 1, ('mdev', got[4], math.isqrt(var))
for p, g in zip((50000, 90000, 99000, 99900, 100000), got[5:]):
    want = v[max(0, -(-n * p // 100000) - 1)]
    assert abs(g - want) <= max(want / 100, 8), (p, g, want)
" "$TMP/samples" || fail "$1, $n merged"
	done
}

testPercentilesAreWithinOnePercent() {
	against 'random.lognormvariate(11, 1.5) for _ in range(20000)'
	against 'random.randrange(1000, 60 * 10**9) for _ in range(20000)'
	against 'random.expovariate(1 / 50000) + 1000 for _ in range(5000)'
}

testAFewSamplesAreExactAtTheEnds() {
	against '[123456789]'
	against '[5000, 7000000]'
	against '[1000, 20000, 300000]'
	against '[0, 1, 2, 3]'
	against '[1000000] * 99 + [60000000000]'
}

testASmallSpreadAroundALargeMeanIsKept() {
	against '10**10 + random.randrange(-20, 20) for _ in range(10000)'
}

testTheLastBucketIsStillCounted() {
	big=30000000000000
	assertEquals "3 5000 $big 13333333335000 12472191287464 $big $big $big $big $big" \
		"$(printf '5000\n10000000000000\n%s\n' $big |
			"$BUILD/coretest" hist 1)"
}

testNothingIsNoNumberMadeUp() {
	assertEquals '0 0 0 0 0 0 0 0 0 0' \
		"$("$BUILD/coretest" hist 3 </dev/null)"
}

testBucketsLieSideBySideInSixteenKilobytes() {
	# shellcheck disable=SC2046
	set -- $("$BUILD/coretest" buckets)
	assertEquals "$*" 2 $#
	assertTrue "$1 bytes" "[ $1 -le 16384 ]"
	assertTrue "ends at $2 ns" "[ $2 -ge 60000000000 ]"
}

. shunit2
