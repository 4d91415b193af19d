#!/bin/sh
# echod_udp_test - datagrams: what comes back, and what is not answered.
# shellcheck disable=SC1091,SC2154,SC2015,SC2153,SC2013,SC2034
. tests/lib.sh

setUp() {
	! has_config tiny || skip 'tiny has no UDP'
}

udp() {
	python3 tests/udp.py "$@"
}

# counted NAME VALUE: USR1's line says so of datagrams, at once or soon.
counted() {
	wait_for asked "$1 $2" ||
		fail "not counted: $1 $2; the log: $(tail -n 3 "$TMP/log")"
}
asked() {
	kill -USR1 "$SERVER"
	sleep 0.05
	grep 'udp: ' "$TMP/log" | tail -n 1 | grep -qE "[ :]$1(,|;|\$)"
}

# helper: the pid of the process that answers datagrams.
helper() {
	children "$SERVER" | tr ' ' '\n' | head -n 1
}

# In a network of our own: a test that says so runs itself there.
alone() {
	[ -z "${ALONE:-}" ] || return 0
	unshare -n true 2>/dev/null || {
		skip 'no network namespaces'
		return 1
	}
	ALONE=1 unshare -n sh tests/echod_udp_test.sh -- "$1" >"$TMP/inner" 2>&1
	grep -q '^OK' "$TMP/inner" && ! grep -q ASSERT "$TMP/inner" ||
		fail "$(cat "$TMP/inner")"
	return 1
}

testEverySizeComesBackFromTheAddressThatWasAsked() {
	serve -u 127.0.0.1:0 '[::1]:0'
	while read -r kind address; do
		[ "$kind" = udp ] || continue
		assertEquals "$address" same "$(udp sizes "$address" 0 1 64 1472 \
			1473 2047 2048 2049 4096 65507)"
	done <"$TMP/addresses"
}

testPortNumbersAreTheSameForBothProtocolsAndFamilies() {
	serve -u '*:0'
	assertEquals 'four lines, one number' 1 \
		"$(sed 's/.*://' "$TMP/addresses" | sort -u | wc -l)"
	assertEquals 'tcp udp tcp udp' \
		"$(cut -d ' ' -f 1 "$TMP/addresses" | xargs)"
}

testWithoutTheOptionThereIsNoDatagramSocket() {
	serve
	assertEquals 1 "$(wc -l <"$TMP/addresses")"
	assertFalse 'nobody has the port' "grep -q ':$(printf %04X "$PORT") ' \
		/proc/net/udp"
}

testTheAnswerLeavesFromTheAddressThatWasAsked() {
	serve -u '0.0.0.0:0'
	for host in 127.0.0.1 127.0.0.2 127.9.9.9; do
		assertEquals $host "$(udp sender "$host:$PORT")"
	done
}

testOnAHostOfManyAddressesToo() {
	alone testOnAHostOfManyAddressesToo || return 0
	ip link set lo up
	ip address add 10.1.0.1/24 dev lo
	ip address add 10.1.0.2/24 dev lo
	ip address add fd00::1/64 dev lo nodad
	ip address add fd00::2/64 dev lo nodad
	serve -u '*:0'
	for host in 10.1.0.1 10.1.0.2 '[fd00::1]' '[fd00::2]'; do
		assertEquals "$(echo "$host" | tr -d '[]')" \
			"$(udp sender "$host:$PORT")"
	done
}

# Asked with a wider address, an answer from that of a link needs the link.
testAnAddressOfALinkAnswersEverybodyThere() {
	alone testAnAddressOfALinkAnswersEverybodyThere || return 0
	ip link set lo up
	ip link add d0 type veth peer name d1
	ip link set d0 addrgenmode none
	ip address add fe80::7/64 dev d0 nodad
	ip address add fd00::7/64 dev d0 nodad
	ip link set d0 up
	ip link set d1 up
	serve -u '[::]:0'
	assertEquals fe80::7 "$(udp sender "[fe80::7%d0]:$PORT" 'fd00::7')"
	assertEquals fe80::7 "$(udp sender "[fe80::7%d0]:$PORT" 'fe80::7%d0')"
}

testBatchesLoseNothing() {
	serve -u
	assertEquals 5000 "$(udp many "$ADDR" 5000 50)"
	counted received 5000
	counted echoed 5000
	counted bytes 160000
}

# What is larger than the way's packets goes in fragments: it cannot be one
# message of several, which the kernel says in its own way since Linux 6.13.
testABatchLargerThanTheWaysPacketsIsAnsweredToo() {
	alone testABatchLargerThanTheWaysPacketsIsAnsweredToo || return 0
	ip link set lo mtu 1300 up
	serve -u 127.0.0.1:0
	for size in 1200 1290 1400 1472; do
		assertEquals "$size" 8 "$(udp batch "$ADDR" 8 $size "$(helper)")"
	done
}

testSourcePortsThatAnswerThemselvesGetNone() {
	[ "$(id -u)" = 0 ] || {
		skip 'not root: low ports'
		return
	}
	serve -u 127.0.0.1:0
	assertEquals answer "$(udp one "$ADDR")"
	for port in 7 19 53 123 1023 2049 5353 11211; do
		assertEquals "port $port" silence \
			"$(udp one "$ADDR" "127.0.0.5:$port" 0 0.3)"
	done
	counted port 8
	assertEquals answer "$(udp one "$ADDR" 127.0.0.5:1024)"
}

testOurOwnPortsGetNoAnswerWhateverTheAddress() {
	serve -u 127.0.0.1:0 127.0.0.2:0
	second=$(sed -n 's/udp 127.0.0.2://p' "$TMP/addresses")
	assertEquals silence "$(udp one "$ADDR" "127.0.0.9:$second" 0 0.3)"
	assertEquals silence "$(udp one "$ADDR" "127.0.0.9:$PORT" 0 0.3)"
	counted port 2
}

testALoopOfTwoServersEndsByItself() {
	[ "$(id -u)" = 0 ] || {
		skip 'not root: raw sockets'
		return
	}
	echod -u 127.0.0.1:0 >"$TMP/other" 2>"$TMP/otherlog" &
	STARTED=$!
	wait_for test -s "$TMP/other"
	serve -u 127.0.0.1:0
	udp forge "$ADDR" "$(sed -n 's/udp //p' "$TMP/other")"
	# 64 hops at the start, one less with each answer; the other one or we
	# drop it, so both together have echoed 63 times.
	counted echoed '3[12]'
	kill "$STARTED"
	STARTED=
}

testBroadcastAndMulticastAreNotAnswered() {
	alone testBroadcastAndMulticastAreNotAnswered || return 0
	ip link set lo up
	ip link add d0 type veth peer name d1
	ip link set d0 up
	ip link set d1 up
	ip address add 10.1.0.1/24 broadcast 10.1.0.255 dev d0
	ip route add 224.0.0.0/4 dev d0
	serve -u '0.0.0.0:0'
	assertEquals silence "$(udp one "10.1.0.255:$PORT" 10.1.0.1:0 1 0.5)"
	counted broadcast 1
	assertEquals answer "$(udp one "10.1.0.1:$PORT")"
}

testAForgedSourceGetsNoMoreThanItsShare() {
	alone testAForgedSourceGetsNoMoreThanItsShare || return 0
	ip link set lo up
	ip address add 10.1.0.1/24 dev lo
	ip address add 10.1.0.66/24 dev lo
	serve -u -O udprate=50 10.1.0.1:0
	udp listen 10.1.0.66:0 "$TMP/victim" 4 >"$TMP/hits" &
	victim=$!
	wait_for test -s "$TMP/victim"
	udp forge "$ADDR" "10.1.0.66:$(cat "$TMP/victim")" 6000
	wait "$victim"
	hits=$(cat "$TMP/hits")
	# 100 at once, 50 a second after that, whatever the machine's pace.
	assertTrue "$hits reached the victim" \
		"[ $hits -ge 50 ] && [ $hits -lt 1500 ]"
	counted rate '[1-9][0-9]*'
	# Others are served all the while, and it too after a rest.
	assertEquals answer "$(udp one "$ADDR" 10.1.0.1:0)"
	wait_for recovered
}
recovered() {
	[ "$(udp one "$ADDR" 10.1.0.66:0 0 0.3)" = answer ]
}

testInventedSourcesDoNotRefillABucket() {
	alone testInventedSourcesDoNotRefillABucket || return 0
	ip link set lo up
	ip address add 10.1.0.1/16 dev lo
	ip address add 10.1.0.66/16 dev lo
	ip route add local 10.2.0.0/16 dev lo
	serve -u -O udprate=1 10.1.0.1:0
	python3 - "$ADDR" <<-'END'
		import socket, sys, time
		sys.path.insert(0, "tests")
		import udp
		to = udp.address(sys.argv[1])[1]
		def at(host):
		    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		    s.bind((host, 0))
		    s.settimeout(0.2)
		    return s
		def drain(s, n):
		    got = 0
		    for _ in range(n):
		        s.sendto(b"x", to)
		        try:
		            s.recv(10); got += 1
		        except socket.timeout:
		            break
		    return got
		# Four sources share a set of the table: who is pushed out may
		# come back with what another one had left, but all of them
		# together have no more than four buckets, and what drips in.
		# This machine is exempt: its answer says that the server has
		# read what came before, so that none of it was lost.
		here = at("127.0.0.1")
		here.settimeout(20)
		me, total, start = at("10.1.0.66"), 0, time.monotonic()
		for i in range(24000):
		    if i % 100 == 0:
		        here.sendto(b"z", to)
		        here.recv(10)
		    if i % 3000 == 0:
		        total += drain(me, 300)
		    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		    s.bind(("10.2.%d.%d" % (i // 250, i % 250 + 1), 0))
		    s.sendto(b"y", to)
		    s.close()
		most = 4 * 64 + 4 * (time.monotonic() - start) + 8
		assert 60 <= total < most, (total, most)
	END
	assertEquals 0 $?
}

testLoopbackIsNotSlowedDown() {
	serve -u -O udprate=1
	assertEquals 500 "$(udp many "$ADDR" 500 20)"
}

testAnswersThatNobodyWantsDoNoHarm() {
	serve -u
	udp deaf "$ADDR" 200
	assertEquals answer "$(udp one "$ADDR")"
}

testNoDatagramIsLargeEnoughToHurt() {
	serve -u 127.0.0.1:0
	python3 - "$ADDR" <<-'END'
		import os, random, socket, sys
		sys.path.insert(0, "tests")
		import udp
		s, to = udp.client(sys.argv[1])
		random.seed(7)
		for i in range(300):
		    data = os.urandom(random.choice((0, 1, 9, 2048, 65507)))
		    assert udp.ask(s, to, data)[0] == data
	END
	assertEquals 0 $?
}

testTheHelperIsReplacedWhenItDies() {
	serve -u
	before=$(helper)
	kill -SEGV "$before"
	logged 'udp: ended, SIGSEGV'
	wait_for answers
	assertNotEquals "$before" "$(helper)"
}
answers() {
	[ "$(udp one "$ADDR" 127.0.0.1:0 0 0.3)" = answer ]
}

testCountersOutliveTheHelper() {
	serve -u
	assertEquals 10 "$(udp many "$ADDR" 10 1)"
	kill -KILL "$(helper)"
	wait_for answers
	counted received '1[1-9]'
}

testASecondServerCannotShareThePort() {
	serve -u
	python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    s.bind(("127.0.0.1", int(sys.argv[1])))
except OSError:
    sys.exit(0)
sys.exit(1)' "$PORT"
	assertEquals 'who asks to share does not get it' 0 $?
	rm -f "$TMP/ready"
	mkfifo "$TMP/ready"
	python3 -c 'import socket, sys
while True:
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 0))
    try:
        t = socket.socket()
        t.bind(("127.0.0.1", s.getsockname()[1]))
        t.close()
        break
    except OSError:
        pass
print(s.getsockname()[1], flush=True)
sys.stdin.read()' <"$TMP/ready" >"$TMP/taken" 2>&1 &
	STARTED=$!
	exec 9>"$TMP/ready"
	wait_for test -s "$TMP/taken"
	port=$(cat "$TMP/taken")
	expect 3 echod -u "127.0.0.1:$port"
	says err "127.0.0.1:$port: in use"
	exec 9>&-
}

testDeniedSourcesGetNoAnswer() {
	serve -u -x 127.0.0.2 127.0.0.1:0
	assertEquals silence "$(udp one "$ADDR" 127.0.0.2:0 0 0.3)"
	assertEquals answer "$(udp one "$ADDR" 127.0.0.3:0)"
	counted denied 1
}

testOldKernelsGetOneCallADatagram() {
	command -v strace >/dev/null || {
		skip 'no strace'
		return
	}
	rm -f "$TMP/addresses"
	strace -f -qq -o "$TMP/trace" -e trace=recvmmsg,sendmmsg \
		-e inject=recvmmsg,sendmmsg:error=ENOSYS \
		echod -u -O sandbox=off 127.0.0.1:0 '[::1]:0' \
		>"$TMP/addresses" 2>"$TMP/log" &
	tracer=$!
	wait_for test -s "$TMP/addresses"
	for address in $(sed -n 's/udp //p' "$TMP/addresses"); do
		assertEquals "$address" same \
			"$(udp sizes "$address" 0 1 2049 65507)"
		assertEquals 200 "$(udp many "$address" 200 20)"
	done
	kill -TERM "$(children "$tracer" | cut -d ' ' -f 1)"
	wait "$tracer"
}

testTheRateIsANumber() {
	expect 2 echod -u -O udprate=x 127.0.0.1:0
	expect 2 echod -u -O udprate=1000001 127.0.0.1:0
}

testASocketOfDatagramsAloneIsServedByEachModel() {
	for model in single fork prefork thread event; do
		python3 - "$model" >"$TMP/out" 2>&1 <<'EOF'
import os, socket, subprocess, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
# As systemd passes it: with -i there is no log on standard error.
def pass_it():
    os.dup2(s.fileno(), 3)
    os.set_inheritable(3, True)
    os.environ["LISTEN_FDS"] = "1"
    os.environ["LISTEN_PID"] = str(os.getpid())
p = subprocess.Popen(["echod", "-m", sys.argv[1]], stderr=subprocess.PIPE,
                     text=True, stdout=subprocess.DEVNULL, close_fds=False,
                     preexec_fn=pass_it)
c = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
c.settimeout(60)
c.connect(s.getsockname())
c.send(b"hello")
assert c.recv(100) == b"hello"
p.terminate()
log = p.communicate(timeout=60)[1]
assert "failures 0" in log and "again" not in log, log
print(p.returncode)
EOF
		assertEquals "$model" 0 "$(cat "$TMP/out")"
	done
}

# What was received before it was told to end is answered: told when the
# call that got it has not returned yet.
testWhatWasReceivedIsAnsweredBeforeTheEnd() {
	strace -o "$TMP/trace" true 2>/dev/null || {
		skip 'no strace'
		return
	}
	echo 'allow any' >"$TMP/rules"
	for how in HUP TERM; do
		rm -f "$TMP/addresses"
		strace -f -qq -e trace=recvmmsg -o "$TMP/trace" \
			-e inject=recvmmsg:delay_exit=3000000 \
			echod -u -A "$TMP/rules" -O sandbox=off -g 60 127.0.0.1:0 \
			>"$TMP/addresses" 2>"$TMP/log" &
		SERVER=$!
		wait_for test -s "$TMP/addresses"
		server=$(children "$SERVER" | tr -d ' ')
		ADDR=$(sed -n 's/^udp //p' "$TMP/addresses")
		timeout 100 python3 - "$ADDR" "$server" "$how" <<-'END'
			import os, signal, socket, sys, time
			host, port = sys.argv[1].split(":")
			s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
			s.settimeout(60)
			s.connect((host, int(port)))
			def waits():
			    for line in open("/proc/net/udp"):
			        words = line.split()
			        if words[1].endswith(":%04X" % int(port)) and \
			           words[3] == "07":
			            return int(words[4].split(":")[1], 16)
			s.send(b"hello")
			while waits():
			    time.sleep(0.01)
			os.kill(int(sys.argv[2]), getattr(signal,
			        "SIG" + sys.argv[3]))
			assert s.recv(100) == b"hello"
		END
		assertEquals "$how" 0 $?
		kill -TERM "$server" 2>/dev/null
		wait "$SERVER"
		SERVER=
	done
}

# A serial line has no rules: who talks over it is not disturbed.
testHupLeavesASerialLineAlone() {
	has_config lean && {
		skip 'lean has no serial lines'
		return
	}
	timeout 100 python3 - "$TMP" <<-'END'
		import os, pty, signal, subprocess, sys, time, tty
		tmp = sys.argv[1]
		master, slave = pty.openpty()
		tty.setraw(master)
		open(tmp + "/rules", "w").write("allow any\n")
		err, log = os.pipe()
		p = subprocess.Popen(["echod", "-u", "-A", tmp + "/rules", "tty:" +
		    os.ttyname(slave), "127.0.0.1:0"], stdout=subprocess.PIPE,
		    stderr=log)
		os.close(log)
		assert p.stdout.readline()
		def helpers():
		    return open("/proc/%d/task/%d/children" % (p.pid,
		                p.pid)).read().split()
		first = before = helpers()
		for _ in range(3):
		    p.send_signal(signal.SIGHUP)
		    text = b""
		    while b"1 rules" not in text:
		        text += os.read(err, 4096)
		    # The other one, for datagrams, is a new one.
		    while len(helpers()) != len(before) or helpers() == before:
		        time.sleep(0.01)
		    before = helpers()
		left = [pid for pid in first if pid in before]
		assert len(left) == len(first) - 1, (first, before)
		p.terminate()
		assert p.wait() == 0
	END
	assertEquals 0 $?
}

. shunit2
