#!/bin/sh
# echod_traps_test - the traps of fork servers, each sprung on purpose.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh
. tests/echod.sh

# bit SET NUMBER PID: whether a signal is in a set of /proc/PID/status.
bit() {
	set=$(sed -n "s/^$1:	//p" "/proc/$3/status")
	[ $((0x$set >> ($2 - 1) & 1)) = 1 ]
}

testNoSignalRunsCodeOfTheServer() {
	numbers=$(python3 -c 'from signal import *
print(*map(int, (SIGCHLD, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGTERM)))')
	for model in $(models); do
		serve -m "$model"
		for number in $numbers; do
			assertTrue "$model: $number is blocked" \
				"bit SigBlk $number $SERVER"
			# The handler of TERM is for children, who unblock it.
			[ "$number" = "${numbers##* }" ] ||
				assertFalse "$model: $number has a handler" \
					"bit SigCgt $number $SERVER"
		done
		stop
	done
}

testAStormOfSignalsLosesNoClient() {
	for model in $(models); do
		serve -q -b 1000 -m "$model"
		peer many "$ADDR" 300 100 >"$TMP/many" &
		clients=$!
		while kill -0 "$clients" 2>/dev/null; do
			kill -HUP "$SERVER"
			kill -CHLD "$SERVER"
			kill -USR1 "$SERVER"
		done
		wait "$clients"
		assertEquals "$model" 300 "$(cat "$TMP/many")"
		wait_for no_zombies "$SERVER" || fail "$model: zombies"
		stop
	done
}

# Dead before the parent has written down whose slot it has.
testAChildThatDiesAtOnceLeavesItsSlot() {
	chaotic || return
	serve -c 2 -O full=wait -O chaos=crash 127.0.0.1:0
	for _ in 1 2 3 4 5 6; do
		assertNotEquals 5 "$(timeout 20 python3 tests/peer.py \
			say "$ADDR" hello 2>/dev/null)"
	done
	wait_for no_children "$SERVER" || fail 'dead children are left'
	kill -USR1 "$SERVER"
	logged 'status, now 0, clients 6, '
}

# The queue's client may be gone, or somebody else's, when accept asks.
testNoListenerIsEverWaitedFor() {
	has_config tiny && {
		skip 'tiny takes no listener of others'
		return
	}
	serve
	assertEquals 6 "$(peer echo "$ADDR" 6)"
	kill -USR1 "$SERVER"
	logged 'status, now '
	stop
	rm -f "$TMP/ready"
	mkfifo "$TMP/ready"
	python3 -c 'import os, socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(5)
os.dup2(s.fileno(), 0)
os.execvp("echod", ["echod"])' >"$TMP/ready" 2>"$TMP/log" &
	SERVER=$!
	read -r _ ADDR <"$TMP/ready"
	assertEquals 6 "$(peer echo "$ADDR" 6)"
	kill -USR1 "$SERVER"
	logged 'status, now '
}

# held COMMAND...: the server sleeps while the command runs.
held() {
	# shellcheck disable=SC2046
	[ "$model" != prefork ] || kill -STOP $(children "$SERVER")
	kill -STOP "$SERVER"
	"$@"
	kill -CONT "$SERVER"
	# shellcheck disable=SC2046
	[ "$model" != prefork ] || kill -CONT $(children "$SERVER")
}

testAWriteToWhoHasGoneIsNoSignal() {
	for model in $(models); do
		serve -m "$model"
		assertEquals "done" "$(held peer gone "$ADDR" 3)"
		wait_for prints 3 grep -c ' is disconnected' "$TMP/log" ||
			fail "$model: $(cat "$TMP/log")"
		assertEquals "$model" 6 "$(peer echo "$ADDR" 6)"
		assertNotContains "$model" "$(cat "$TMP/log")" SIGPIPE
		stop
	done
}

# The client has sent more than the server will ever read.
testOurEndDestroysNoEcho() {
	has_config tiny && {
		skip 'no such limit in tiny'
		return
	}
	for model in $(models); do
		# More than a client takes in that does not read.
		serve -O bytes=1000000 -m "$model" 127.0.0.1:0
		assertEquals "$model" '1000000 end' \
			"$(peer surplus "$ADDR" 3000000)"
		stop
	done
}

# over N: so many connections are over.
over() {
	[ "$(grep -c ' is disconnected' "$TMP/log")" = "$1" ]
}

# The surplus is there when the limit is reached, or still on its way.
testAnEndBeforeTheClientsIsNoReset() {
	has_config tiny && {
		skip 'no such limit in tiny'
		return
	}
	for model in $(models); do
		serve -O bytes=1000 -m "$model" 127.0.0.1:0 "unix:$TMP/sock"
		for where in "$ADDR" "unix:$TMP/sock"; do
			: >"$TMP/log"
			keep beyond "$where" 30 2000
			wait_for over 30 || fail "$model: $(cat "$TMP/log")"
			echo look >&8
			wait_for prints 2 grep -c . "$TMP/kept"
			assertEquals "$model, $where: resets" 0 \
				"$(tail -n 1 "$TMP/kept")"
			release
		done
		stop
	done
}

# Neither one who says no more, and reads nothing, nor one who says no end.
testAnEndWaitsForNobodyForEver() {
	has_config tiny && {
		skip 'no such limit in tiny'
		return
	}
	for model in $(models); do
		serve -O bytes=1000 -m "$model" 127.0.0.1:0 "unix:$TMP/sock"
		for where in "$ADDR" "unix:$TMP/sock"; do
			: >"$TMP/log"
			keep mute "$where" 1000
			wait_for over 1 || fail "$model, $where: it waits"
			release
			keep flood "$where"
			wait_for grep -q cut "$TMP/kept" ||
				fail "$model, $where: the flood goes on"
			wait_for served "$where" || fail "$model, $where: stuck"
			release
		done
		stop
	done
}

# ends_with_all CLIENTS: the server goes, and each of keep's clients has had its
# echo. No stop: a second signal would hurry it.
ends_with_all() {
	wait "$SERVER"
	assertEquals "$model: $(cat "$TMP/log")" 0 "$?"
	SERVER=
	wait_for grep -q "^$1\$" "$TMP/kept" ||
		fail "$model: $(cat "$TMP/kept" "$TMP/log")"
	release || :
}

testWhoWaitsInTheBacklogAtTheStopIsServed() {
	for model in $(models); do
		serve -m "$model"
		kill -STOP "$SERVER"
		# shellcheck disable=SC2046
		[ "$model" != prefork ] || kill -STOP $(children "$SERVER")
		keep patient "$ADDR" 3 hello
		kill -TERM "$SERVER"
		# shellcheck disable=SC2046
		[ "$model" != prefork ] || kill -CONT $(children "$SERVER")
		kill -CONT "$SERVER"
		ends_with_all 3
	done
}

# A signal to the whole group, and -r: there is no worker left to take them.
testWhoWaitsInTheBacklogIsServedWhenTheWorkersHaveLeftBeforeTheStop() {
	has_config tiny && {
		skip 'no such model in tiny'
		return
	}
	for served in 100 1; do
		model="prefork -r $served"
		serve -m prefork -n 2 -r $served -g 1000
		workers=$(children "$SERVER")
		# shellcheck disable=SC2086
		kill -STOP "$SERVER" $workers
		keep patient "$ADDR" 5 hello
		# shellcheck disable=SC2086
		kill -TERM "$SERVER" $workers
		for pid in $workers; do
			kill -CONT "$pid"
			wait_for dead "$pid"
		done
		kill -CONT "$SERVER"
		ends_with_all 5
	done
}

# reuse PID COMMAND...: run it as the process of this number, if it is free.
reuse() {
	python3 -c 'import os, sys
for _ in range(1000):
    with open("/proc/sys/kernel/ns_last_pid", "w") as f:
        f.write(str(int(sys.argv[1]) - 1))
    pid = os.fork()
    if pid == 0:
        if os.getpid() == int(sys.argv[1]):
            os.execvp(sys.argv[2], sys.argv[2:])
        os._exit(0)
    if pid == int(sys.argv[1]):
        print(pid, flush=True)
    os.waitpid(pid, 0)
    if pid == int(sys.argv[1]):
        break' "$@"
}

testAReapedChildsNumberIsNobodysToKill() {
	unshare -pf --mount-proc test -w /proc/sys/kernel/ns_last_pid \
		2>/dev/null || {
		skip 'numbers cannot be chosen here'
		return
	}
	[ -n "${ALONE:-}" ] || {
		ALONE=1 unshare -pf --mount-proc sh tests/echod_traps_test.sh -- \
			testAReapedChildsNumberIsNobodysToKill >"$TMP/inner" 2>&1
		grep -q '^OK' "$TMP/inner" && ! grep -q ASSERT "$TMP/inner" ||
			fail "$(cat "$TMP/inner")"
		return 0
	}
	serve
	keep silent "$ADDR" 1 hello
	child=$(children "$SERVER")
	release
	wait_for no_children "$SERVER"
	mkfifo "$TMP/ask"
	# shellcheck disable=SC2016
	reuse "${child% }" sh -c 'read -r word <"$0"; echo "$word" >"$0.answer"' \
		"$TMP/ask" >"$TMP/reused" &
	STARTED="$STARTED $!"
	wait_for test -s "$TMP/reused" || fail 'the number was not to be had'
	stop
	# A signal that is on its way comes before the answer.
	timeout 60 sh -c 'echo here >"$0"' "$TMP/ask" ||
		fail 'a stranger is ended'
	wait_for grep -q here "$TMP/ask.answer" || fail 'a stranger is ended'
}

testTheStopIsForItsChildrenAlone() {
	python3 - "$TMP" >"$TMP/out" 2>&1 <<-'END'
		import os, socket, subprocess, sys
		other = subprocess.Popen(["sleep", "60"], preexec_fn=os.setsid)
		def join():
		    os.setpgid(0, other.pid)
		# A group of its own, in which is somebody else.
		server = subprocess.Popen(["setsid", "sh", "-c",
		    "sleep 60 & echo $!; exec echod -c 8 127.0.0.1:0"],
		    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
		bystander = int(server.stdout.readline())
		host, port = server.stdout.readline().split()[1].split(":")
		s = socket.create_connection((host, int(port)))
		s.sendall(b"x")
		assert s.recv(1) == b"x"
		server.terminate()
		print("exit", server.wait(60))
		with open("/proc/%d/stat" % bystander) as f:
		    print("bystander", f.read().rsplit(")")[1].split()[0])
		os.kill(bystander, 9)
		other.kill()
	END
	assertEquals 'exit 0
bystander S' "$(cat "$TMP/out")"
}

testASteppedClockEndsNobody() {
	has_config tiny && {
		skip 'tiny has fork only'
		return
	}
	[ "$(uname -m)${RUNNER:-}" = x86_64 ] && ! has_config i386 || {
		skip 'the clock is stepped on x86-64'
		return
	}
	rm -f "$TMP/ready"
	mkfifo "$TMP/ready"
	python3 tests/stepclock.py "$TMP/step" echod -m event -t 1h -g 1h \
		-O sandbox=off -o json 127.0.0.1:0 >"$TMP/ready" 2>"$TMP/log" &
	tracer=$!
	read -r _ ADDR <"$TMP/ready"
	server=$(children "$tracer")
	keep silent "$ADDR" 1 hello
	echo 86400 >"$TMP/step"
	# Twice: what was due by a clock that jumped is done after one round.
	for _ in 1 2; do
		assertEquals 6 "$(peer echo "$ADDR" 6)"
	done
	wait_for prints 2 grep -c '"disconnected".*"bytes":6,' "$TMP/log"
	assertFalse 'an idle client is ended' \
		"grep '\"disconnected\".*\"bytes\":5,' '$TMP/log'"
	kill -TERM "${server% }"
	release
	wait "$tracer"
	python3 - "$TMP/log" <<-'END'
		import json, sys
		times = [json.loads(l)["time"] for l in open(sys.argv[1])]
		assert times[-1] - times[0] > 80000, times
	END
	assertEquals 'the clock was stepped' 0 $?
}

# A helper that is started while clients are served would hold their connections:
# who is closed then would never hear of it.
testAHelperThatIsStartedAnewHoldsNoClient() {
	has_config tiny && {
		skip 'tiny has no datagrams'
		return
	}
	: >"$TMP/rules"
	for model in single thread event; do
		serve -u -m $model -A "$TMP/rules" -O sandbox=off
		keep silent "$ADDR" 1 hello
		before=$(helper)
		kill -HUP "$SERVER"
		wait_for another_helper "$before"
		wait_for prints 1 sockets "$(helper)" ||
			fail "$model: $(ls -l "/proc/$(helper)/fd")"
		release
		stop
	done
}
helper() {
	children "$SERVER" | cut -d ' ' -f 1
}
another_helper() {
	[ -n "$(helper)" ] && [ "$(helper)" != "$1" ]
}
sockets() {
	find "/proc/$1/fd" -lname 'socket:*' | wc -l
}

# Between the look at the clock and the one at a client's last echo there may
# be another echo, later than that time: it is not one of 497 days ago.
testWhoEchoesWhileTheServerLooksAtTheClockIsNotIdle() {
	has_config tiny && {
		skip 'tiny has counters only'
		return
	}
	[ "$(uname -m)${EMULATED:-}" = x86_64 ] && ! has_config i386 || {
		skip 'the clock is late on x86-64'
		return
	}
	rm -f "$TMP/ready" "$TMP/step"
	mkfifo "$TMP/ready"
	python3 tests/stepclock.py "$TMP/step" echod -g 1h \
		-O sandbox=off 127.0.0.1:0 >"$TMP/ready" 2>"$TMP/log" &
	tracer=$!
	read -r _ ADDR <"$TMP/ready"
	server=$(children "$tracer")
	timeout 100 python3 -c 'import socket, sys
host, port = sys.argv[1].rsplit(":", 1)
s = socket.create_connection((host, int(port)))
while True:
	s.sendall(b"x")
	s.recv(1) or sys.exit()' "$ADDR" &
	busy=$!
	STARTED="${STARTED:-} $busy"
	wait_for prints 1 grep -c 'is connected' "$TMP/log"
	echo late >"$TMP/step"
	for n in 1 2 3; do
		kill -USR1 "${server% }"
		wait_for prints "$n" grep -c 'is here' "$TMP/log"
	done
	assertEquals '' "$(grep 'is here.*idle [0-9]\{4,\}' "$TMP/log")"
	kill "$busy"
	kill -TERM "${server% }"
	wait "$tracer"
}

# One read may leave something behind that no event will tell of: the client's
# end, what urgent data or passed descriptors are before, the rest of much.
testWhatIsBehindOneReadIsReadToo() {
	has_config tiny && {
		skip 'tiny has fork only'
		return
	}
	serve -m event 127.0.0.1:0 "unix:$TMP/sock"
	python3 -c 'import os, signal, socket, sys
host, port = sys.argv[1].rsplit(":", 1)
path, pid = sys.argv[2], int(sys.argv[3])
def tcp():
	return socket.create_connection((host, port))
def unix():
	s = socket.socket(socket.AF_UNIX)
	s.connect(path)
	return s
def fds(s, data):
	socket.send_fds(s, [data[:1]], [0])
	s.sendall(data[1:])
def urgent(s, data):
	s.sendall(data[:2])
	s.send(b"!", socket.MSG_OOB)
	s.sendall(data[2:])
def end(s, data):
	s.sendall(data)
	s.shutdown(socket.SHUT_WR)
plain = lambda s, data: s.sendall(data)
for make, send, size in ((tcp, end, 2), (unix, end, 2), (tcp, urgent, 5),
    (unix, fds, 5), (tcp, plain, 1024), (tcp, plain, 3000), (unix, plain, 3000)):
	with make() as s:
		s.settimeout(20)
		s.sendall(b"?")
		assert s.recv(1) == b"?"
		os.kill(pid, signal.SIGSTOP)
		send(s, b"x" * size)
		os.kill(pid, signal.SIGCONT)
		got = 0
		while got < size:
			got += s.recv(65536).count(b"x")
		if send is end:
			assert s.recv(1) == b""' "$ADDR" "$TMP/sock" "$SERVER"
	assertEquals 0 $?
}

. shunit2
