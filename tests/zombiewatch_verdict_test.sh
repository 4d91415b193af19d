#!/bin/sh
# zombiewatch_verdict_test - verdicts that need a tracer, a namespace, a state.
# shellcheck disable=SC1091,SC2119,SC2154
. tests/lib.sh
. tests/zombies.sh

# Skipped before it begins: what never comes would be waited for.
has_config tiny && {
	echo 'SKIP: tiny has only the list'
	exit 0
}

# says_verdict CODE TEXT [OPTION...]: both are said of PARENT's zombies.
says_verdict() {
	verdict=$1 text=$2
	shift 2
	wait_for has_verdict "$@" || fail "not $verdict: $(cat "$TMP/json")"
	expect 1 zombiewatch "$@" -p "$PARENT"
	says out "$text"
}
has_verdict() {
	zombiewatch -j "$@" -p "$PARENT" >"$TMP/json"
	grep -q "\"verdict\":\"$verdict\"" "$TMP/json"
}

# What the python parents share: system calls by number, a child that is
# like a vfork's but has memory of its own, and ends with its parent.
calls='import ctypes
libc = ctypes.CDLL(None)
clone = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
def vfork():
    if libc.syscall(clone, 0x4000 | 17, 0, 0, 0, 0) == 0:
        libc.prctl(1, 9)
        time.sleep(60)
        os._exit(0)
'

testAParentInUninterruptibleSleep() {
	parent "$calls" 'vfork()'
	says_verdict disk 'the parent sleeps uninterruptibly'
	says out ' [D in '
	expect 1 zombiewatch -K -p "$PARENT"
	says out 'no signal would help'
}

testAParentThatItsTracerHolds() {
	parent "$calls" 'tracer = os.getpid()
if os.fork() == 0:
    libc.ptrace(16, tracer, None, None)  # PTRACE_ATTACH
    libc.prctl(1, 9)
    time.sleep(60)
    os._exit(0)
signal.pause()'
	says_verdict held 'the parent is held by its tracer (traced by '
	says out ' [t in '
	# A stopped process dies of KILL, and its tracer with it.
	STARTED="$STARTED $(sed -n 's/.*(traced by \([0-9]*\)).*/\1/p' "$TMP/out")"
}

testAParentThatWaitsForAGroup() {
	parent 'other = subprocess.Popen(["sleep", "60"], process_group=0) \
    if sys.version_info >= (3, 11) else \
    subprocess.Popen(["sleep", "60"], preexec_fn=os.setpgrp)' \
		'os.waitpid(-other.pid, 0)'
	says_verdict waiting 'the parent is in wait, for other children'
	STARTED="$STARTED $(children "$PARENT")"
}

# A thread that does not block SIGCHLD cannot take it now, the others do.
testAParentThatHasNotComeToIt() {
	parent "$calls"'import threading
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
def busy():
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    vfork()
thread = threading.Thread(target=busy)
thread.start()
while ") D " not in open("/proc/self/task/%d/stat" % thread.native_id).read():
    time.sleep(0.01)' 'signal.pause()'
	STARTED="$STARTED $(children "$PARENT") $(
		cat "/proc/$PARENT/task"/*/children)"
	says_verdict pending 'SIGCHLD is pending: the parent has not come to it yet'
}

# enters: PARENT has a child in a PID namespace that is not its own, dead,
# beside the process 1 of that.
enters() {
	parent "$calls"'
assert libc.unshare(0x20000000) == 0  # CLONE_NEWPID
init = os.fork()
if init == 0:
    libc.prctl(1, 9)
    time.sleep(60)
    os._exit(0)' 'signal.pause()'
	INIT=$(children "$PARENT" | tr ' ' '\n' | grep -vx "$CHILD" | head -n 1)
}

testAZombieThatEnteredANamespace() {
	enters
	says_verdict entered 'entered a PID namespace from outside'
}

testAParentOutsideTheNamespace() {
	enters
	# shellcheck disable=SC2016
	unshare -m nsenter -t "$INIT" -p sh -c 'mount -t proc proc /proc &&
		exec "$0" zombiewatch' "$BOX" >"$TMP/out" 2>"$TMP/err"
	assertEquals "$(cat "$TMP/err")" 1 $?
	says out 'its parent is outside this PID namespace'
}

testAParentThatIsHidden() {
	parent 'child = subprocess.Popen(["true"], user=65534, group=65534,
    extra_groups=[])
pid = child.pid
os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)' 'signal.pause()' none
	mkdir "$TMP/hide"
	chmod 755 "$TMP" "$TMP/bin"
	# shellcheck disable=SC2016
	unshare -m sh -c 'mount -t proc -o hidepid=2 proc "$1" && exec setpriv \
		--reuid=65534 --regid=65534 --clear-groups "$0" zombiewatch -P "$1"' \
		"$BOX" "$TMP/hide" >"$TMP/out" 2>"$TMP/err"
	assertEquals "$(cat "$TMP/err")" 1 $?
	says out " $PARENT "
	says out 'its parent cannot be read'
}

# Made up: a process 1 that ends its namespace reaps its own children, so
# the zombies it holds up are, as a rule, those above.
testAMadeUpParentThatEndsItsNamespace() {
	process 1 init S 0 1 0 0
	process 9 inner S 1 1 0 0
	process 10 child Z 9 1 0 0
	printf zap_pid_ns_processes >"$TMP/proc/9/wchan"
	expect 1 zombiewatch -P "$TMP/proc"
	says out 'its parent ends a PID namespace and waits for all in it'
	says out '[S in zap_pid_ns_processes]'
}

. shunit2
