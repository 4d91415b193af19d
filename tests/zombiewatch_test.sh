#!/bin/sh
# zombiewatch_test - the list: what is a zombie, how it ended, whose it is.
# shellcheck disable=SC1091,SC2119,SC2154
. tests/lib.sh

. tests/zombies.sh

testNoZombieIsStatusZero() {
	process 1 init S 0 1 0 0
	expect 0 zombiewatch -P "$TMP/proc"
	assertEquals 'no zombie among 1 processes' "$(cat "$TMP/out")"
}

testARealZombieIsFoundWithItsParentAndStatus() {
	zombie
	expect 1 zombiewatch
	assertContains "$(grep " $PARENT python3 " "$TMP/out")" 'exit 42 '
	assertContains "$(grep "^ *$CHILD " "$TMP/out")" " $PARENT python3 "
}

testADeathBySignalIsNamed() {
	# shellcheck disable=SC2016
	zombie 'kill -KILL $$'
	expect 1 zombiewatch
	assertContains "$(grep "^ *$CHILD " "$TMP/out")" ' SIGKILL '
}

testExitStatusesAreDecodedAsWaitDoes() {
	process 1 init S 0 1 0 0
	process 10 code Z 1 1 0 10752
	process 11 term Z 1 1 0 15
	process 12 segv Z 1 1 0 139
	process 13 fine Z 1 1 0 0
	expect 1 zombiewatch -P "$TMP/proc"
	says out 'exit 42      4242'
	says out 'SIGTERM      4242'
	says out 'SIGSEGV core 4242'
	says out 'exit 0       4242'
	says out '4 zombies among 5 processes'
}

# The kernel shows 0 to those who may not know; and refuses them the link.
testAnUnreadableStatusIsAQuestionMark() {
	[ "$(id -u)" = 0 ] || {
		skip 'needs a second user'
		return
	}
	chmod 755 "$TMP"
	zombie 'exit 3'
	as_nobody "$BOX" zombiewatch >"$TMP/out" 2>&1
	grep -qE "^ *$CHILD .* \?            (root|0) " "$TMP/out" ||
		fail "no ?: $(cat "$TMP/out")"
	! has_config tiny || return 0 # no JSON
	as_nobody "$BOX" zombiewatch -j >"$TMP/out"
	assertContains "$(grep "^{\"pid\":$CHILD," "$TMP/out")" \
		'"exit":{"kind":"unknown","value":null,"core":false}'
}

testADeadLeaderOfLiveThreadsIsShownApartAndNotCounted() {
	process 1 init S 0 1 0 0
	process 20 leader Z 1 3 0 0
	expect 0 zombiewatch -P "$TMP/proc"
	says out 'no zombie among 2 processes'
	says out 'dead leaders of live threads, not zombies:'
	assertContains "$(grep '^ *20 ' "$TMP/out")" ' 2 threads '
	process 21 zombie Z 1 1 0 0
	expect 1 zombiewatch -P "$TMP/proc"
	says out '1 zombie among 3 processes'
}

testADeadLeaderIsAnObjectOfItsOwnKind() {
	! has_config tiny || {
		expect 2 zombiewatch -j
		skip 'tiny has no JSON'
		return
	}
	process 1 init S 0 1 0 0
	process 20 leader Z 1 3 0 0
	expect 0 zombiewatch -j -P "$TMP/proc"
	process 21 zombie Z 1 1 0 0
	expect 1 zombiewatch -j -P "$TMP/proc"
	assertEquals '1 pid 21 verdict; 1 leader 20 2 of 1 init S 4242' \
		"$(python3 -c 'import json, sys
zombie, leader = [json.loads(line) for line in sys.stdin]
assert set(leader) == {"leader", "ppid", "comm", "threads", "parent",
    "started", "uid"}, leader
assert "leader" not in zombie
print(zombie["ppid"], "pid", zombie["pid"], "verdict;" if "verdict" in zombie
    else "no verdict;", leader["ppid"], leader["comm"], leader["leader"],
    leader["threads"], "of", leader["parent"]["pid"], leader["parent"]["comm"],
    leader["parent"]["state"], leader["uid"])' <"$TMP/out")"
	expect 0 zombiewatch -q -N leader -P "$TMP/proc"
	assertNull 'quiet is quiet' "$(cat "$TMP/out")"
}

testNamesCannotConfuseTheReader() {
	process 1 init S 0 1 0 0
	process 30 ') Z 1 (' S 1 1 0 0
	process 31 'a b) S 1' Z 1 1 0 256
	expect 1 zombiewatch -P "$TMP/proc"
	says out '1 zombie among 3 processes'
	assertContains "$(grep '^ *31 ' "$TMP/out")" ' a b) S 1'
}

testNamesCannotAttackTheTerminal() {
	process 1 init S 0 1 0 0
	process 32 "$(printf '\033[2Jx\n7\177\377')" Z 1 1 0 256
	expect 1 zombiewatch -P "$TMP/proc"
	says out '\x1b[2Jx\n7\x7f\xff'
	assertEquals 'no control characters' '' \
		"$(LC_ALL=C tr -d '\n -~' <"$TMP/out")"
	! has_config tiny || return 0 # no JSON
	expect 1 zombiewatch -j -P "$TMP/proc"
	python3 - "$TMP/out" <<'END' || fail "no JSON: $(cat "$TMP/out")"
import json, sys
name = json.loads(open(sys.argv[1], encoding="utf-8").read())["comm"]
assert name == "\x1b[2Jx\n7\x7f\ufffd", name
END
}

testJsonHasEveryField() {
	! has_config tiny || {
		skip 'tiny has no JSON'
		return
	}
	process 7 'the "parent"' T 1 1 0 0
	process 40 child Z 7 1 12300 9
	expect 1 zombiewatch -j -P "$TMP/proc"
	assertContains "$(cat "$TMP/out")" '{"pid":40,"ppid":7,"comm":"child",'
	says out '"exit":{"kind":"signaled","value":9,"core":false}'
	says out '"parent":{"pid":7,"comm":"the \"parent\"","state":"T"}'
	says out '"started":1700000123'
	assertEquals 'a line each' 1 "$(wc -l <"$TMP/out")"
}

testQuietSaysNothing() {
	process 1 init S 0 1 0 0
	process 41 child Z 1 1 0 0
	expect 1 zombiewatch -q -P "$TMP/proc"
	assertNull "$(cat "$TMP/out" "$TMP/err")"
}

testEntriesThatVanishOrAreNotUnderstoodDoNoHarm() {
	process 1 init S 0 1 0 0
	mkdir "$TMP/proc/50" "$TMP/proc/51" "$TMP/proc/self" "$TMP/proc/-7" \
		"$TMP/proc/7x"
	: >"$TMP/proc/51/stat"
	expect 0 zombiewatch -P "$TMP/proc"
	says out 'no zombie among 3 processes'
}

testNoProcAtAllIsStatusThree() {
	expect 3 zombiewatch -P "$TMP/nowhere"
	says err "$TMP/nowhere: "
	mkdir "$TMP/empty"
	expect 3 zombiewatch -P "$TMP/empty"
	says err 'is proc mounted there?'
}

testHiddenProcessesAreSaid() {
	[ "$(id -u)" = 0 ] || {
		skip 'needs a mount'
		return
	}
	chmod 755 "$TMP"
	cat >"$TMP/hidden" <<END
mount -t proc -o hidepid=2 proc /proc
setpriv --reuid=65534 --regid=65534 --clear-groups "$BOX" zombiewatch
exit \$?
END
	expect 3 unshare -mpf sh "$TMP/hidden"
	says err 'hides processes of others (hidepid)'
}

testBadInputIsNamed() {
	expect 2 zombiewatch now
	says err "'now'"
	expect 2 zombiewatch -P
	says err '-P needs an argument'
}

. shunit2
