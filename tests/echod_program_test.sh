#!/bin/sh
# echod_program_test - -e: a program for each connection.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh

setUp() {
	! has_config tiny lean || skip 'it has no -e'
}

program() {
	printf '#!/bin/sh\n%s\n' "$1" >"$TMP/program"
	chmod +x "$TMP/program"
}

testAProgramHasTheClientOnAllThree() {
	isSkipping && return
	program 'read line; echo "got $line"; echo "and errors" >&2'
	serve -e "$TMP/program" || return
	assertEquals 'got hello
and errors' "$(echo hello | echoc "$ADDR")"
	logged 'no filter and no no_new_privs'
	logged 'exit 0'
}

testAProgramIsAloneWithItsClient() {
	isSkipping && return
	program 'ls -l /proc/$$/fd | grep -c socket: >"$0.fds"
grep -E "^(SigBlk|NoNewPrivs)" /proc/self/status'
	serve -e "$TMP/program" || return
	echoc "$ADDR" </dev/null >"$TMP/out" 2>/dev/null
	assertEquals 'the client, and no listener' 3 "$(cat "$TMP/program.fds")"
	says out 'NoNewPrivs:	0'
	says out 'SigBlk:	0000000000000000'
}

testHowAProgramEndedIsLogged() {
	isSkipping && return
	program 'exit 7'
	serve -e "$TMP/program" || return
	echoc "$ADDR" </dev/null >"$TMP/out" 2>&1
	logged 'exit 7'
}

testAProgramThatIsNotThereIsLoggedNotSent() {
	isSkipping && return
	program 'echo here'
	serve -e "$TMP/program" || return
	rm "$TMP/program"
	echoc "$ADDR" </dev/null >"$TMP/out" 2>&1
	logged "-e $TMP/program: No such file"
	logged 'exit 127'
	assertNotContains "$(cat "$TMP/out")" 'such'
}

testAProgramThatCannotBeRunIsAnErrorAtTheStart() {
	isSkipping && return
	: >"$TMP/text"
	for word in no-such-program '' "$TMP" "$TMP/text" /no/such/program; do
		expect 3 timeout 60 echod -e "$word" 127.0.0.1:0
		says err "-e '$word': "
		assertNull "$word" "$(cat "$TMP/out")"
	done
	# A relative one is, where the server is, one of those that are there.
	program 'echo here'
	(
		cd "$TMP" && exec echod -e ./program 127.0.0.1:0
	) >"$TMP/on" 2>"$TMP/log" </dev/null &
	SERVER=$!
	wait_for grep -q 127 "$TMP/on" || fail "$(cat "$TMP/log")"
	assertEquals here "$(timeout 60 echoc "$(sed 's/.* //' "$TMP/on")" \
		</dev/null 2>"$TMP/err")"
}

# With another root it is sought there, as it will be.
testAProgramIsSoughtInTheRootThatItWillHave() {
	isSkipping && return
	[ "$(id -u)" = 0 ] || {
		skip 'not root'
		return
	}
	mkdir "$TMP/root"
	program 'echo here'
	expect 3 timeout 60 echod -D "$TMP/root" -e "$TMP/program" 127.0.0.1:0
	says err "-e '$TMP/program': No such file"
	cp "$BOX" "$TMP/root/echoc"
	serve -D "$TMP/root" -e /echoc
}

testWhatIsForTheEchoIsNotForAProgram() {
	chaotic || return
	isSkipping && return
	for words in -v '-O bytes=5'; do
		# shellcheck disable=SC2086
		expect 2 timeout 60 echod $words -e /bin/true 127.0.0.1:0
		says err '-v and -O bytes are for the echo, not for -e'
	done
	for fault in crash stall close-early:5 echo-twice insert; do
		expect 2 timeout 60 echod -O "chaos=$fault" -e /bin/true \
			127.0.0.1:0
		says err "-O chaos=${fault%:*} is for the echo, not for -e"
	done
	# How a child is waited for is the same for all of them.
	serve -O chaos=one-wait -e /bin/true
}

testAProgramEndsWithTheServer() {
	isSkipping && return
	program 'echo $$; exec sleep 1000'
	serve -g 1 -e "$TMP/program" || return
	echoc "$ADDR" </dev/zero >"$TMP/pid" 2>/dev/null &
	STARTED=$!
	wait_for grep -q . "$TMP/pid"
	pid=$(head -n 1 "$TMP/pid")
	assertTrue 'it runs' "kill -0 $pid"
	stop
	gone() {
		! kill -0 "$pid" 2>/dev/null
	}
	wait_for gone
	assertEquals 0 $?
	kill "$STARTED" 2>/dev/null || :
}

# What it has started holds the connection as well; on a slow machine it may
# have been ended before that.
testALimitEndsWhatAProgramHasStartedToo() {
	isSkipping && return
	program 'trap "" TERM; sleep 1000 & echo here; wait'
	serve -t 2 -e "$TMP/program" || return
	assertEquals 'the end' "$(timeout 100 python3 -c '
import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
try:
    while s.recv(99):
        pass
except ConnectionResetError:
    pass
print("the end")' "$PORT")"
}

testOthersCannotReachAProgramByAccident() {
	isSkipping && return
	for where in 0 0.0.0.0:0 '[::]:0'; do
		expect 2 timeout 10 echod -e /bin/true "$where"
		says err 'is reached from other machines'
	done
	expect 2 timeout 10 echod -x 10.0.0.0/8 -e /bin/true 0
	says err 'is reached from other machines'
	expect 2 timeout 10 echod -u -e /bin/true 127.0.0.1:0
	expect 2 timeout 10 echod -m event -e /bin/true 127.0.0.1:0
	expect 2 timeout 10 echod -O sandbox=on -e /bin/true 127.0.0.1:0
}

testWithAnAllowListItIsOpenToThose() {
	isSkipping && return
	program 'echo yours'
	serve -a 127.0.0.0/8 -e "$TMP/program" 0.0.0.0:0 || return
	assertEquals yours "$(echoc 127.0.0.1 "$PORT" </dev/null)"
}

. shunit2
