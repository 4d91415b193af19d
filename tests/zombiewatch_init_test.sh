#!/bin/sh
# zombiewatch_init_test - zombiewatch -r: signals, orphans, terminals, the end.
# shellcheck disable=SC1091,SC2154,SC2016
. tests/lib.sh

# Skipped before it begins: what never answers would be waited for.
has_config tiny && {
	echo 'SKIP: tiny has no init'
	exit 0
}

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
	for word in TERM TERM: :TERM FOO:TERM TERM:FOO 200:1 TERM:KILLED 15:; do
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
	# Both run sleep by the time that the program ends: a shell that has not
	# come to its trap yet would die of the TERM.
	init -v -g 0.3 sh -c 'sh -c "trap \"\" TERM; exec setsid sleep 99" &
		deaf=$!
		sleep 98 & echo "$!" >$TMP/ready
		for pid in $deaf $!; do
			until grep -q sleep /proc/$pid/comm; do sleep 0.02; done
		done; exit 4'
	ended 4
	log=$(cat "$TMP/init.log")
	assertContains "$log" "$log" "sleep (pid $READY): SIGTERM"
	assertContains "$log" "$log" ": SIGKILL"
}

testTheGraceEndsWhenNothingIsLeft() {
	before=$(date +%s)
	init -g 1h sh -c 'setsid sleep 99 & setsid sleep 98 & echo >$TMP/ready
		sh -c "kill -STOP \$\$" &
		until grep -q "^State:.T" /proc/$!/status; do sleep 0.02; done
		exit 4'
	ended 4
	assertTrue "it took $(($(date +%s) - before)) s" \
		"[ $(($(date +%s) - before)) -lt 60 ]"
}

testWhatIsLeftWhileEndingStillGetsSignals() {
	init -g 1h sh -c 'setsid sh -c "trap \"\" TERM; trap \"exit\" USR1
			>$TMP/up; while :; do sleep 0.02; done" &
		while [ ! -e $TMP/up ]; do sleep 0.02; done
		trap "" USR1; echo up >$TMP/ready; exit 4'
	# The program is long gone, or goes now: who is left must get it.
	wait_for eval "! kill -USR1 $INIT"
	ended 4
}

testAFaultSignalIsItsOwn() {
	# SYS is one that no sanitizer takes for itself.
	init sh -c 'trap "exit 3" SYS; echo up >$TMP/ready
		while [ -d $TMP ]; do sleep 0.02; done'
	kill -SYS "$INIT"
	ended $((128 + $(python3 -c 'import signal; print(int(signal.SIGSYS))')))
}

testRealTimeSignalsArePassedOn() {
	init python3 -c 'import os, signal
# 34 is the first that glibc leaves to programs, and one musl keeps.
signals = list(range(34, signal.SIGRTMAX + 1))
signal.alarm(20)
signal.pthread_sigmask(signal.SIG_BLOCK, signals)
open(os.environ["TMP"] + "/ready", "w").write("up\n")
while signals:
    signals.remove(signal.sigwait(signals))
os._exit(8)'
	for n in $(seq 34 64); do
		kill -"$n" "$INIT"
	done
	ended 8
}

testTheProgramInheritsMaskAndIgnoredSignals() {
	cat >"$TMP/mask.py" <<-'END'
		import os, signal, sys
		signal.signal(signal.SIGHUP, signal.SIG_IGN)
		signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, 34])
		os.execvp(sys.argv[1], sys.argv[1:])
	END
	python3 "$TMP/mask.py" grep '^Sig[BI]' /proc/self/status >"$TMP/want"
	expect 0 python3 "$TMP/mask.py" zombiewatch -r \
		grep '^Sig[BI]' /proc/self/status
	assertEquals "$(cat "$TMP/want")" "$(cat "$TMP/out")"
	says out 200000200	# bits 10 and 34
}

testIgnoredSigchldAndClosedDescriptorsDoNoHarm() {
	expect 7 python3 -c 'import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
signal.alarm(20)
os.execvp("zombiewatch", ["zombiewatch", "-r", "sh", "-c", "exit 7"])'
	zombiewatch -r sh -c 'sh -c "readlink /proc/\$PPID/fd/[012] >$TMP/fds"
		exit 7' <&- >&- 2>&-
	assertEquals 7 $?
	assertEquals '/dev/null /dev/null /dev/null' "$(xargs <"$TMP/fds")"
}

# kept: what the init has open beyond 0, 1 and 2, and where it is.
kept() {
	wait_for eval '[ "$(readlink "/proc/$INIT/cwd")" = / ]'
	readlink "/proc/$INIT/cwd"
	for fd in "/proc/$INIT/fd"/*; do
		[ "${fd##*/}" -le 2 ] || readlink "$fd"
	done
}

testItKeepsNoDescriptorAndNoDirectory() {
	init sh -c 'readlink /proc/$$/fd/7 >$TMP/ready; exec sleep 99' \
		7</etc/passwd 9</etc/group
	assertEquals 'the program keeps its own' /etc/passwd "$READY"
	assertEquals '/ anon_inode:[signalfd]' "$(kept | xargs)"
	kill "$INIT"
	ended 143
}

# without CALL INIT-OPTION...: init, under a kernel that lacks the call.
without() {
	call=$1
	shift
	strace -o /dev/null -e "trace=$call" -e "inject=$call:error=ENOSYS" true \
		2>/dev/null || {
		skip 'strace cannot take calls away here'
		return 1
	}
	rm -f "$TMP/ready"
	mkfifo "$TMP/ready"
	strace -D -o "$TMP/calls" -e "trace=$call" -e "inject=$call:error=ENOSYS" \
		"$BOX" zombiewatch -r "$@" 2>"$TMP/init.log" 7</etc/passwd &
	INIT=$!
	STARTED="${STARTED:-} $INIT"
	read -r READY <"$TMP/ready"
}

testItClosesDescriptorsOnOldKernels() {
	without close_range sh -c 'echo up >$TMP/ready; exec sleep 99' || return
	assertEquals '/ anon_inode:[signalfd]' "$(kept | xargs)"
	kill "$INIT"
	ended 143
	assertTrue 'the newer call was tried' "grep -q ENOSYS $TMP/calls"
}

testItReachesTheTreeOnOldKernels() {
	without pidfd_open -a sh -c 'setsid sh -c "trap \"echo far >$TMP/got
			exit\" USR1; >$TMP/up; while :; do sleep 0.02; done" &
		trap "wait; exit 3" USR1
		while [ ! -e $TMP/up ]; do sleep 0.02; done
		echo up >$TMP/ready; wait; wait' || return
	kill -USR1 "$INIT"
	wait "$INIT"
	assertEquals far "$(cat "$TMP/got")"
	assertTrue 'the newer call was tried' "grep -q ENOSYS $TMP/calls"
}

testWithoutASubreaperItSaysSo() {
	without prctl sh -c 'echo up >$TMP/ready; exit 4' || return
	ended 4
	assertContains "$(cat "$TMP/init.log")" 'orphans go elsewhere: '
}

testAFailedForkIs125() {
	strace -o /dev/null -e inject=fork,vfork,clone:error=EAGAIN "$BOX" \
		zombiewatch -r true 2>"$TMP/err"
	assertEquals "$(cat "$TMP/err")" 125 $?
	says err 'zombiewatch: true: '
}

testSystemdsSocketsArePassedOn() {
	expect 0 sh -c 'LISTEN_FDS=1 LISTEN_PID=$$ LISTEN_PIDFDID=5 \
		exec zombiewatch -r sh -c \
		"echo \$LISTEN_FDS \$((LISTEN_PID - \$\$)) \$LISTEN_PIDFDID."'
	assertEquals '1 0 .' "$(cat "$TMP/out")"
	LISTEN_FDS=1 LISTEN_PID=1 LISTEN_PIDFDID=5 expect 0 zombiewatch -r sh -c \
		'echo "$LISTEN_PID $LISTEN_PIDFDID"'
	assertEquals 'sockets of others stay theirs' '1 5' "$(cat "$TMP/out")"
}

testALogThatNobodyReadsStopsNothing() {
	python3 - "$BOX" <<-'END'
		import fcntl, os, subprocess, sys
		out, full = os.pipe()
		os.set_blocking(full, False)
		try:
		    while True:
		        os.write(full, b"x" * 4096)
		except BlockingIOError:
		    os.set_blocking(full, True)
		init = subprocess.run([sys.argv[1], "zombiewatch", "-r", "-vv", "sh",
		    "-c", "sleep 0 & wait; exit 6"], stderr=full, timeout=60)
		sys.exit(init.returncode)
	END
	assertEquals 6 $?
}

testABrokenLogIsNoSignalForTheProgram() {
	python3 - "$BOX" <<-'END'
		import os, subprocess, sys
		out, broken = os.pipe()
		os.close(out)
		init = subprocess.run([sys.argv[1], "zombiewatch", "-r", "-vv", "sh",
		    "-c", """orphan=$(sh -c 'sleep 0.02 >&- & echo $!')
		        while kill -0 "$orphan" 2>&-; do sleep 0.02; done
		        exit 6"""], stderr=broken, timeout=60)
		sys.exit(init.returncode)
	END
	assertEquals 6 $?
}

# An orphan costs at most what one SIGCHLD does: a read and two waits.
testAPileOfOrphansTakesFewCalls() {
	strace -o /dev/null true 2>/dev/null || {
		skip 'no strace here'
		return
	}
	strace -o "$TMP/calls" "$BOX" zombiewatch -r sh -c 'n=0
		while [ $n -lt 300 ]; do (sh -c : &); n=$((n + 1)); done'
	# From when it rests to when it ends what is left.
	sed -n '/^chdir/,/"\/proc"/p' "$TMP/calls" >"$TMP/later"
	calls=$(grep -c '^[a-z]' "$TMP/later")
	orphans=$(grep -c 'wait4.* = [1-9]' "$TMP/later")
	assertTrue "$orphans orphans" "[ $orphans -ge 200 ]"
	assertTrue "$calls calls" "[ $calls -le $((3 * orphans + 20)) ]"
	assertNull 'it allocates nothing' "$(grep -E '^(brk|mmap)' "$TMP/later")"
}

testAsProcess1ItTakesAllSignalsAndLeavesNothing() {
	can_namespace || {
		skip 'no PID namespace'
		return
	}
	cat >"$TMP/one" <<-'END'
		trap 'echo hup' HUP
		trap 'echo usr1; exit 5' USR1
		setsid sh -c 'trap "echo left >$TMP/left; exit" TERM; >$TMP/up
			while :; do sleep 0.02; done' &
		while [ ! -e "$TMP/up" ]; do sleep 0.02; done
		kill -HUP 1
		kill -USR1 1
		tries=0
		while [ $tries -lt 500 ]; do sleep 0.02; tries=$((tries + 1)); done
	END
	expect 5 unshare -pf --mount-proc "$BOX" zombiewatch -r sh "$TMP/one"
	assertEquals left "$(cat "$TMP/left")"
	assertEquals 'hup usr1' "$(xargs <"$TMP/out")"
}

. shunit2
