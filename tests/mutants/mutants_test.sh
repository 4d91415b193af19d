#!/bin/sh
# mutants_test - every mutant is caught by the test it names (slow tier).
# limit: 3000
# shellcheck disable=SC1091
. tests/lib.sh

testEveryMutantIsCaught() {
	[ -z "$CONFIG" ] || {
		skip 'mutants name their own configurations'
		return
	}
	sh tests/mutants/run >"$TMP/out" 2>&1
	assertEquals "$(grep -v '^caught' "$TMP/out")" 0 $?
}

. shunit2
