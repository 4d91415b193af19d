#!/bin/sh
# zombiewatch_trial_test - the trial card: ours passes, broken inits do not.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh

# Skipped before it begins: what never answers would be waited for.
has_config tiny lean && {
	echo 'SKIP: it has no trial card'
	exit 0
}

# The box runs itself below the init on trial, which an emulator prevents.
emulated() {
	[ -n "${EMULATED:-}" ] && skip 'the box cannot run itself under emulation'
}

# catches TRIAL...: each passes with a good init, and fails with one that
# does just this wrong.
catches() {
	cc -o "$TMP/badinit" tests/badinit.c
	for trial; do
		expect 0 zombiewatch -t -n "$trial" -- "$TMP/badinit" good
		expect 1 zombiewatch -t -n "$trial" -- "$TMP/badinit" "$trial"
		says out "FAIL  $trial "
	done
}

testOursPassesAll() {
	emulated && return
	expect 0 zombiewatch -t -- zombiewatch -r
	says out '23 passed, 0 failed'
	assertEquals 'not one is skipped' 23 "$(grep -c '^pass  ' "$TMP/out")"
}

testOursPassesAllWithTheWholeTree() {
	emulated && return
	expect 0 zombiewatch -t -- zombiewatch -r -a -v --
	says out '23 passed, 0 failed'
}

testOursPassesAllWithoutANamespace() {
	emulated && return
	unshare -Ur true 2>/dev/null || {
		skip 'no user namespace to forbid PID namespaces in'
		return
	}
	expect 0 unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_pid_namespaces
		exec zombiewatch -t -- zombiewatch -r'
	says out 'as a child here'
	says out '23 passed, 0 failed'
}

# Each answer of a payload whose trial has gone raises a SIGPIPE to answer.
testAPayloadEndsWhenItsTrialIsGone() {
	mkfifo "$TMP/talk"
	zombiewatch -t =a 15 >"$TMP/talk" &
	STARTED="${STARTED:-} $!"
	head -c 1 <"$TMP/talk" >/dev/null
	kill -USR1 $!
	wait_for sh -c "! kill -0 $!" || fail 'it answers for ever'
}

testItCatchesWrongExitStatuses() {
	emulated && return
	catches exit killed exec deaf closed
}

testItCatchesInitsThatReapTooLittle() {
	emulated && return
	catches burst pile daemon stop
}

testItCatchesLostSignals() {
	emulated && return
	catches signals realtime early group hangup nested
}

testItCatchesCarelessInits() {
	emulated && return
	catches terminal mask hold listen directory idle
}

testItCatchesInitsThatLeaveTheRest() {
	emulated && return
	catches grace session
}

# fails TRIALS COMMAND...: this init fails these trials, and no other.
fails() {
	trials=$1
	shift
	emulated && return
	command -v "$1" >/dev/null || {
		skip "no $1"
		return
	}
	expect 1 zombiewatch -t -- "$@"
	# "early" is a race that a peer loses on most days, not on all: where it
	# is listed, its outcome does not count. badinit shows that it is caught.
	case $trials in *early*) race=early ;; *) race=none ;; esac
	assertEquals "$(cat "$TMP/out")" \
		"$(echo "$trials" | xargs -n 1 | grep -vx $race | xargs)" \
		"$(sed -n 's/^FAIL  \([a-z]*\) .*/\1/p' "$TMP/out" | sort |
			grep -vx $race | xargs)"
}

testTiniFailsNine() {
	fails 'closed deaf directory grace group hold idle listen session' \
		/usr/bin/tini --
}

testTiniForGroupsLosesEarlySignals() {
	fails 'closed deaf directory early grace hold idle listen session' \
		/usr/bin/tini -g --
}

testDumbInitFailsSeven() {
	fails 'early exec grace hold listen mask session' /usr/bin/dumb-init
}

testCatatonitFailsSix() {
	fails 'deaf directory exec grace group session' /usr/bin/catatonit --
}

# Each row: an issue or a change of a peer, whose repository docs/design.md
# has, and an init that gets just this wrong, which a test here tries.
testEachTrialIsFromAnIssueAndCatchesABrokenInit() {
	emulated && return
	expect 1 zombiewatch -t -j -- false
	assertEquals 23 "$(grep -c '"trial"' "$TMP/out")"
	caught=$(sed -n 's/^\tcatches //p' "$0")
	sed 's/.*"trial":"\([a-z]*\)".*"cite":"\([^"]*\)".*/\1 \2/' "$TMP/out" |
		while read -r trial cite; do
			echo "$cite" | grep -qxE '[a-z0-9-]+#[0-9]+' ||
				echo "$trial: no issue, but $cite"
			grep -qE " ${cite%#*} +[A-Za-z0-9-]+/[A-Za-z0-9-]+" \
				docs/design.md || echo "$cite: of whom?"
			grep -qF "bad(\"$trial\")" tests/badinit.c ||
				echo "$trial: no init gets it wrong"
			echo "$caught" | grep -qw "$trial" ||
				echo "$trial: no test that it is caught"
		done >"$TMP/missing"
	assertNull "$(cat "$TMP/missing")" "$(cat "$TMP/missing")"
}

testItPrintsJson() {
	emulated && return
	expect 0 zombiewatch -t -j -n exit -- zombiewatch -r
	assertEquals 'exit pass baseimage#45' "$(python3 -c '
import json, sys
card = json.load(sys.stdin)
print(card["trial"], card["verdict"], card["cite"])' <"$TMP/out")"
}

testWhatCannotBeTriedIsSaid() {
	expect 2 zombiewatch -t
	says err '-t needs the command line of an init'
	expect 2 zombiewatch -t -x
	expect 2 zombiewatch -t -n nonsense -- zombiewatch -r
	says err "-n 'nonsense': no such trial"
	expect 3 zombiewatch -t -- /no/such/init
	says err '/no/such/init: '
}

testAnInitIsFoundFromWhereWeAre() {
	emulated && return
	cp "$BOX" "$TMP/here"
	ln -s here "$TMP/zombiewatch"
	(cd "$TMP" && ./zombiewatch -t -n exit -- ./zombiewatch -r) >"$TMP/out" 2>&1
	says out '1 passed, 0 failed'
	(cd / && "$BOX" zombiewatch -t -n exit -- ".$TMP/zombiewatch" -r) \
		>"$TMP/out" 2>&1
	says out '1 passed, 0 failed'
}

testAnInitThatDoesNothingFails() {
	emulated && return
	expect 1 zombiewatch -t -n exit -- false
	says out 'exit 1 instead of 0'
}

. shunit2
