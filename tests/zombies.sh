# zombies - real and made-up ones, for the tests of zombiewatch.
# shellcheck shell=sh disable=SC2034,SC2120,SC2154

# parent BEFORE AFTER [HOW] [COMMAND...]: a python3 parent that runs BEFORE,
# has a child that is dead when PARENT is set, and runs AFTER. HOW the child
# comes: '' exit 42, sh:COMMAND, none (BEFORE does it), tracer (a third
# process traces it to its death). COMMAND starts it all.
parent() {
	before=$1 after=$2 how=${3:-}
	shift 2
	[ $# = 0 ] || shift
	mkfifo "$TMP/born"
	cat >"$TMP/parent.py" <<'END'
import os, signal, subprocess, sys, time
before, after, how = sys.argv[1:4]

def trace(pid):
    import ctypes
    libc = ctypes.CDLL(None)
    if os.fork() == 0:
        libc.prctl(1, 9)  # PR_SET_PDEATHSIG: it ends with us
        assert libc.ptrace(16, pid, None, None) == 0  # PTRACE_ATTACH
        os.waitpid(pid, 0)
        libc.ptrace(7, pid, None, 9)  # PTRACE_CONT with SIGKILL
        time.sleep(60)
        os._exit(0)

exec(before)
if how == "tracer":
    child = subprocess.Popen(["sleep", "60"])
    trace(child.pid)
    while ") Z " not in open("/proc/%d/stat" % child.pid).read():
        time.sleep(0.01)
    print(child.pid, flush=True)
elif how == "none":
    print(pid, flush=True)
else:
    child = subprocess.Popen(["sh", "-c", how[3:] or "exit 42"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    print(child.pid, flush=True)
os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
exec(after)
END
	"$@" python3 "$TMP/parent.py" "$before" "$after" "$how" >"$TMP/born" &
	PARENT=$!
	STARTED="${STARTED:-} $PARENT"
	read -r CHILD <"$TMP/born"
	rm "$TMP/born"
}

# zombie [sh-command]: the plain case; it never waits. Default: exit 42.
zombie() {
	parent '' 'signal.pause()' "sh:${1:-exit 42}"
}

# process PID NAME STATE PPID THREADS STARTTICKS STATUS: an entry of the
# made-up proc root $TMP/proc.
process() {
	mkdir -p "$TMP/proc/$1"
	printf '%s (%s) %s %s 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 -5 %s 0 %s' \
		"$1" "$2" "$3" "$4" "$5" "$6" >"$TMP/proc/$1/stat"
	printf ' 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 %s\n' \
		"$7" >>"$TMP/proc/$1/stat"
	printf 'Name:\tmade up\nState:\t%s\nUid:\t4242\t4242\t4242\t4242\n' \
		"$3" >"$TMP/proc/$1/status"
	printf 'cpu  1 2 3\nbtime 1700000000\nprocesses 5\n' >"$TMP/proc/stat"
}

# as_nobody COMMAND...: as a user who may look at little.
as_nobody() {
	chmod 755 "$TMP" "$TMP/bin"
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}
