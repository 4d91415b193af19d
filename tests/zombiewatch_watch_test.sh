#!/bin/sh
# zombiewatch_watch_test - zombies that come and go, as lines and on a screen.
# shellcheck disable=SC1091,SC2119,SC2154
. tests/lib.sh
. tests/zombies.sh

# Skipped before it begins: what never comes would be waited for.
has_config tiny && {
	echo 'SKIP: tiny has only the list'
	exit 0
}

# watch [option ...]: in the background, as WATCH; what it says in $TMP/watch.
watch() {
	zombiewatch -w -i 0.05 "$@" >"$TMP/watch" 2>"$TMP/err" &
	WATCH=$!
	STARTED="${STARTED:-} $WATCH"
	wait_for grep -q . "$TMP/watch"
}

# watched TEXT: it was said, at once or soon.
watched() {
	wait_for grep -qF -- "$1" "$TMP/watch" ||
		fail "not said: $1; but: $(tail -n 5 "$TMP/watch")"
}

end_watch() {
	kill -TERM "$WATCH"
	wait "$WATCH"
	assertEquals 'exit status' "$1" "$?"
}

# A parent that reaps its child when it gets a USR1.
reaper() {
	parent 'signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])' \
		'signal.sigwait([signal.SIGUSR1]); child.wait()
signal.pause()'
}

by_events() {
	grep -q 'by the kernel' "$TMP/watch" || {
		skip 'no proc connector here'
		return 1
	}
}

testWatchTellsWhoComesAndGoes() {
	reaper
	watch -a 0 -p "$PARENT"
	watched " zombie $CHILD "
	watched ": exit 42"
	watched ", parent $PARENT python3: "
	kill -USR1 "$PARENT"
	watched " gone $CHILD sh, "
	end_watch 0
}

testWatchEndsWithOneWhileThereAreZombies() {
	zombie
	watch -a 0 -p "$PARENT"
	watched " zombie $CHILD "
	end_watch 1
	assertEquals 'told once' 1 "$(grep -c " zombie $CHILD " "$TMP/watch")"
}

testWatchByEventsKnowsTheTimeOfDeathAndTheCommand() {
	watch -a 0.2 -N sh
	by_events || return
	# Who is dead before we could look has no command line any more, and in
	# a storm of others' deaths some are lost: then one that lives longer.
	for life in 0 0.2 1 2 4; do
		zombie "sleep $life; exit 42"
		said=" zombie $CHILD sh -c sleep $life; exit 42: exit 42, died "
		watched " zombie $CHILD "
		! grep -F "$said" "$TMP/watch" || break
	done
	watched "$said"
	kill -KILL "$PARENT"
	watched " gone $CHILD sh, a zombie for "
}

testWatchByEventsSleepsWhileNoZombieIsKnown() {
	watch -a 0 -p 4194305
	by_events || return
	strace -o "$TMP/trace" -p "$WATCH" -e trace=poll 2>/dev/null &
	STARTED="$STARTED $!"
	wait_for grep -q ', 3, -1) ' "$TMP/trace" ||
		fail "it wakes up: $(tail -n 5 "$TMP/trace")"
}

# The kernel tells only its first PID namespace.
testWatchFallsBackToScans() {
	mkfifo "$TMP/go"
	cat >"$TMP/inner" <<END
python3 -c 'import subprocess, signal
child = subprocess.Popen(["sh", "-c", "exit 9"])
signal.pause()' &
"$BOX" zombiewatch -w -a 0 -i 0.05 >"$TMP/watch" &
read -r line <"$TMP/go"
kill \$!
wait \$!
END
	unshare --kill-child -pf --mount-proc sh "$TMP/inner" &
	STARTED="${STARTED:-} $!"
	wait_for grep -q 'watching by a scan every 0.05 s (no events: ' "$TMP/watch"
	wait_for grep -q ' zombie [0-9]* sh: exit 9, parent ' "$TMP/watch" ||
		fail "$(cat "$TMP/watch")"
	echo go >"$TMP/go"
	wait
}

testWatchScansAfterEventsWereLost() {
	zombie
	strace -D -o /dev/null -e inject=recvfrom:error=ENOBUFS:when=20+20 "$BOX" \
		zombiewatch -w -i 0.05 -a 0 -p "$PARENT" >"$TMP/watch" &
	STARTED="$STARTED $!"
	wait_for grep -q . "$TMP/watch"
	by_events || return
	# Any death will do as the event that is lost.
	wait_for sh -c "true; (:); grep -q '^events were lost' '$TMP/watch'" ||
		fail "$(cat "$TMP/watch")"
	watched " zombie $CHILD "
}

testWatchWithoutTheConnectorScans() {
	reaper
	strace -D -o /dev/null -e inject=socket:error=EPROTONOSUPPORT "$BOX" \
		zombiewatch -w -i 0.05 -a 0 -p "$PARENT" >"$TMP/watch" &
	STARTED="$STARTED $!"
	watched 'watching by a scan every 0.05 s (no events: '
	watched " zombie $CHILD "
	kill -USR1 "$PARENT"
	watched " gone $CHILD sh, first seen before "
}

testWatchAMadeUpRootByReadingIt() {
	process 1 init S 0 1 0 0
	process 9 child Z 1 1 0 0
	watch -a 0 -P "$TMP/proc"
	watched 'zombie 9 child: exit 0, parent 1 init: '
	rm -r "$TMP/proc/9"
	watched 'gone 9 child'
	# The same number, another process.
	process 9 again Z 1 1 55 256
	watched 'zombie 9 again: exit 1'
	process 9 third Z 1 1 66 9
	watched 'gone 9 again'
	watched 'zombie 9 third: SIGKILL'
	end_watch 1
}

testWatchDoesNotTellOfPassingZombies() {
	zombie
	watch -a 1h -p "$PARENT"
	mv "$TMP/watch" "$TMP/patient"
	watch -a 0 -p "$PARENT"
	watched " zombie $CHILD "
	assertEquals 'the patient one says nothing' '' \
		"$(grep zombie "$TMP/patient")"
}

testWatchTellsWhenAParentLeavesMoreAndMore() {
	process 1 init S 0 1 0 0
	mkdir -p "$TMP/proc/sys/kernel"
	echo 32768 >"$TMP/proc/sys/kernel/pid_max"
	echo '0.0 0.0 0.0 1/768 99' >"$TMP/proc/loadavg"
	watch -a 0 -P "$TMP/proc"
	# shellcheck disable=SC2016
	wait_for eval '[ "$(date +%s)" != "$(stat -c %Y "$TMP/watch")" ]'
	process 100 z Z 1 1 0 0
	watched 'zombie 100 '
	# A rate needs a second to be one.
	wait_for sh -c "[ \$(date +%s) -gt $(($(date +%s) + 1)) ]"
	for pid in 101 102 103 104 105 106 107 108 109 110; do
		process $pid z Z 1 1 0 0
	done
	watched ' parent 1 has 10 zombies, '
	watched ' more an hour; pid_max reached in '
}

# Ten at one look: how many more there will be nobody can know.
testWatchHasNoRateInTheFirstSecond() {
	for json in '' -j; do
		rm -rf "$TMP/proc"
		process 1 init S 0 1 0 0
		# shellcheck disable=SC2086
		watch -a 0 $json -P "$TMP/proc"
		kill -STOP "$WATCH"
		for pid in 101 102 103 104 105 106 107 108 109 110; do
			process $pid z Z 1 1 0 0
		done
		kill -CONT "$WATCH"
		wait_for grep -qx -e '.* parent 1 has 10 zombies' \
			-e '{"event":"leak","ppid":1,"zombies":10}' "$TMP/watch" ||
			fail "$(cat "$TMP/watch")"
		end_watch 1
	done
}

testWatchWithoutProcSaysSo() {
	mkdir "$TMP/none"
	expect 3 zombiewatch -w -P "$TMP/none"
	says err 'is proc mounted there?'
	assertEquals '' "$(cat "$TMP/out")"
}

testWatchAsJson() {
	reaper
	watch -j -a 0 -p "$PARENT"
	wait_for grep -q "^{\"pid\":$CHILD," "$TMP/watch"
	kill -USR1 "$PARENT"
	wait_for grep -q '"event":"gone"' "$TMP/watch"
	end_watch 0
	python3 - "$TMP/watch" "$CHILD" <<'END' || fail "$(cat "$TMP/watch")"
import json, sys
start, came, gone = [json.loads(line) for line in open(sys.argv[1])]
assert start["event"] == "start" and start["source"] in ("connector", "scan")
assert came["event"] == "zombie" and came["pid"] == int(sys.argv[2])
assert came["exit"] == {"kind": "exited", "value": 42, "core": False}
assert gone["event"] == "gone" and gone["pid"] == came["pid"]
END
}

testWatchOnATerminalIsAFullScreenAndPutsItBack() {
	zombie
	cat >"$TMP/screen.py" <<'END'
import fcntl, os, pty, re, select, signal, struct, sys, termios, time
box, parent, how = sys.argv[1:4]
pid, tty = pty.fork()
if pid == 0:
    os.environ["TERM"] = "vt100"
    time.sleep(0.2)
    os.execv(box, [box, "zombiewatch", "-w", "-a", "0", "-i", "0.05",
        "-p", parent])
fcntl.ioctl(tty, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
before = termios.tcgetattr(tty)
out = b""

def until(text):
    global out
    while text not in out:
        assert select.select([tty], [], [], 10)[0], out
        out += os.read(tty, 4096)

until(b"exit 42")
until(b"1 zombie")
assert not termios.tcgetattr(tty)[3] & termios.ECHO
for row, column, text in re.findall(rb"\033\[(\d+);(\d+)H([^\033]*)", out):
    assert int(row) <= 24 and int(column) - 1 + len(text) <= 80, (row, text)
# Nothing changes on it for a while but how long ago it started.
first, out = out, b""
end = time.time() + 0.5
while time.time() < end:
    if select.select([tty], [], [], 0.1)[0]:
        out += os.read(tty, 4096)
assert len(out) < 300 and b"PARENT" not in out, out
if how == "size":
    out = b""
    fcntl.ioctl(tty, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 40, 0, 0))
    until(b"\033[2J")
    until(b"PARENT")
    out = out[out.rindex(b"\033[2J"):]
    for row, column, text in re.findall(rb"\033\[(\d+);(\d+)H([^\033]*)", out):
        assert int(row) <= 10 and int(column) - 1 + len(text) <= 40, text
    how = "q"
if how == "stop":
    out = b""
    os.kill(pid, signal.SIGTSTP)
    until(b"\033[?25h\033[?1049l")
    assert os.WIFSTOPPED(os.waitpid(pid, os.WUNTRACED)[1])
    assert termios.tcgetattr(tty)[3] & termios.ECHO
    out = b""
    os.kill(pid, signal.SIGCONT)
    until(b"PARENT")
    out = b""
    how = "q"
if how == "q":
    os.write(tty, b"q")
else:
    os.kill(pid, getattr(signal, how))
until(b"\033[?25h\033[?1049l")
status = os.waitpid(pid, 0)[1]
assert os.WEXITSTATUS(status) == 1 and os.WIFEXITED(status), status
END
	for how in q size stop SIGTERM SIGINT SIGHUP SIGQUIT; do
		expect 0 python3 "$TMP/screen.py" "$BOX" "$PARENT" "$how"
	done
}

testWatchOnADumbTerminalIsLines() {
	zombie
	cat >"$TMP/dumb.py" <<'END'
import os, pty, select, sys
pid, tty = pty.fork()
if pid == 0:
    os.environ["TERM"] = "dumb"
    os.execv(sys.argv[1], [sys.argv[1], "zombiewatch", "-w", "-a", "0",
        "-i", "0.05", "-p", sys.argv[2]])
out = b""
while b"exit 42" not in out:
    assert select.select([tty], [], [], 10)[0], out
    out += os.read(tty, 4096)
assert b"\033" not in out, out
os.kill(pid, 15)
END
	expect 0 python3 "$TMP/dumb.py" "$BOX" "$PARENT"
}

testWatchBadInput() {
	expect 2 zombiewatch -w -K
	says err '-w and -K: one mode at a time'
	expect 2 zombiewatch -w -i 0
	says err "-i '0': less than 10ms"
	expect 2 zombiewatch -i 5
	says err '-i is for -w and -K'
	expect 2 zombiewatch -w -o prom
	says err '-w has no format but text and json'
	expect 2 zombiewatch -w -q
	says err '-w is not quiet'
	expect 3 zombiewatch -w -P "$TMP/nowhere"
}

. shunit2
