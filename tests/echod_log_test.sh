#!/bin/sh
# echod_log_test - where the log goes, and that it never holds the server up.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh
. tests/echod.sh

setUp() {
	echod --help | grep -q 'syslog' || skip 'no such logs in this build'
}

# As many and as long names as there can be, of bytes that JSON and text escape.
testNamesOfAnyLengthAreWholeLinesAndObjects() {
	name=$(printf '%090d' 0 | tr 0 '\001')
	set --
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
		set -- "$@" "unix:@$$.$i$name"
	done
	serve -o json "$@"
	stop
	assertEquals 16 "$(grep -c '^unix @.*x01$' "$TMP/addresses")"
	assertEquals 2 "$(python3 -c 'import json, sys
print(len([1 for line in open(sys.argv[1])
           if json.loads(line)["event"] in ("start", "stop")]))' "$TMP/log")"
}

testJsonIsAnObjectALine() {
	for model in $(models); do
		serve -v -o json -m "$model"
		assertEquals 6 "$(peer say "$ADDR" 'a"\x00\xff\n\x1b')"
		# The client is gone before the server has heard of it.
		logged '"event":"disconnected"'
		kill -USR1 "$SERVER"
		logged '"event":"status"'
		stop
		python3 - "$TMP/log" >"$TMP/events" <<'EOF'
import json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    event = json.loads(line)
    assert event["time"] > 1e9, line
    # A machine without a filter of calls has this to say first.
    if "no sandbox" in event.get("text", ""):
        continue
    print(event["event"], event.get("bytes", ""))
EOF
		assertEquals "$model" 'start 
connected 
data 6
disconnected 6
status 6
stop 6' "$(cat "$TMP/events")"
	done
}

# All processes share one log: what many write at once is still lines.
testLinesOfManyProcessesAreNotMixed() {
	line='start, |stopped, |no sandbox|client [0-9.:]+ '
	line="$line"'(is connected$|says ".*"$|is disconnected, bytes 20, )'
	for model in $(models); do
		serve -v -b 1000 -m "$model"
		assertEquals "$model" 200 "$(peer many "$ADDR" 200 20)"
		stop
		assertEquals "$model" 200 "$(grep -c ' is connected$' "$TMP/log")"
		mixed=$(grep -vE "^echod: ($line)" "$TMP/log" | head -n 3)
		assertNull "$model: $mixed" "$mixed"
	done
}

testMessagesAreJsonToo() {
	chaotic || return
	serve -o json -O chaos=crash 127.0.0.1:0
	peer say "$ADDR" hello >/dev/null 2>&1
	logged '"end":"SIGSEGV'
	stop
	# An emulator has its own word on a crash.
	assertEquals 0 "$(grep -v '^qemu: ' "$TMP/log" | grep -vc '^{.*}$')"
}

testWhatAChildUsedIsLogged() {
	serve
	assertEquals 6 "$(peer echo "$ADDR" 6)"
	logged ', user 0.'
	stop
	serve -m event
	assertEquals 6 "$(peer echo "$ADDR" 6)"
	logged 'is disconnected, bytes 6'
	assertEquals 'it is absent where no process ended' 0 \
		"$(grep -c ', user ' "$TMP/log")"
}

# A logger of ours in a mount namespace, at /dev/log, that is restarted: the
# server has a filter, another root and no rights by then.
# own_dev COMMAND...: with a /dev that has no logger: the machine may have one,
# or another suite.
own_dev() {
	mkdir "$TMP/dev"
	# shellcheck disable=SC2016
	unshare -m sh -c 'mount -t tmpfs none "$TMP/dev" &&
		for n in null zero urandom; do
			: >"$TMP/dev/$n" && mount --bind "/dev/$n" "$TMP/dev/$n" || exit
		done && mount --rbind "$TMP/dev" /dev && exec "$@"' own_dev "$@"
}

testSyslogGetsPrioritiesAndIsFoundAgain() {
	unshare -m true 2>/dev/null || {
		skip 'no mount namespace'
		return
	}
	own_dev python3 - "$TMP" >"$TMP/out" 2>&1 <<'EOF'
import os, socket, subprocess, sys
tmp = sys.argv[1]
def logger():
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.bind("/dev/log")
    s.settimeout(10)
    return s
log = logger()
os.mkdir(tmp + "/root")
p = subprocess.Popen(["echod", "-o", "syslog", "-D", tmp + "/root", "-U",
                      "nobody", "127.0.0.1:0"],
                     stdout=subprocess.PIPE, text=True)
address = p.stdout.readline().split()[1]
line = log.recv(4096).decode()
if "no sandbox" in line:
    line = log.recv(4096).decode()
print(line)
with open("/proc/%d/status" % p.pid) as status:
    print(*(l for l in status if l.startswith("Seccomp:")))
log.close()
os.unlink("/dev/log")
log = logger()
host, port = address.split(":")
socket.create_connection((host, int(port))).close()
print(log.recv(4096).decode())
p.terminate()
print(p.wait())
EOF
	assertContains "$(cat "$TMP/out")" '<30>echod['
	assertContains "$(cat "$TMP/out")" ']: start, model fork'
	assertContains "$(cat "$TMP/out")" ' is connected'
	has_config asan || [ -n "${EMULATED:-}" ] ||
		assertContains "$(cat "$TMP/out")" 'Seccomp:	2'
	assertEquals 'its exit status' 0 "$(tail -n 1 "$TMP/out")"
}

# Who logs for himself, a worker, a thread or a child at -v, loses a line when
# the logger is another one, which is counted and said at once, and no more.
testEachProcessFindsTheLoggerAgain() {
	unshare -m true 2>/dev/null || {
		skip 'no mount namespace'
		return
	}
	# shellcheck disable=SC2046
	own_dev timeout 250 python3 - "$TMP" $(models) >"$TMP/out" 2>&1 <<'EOF'
import os, re, signal, socket, subprocess, sys
tmp = sys.argv[1]
os.mkdir(tmp + "/root")
def logger():
    if os.path.exists("/dev/log"):
        os.unlink("/dev/log")
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.bind("/dev/log")
    s.settimeout(60)
    return s
def line():
    return log.recv(4096).decode().split("]: ", 1)[1]
def says(word):
    c.sendall(word.encode())
    while len(word) > 0:
        word = word[len(c.recv(100)):]
for model in sys.argv[2:]:
    log = logger()
    p = subprocess.Popen(["echod", "-v", "-o", "syslog", "-m", model, "-D",
                          tmp + "/root", "-U", "nobody", "127.0.0.1:0"],
                         stdout=subprocess.PIPE, text=True)
    host, port = p.stdout.readline().split()[1].split(":")
    c = socket.create_connection((host, int(port)))
    while "is connected" not in line():
        pass
    # Restarted: at most one line is missing.
    log.close()
    log = logger()
    says("one")
    heard = line()
    print(model, heard.endswith('says "one"') or
          heard == "1 log lines were dropped", end=" ")
    says("two")
    print(line().endswith('says "two"'), end=" ")
    # Away for a while: what it missed is said as soon as it is back.
    log.close()
    for word in "a", "b", "c":
        says(word)
    log = logger()
    print(line(), end=" ")
    says("three")
    print(line().endswith('says "three"'))
    p.send_signal(signal.SIGTERM)
    while "stopped" not in line():
        pass
    assert p.wait() == 0
EOF
	for model in $(models); do
		echo "$model True True 3 log lines were dropped True"
	done >"$TMP/expected"
	assertEquals "$(cat "$TMP/expected")" "$(cat "$TMP/out")"
}

testWithoutALoggerSyslogIsAnError() {
	unshare -m true 2>/dev/null || {
		skip 'no mount namespace'
		return
	}
	expect 3 own_dev echod -o syslog 127.0.0.1:0
	says err 'log /dev/log: '
}

testTheKernelsLogGetsStartsAndStopsOnly() {
	{ [ -w /dev/kmsg ] && dmesg; } >/dev/null 2>&1 || {
		skip 'no kernel log for us'
		return
	}
	serve -o kmsg
	pid=$SERVER
	assertEquals 6 "$(peer echo "$ADDR" 6)"
	stop
	dmesg | grep echod >"$TMP/kernel"
	says kernel "pid $pid, on $ADDR"
	assertEquals 0 "$(grep -c "connected" "$TMP/kernel")"
	# It takes no record of more than 992 bytes: of a long one it gets some.
	set --
	for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
		set -- "$@" "unix:@$TMP.$(printf '%080d' $n)"
	done
	serve -o kmsg "$@" 127.0.0.1:0
	pid=$SERVER
	stop
	dmesg | grep echod >"$TMP/kernel"
	says kernel "pid $pid, on "
}

testALogThatNobodyReadsHoldsNothingUp() {
	mkfifo "$TMP/ready" "$TMP/pipe"
	exec 7<>"$TMP/pipe"
	echod -v 127.0.0.1:0 >"$TMP/ready" 2>"$TMP/pipe" 7>&- &
	SERVER=$!
	read -r _ ADDR <"$TMP/ready"
	for _ in 1 2 3; do
		assertEquals 100 "$(peer many "$ADDR" 100 2000)"
	done
	# Somebody reads it after all: what is missing is said.
	cat <"$TMP/pipe" >"$TMP/log" 7>&- &
	STARTED=$!
	wait_for said ' log lines were dropped' ||
		fail "not said: $(tail -n 5 "$TMP/log")"
	exec 7>&-
}

# said TEXT: the log says it before a line of another client.
said() {
	assertEquals 6 "$(peer echo "$ADDR" 6)"
	grep -q "$1" "$TMP/log"
}

testDroppedLinesAreAnEventAndHaveATime() {
	mkfifo "$TMP/ready" "$TMP/pipe"
	exec 7<>"$TMP/pipe"
	echod -v -o json 127.0.0.1:0 >"$TMP/ready" 2>"$TMP/pipe" 7>&- &
	SERVER=$!
	read -r _ ADDR <"$TMP/ready"
	assertEquals 300 "$(peer many "$ADDR" 300 2000)"
	cat <"$TMP/pipe" >"$TMP/log" 7>&- &
	STARTED=$!
	wait_for said '"event":"dropped"'
	exec 7>&-
	python3 - "$TMP/log" <<'EOF'
import json, sys
events = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")
          if '"dropped"' in line]
assert events[0]["event"] == "dropped", events
assert events[0]["time"] > 1e9 and events[0]["lines"] > 0, events
EOF
	assertEquals 0 $?
}

# Who may not open it again, as it is another user's, is not held up either.
testAnotherUsersLogThatNobodyReadsHoldsNothingUp() {
	[ "$(id -u)" = 0 ] || {
		skip 'not root'
		return
	}
	for model in $(models); do
		rm -f "$TMP/ready" "$TMP/pipe"
		mkfifo -m 600 "$TMP/ready" "$TMP/pipe"
		exec 7<>"$TMP/pipe"
		setpriv --reuid=65534 --clear-groups "$BOX" echod -v \
			-m "$model" 127.0.0.1:0 >"$TMP/ready" 2>"$TMP/pipe" 7>&- &
		SERVER=$!
		read -r _ ADDR <"$TMP/ready"
		for _ in 1 2 3; do
			assertEquals "$model" 100 "$(timeout 100 python3 \
				tests/peer.py many "$ADDR" 100 2000)"
		done
		kill -TERM "$SERVER"
		wait "$SERVER"
		assertEquals "$model" 0 $?
		SERVER=
		exec 7>&-
	done
}

# The kernel ends who writes beyond a limit of files (SIGXFSZ) unless told not
# to.
testALogThatMayNotGrowHoldsNothingUp() {
	for model in $(models); do
		rm -f "$TMP/ready"
		mkfifo "$TMP/ready"
		sh -c 'ulimit -f 1; exec "$@"' - "$BOX" echod -v -m "$model" \
			127.0.0.1:0 >"$TMP/ready" 2>"$TMP/log" &
		SERVER=$!
		read -r _ ADDR <"$TMP/ready"
		for _ in 1 2 3; do
			assertEquals "$model" 3000 "$(peer echo "$ADDR" 3000)"
		done
		assertTrue "$model: the limit is met" \
			"[ $(wc -c <"$TMP/log") -ge 500 ]"
		stop
	done
}

testBadLogsAreNamed() {
	expect 2 echod -o xml 127.0.0.1:0
	says err "-o 'xml'"
	expect 2 echod -o json=1 127.0.0.1:0
	says err "-o 'json=1'"
}

# Of a socket of both families, as systemd's BindIPv6Only=both makes one.
testARefusedClientHasTheNameOfAConnectedOne() {
	cat >"$TMP/both.py" <<-'END'
		import os, socket, sys
		s = socket.socket(socket.AF_INET6)
		s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
		s.bind(("::", 0))
		s.listen(5)
		os.dup2(s.fileno(), 0)
		os.execvp(sys.argv[1], sys.argv[1:])
	END
	for model in $(models); do
		rm -f "$TMP/ready"
		mkfifo "$TMP/ready"
		python3 "$TMP/both.py" echod -x 127.0.0.2 -m "$model" \
			>"$TMP/ready" 2>"$TMP/log" &
		SERVER=$!
		read -r _ ADDR <"$TMP/ready"
		PORT=${ADDR##*:}
		assertEquals "$model" 6 "$(peer echo "127.0.0.1:$PORT" 6)"
		peer echo "127.0.0.1:$PORT" 6 127.0.0.2 >/dev/null 2>&1
		logged 'client 127.0.0.1:'
		logged ' is refused, reason denied'
		assertContains "$model" "$(grep refused, "$TMP/log")" \
			'client 127.0.0.2:'
		stop
	done
}

testAUnixClientIsNamedByItsUser() {
	for model in $(models); do
		serve -m "$model" "unix:$TMP/sock"
		keep silent "unix:$TMP/sock" 1 hello
		logged "client uid $(id -u) is connected"
		kill -USR1 "$SERVER"
		logged "client uid $(id -u) is here"
		release
		stop
	done
	serve -o json "unix:@$TMP/name"
	peer echo "unix:@$TMP/name" 6 >/dev/null
	logged "\"client\":\"uid $(id -u)\""
}

. shunit2
