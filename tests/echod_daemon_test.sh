#!/bin/sh
# echod_daemon_test - life without a terminal: -d and -p.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh
. tests/echod.sh

setUp() {
	echod --help | grep -q -- '-d -p' || skip 'no daemon mode in this build'
}

tearDown() {
	[ ! -s "$TMP/pid" ] || kill -KILL "$(cat "$TMP/pid")" 2>/dev/null
}

gone() {
	[ ! -e "$TMP/pid" ]
}

testTheLauncherEndsWhenTheServerIsReady() {
	for model in $(models); do
		timeout 20 echod -d -p "$TMP/pid" -m "$model" 127.0.0.1:0 \
			>"$TMP/out" 2>"$TMP/log" </dev/null
		assertEquals "$model" 0 $?
		read -r _ ADDR <"$TMP/out"
		assertEquals "$model" 6 "$(peer echo "$ADDR" 6)"
		pid=$(cat "$TMP/pid")
		assertEquals "$model" "$pid" \
			"$(sed 's/.*) //' "/proc/$pid/stat" | cut -d ' ' -f 4)"
		kill "$pid"
		wait_for gone || fail "$model: the pid file is left"
		wait_for dead "$pid" || fail "$model: $pid is alive"
	done
}

testAStartThatFailsIsTheLaunchersStatus() {
	expect 3 timeout 20 echod -d -p "$TMP/pid" 192.0.2.1:0
	says err '192.0.2.1:0: '
	assertTrue 'no pid file' gone
	expect 2 timeout 20 echod -d nonsense
	expect 3 timeout 20 echod -d -p "$TMP/no/pid" 127.0.0.1:0
	says err "-p $TMP/no/pid: "
}

# What was made by then goes, whatever failed: an address, the rules, a root.
testAStartThatFailsLeavesNothing() {
	for daemon in '' -d; do
		for what in 'x 2' '192.0.2.1:0 3' "-A $TMP/none 2" \
			"-D $TMP/none 3"; do
			options=${what% *}
			case $options in
			-*) set -- $options "unix:$TMP/sock" ;;
			*) set -- "unix:$TMP/sock" "$options" ;;
			esac
			# shellcheck disable=SC2086
			expect "${what##* }" timeout 60 echod $daemon \
				-p "$TMP/pid" "$@"
			assertFalse "$daemon $options: a pid file" \
				"[ -e '$TMP/pid' ]"
			assertFalse "$daemon $options: a path" \
				"[ -e '$TMP/sock' ]"
		done
	done
}

# A client whose rules deny him is no server's start, and its end all the same.
testWhoIsDeniedLeavesNoPidFileEither() {
	assertEquals '1 False' "$(timeout 60 python3 -c 'import os, socket
import subprocess, sys
l = socket.create_server(("127.0.0.1", 0))
c = socket.create_connection(l.getsockname())
s = l.accept()[0]
p = subprocess.run(["echod", "-i", "-x", "any", "-p", sys.argv[1]], stdin=s)
print(p.returncode, os.path.exists(sys.argv[1]))' "$TMP/pid")"
}

# Its files are the server's: a worker that cannot start leaves them.
testAWorkerThatFailsLeavesTheServersFiles() {
	serve -m prefork -n 1 -r 1 -O sandbox=off -p "$TMP/pid" \
		"unix:$TMP/sock"
	prlimit --pid "$SERVER" --nofile=3:
	assertEquals 6 "$(peer echo "unix:$TMP/sock" 6)"
	logged 'worker: '
	assertTrue 'the path' "[ -S '$TMP/sock' ]"
	assertTrue 'the pid file' "[ -s '$TMP/pid' ]"
	stop
}

testASecondServerIsRefusedAndAStaleFileIsNot() {
	echo 999999999 >"$TMP/pid"
	timeout 20 echod -d -p "$TMP/pid" 127.0.0.1:0 >"$TMP/out" </dev/null
	assertEquals 'a number that is nobody' 0 $?
	pid=$(cat "$TMP/pid")
	expect 3 timeout 20 echod -p "$TMP/pid" 127.0.0.1:0
	says err "process $pid runs already"
	assertEquals "$pid" "$(cat "$TMP/pid")"
	kill "$pid"
	wait_for gone || fail 'the pid file is left'
}

testALinkInThePidFilesPlaceIsNotFollowed() {
	echo mine >"$TMP/precious"
	ln -s "$TMP/precious" "$TMP/pid"
	timeout 20 echod -d -p "$TMP/pid" 127.0.0.1:0 >"$TMP/out" </dev/null
	assertEquals 0 $?
	assertEquals mine "$(cat "$TMP/precious")"
	assertFalse "[ -L '$TMP/pid' ]"
	kill "$(cat "$TMP/pid")"
	wait_for gone || fail 'the pid file is left'
}

# A device would be lost, and who opens a pipe may wait for ever.
testWhatIsNoFileIsNoPidFile() {
	mkfifo "$TMP/pipe"
	mkdir "$TMP/directory"
	ln -s pipe "$TMP/link"
	for what in pipe directory link; do
		expect 3 timeout -s KILL 60 echod -p "$TMP/$what" 127.0.0.1:0
		says err "$TMP/$what: not a file"
	done
	assertTrue 'the pipe is left' "[ -p '$TMP/pipe' ]"
	assertTrue 'the link is left' "[ -L '$TMP/link' ]"
}

testAPidFileIsForAForegroundServerToo() {
	serve -p "$TMP/pid"
	assertEquals "$SERVER" "$(cat "$TMP/pid")"
	kill "$SERVER"
	wait "$SERVER"
	SERVER=
	assertTrue gone
}

testAPidFileOfAnotherIsLeft() {
	serve -p "$TMP/pid"
	assertEquals "$SERVER" "$(cat "$TMP/pid")"
	# A file system may give it the same inode, and a coarse clock its time.
	touch -r "$TMP/pid" "$TMP/time"
	rm "$TMP/pid"
	echo other >"$TMP/pid"
	touch -r "$TMP/time" "$TMP/pid"
	kill "$SERVER"
	wait "$SERVER"
	SERVER=
	assertEquals other "$(cat "$TMP/pid")"
	rm "$TMP/pid"
}

testAPidFileIsForOneConnectionToo() {
	models | grep -q single || {
		skip 'no such model in this build'
		return
	}
	assertEquals 'x
gone' "$(timeout 60 python3 -c 'import os, socket, subprocess, sys
a, b = socket.socketpair()
p = subprocess.Popen(["echod", "-i", "-p", sys.argv[1]], stdin=b)
b.close()
a.sendall(b"x")
print(a.recv(1).decode())
there = os.path.exists(sys.argv[1])
a.close()
p.wait()
print("gone" if there and not os.path.exists(sys.argv[1]) else "left")
' "$TMP/pid")"
}

. shunit2
