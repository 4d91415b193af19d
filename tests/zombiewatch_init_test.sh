#!/bin/sh
# zombiewatch_init_test - zombiewatch -r: signals, orphans, terminals, the end.
# shellcheck disable=SC1091,SC2154,SC2016
. tests/lib.sh

# can_namespace: real process 1s can be made here.
can_namespace() {
	[ -z "${RUNNER:-}" ] &&
		unshare -pf --mount-proc true 2>/dev/null
}

# init [option...] [program...]: start zombiewatch -r in the background, as
# INIT; its log is $TMP/init.log. The program shows that it is ready by
# writing to $TMP/ready, a pipe; what it writes there is READY.
init() {
	rm -f "$TMP/ready"
	mkfifo "$TMP/ready"
	zombiewatch -r "$@" 2>"$TMP/init.log" &
	INIT=$!
	STARTED="${STARTED:-} $INIT"
	read -r READY <"$TMP/ready"
}

# ended STATUS: INIT ends by itself with this status.
ended() {
	wait "$INIT"
	assertEquals "the init; its log: $(cat "$TMP/init.log")" "$1" "$?"
}

# gone PID: no process has this number, dead or alive.
gone() {
	! kill -0 "$1" 2>/dev/null
}

testTheExitStatusIsThePrograms() {
	for code in 0 1 42 255; do
		expect "$code" zombiewatch -r sh -c "exit $code"
	done
	expect 143 zombiewatch -r sh -c 'kill -TERM $$'
	expect 137 zombiewatch -r sh -c 'kill -KILL $$'
}

testWhatDoesNotRunIs126Or127() {
	expect 127 zombiewatch -r /no/such
	says err 'zombiewatch: /no/such: '
	expect 127 zombiewatch -r no-such-program
	echo text >"$TMP/text"
	expect 126 zombiewatch -r "$TMP/text"
	expect 126 zombiewatch -r "$TMP"
}

testItsOwnFailureIs125() {
	expect 125 zombiewatch -r
	says err '-r needs a program to run'
	expect 125 zombiewatch -r -x true
	expect 125 zombiewatch -r -e 256 true
	says err "-e '256': not a number from 0 to 255"
	expect 125 zombiewatch -r -g 1x true
	expect 125 zombiewatch -r -1 -a true
	for word in TERM TERM: :TERM FOO:TERM TERM:FOO 99:1 TERM:KILLED 15:; do
		expect 125 zombiewatch -r -s "$word" true
		says err "'$word'"
	done
	for word in KILL:1 STOP:1 CHLD:1 SEGV:TERM; do
		expect 125 zombiewatch -r -s "$word" true
		says err 'never passed on'
	done
}

testTheProgramsOptionsAreItsOwn() {
	expect 0 zombiewatch -r echo -v -x --help
	assertEquals '-v -x --help' "$(cat "$TMP/out")"
	expect 7 zombiewatch -r -- sh -c 'exit 7'
}

testAnExitStatusCanCountAsZero() {
	expect 0 zombiewatch -r -e 42 -e 143 sh -c 'exit 42'
	expect 0 zombiewatch -r -e 42 -e 143 sh -c 'kill -TERM $$'
	expect 41 zombiewatch -r -e 42 sh -c 'exit 41'
}

testSignalsReachTheProgramsGroup() {
	init sh -c '(trap "echo child >>$TMP/got; exit" USR1; echo >$TMP/up
		while :; do sleep 0.05; done) &
		trap "echo self >>$TMP/got; wait; exit 3" USR1
		while [ ! -e $TMP/up ]; do sleep 0.02; done
		echo ready >$TMP/ready; wait; wait'
	kill -USR1 "$INIT"
	ended 3
	assertEquals 'child self' "$(sort "$TMP/got" | xargs)"
}

testSignalsCanGoToTheProgramAlone() {
	init -1 -g 0 sh -c '(trap "echo child >>$TMP/got" USR1; echo >$TMP/up
		while :; do sleep 0.05; done) &
		trap "echo self >>$TMP/got; sleep 0.3; exit 3" USR1
		while [ ! -e $TMP/up ]; do sleep 0.02; done
		echo ready >$TMP/ready; wait'
	kill -USR1 "$INIT"
	ended 3
	assertEquals self "$(cat "$TMP/got")"
}

testSignalsCanGoToSessionsOfTheirOwn() {
	init -a sh -c 'setsid sh -c "trap \"echo far >>$TMP/got; exit\" USR1
			echo >$TMP/up; while :; do sleep 0.05; done" &
		trap "wait; echo self >>$TMP/got; exit 3" USR1
		while [ ! -e $TMP/up ]; do sleep 0.02; done
		echo ready >$TMP/ready; wait; wait'
	kill -USR1 "$INIT"
	ended 3
	assertEquals 'far self' "$(sort "$TMP/got" | xargs)"
}

testSignalsAreRewrittenAndDropped() {
	init -s TERM:USR1 -s 1:0 sh -c 'trap "exit 5" USR1; trap "exit 6" HUP
		echo ready >$TMP/ready; while :; do sleep 0.05; done'
	kill -HUP "$INIT"
	kill -TERM "$INIT"
	ended 5
}

testOrphansAreAdoptedReapedAndToldOf() {
	# kill -0 finds a zombie too, so the program ends when it is reaped.
	init -v sh -c 'orphan=$(sh -c "sleep 0.02 >&- & echo \$!")
		echo "$orphan" >$TMP/ready
		while kill -0 "$orphan" 2>&-; do sleep 0.02; done; exit 4'
	ended 4
	assertContains "$(cat "$TMP/init.log")" "sleep (pid $READY): exit 0 after"
	assertContains "$(cat "$TMP/init.log")" ' KB'
}

testWhatIsLeftGetsTermAndThenKill() {
	init -v -g 0.3 sh -c 'sh -c "trap \"\" TERM; exec setsid sleep 99" &
		sleep 98 & echo "$! $(jobs -p)" >$TMP/ready; exit 4'
	ended 4
	assertContains "$(cat "$TMP/init.log")" "sleep (pid ${READY%% *}): SIGTERM"
	assertContains "$(cat "$TMP/init.log")" ": SIGKILL"
}

testTheGraceEndsWhenNothingIsLeft() {
	before=$(date +%s)
	init -g 1h sh -c 'setsid sleep 99 & setsid sleep 98 &
		sh -c "kill -STOP \$\$" & echo ready >$TMP/ready; exit 4'
	ended 4
	assertTrue "it took $(($(date +%s) - before)) s" \
		"[ $(($(date +%s) - before)) -lt 60 ]"
}

. shunit2
