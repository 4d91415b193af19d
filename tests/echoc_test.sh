#!/bin/sh
# echoc_test - the pipe and the check, on good servers and bad ones.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh
. tests/echoc_lib.sh

testWhatIsSentComesBackExactly() {
	bad good
	head -c 3000000 /dev/urandom >"$TMP/in"
	echoc "$ADDR" <"$TMP/in" >"$TMP/copy"
	assertEquals 0 $?
	assertTrue 'all bytes' "cmp '$TMP/in' '$TMP/copy'"
}

testNoInputIsAnEchoOfNothing() {
	bad good
	expect 0 echoc "$ADDR"
	assertEquals 0 "$(wc -c <"$TMP/out")"
}

testBytesOfAnyValueComeBack() {
	bad good
	printf 'a\000b\377\n\r' | echoc "$ADDR" | od -An -tx1 >"$TMP/out"
	says out '61 00 62 ff 0a 0d'
}

# A client that writes all before it reads hangs here: the sockets' buffers
# are full in both directions, while the pipe's reader starts late.
testItReadsWhileItWrites() {
	bad good
	head -c 30000000 /dev/zero | timeout 60 echoc "$ADDR" | {
		sleep 2	# nobody reads for a while
		wc -c
	} >"$TMP/out"
	says out 30000000
}

testAPieceOfTheEchoIsNotItsEnd() {
	bad bytewise
	expect 0 echoc -k "$ADDR"
	printf 'a stream has no messages\n' | echoc "$ADDR" >"$TMP/out"
	assertEquals 0 $?
	says out 'a stream has no messages'
}

testTheEchoIsShownBeforeTheInputEnds() {
	bad good
	mkfifo "$TMP/in"
	echoc "$ADDR" <"$TMP/in" >"$TMP/out" &
	client=$!
	exec 8>"$TMP/in"
	echo hello >&8
	wait_for grep -q hello "$TMP/out" || fail 'nothing came'
	exec 8>&-
	wait "$client"
	assertEquals 0 $?
}

testTheWaysToWriteAnAddress() {
	bad good
	for words in "$ADDR" "127.0.0.1 $PORT" "localhost $PORT" \
		"localhost:$PORT"; do
		# shellcheck disable=SC2086
		expect 0 echoc -k $words
	done
	bad good ::1
	for words in "$ADDR" "::1 $PORT" "[::1] $PORT"; do
		# shellcheck disable=SC2086
		expect 0 echoc -k $words
	done
}

testUnixSockets() {
	has_config tiny && {
		skip 'tiny has no unix paths'
		return
	}
	bad good "unix:$TMP/socket"
	expect 0 echoc -k "unix:$TMP/socket"
	expect 0 echoc -k "$ADDR"
	echo hello | echoc "$TMP/socket" >"$TMP/out"
	says out hello
	expect 1 echoc -k "$TMP/nothing"
	says err 'no such socket'
}

testAbstractSockets() {
	has_config tiny && {
		skip 'tiny has no unix paths'
		return
	}
	bad good "@echoc-test-$$"
	expect 0 echoc -k "$ADDR"
	expect 0 echoc -k "unix:$ADDR"
	expect 1 echoc -k "$ADDR-other"
	says err refused
}

testNamesAreLookedUp() {
	has_config tiny && {
		skip 'tiny is numeric'
		return
	}
	bad good
	grep -qE '^127.0.0.1.*\bip4-loopback\b' /etc/hosts ||
		name=$(sed -n 's/^127\.0\.0\.1[[:space:]]*\([^ ]*\).*/\1/p' /etc/hosts | head -n 1)
	expect 0 echoc -k "${name:-ip4-loopback}" "$PORT"
	expect 1 echoc -k -W 20 'no-such-host.invalid' "$PORT"
	grep -qE 'no such host name|no name server answers' "$TMP/err" ||
		fail "$(cat "$TMP/err")"
}

# No name server answers, and getaddrinfo(3) itself waits ten seconds.
testALookupKnowsItsDeadline() {
	has_config tiny && {
		skip 'tiny is numeric'
		return
	}
	unshare -nm true 2>/dev/null || {
		skip 'only root makes a network namespace'
		return
	}
	echo 'nameserver 127.0.0.1' >"$TMP/resolv.conf"
	timeout 8 unshare -nm sh -c 'ip link set lo up
		mount --bind "$TMP/resolv.conf" /etc/resolv.conf
		python3 -c "import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((\"127.0.0.1\", 53)); print(flush=True); time.sleep(9)" >"$TMP/bound" &
		until [ -s "$TMP/bound" ]; do sleep 0.02; done
		echoc -k -W 0.5 some-name 2>"$TMP/err"
		echo $? >"$TMP/status"; kill $!'
	assertEquals 1 "$(cat "$TMP/status")"
	says err 'no name server answers'
}

testEveryAddressOfANameIsTried() {
	bad good ::1
	expect 0 echoc -k localhost "$PORT"
	echo hello | echoc "localhost:$PORT" >"$TMP/out"
	says out hello
}

testATerminalIsServedLineByLine() {
	bad good
	python3 - "$ADDR" <<-'END' >"$TMP/out" 2>&1
		import os, pty, sys, time
		pid, fd = pty.fork()
		if pid == 0:
		    os.execvp("echoc", ["echoc", sys.argv[1]])
		os.write(fd, b"hello\n")
		seen = b""
		while seen.count(b"hello") < 2:	# the terminal's, the server's
		    seen += os.read(fd, 100)
		os.write(fd, b"\x04")		# Ctrl-D: the end of input
		_, status = os.waitpid(pid, 0)
		print("exit", os.waitstatus_to_exitcode(status))
	END
	says out 'exit 0'
}

testWordsThatAreNoAddress() {
	for word in '[::1' '[::1]x' 1.2.3 256.1.1.1 1:2:3:4 ''; do
		expect 2 echoc -k "$word"
		says err "'$word'"
	done
	for port in 99999 7x 65536 -0 ''; do
		expect 2 echoc -k -- 127.0.0.1 "$port"
		says err 'the port is not a number from 0 to 65535'
	done
	expect 2 echoc -k 127.0.0.1:7 7
	says err 'two ports'
	has_config tiny || {
		expect 2 echoc -k unix:/x 7
		says err 'a unix socket has no port'
		expect 2 echoc -k "/$(printf '%0107d' 0)"
		says err 'longer than 107 bytes'
	}
	expect 2 echoc -k 127.0.0.1 7 8
	says err "'8'"
	expect 2 echoc -k
	says err 'no host'
	expect 2 echoc -k 'fe80::1%nothing'
	says err 'no such interface'
}

testOptionsThatAreWrong() {
	expect 2 echoc -k -W x 127.0.0.1
	says err "-W 'x'"
	expect 2 echoc -k -B 127.0.0.1
	says err '-B: check has no such option'
	expect 2 echoc -k -s 0 127.0.0.1
	says err '-s 0: at least one byte'
}

testKeysThatAreWrong() {
	has_config tiny && {
		skip 'tiny has no keys'
		return
	}
	expect 2 echoc -k -O colour=red 127.0.0.1
	says err "'colour=red': no such key"
	expect 2 echoc -k -O ttl=256 127.0.0.1
	says err "-O ttl '256': not a number from 1 to 255"
	expect 2 echoc -k -O ttl 127.0.0.1
	says err 'ttl: it needs =VALUE'
	expect 2 echoc -k -o xml 127.0.0.1
	says err "'xml'"
}

testACheckIsSilent() {
	bad good
	expect 0 echoc -k "$ADDR"
	assertNull "$(cat "$TMP/out" "$TMP/err")"
}

testRefused() {
	closed_port
	for mode in '' -k; do
		# shellcheck disable=SC2086
		expect 1 echoc $mode 127.0.0.1 "$PORT"
		says err 'connection refused'
	done
}

testClosedEarly() {
	bad early
	expect 1 echoc -k "$ADDR"
	says err 'closed early'
	printf hello | echoc "$ADDR" >"$TMP/out" 2>"$TMP/err"
	assertEquals 1 $?
	says out hell
	says err '1 of 5 bytes did not come back'
}

testWrongData() {
	bad wrong
	expect 1 echoc -k "$ADDR"
	says err 'not what was sent'
}

testAnEchoThatComesTwice() {
	bad twice
	expect 1 echoc -k "$ADDR"
	says err 'came twice'
	printf hello | echoc "$ADDR" >"$TMP/out" 2>"$TMP/err"
	assertEquals 1 $?
	says err '5 bytes came that were not sent'
}

testSilence() {
	bad silent
	expect 1 echoc -k -W 0.2 "$ADDR"
	says err 'nothing came back'
	echo hello >"$TMP/in"
	timeout 20 echoc -W 0.2 "$ADDR" <"$TMP/in" >"$TMP/out" 2>"$TMP/err"
	assertEquals 1 $?
	says err 'nothing came back'
}

testACompleteEchoIsEnoughWithoutAClose() {
	bad open_end
	echo hello >"$TMP/in"
	timeout 20 echoc -W 0.3 "$ADDR" <"$TMP/in" >"$TMP/out" 2>"$TMP/err"
	assertEquals "$(cat "$TMP/err")" 0 $?
	says out hello
}

testAStallInTheMiddle() {
	bad stall
	expect 1 echoc -k -W 0.2 "$ADDR"
	says err 'stalled'
	echo hello | timeout 20 echoc -W 0.2 "$ADDR" >"$TMP/out" 2>"$TMP/err"
	assertEquals 1 $?
	says err 'stalled'
	says err '3 of 6 bytes did not come back'
}

testReset() {
	bad rst
	expect 1 echoc -k "$ADDR"
	says err 'reset'
	echo hello | echoc "$ADDR" >"$TMP/out" 2>"$TMP/err"
	assertEquals 1 $?
}

testNoAnswerAtAll() {
	full_port
	expect 1 echoc -k -W 0.3 127.0.0.1 "$PORT"
	# tiny says less of each.
	has_config tiny && says err 'timed out' ||
		says err 'no answer to the connection'
}

testAClosedOutputEndsIt() {
	bad good
	{
		timeout 20 echoc "$ADDR" </dev/zero 2>"$TMP/err"
		echo "$?" >"$TMP/status"
	} | head -c 10 >/dev/null
	wait_for test -s "$TMP/status"
	assertEquals 3 "$(cat "$TMP/status")"
	says err 'standard output:'
}

# With the source and the destination port the same, TCP's simultaneous
# open connects a socket to itself; one local port makes it certain.
testAConnectionToItselfIsNoServer() {
	[ "$(id -u)" = 0 ] && unshare -n true 2>/dev/null || {
		skip 'only root makes a network namespace'
		return
	}
	unshare -n sh -c 'ip link set lo up
		echo "40000 40001" >/proc/sys/net/ipv4/ip_local_port_range
		for try in 1 2 3 4 5 6 7 8 9 10; do
			echoc -k -W 1 127.0.0.1 40000 2>"$TMP/err"
			[ $? != 1 ] && exit 9
			grep -q "connected to itself" "$TMP/err" && exit 0
			echoc -k -W 1 127.0.0.1 40001 2>"$TMP/err"
			grep -q "connected to itself" "$TMP/err" && exit 0
		done; exit 8'
	assertEquals "$(cat "$TMP/err")" 0 $?
}

# What would have no effect is refused, by its name and that of the mode.
testOptionsWithoutAnEffectAreNamed() {
	has_config tiny && {
		skip 'tiny has no keys'
		return
	}
	while read -r words; do
		for key in ${words#*:}; do
			# shellcheck disable=SC2086
			expect 2 echoc ${words%%:*} -O "$key" 127.0.0.1:1
			says err "-O ${key%=*}: "
			says err ' has no such thing'
		done
	done <<-'E'
	:down fresh warn=1 crit=1 warmup=1 depth=2 bulk ascii
	-p:down warmup=1 depth=2 bulk ascii
	-k:fresh warmup=1 depth=2 bulk ascii
	-l:down
	-V:down
	-M:down fresh warmup=1 depth=2 bulk ascii
	-k -u:mss=500 nodelay=0 reset
	-p -u:mss=500 nodelay
	E
	for key in tos=1 dscp=1 ttl=1 mark=1 mss=500 nodelay=0 reset; do
		expect 2 echoc -k -O "$key" "unix:$TMP/nobody"
		says err "-O ${key%=*}: unix has no such thing"
	done
	expect 2 echoc -s 5 127.0.0.1:1
	says err '-s: a pipe over tcp has no messages'
	expect 2 echoc -k -q 127.0.0.1:1
	says err '-q: '
	expect 2 echoc -l -d 0 127.0.0.1:1
	says err '-d 0: '
	expect 2 echoc -k -o hgrm 127.0.0.1:1
	says err '-o hgrm: check has no such format'
}

# A datagram to the port that the kernel has just given to us comes back.
testDatagramsToItselfAreNoServer() {
	has_config tiny && {
		skip 'tiny has no UDP'
		return
	}
	[ "$(id -u)" = 0 ] && unshare -n true 2>/dev/null || {
		skip 'only root makes a network namespace'
		return
	}
	# shellcheck disable=SC2016
	unshare -n sh -c 'ip link set lo up
		echo "40000 40000" >/proc/sys/net/ipv4/ip_local_port_range
		for mode in -k "-p -c 1" "-l -c 1"; do
			echoc $mode -u -W 1 127.0.0.1 40000 >"$TMP/err" 2>&1
			[ $? = 1 ] && grep -q "connected to itself" "$TMP/err" ||
				exit 9
		done'
	assertEquals "$(cat "$TMP/err")" 0 $?
}

# What this machine lacks is not the server's fault, and a 3.
testDescriptorsAndPortsThatRunOutAreOurs() {
	has_config asan && {
		skip 'the sanitizer takes descriptors of its own'
		return
	}
	bad good
	for mode in '' -k; do
		# shellcheck disable=SC2086
		expect 3 prlimit --nofile=3:3 echoc $mode "$ADDR"
		says err 'no descriptor or memory is free here'
		has_config tiny || says err 'see ulimit -n'
	done
	unshare -n true 2>/dev/null || return 0
	unshare -n sh -c 'ip link set lo up
		echo "40000 40000" >/proc/sys/net/ipv4/ip_local_port_range
		python3 -c "import socket, time
s = socket.socket(); s.bind((\"127.0.0.1\", 50000)); s.listen(9)
c = socket.create_connection((\"127.0.0.1\", 50000))
print(c.getsockname()[1], flush=True); time.sleep(60)" >"$TMP/held" &
		until [ -s "$TMP/held" ]; do sleep 0.02; done
		echoc -k 127.0.0.1 50000 2>"$TMP/err"
		status=$?; kill $!; exit $status'
	assertEquals "$(cat "$TMP/err")" 3 $?
	says err 'no local port or address is free here'
	has_config tiny || says err 'wait for TIME_WAIT'
}

testUnreachable() {
	[ "$(id -u)" = 0 ] && unshare -n true 2>/dev/null || {
		skip 'only root makes a network namespace'
		return
	}
	unshare -n echoc -k 192.0.2.1 2>"$TMP/err"
	assertEquals 1 $?
	says err 'unreachable'
}

testSourceTosAndTtlAreOnTheWire() {
	has_config tiny && {
		skip 'tiny has no UDP'
		return
	}
	bad udp-header
	echoc -k -u -W 0.2 -I 127.0.0.9 -O dscp=46 -O ttl=7 "$ADDR" 2>/dev/null
	wait_for grep -q 'tos 184 ttl 7 from 127.0.0.9' "$TMP/header" ||
		fail "$(cat "$TMP/header")"
	echoc -k -u -W 0.2 -O tos=16 "$ADDR" 2>/dev/null
	wait_for grep -q 'tos 16 ttl 64 from 127.0.0.1' "$TMP/header" ||
		fail "$(cat "$TMP/header")"
	expect 3 echoc -k -I 192.0.2.77 "$ADDR"
	says err 'no such interface, address'
	expect 3 echoc -k -I nothing0 "$ADDR"
	says err 'no such interface, address'
}

testSmallQuestionsWaitForNobody() {
	has_config tiny && {
		skip 'tiny has no keys'
		return
	}
	command -v strace >/dev/null && strace true 2>/dev/null || {
		skip 'no strace here'
		return
	}
	bad good
	expect 0 strace -f -e trace=setsockopt echoc -k "$ADDR"
	says err 'TCP_NODELAY, [1]'
	expect 0 strace -f -e trace=setsockopt echoc -k -O nodelay=0 "$ADDR"
	says err 'TCP_NODELAY, [0]'
}

testAMarkRoutesByPolicy() {
	has_config tiny && {
		skip 'tiny has no keys'
		return
	}
	unshare -n true 2>/dev/null || {
		skip 'only root makes a network namespace'
		return
	}
	unshare -n sh -c 'ip link set lo up
		python3 tests/echoserver.py good </dev/zero >"$TMP/address" &
		while ! read -r _ addr <"$TMP/address"; do sleep 0.02; done
		ip rule add fwmark 7 pref 1 prohibit || exit 9
		ip rule del pref 0; ip rule add pref 2 table local
		echoc -k "$addr" || exit 8
		echoc -k -O mark=7 "$addr" 2>"$TMP/err"
		status=$?; kill $!; exit $status'
	assertEquals "$(cat "$TMP/err")" 3 $?
	says err 'not permitted here'
}

testUdp() {
	has_config tiny && {
		skip 'tiny has no UDP'
		return
	}
	bad udp-good
	expect 0 echoc -k -u "$ADDR"
	head -c 300000 /dev/urandom >"$TMP/in"
	echoc -u "$ADDR" <"$TMP/in" >"$TMP/copy"
	assertEquals 0 $?
	assertTrue 'all bytes' "cmp '$TMP/in' '$TMP/copy'"
	closed_port
	expect 1 echoc -k -u 127.0.0.1 "$PORT"
	says err 'refused'
	bad udp-short
	expect 1 echoc -k -u "$ADDR"
	says err 'not what was sent'
}

. shunit2
