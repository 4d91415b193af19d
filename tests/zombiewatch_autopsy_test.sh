#!/bin/sh
# zombiewatch_autopsy_test - why it is not reaped: one parent a verdict.
# shellcheck disable=SC1091,SC2119,SC2154
. tests/lib.sh
. tests/zombies.sh

# Skipped before it begins: what never comes would be waited for.
has_config tiny && {
	echo 'SKIP: tiny has only the list'
	exit 0
}

# verdict CODE TEXT: both are what zombiewatch says of PARENT's zombies.
verdict() {
	wait_for verdict_is "$1"
	assertEquals "$1" "$(code)"
	expect 1 zombiewatch -p "$PARENT"
	says out "$2"
}
code() {
	zombiewatch -j -p "$PARENT" |
		sed -n '1s/.*"verdict":"\([a-z-]*\)".*/\1/p'
}
verdict_is() {
	[ "$(code)" = "$1" ]
}

testAutopsyNoHandlerAndNotWaiting() {
	zombie
	verdict no-wait 'the parent has no SIGCHLD handler and does not wait [S in '
	says out "$PARENT $(tr '\0' ' ' <"/proc/$PARENT/cmdline" | cut -c1-60): 1 z"
}

testAutopsySigchldBlockedAndPending() {
	parent 'signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])' \
		'signal.pause()'
	verdict blocked 'SIGCHLD is blocked and pending: the parent is not told'
	expect 1 zombiewatch -v -p "$PARENT"
	says out 'SigCgt no, SigIgn no, SigBlk yes, pending yes, signalfd no'
}

testAutopsyOneWaitForSeveralDeaths() {
	parent 'signal.signal(signal.SIGCHLD, lambda *_: None)' \
		'while True: signal.pause()'
	verdict one-wait 'SIGCHLD handler, but one wait for several deaths, or none'
	expect 1 zombiewatch -v -p "$PARENT"
	says out 'SigCgt yes, SigIgn no, SigBlk no, pending no'
}

testAutopsyOneWaitByOtherMeans() {
	parent 'signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])' \
		'signal.sigwait([signal.SIGCHLD]); signal.pause()'
	verdict one-wait 'took SIGCHLD, but one wait for several deaths, or none'
}

testAutopsyAnUnreadSignalfd() {
	parent 'import ctypes
libc = ctypes.CDLL(None)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
mask = ctypes.create_string_buffer(128)
libc.sigaddset(mask, signal.SIGCHLD)
assert libc.signalfd(-1, mask, 0) > 0' 'signal.pause()'
	verdict signalfd 'SIGCHLD waits in a signalfd that the parent does not read'
}

testAutopsyIgnoredTooLate() {
	parent '' 'signal.signal(signal.SIGCHLD, signal.SIG_IGN); signal.pause()'
	verdict ignored 'SIGCHLD ignored only after the death'
}

testAutopsyAStoppedParent() {
	zombie
	kill -STOP "$PARENT"
	verdict stopped 'the parent is stopped: continue it [T'
}

testAutopsyAParentThatWaitsForAnotherChild() {
	has_config i386 && [ "$(uname -m)" = x86_64 ] && {
		skip '64-bit processes number their calls otherwise'
		return
	}
	parent 'other = subprocess.Popen(["sleep", "60"])' \
		'print(other.pid, flush=True); other.wait()'
	verdict other 'the parent waits for another child only ('
	other=$(sed -n 's/.*another child only (\([0-9]*\)).*/\1/p' "$TMP/out")
	STARTED="$STARTED $other"
}

testAutopsyADeadLeaderAsParent() {
	parent 'import ctypes, threading, time' \
		'threading.Thread(target=time.sleep, args=(60,)).start()
ctypes.CDLL(None).syscall(60 if os.uname().machine == "x86_64" else 93, 0)'
	verdict leader "the parent's first thread has ended"
	# The parent itself is no zombie: its thread lives.
	zombiewatch -N python3 >"$TMP/out"
	assertNotContains "$(sed '/^dead leaders/,$d' "$TMP/out")" "^ *$PARENT "
}

testAutopsyATracerThatDoesNotWait() {
	parent '' 'signal.pause()' 'tracer'
	verdict traced "its tracer must wait for it before the parent can ("
}

testAutopsyAClonedChild() {
	parent 'import ctypes
number = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
pid = ctypes.CDLL(None).syscall(number, 0, 0, 0, 0, 0)
if pid == 0: os._exit(5)' 'signal.pause()' none
	verdict cloned 'cloned without SIGCHLD: only a wait with __WALL sees it'
}

testAutopsyInitOfANamespaceThatIsNoInit() {
	parent '' 'signal.pause()' '' unshare --kill-child -pf --mount-proc
	PARENT=$(children "$PARENT" | tr -d " ")
	verdict init 'the parent is process 1 and does not wait: use zombiewatch -r'
	expect 1 zombiewatch -v -p "$PARENT"
	says out 'nobody: all of its PID namespace ends with it'
}

# The box's own bad server, one fault each; five clients.
faulty() {
	chaotic || return
	serve -O chaos="$1"
	PARENT=$SERVER
	for _ in 1 2 3 4 5; do
		echoc -k "$ADDR"
	done
}

testAutopsyOfAServerThatLeaksZombies() {
	faulty leak-zombies || return
	verdict one-wait 'took SIGCHLD, but one wait for several deaths, or none'
	wait_for sh -c "zombiewatch -p $PARENT | grep -q '^5 zombies '" ||
		fail "$(zombiewatch -p "$PARENT")"
	# SIGCHLD does not help here, the end of the server does.
	expect 1 zombiewatch -K -y -i 0.2 -p "$PARENT"
	says out 'SIGCHLD: 0 of 5 zombies went'
}

testAutopsyOfAServerThatBlocksSigchld() {
	faulty block-chld || return
	verdict blocked 'SIGCHLD is blocked and pending: the parent is not told'
}

testAutopsyOfAServerThatIgnoresSigchld() {
	faulty ignore-chld || return
	wait_for zombiewatch -q -p "$PARENT" ||
		fail "the kernel reaps for it: $(zombiewatch -p "$PARENT")"
}

testAutopsySaysWhoInherits() {
	zombie
	expect 1 zombiewatch -v -p "$PARENT"
	says out 'if it goes, its children go to '
}

testAutopsyOfAnotherUsersParentNeedsNoRights() {
	zombie
	as_nobody "$BOX" zombiewatch -p "$PARENT" >"$TMP/out" 2>"$TMP/err"
	says out 'the parent has no SIGCHLD handler and does not wait [S]'
}

testAutopsyEscapesTheCommandLine() {
	process 1 init S 0 1 0 0
	process 9 child Z 1 1 0 0
	printf 'evil\033[2J\0arg\0' >"$TMP/proc/1/cmdline"
	expect 1 zombiewatch -P "$TMP/proc"
	says out '1 evil\x1b[2J arg: 1 zombie'
}

testAutopsyParentsWithMostZombiesComeFirst() {
	process 1 init S 0 1 0 0
	process 2 few S 1 1 0 0
	process 3 many S 1 1 0 0
	process 10 z Z 2 1 0 0
	process 11 z Z 3 1 0 0
	process 12 z Z 3 1 0 0
	expect 1 zombiewatch -P "$TMP/proc"
	assertEquals '3 many: 2 zombies 2 few: 1 zombie ' \
		"$(grep -o '^[0-9] [a-z]*: [0-9] zombies*' "$TMP/out" | tr '\n' ' ')"
}

# The tightest limit: cgroup 1 or 2, wherever this machine has pids.
testAutopsyTellsTheRoomThatIsLeft() {
	zombie
	expect 1 zombiewatch -v -p "$PARENT"
	pids=$(cat /proc/sys/kernel/pid_max)
	threads=$(cat /proc/sys/kernel/threads-max)
	if [ "$pids" -lt "$threads" ]; then
		says out "of $pids (pid_max)"
	else
		says out "of $threads (threads-max)"
	fi
	room=
	for pids in /sys/fs/cgroup/pids /sys/fs/cgroup; do
		mkdir "$pids/zw.$$" 2>/dev/null || continue
		echo 5 2>/dev/null >"$pids/zw.$$/pids.max" &&
			room=$pids/zw.$$ && break
		rmdir "$pids/zw.$$"
	done
	[ -n "$room" ] || return 0
	echo "$PARENT" >"$room/cgroup.procs"
	expect 1 zombiewatch -v -p "$PARENT"
	says out '1 of 5 (pids.max of its cgroup)'
	kill -KILL "$PARENT"
	wait_for rmdir "$room"
	assertFalse "the test's own cgroup is gone" "[ -d '$room' ]"
}

testAutopsyTellsTheRoomOfAnOrdinaryUser() {
	parent 'import resource
resource.setrlimit(resource.RLIMIT_NPROC, (4321, 4321))
os.setuid(61234)' 'signal.pause()'
	expect 1 zombiewatch -v -p "$PARENT"
	says out '2 of 4321 (RLIMIT_NPROC)'
}

testFilterByParentNumberAndName() {
	process 1 init S 0 1 0 0
	process 2 daemon S 1 1 0 0
	process 10 first Z 1 1 0 0
	process 11 second Z 2 1 0 0
	expect 1 zombiewatch -p 2 -P "$TMP/proc"
	says out '1 zombie among 4'
	says out ' second'
	expect 1 zombiewatch -p aemo -P "$TMP/proc"
	says out ' second'
	expect 0 zombiewatch -p 77 -P "$TMP/proc"
}

testFilterByName() {
	process 1 init S 0 1 0 0
	process 10 first Z 1 1 0 0
	process 11 second Z 1 1 0 0
	expect 1 zombiewatch -N fir -P "$TMP/proc"
	says out '1 zombie among 3'
	expect 0 zombiewatch -N third -P "$TMP/proc"
}

testFilterByUser() {
	process 1 init S 0 1 0 0
	process 10 first Z 1 1 0 0
	expect 1 zombiewatch -u 4242 -P "$TMP/proc"
	expect 0 zombiewatch -u root -P "$TMP/proc"
	expect 2 zombiewatch -u nobody-here -P "$TMP/proc"
	says err "-u 'nobody-here': no such user"
}

testFilterByNamespace() {
	parent '' 'signal.pause()' '' unshare --kill-child -pf --mount-proc
	inner=$(children "$PARENT" | tr -d " ")
	expect 1 zombiewatch -O ns="$inner" -p "$inner"
	expect 0 zombiewatch -O ns=$$ -p "$inner"
	nsenter -t "$inner" -p -m "$BOX" zombiewatch -v >"$TMP/out"
	says out "this is a PID namespace's view"
	expect 2 zombiewatch -O ns=x
	says err "-O ns='x': not a process number"
	expect 2 zombiewatch -O nonsense
	says err "-O 'nonsense': no such key"
}

# Time of death is not in /proc: what both looks see is that old.
testFilterByAgeLooksTwice() {
	process 1 init S 0 1 0 0
	process 8 old Z 1 1 0 0
	process 9 passing Z 1 1 0 0
	zombiewatch -a 2 -P "$TMP/proc" >"$TMP/out" &
	pid=$!
	wait_for grep -q nanosleep "/proc/$pid/wchan"
	rm -r "$TMP/proc/9"
	process 10 new Z 1 1 0 0
	wait "$pid"
	assertEquals 1 $?
	says out '1 zombie among 3 processes'
	says out ' old'
	expect 2 zombiewatch -a soon
	says err "-a 'soon': not a time"
}

testFilterByAgeTakesAReusedNumberForANewProcess() {
	# Both ways to look twice: the list, and what programs ask for.
	for quiet in '' -q; do
		process 1 init S 0 1 0 0
		process 9 passing Z 1 1 55 0
		zombiewatch -a 2 ${quiet:+"$quiet"} -P "$TMP/proc" >"$TMP/out" &
		pid=$!
		wait_for grep -q nanosleep "/proc/$pid/wchan"
		process 9 other Z 1 1 66 0
		wait "$pid"
		assertEquals "with '$quiet'" 0 $?
	done
}

. shunit2
