#!/bin/sh
# echod_listen_test - addresses of every kind, and sockets opened by others.
# shellcheck disable=SC1091,SC2154,SC2015,SC2153,SC2013,SC2034
. tests/lib.sh

setUp() {
	! has_config tiny || skip 'tiny has plain addresses'
}

# pass WHAT COMMAND...: run it with a socket as systemd and others pass one.
pass() {
	cat >"$TMP/pass.py" <<-'END'
		import os, socket, sys
		what, command = sys.argv[1], sys.argv[2:]
		def stream(host="127.0.0.1"):
		    s = socket.socket()
		    s.bind((host, 0))
		    s.listen(5)
		    return s
		def dgram(port=0):
		    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		    s.bind(("127.0.0.1", port))
		    return s
		socks = []
		if what in ("listener", "stdin", "stale"):
		    socks = [stream()]
		elif what == "two":
		    socks = [stream(), stream("127.0.0.2")]
		elif what == "dgram":
		    socks = [dgram()]
		elif what == "file":
		    socks = [open("/dev/null")]
		elif what in ("connection", "inetd"):
		    s = stream()
		    with open(os.environ["TMP"] + "/port", "w") as f:
		        f.write("%d\n" % s.getsockname()[1])
		    socks = [s.accept()[0]]
		    s.close()
		first = 0 if what in ("stdin", "inetd") else 3
		if "STATE" in os.environ:	# keep a copy, and tell its flags
		    import fcntl
		    if os.fork():
		        os.wait()
		        print(fcntl.fcntl(socks[0], fcntl.F_GETFL) & os.O_NONBLOCK,
		              file=open(os.environ["STATE"], "w"))
		        sys.exit(0)
		for i, s in enumerate(socks):
		    os.dup2(s.fileno(), 100 + i)
		for i in range(len(socks)):
		    os.dup2(100 + i, first + i)
		    os.close(100 + i)
		if what == "inetd":
		    os.dup2(0, 1)
		    os.dup2(0, 2)
		elif what != "stdin":
		    os.environ["LISTEN_FDS"] = str(len(socks))
		    os.environ["LISTEN_PID"] = str(os.getpid() +
		        (what == "stale"))
		os.execvp(command[0], command)
	END
	exec python3 "$TMP/pass.py" "$@"
}

# passed WHAT OPTION...: serve with such a socket.
passed() {
	rm -f "$TMP/ready"
	mkfifo "$TMP/ready"
	what=$1
	shift
	(pass "$what" echod "$@") >"$TMP/ready" 2>"$TMP/log" &
	SERVER=$!
	cat "$TMP/ready" >"$TMP/addresses"
	read -r _ ADDR <"$TMP/addresses"
	PORT=${ADDR##*:}
}

echoes() {
	assertEquals "$1" hello "$(echo hello | timeout 10 echoc "$1")"
}

testASocketOfSystemdIsServed() {
	passed listener
	assertEquals "tcp $ADDR" "$(cat "$TMP/addresses")"
	echoes "127.0.0.1:$PORT"
	stop
	passed two
	assertEquals 2 "$(wc -l <"$TMP/addresses")"
	cut -d ' ' -f 2 "$TMP/addresses" >"$TMP/two"
	while read -r address; do
		echoes "$address"
	done <"$TMP/two"
}

testADatagramSocketOfSystemdIsServed() {
	passed dgram
	assertEquals "udp $ADDR" "$(cat "$TMP/addresses")"
	assertEquals same "$(python3 tests/udp.py sizes "$ADDR" 0 9 65507)"
}

testSocketsForAnotherProcessAreNotOurs() {
	passed stale 127.0.0.1:0
	assertEquals 1 "$(wc -l <"$TMP/addresses")"
	assertNotContains "$(ls -l "/proc/$SERVER/environ")" LISTEN
	echoes "127.0.0.1:$PORT"
}

testAnActivationSocketIsLeftAsItWasFound() {
	(STATE=$TMP/state pass listener echod) >"$TMP/addresses" \
		2>"$TMP/log" &
	parent=$!
	wait_for test -s "$TMP/addresses"
	read -r _ ADDR <"$TMP/addresses"
	PORT=${ADDR##*:}
	kill -TERM "$(children "$parent" | tr -d ' ')"
	wait "$parent"
	assertEquals 'O_NONBLOCK' 0 "$(cat "$TMP/state")"
}

# Of a socket for datagrams also what it tells of each; and after a start that
# fails.
testADatagramSocketIsLeftAsItWasFound() {
	for how in 'TERM' '-A /nowhere/rules' '-D /nowhere'; do
		for kind in dgram stream; do
			cat >"$TMP/left.py" <<-'END'
				import os, signal, socket, subprocess, sys
				kind, *options = sys.argv[1:]
				s = socket.socket(socket.AF_INET,
				    socket.SOCK_DGRAM if kind == "dgram"
				    else socket.SOCK_STREAM)
				s.bind(("127.0.0.1", 0))
				if kind == "stream":
				    s.listen()
				IP_PKTINFO, IP_RECVTTL, IP_RECVTOS = 8, 12, 13
				def state():
				    return (os.get_blocking(s.fileno()),
				        [s.getsockopt(0, o) for o in
				         (IP_PKTINFO, IP_RECVTTL, IP_RECVTOS)])
				if "-D" in options:
				    s.setsockopt(0, IP_RECVTTL, 1)
				before = state()
				def pass_it():
				    os.dup2(s.fileno(), 3)
				    os.set_inheritable(3, True)
				    os.environ["LISTEN_FDS"] = "1"
				    os.environ["LISTEN_PID"] = str(os.getpid())
				if options == ["TERM"]:
				    options = []
				p = subprocess.Popen(["echod"] + options,
				    stdout=subprocess.PIPE, close_fds=False,
				    preexec_fn=pass_it)
				if p.stdout.readline():
				    during = state()
				    assert before != during, during
				    p.send_signal(signal.SIGTERM)
				print(p.wait(), "left" if state() == before
				      else "%s, then %s" % (before, state()))
			END
			case $how in
			TERM) status=0 ;;
			-A*) status=2 ;;
			*) status=3 ;;
			esac
			# shellcheck disable=SC2086
			assertEquals "$kind $how" "$status left" "$(timeout 100 \
				python3 "$TMP/left.py" "$kind" $how 2>"$TMP/err")"
		done
	done
}

# One of two workers sleeps while the server stops: when it then looks for who
# still waits at the socket, that must not block, whosever the socket is.
testWorkersDoNotBlockAtAPassedSocketAtTheStop() {
	(STATE=$TMP/state pass listener echod -m prefork -n 2 -g 1000) \
		>"$TMP/addresses" 2>"$TMP/log" &
	parent=$!
	wait_for test -s "$TMP/addresses"
	server=$(children "$parent" | tr -d ' ')
	STARTED="${STARTED:-} $server"
	# shellcheck disable=SC2046
	set -- $(children "$server")
	kill -STOP "$1"
	wait_for grep -q '^State:	T' "/proc/$1/status"
	kill -TERM "$server"
	wait_for [ ! -e "/proc/$2" ] || fail 'the other worker stays'
	kill -CONT "$1"
	wait_for [ ! -e "/proc/$server" ] || fail 'the server does not end'
	[ ! -e "/proc/$server" ] || kill -KILL "$server"
	wait "$parent"
	assertEquals 'O_NONBLOCK' 0 "$(cat "$TMP/state")"
}

testAListenerOnDescriptor0IsServed() {
	passed stdin
	assertEquals "tcp $ADDR" "$(cat "$TMP/addresses")"
	echoes "127.0.0.1:$PORT"
}

# talk: a client of the one connection that was passed.
talk() {
	wait_for test -s "$TMP/port"
	python3 -c 'import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
s.sendall(b"x" * 100000 + b"end")
s.shutdown(socket.SHUT_WR)
got = b""
while True:
    d = s.recv(65536)
    if not d:
        break
    got += d
print(len(got), got[-3:].decode())' "$(cat "$TMP/port")"
}

testOneAcceptedConnectionIsServedAndNothingElseIsWritten() {
	(pass connection echod) >"$TMP/out" 2>"$TMP/err" &
	pid=$!
	assertEquals '100003 end' "$(talk)"
	wait "$pid"
	assertEquals 0 $?
	assertNull "$(cat "$TMP/out" "$TMP/err")"
}

testInetdsConnectionGetsItsEchoAndNothingElse() {
	for options in -i '-i -v' '-i -m single'; do
		rm -f "$TMP/port"
		# shellcheck disable=SC2086
		(pass inetd echod $options) &
		pid=$!
		assertEquals "$options" '100003 end' "$(talk)"
		wait "$pid"
		assertEquals 0 $?
	done
}

testInetdsClientHearsNothingOfWhatIsWrongWithTheCommandLine() {
	for options in '-i -z' '-i -n 5' '-i -t x' '-t 1 -i -U nobody-here' \
		'-i -O mode=0600' '-i -e /bin/sh'; do
		rm -f "$TMP/port"
		# shellcheck disable=SC2086
		(pass inetd echod $options) &
		pid=$!
		wait_for test -s "$TMP/port"
		assertNull "$options" \
			"$(timeout 100 python3 tests/peer.py hear \
				"127.0.0.1:$(cat "$TMP/port")")"
		wait "$pid"
		assertEquals "$options" 2 $?
	done
}

# A client that stays: the end is the server's.
testAPassedConnectionEndsWhenItIsToOrItsTimeIsOver() {
	for what in connection inetd; do
		for how in TERM QUIT '-t 0.2' '-O lifetime=0.2'; do
			options=
			[ $what = connection ] || options=-i
			[ "$how" = "${how#-}" ] || options="$options $how"
			rm -f "$TMP/port"
			: >"$TMP/end"
			# shellcheck disable=SC2086
			(pass $what echod $options) >"$TMP/out" 2>&1 &
			pid=$!
			wait_for test -s "$TMP/port"
			timeout 100 python3 tests/peer.py ended \
				"127.0.0.1:$(cat "$TMP/port")" >"$TMP/end" &
			client=$!
			wait_for grep -q x "$TMP/end"
			[ "$how" != "${how#-}" ] || kill "-$how" "$pid"
			wait "$pid"
			assertEquals "$what $how" 0 $?
			wait "$client"
			assertEquals "$what $how" 'x
end' "$(cat "$TMP/end")"
		done
	done
}

# What is open already cannot be opened otherwise.
testWhatHasNoEffectOnASocketThatIsPassedIsNamed() {
	for options in '-u' '-b 5' '-O interface=lo' '-O mode=0600'; do
		# shellcheck disable=SC2086
		(pass listener echod $options) >"$TMP/out" 2>"$TMP/err"
		assertEquals "$options" 2 $?
		says err "${options%[ =]*} is for "
		assertNull "$(cat "$TMP/out")"
	done
	for options in -d -u '-b 5' '-O interface=lo'; do
		rm -f "$TMP/port"
		# shellcheck disable=SC2086
		(pass connection echod $options) >"$TMP/out" 2>"$TMP/err" &
		pid=$!
		wait_for test -s "$TMP/port"
		python3 -c 'import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
s.settimeout(100)
s.recv(1)' "$(cat "$TMP/port")"
		wait "$pid"
		assertEquals "connection $options" 2 $?
		says err "${options%[ =]*} "
		says err ' for '
	done
	passed dgram -u
	assertEquals "udp $ADDR" "$(cat "$TMP/addresses")"
	stop
	(pass listener echod -b 5 127.0.0.1:0) >"$TMP/addresses" 2>"$TMP/log" &
	SERVER=$!
	wait_for prints 2 grep -c tcp "$TMP/addresses"
}

testInetdNeedsAConnection() {
	expect 2 echod -i 127.0.0.1:0
	says err '-i'
	expect 3 echod -i
	says err 'descriptor 0 is no connection'
}

testWhatIsNoSocketIsNamed() {
	(pass file echod) >"$TMP/out" 2>"$TMP/err"
	assertEquals 3 $?
	says err 'descriptor 3'
	says err 'no socket'
}

testAbstractNamesAreServed() {
	serve "unix:@echobox-$$"
	assertEquals "unix @echobox-$$" "$(cat "$TMP/addresses")"
	echoes "unix:@echobox-$$"
	expect 3 echod "unix:@echobox-$$"
	says err 'in use'
}

testAUnixPathHasTheModeItIsGiven() {
	serve -O mode=0600 "unix:$TMP/sock"
	assertEquals 600 "$(stat -c %a "$TMP/sock")"
	stop
	serve -O mode=666 "unix:$TMP/sock"
	assertEquals 666 "$(stat -c %a "$TMP/sock")"
	for word in 8 1000 x '' -1 0xf; do
		expect 2 echod -O "mode=$word" "unix:$TMP/other"
		says err mode
	done
}

testAStaleSocketIsReplaced() {
	serve "unix:$TMP/sock"
	kill -KILL "$SERVER"
	wait "$SERVER" 2>/dev/null
	SERVER=
	assertTrue "[ -S '$TMP/sock' ]"
	serve "unix:$TMP/sock"
	echoes "unix:$TMP/sock"
}

# Of two that start at once, the second waits while the first takes a stale
# path for its own, and finds a live socket there.
testTwoThatStartAtOnceTakeTurnsAtAStalePath() {
	for word in here "$TMP/there"; do
		timeout 100 python3 - "$TMP" "$word" >"$TMP/out" 2>&1 <<'EOF'
import fcntl, os, select, socket, subprocess, sys, time
os.chdir(sys.argv[1])
path, folder = sys.argv[2], os.path.realpath(".")
stale = socket.socket(socket.AF_UNIX)
stale.bind(path)
stale.close()
lock = os.open(".", os.O_RDONLY)
fcntl.flock(lock, fcntl.LOCK_EX)
p = subprocess.Popen(["echod", "unix:" + path], stdout=subprocess.PIPE,
                     stderr=subprocess.PIPE)
fds = "/proc/%d/fd/" % p.pid
def waits():
    try:
        return folder in [os.readlink(fds + fd) for fd in os.listdir(fds)]
    except OSError:
        return False
while not waits():
    if p.poll() is not None or select.select([p.stdout], [], [], 0.02)[0]:
        p.kill()
        sys.exit("it does not wait")
os.unlink(path)
first = socket.socket(socket.AF_UNIX)
first.bind(path)
first.listen()
os.close(lock)
print(p.stderr.readline().decode().split(": ", 1)[1].strip(), p.wait())
socket.socket(socket.AF_UNIX).connect(path)
EOF
		assertEquals "unix:$word: in use; by another server? 3" \
			"$(cat "$TMP/out")"
	done
}

testALiveSocketIsInUse() {
	serve "unix:$TMP/sock"
	expect 3 echod "unix:$TMP/sock"
	says err "unix:$TMP/sock: in use"
	echoes "unix:$TMP/sock"
}

testAFileIsNeverReplaced() {
	echo mine >"$TMP/file"
	expect 3 echod "unix:$TMP/file"
	says err "unix:$TMP/file: in use"
	assertEquals mine "$(cat "$TMP/file")"
}

testAPathThatIsNoLongerOursStays() {
	serve "unix:$TMP/sock"
	mv "$TMP/sock" "$TMP/old"
	echo new >"$TMP/sock"
	stop
	assertEquals new "$(cat "$TMP/sock")"
}

testAnAddressInUseIsNamed() {
	serve
	expect 3 echod "$ADDR"
	says err "$ADDR: in use"
	expect 3 echod 192.0.2.1:0
	says err '192.0.2.1:0: no interface here has this address'
	[ "$(id -u)" = 0 ] || return 0
	expect 3 setpriv --reuid=65534 --clear-groups --bounding-set=-all \
		"$BOX" echod 127.0.0.1:7
	says err '127.0.0.1:7: not permitted'
}

# start_with KEY=VALUE: which options of sockets it sets then is in $TMP/trace.
start_with() {
	strace -o "$TMP/trace" true 2>/dev/null || {
		skip 'no strace'
		return 1
	}
	rm -f "$TMP/addresses"
	strace -f -qq -e trace=setsockopt -o "$TMP/trace" \
		echod -O "$1" -O sandbox=off 127.0.0.1:0 \
		>"$TMP/addresses" 2>"$TMP/log" &
	SERVER=$!
	wait_for test -s "$TMP/addresses"
	kill -TERM "$(children "$SERVER" | tr -d ' ')"
	wait "$SERVER"
	SERVER=
}

testConnectionsAreAnsweredWithoutDelay() {
	serve
	python3 - "$PORT" <<-'END'
		import socket, sys
		s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
		s.sendall(b"x")
		assert s.recv(1) == b"x"
	END
	stop
	for on in 0 1; do
		start_with nodelay=$on || return
		assertEquals "nodelay=$on" $on \
			"$(grep -c TCP_NODELAY "$TMP/trace")"
	done
	expect 2 echod -O nodelay=2 127.0.0.1:0
}

testKeepaliveReachesTheConnections() {
	serve -O keepalive=60
	python3 -c 'import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
s.sendall(b"x"); s.recv(1)
print("ok", flush=True); s.recv(1)' "$PORT" >"$TMP/ok" &
	STARTED=$!
	wait_for test -s "$TMP/ok"
	# The timer field of the connection: 02 is keepalive.
	assertContains "$(grep -i " 0100007F:$(printf %04X "$PORT") " \
		/proc/net/tcp | grep -v ' 0A ' | cut -c 1-60)" ' 02:'
	expect 2 echod -O keepalive=x 127.0.0.1:0
}

# After 4 s it asks four times, that it takes as long again; half a second is
# one.
testKeepaliveTakesAsLongAgain() {
	has_config tiny && {
		skip 'tiny has no -O'
		return
	}
	for row in '4s 4 1' '500ms 1 1' '60 60 15'; do
		start_with keepalive="${row%% *}" || return
		assertEquals "$row" "${row#* } 4" "$(sed -n \
			's/.*TCP_KEEP[A-Z]*, \[\([0-9]*\)\].*/\1/p' \
			"$TMP/trace" | paste -sd ' ' -)"
	done
}

testAnInterfaceBindsTheListener() {
	[ "$(id -u)" = 0 ] || {
		skip 'not root'
		return
	}
	serve -u -O interface=lo '0.0.0.0:0'
	echoes "127.0.0.1:$PORT"
	expect 3 echod -O interface=nosuch0 127.0.0.1:0
	says err "no interface 'nosuch0'"
}

testAnInterfaceKeepsOthersOut() {
	unshare -n true 2>/dev/null || {
		skip 'no network namespaces'
		return
	}
	cat >"$TMP/inner" <<-'END'
		ip link set lo up
		ip link add d0 type veth peer name d1
		ip link set d0 up
		"$1" echod -O interface=d0 0.0.0.0:0 >"$2/addresses" &
		pid=$!
		until [ -s "$2/addresses" ]; do sleep 0.05; done
		read -r _ addr <"$2/addresses"
		"$1" echoc -k "127.0.0.1:${addr##*:}"
		echo "status $?"
		kill "$pid"
	END
	unshare -n sh "$TMP/inner" "$BOX" "$TMP" >"$TMP/out" 2>&1
	says out 'status 1'
}

testWordsThatAreNoAddressAreNamed() {
	for word in '' x 65536 1.2.3.4 '[::1]' ::1 unix: tty: 'tty:/dev/x@y' \
		"unix:$(printf '%0200d' 0)"; do
		expect 2 echod "$word"
		says err "$word"
	done
	# An interface may come yet: the system refuses, the word is right.
	expect 3 echod '[fe80::1%no-such-one]:0'
	says err '[fe80::1%no-such-one]:0: no such interface'
	many=$(seq 1 20 | sed 's/.*/127.0.0.1:0/')
	# shellcheck disable=SC2086
	expect 3 echod $many
	says err 'more than 16'
}

testInetdsWaitHandsOverASocketForGood() {
	for kind in stream dgram; do
		python3 - "$kind" >"$TMP/out" 2>&1 <<'EOF'
import socket, subprocess, sys
kind = (socket.SOCK_STREAM if sys.argv[1] == "stream" else socket.SOCK_DGRAM)
s = socket.socket(socket.AF_INET, kind)
s.bind(("127.0.0.1", 0))
if kind == socket.SOCK_STREAM:
    s.listen()
early = socket.socket(socket.AF_INET, kind)
early.connect(s.getsockname())
early.send(b"early")
p = subprocess.Popen(["echod", "-i"], stdin=s, stdout=s, stderr=s)
early.settimeout(20)
assert early.recv(100) == b"early"
for _ in range(2):
    c = socket.socket(socket.AF_INET, kind)
    c.settimeout(20)
    c.connect(s.getsockname())
    c.send(b"hello")
    assert c.recv(100) == b"hello"
    c.close()
p.terminate()
print(p.wait(20))
EOF
		assertEquals "$kind" 0 "$(cat "$TMP/out")"
	done
}

# Not even where its descriptors 1 and 2 are no socket, and whoever comes.
testInetdsWaitWritesNothingButTheEcho() {
	for kind in stream dgram; do
		timeout 100 python3 - "$kind" >"$TMP/out" 2>&1 <<'EOF'
import signal, socket, subprocess, sys
kind = (socket.SOCK_STREAM if sys.argv[1] == "stream" else socket.SOCK_DGRAM)
s = socket.socket(socket.AF_INET, kind)
s.bind(("127.0.0.1", 0))
if kind == socket.SOCK_STREAM:
    s.listen()
p = subprocess.Popen(["echod", "-i", "-v"], stdin=s, stdout=subprocess.PIPE,
                     stderr=subprocess.PIPE)
c = socket.socket(socket.AF_INET, kind)
c.settimeout(60)
c.connect(s.getsockname())
c.send(b"hello")
print(c.recv(100))
c.close()
p.send_signal(signal.SIGUSR1)
p.send_signal(signal.SIGTERM)
print(p.communicate(), p.returncode)
# Nor of a start that fails.
p = subprocess.run(["echod", "-i", "-A", "/nowhere/rules"], stdin=s,
                   capture_output=True)
print(p.stdout, p.stderr, p.returncode)
EOF
		assertEquals "$kind" "b'hello'
(b'', b'') 0
b'' b'' 2" "$(cat "$TMP/out")"
	done
}

# The models that fork have their client on descriptor 0, too.
testAListenerOnDescriptor0IsServedByEveryModel() {
	has_config tiny && {
		skip 'tiny takes no listener of others'
		return
	}
	for model in fork single prefork thread event; do
		timeout 50 python3 -c 'import socket, subprocess, sys
l = socket.create_server(("127.0.0.1", 0))
p = subprocess.Popen(["echod", "-q", "-m", sys.argv[1]], stdin=l,
                     stdout=subprocess.PIPE)
assert p.stdout.readline()
for _ in range(2):
	with socket.create_connection(l.getsockname(), 20) as s:
		s.sendall(b"hello")
		assert s.recv(5) == b"hello"
p.terminate()
assert p.wait(20) == 0' "$model"
		assertEquals "$model" 0 $?
	done
}

. shunit2
