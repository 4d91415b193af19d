#!/bin/sh
# zombiewatch_cure_test - the ladder: which rung makes a parent reap.
# shellcheck disable=SC1091,SC2119,SC2154
. tests/lib.sh
. tests/zombies.sh

# Skipped before it begins: what never comes would be waited for.
has_config tiny && {
	echo 'SKIP: tiny has only the list'
	exit 0
}

# A parent that reaps one zombie a signal, and one that a STOP held up.
careless() {
	parent "signal.signal(signal.$1, lambda *_: os.waitpid(-1, os.WNOHANG))
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.$1])" \
		"if '$1' == 'SIGCHLD': signal.sigtimedwait([signal.$1], 0)
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.$1])
while True: signal.pause()"
	# It is at rest only now: on the way there it has SIGCHLD blocked.
	wait_for grep -q '^SigBlk:.0*$' "/proc/$PARENT/status"
}

alive() {
	! grep -q ') Z' "/proc/$1/stat" 2>/dev/null && [ -d "/proc/$1" ]
}

testCureIsADryRunByDefault() {
	careless SIGCHLD
	expect 1 zombiewatch -K -p "$PARENT"
	says out 'would send SIGCHLD'
	says out '-E would end it; its children go to '
	says err 'nothing was done; -y does it'
	expect 1 zombiewatch -q -p "$PARENT"
}

testCureBySigchld() {
	careless SIGCHLD
	expect 0 zombiewatch -K -y -p "$PARENT"
	says out 'SIGCHLD: 1 of 1 zombies went'
	expect 0 zombiewatch -q -p "$PARENT"
	assertTrue 'the parent lives' "alive $PARENT"
}

testCureContinuesAStoppedParent() {
	parent '' 'os.kill(os.getpid(), signal.SIGSTOP); child.wait()
signal.pause()'
	wait_for grep -q ') T' "/proc/$PARENT/stat"
	expect 0 zombiewatch -K -y -i 5 -p "$PARENT"
	says out 'SIGCONT and SIGCHLD: 1 of 1 zombies went'
}

testCureSendsNoSigchldToOneWithoutAHandler() {
	zombie
	expect 1 zombiewatch -K -y -p "$PARENT"
	assertNotContains "$(cat "$TMP/out")" 'SIGCHLD: '
	says out '-E would end it'
	assertTrue 'the parent lives' "alive $PARENT"
}

testCureByTheUsersSignal() {
	careless SIGUSR1
	expect 1 zombiewatch -K -S USR1 -p "$PARENT"
	says out 'would send SIGUSR1'
	expect 0 zombiewatch -K -y -S USR1 -p "$PARENT"
	says out 'SIGUSR1: 1 of 1 zombies went'
}

# In a namespace with an init of ours, which then inherits and reaps.
testCureEndsTheParentOnlyWhenTold() {
	parent 'signal.signal(signal.SIGTERM, signal.SIG_IGN)' 'signal.pause()' \
		'' unshare --kill-child -pf --mount-proc "$BOX" zombiewatch -r \
		sh -c '"$@" & sleep 60' sh
	init=$(children "$PARENT" | tr -d ' ')
	expect 0 nsenter -t "$init" -p -m "$BOX" zombiewatch -K -y -E -i 0.3 \
		-N sh
	says out 'SIGTERM: 0 of 1 zombies went'
	says out 'SIGKILL: 1 of 1 zombies went'
	assertNotContains "$(cat "$TMP/out")" 'SIGCHLD: '
}

testCureNeverEndsProcessOneOrItsOwnAncestors() {
	process 1 init S 0 1 0 0
	process 9 child Z 1 1 0 0
	expect 1 zombiewatch -K -E -P "$TMP/proc"
	says out 'process 1 is not ended'
	assertNotContains "$(cat "$TMP/out")" 'would send'
	cat >"$TMP/ancestor.py" <<'END'
import os, subprocess, sys
child = subprocess.Popen(["true"])
os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
sys.exit(subprocess.call([sys.argv[1], "zombiewatch", "-K", "-y", "-E",
    "-p", str(os.getpid())]))
END
	expect 1 python3 "$TMP/ancestor.py" "$BOX"
	says out 'zombiewatch itself runs below it'
}

testCureOnceAParentHoweverManyZombies() {
	parent 'signal.signal(signal.SIGCHLD, lambda *_: None)
kids = [subprocess.Popen(["true"]) for i in range(4)]' \
		'n = 0
while True:
    signal.sigwait([signal.SIGUSR1]) if n else signal.pthread_sigmask(
        signal.SIG_BLOCK, [signal.SIGUSR1])
    n += 1
    if n > 1: os.waitpid(-1, 0)'
	wait_for sh -c "zombiewatch -p $PARENT | grep -q '^5 zombies'"
	expect 1 zombiewatch -K -y -S USR1 -i 0.3 -p "$PARENT"
	says out 'SIGUSR1: 1 of 5 zombies went'
}

testCureDoesNotSignalWhatItDoesNotSee() {
	process 1 init S 0 1 0 0
	process 7 parent T 1 1 0 0
	process 9 child Z 7 1 0 0
	expect 1 zombiewatch -K -P "$TMP/proc"
	says out 'would send SIGCONT and SIGCHLD'
	expect 3 zombiewatch -K -y -P "$TMP/proc"
	says err 'not of our own PID namespace'
}

testCureNotPermittedIsSaid() {
	careless SIGCHLD
	chmod 755 "$TMP" "$TMP/bin"
	as_nobody "$BOX" zombiewatch -K -y -p "$PARENT" >"$TMP/out" 2>&1
	assertEquals 1 $?
	says out 'SIGCHLD: not permitted'
}

# The parent ends at the first signal, and its number goes to a bystander:
# the next rungs must not reach that.
testCureIsNotFooledByPidReuse() {
	cat >"$TMP/reuse.py" <<'END'
import os, signal, subprocess, sys, time
box, out = sys.argv[1:]

parent = os.fork()
if parent == 0:
    child = os.fork()
    if child == 0:
        os._exit(7)
    signal.pause()
time.sleep(0.1)
cure = subprocess.Popen([box, "zombiewatch", "-K", "-y", "-S", "USR1", "-E",
    "-i", "0.5", "-p", str(parent)], stdout=open(out, "w"))
os.waitpid(parent, 0)       # USR1 ended it; the zombie is ours now
for i in range(100):
    with open("/proc/sys/kernel/ns_last_pid", "w") as f:
        f.write(str(parent - 1))
    bystander = os.fork()
    if bystander == 0:
        signal.pause()
    if bystander == parent:
        break
    os.kill(bystander, signal.SIGKILL)
    os.waitpid(bystander, 0)
assert bystander == parent
cure.wait()
time.sleep(0.1)
sys.exit(0 if os.waitpid(bystander, os.WNOHANG) == (0, 0) else 1)
END
	expect 0 unshare --kill-child -pf --mount-proc python3 "$TMP/reuse.py" \
		"$BOX" "$TMP/cure"
	grep -q 'SIGUSR1: 0 of 1' "$TMP/cure" || fail "$(cat "$TMP/cure")"
	grep -q 'SIGTERM: not sent, the parent has gone' "$TMP/cure" ||
		fail "$(cat "$TMP/cure")"
}

testCureWithoutPidfdsWorksAndSaysSo() {
	strace -o /dev/null true 2>/dev/null || {
		skip 'no strace'
		return
	}
	careless SIGCHLD
	expect 0 strace -o /dev/null -e inject=pidfd_open:error=ENOSYS \
		"$BOX" zombiewatch -K -y -p "$PARENT"
	says out 'SIGCHLD: 1 of 1 zombies went'
	says err 'no pidfd_open here'
}

testCureBadInput() {
	expect 2 zombiewatch -y
	says err '-y, -E and -S are for -K'
	expect 2 zombiewatch -K -S NONSENSE
	says err "-S 'NONSENSE': no signal's name or number"
	expect 2 zombiewatch -K -j
	says err '-K has no format but text'
	expect 2 zombiewatch -K -r true
	says err '-K and -r: one mode at a time'
}

. shunit2
