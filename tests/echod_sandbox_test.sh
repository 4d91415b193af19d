#!/bin/sh
# echod_sandbox_test - the filter of system calls: on, narrow, not in the way.
# shellcheck disable=SC1091,SC2154,SC2015,SC2153,SC2013,SC2034
. tests/lib.sh

setUp() {
	! has_config tiny || skip 'tiny has no sandbox'
	! has_config asan || skip 'asan opens files for its reports'
}

# In the asan build there is none: its reports open files.
filtered() {
	! has_config tiny && [ -z "${RUNNER:-}" ] &&
		grep -q '^Seccomp_filters' /proc/self/status || {
		skip 'no seccomp filter here'
		return 1
	}
}

line() {
	sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"
}

# hold: a client that has echoed and stays; its child is in $CHILD.
hold() {
	python3 -c 'import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
s.sendall(b"x"); s.recv(1)
print("ok", flush=True); s.recv(1)' "$PORT" >"$TMP/ok" &
	STARTED=$!
	wait_for test -s "$TMP/ok"
}

testServerAndChildrenAndHelpersAreFiltered() {
	filtered || return
	for model in fork prefork single thread event; do
		serve -u -m $model
		hold
		assertEquals "$model" 2 "$(line "$SERVER" Seccomp)"
		assertEquals "$model" 1 "$(line "$SERVER" NoNewPrivs)"
		for pid in $(children "$SERVER"); do
			assertEquals "$model $pid" 2 "$(line "$pid" Seccomp)"
		done
		kill "$STARTED"
		stop
	done
}

testItCanBeTurnedOff() {
	serve -O sandbox=off
	assertEquals 0 "$(line "$SERVER" Seccomp)"
	expect 2 echod -O sandbox=maybe 127.0.0.1:0
	says err sandbox
}

# denied MODEL: serve with chaos that makes a forbidden call.
denied() {
	serve -m "$1" -O chaos=syscall
	python3 - "$PORT" >"$TMP/got" <<-'END'
		import socket, sys
		s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
		try:
		    s.sendall(b"hello")
		    print("echo" if s.recv(9) == b"hello" else "closed")
		except OSError:
		    print("closed")
	END
}

# injected PID CALL ARGUMENT ARGUMENT: have a process that waits in a call make
# another one, as who took it over would; tells what came of it.
injected() {
	python3 - "$@" <<-'END'
		import ctypes, os, sys
		pid, *call = map(int, sys.argv[1:])
		libc = ctypes.CDLL(None, use_errno=True)
		libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long,
		                        ctypes.c_void_p, ctypes.c_void_p]
		regs = (ctypes.c_ulong * 27)()	# struct user_regs_struct
		def ptrace(what, data=None):
		    if libc.ptrace(what, pid, None, data) == -1:
		        sys.exit("ptrace: " + os.strerror(ctypes.get_errno()))
		ptrace(16)			# PTRACE_ATTACH
		os.waitpid(pid, 0x40000000)	# __WALL
		ptrace(12, regs)		# PTRACE_GETREGS
		regs[16] -= 2			# at its syscall again
		regs[10], regs[14], regs[13] = [n % 2 ** 64 for n in call]
		regs[15] = 2 ** 64 - 1		# no call to restart
		ptrace(13, regs)		# PTRACE_SETREGS
		ptrace(9)			# PTRACE_SINGLESTEP
		status = os.waitpid(pid, 0x40000000)[1]
		if os.WIFSIGNALED(status):
		    print("killed")
		    sys.exit()
		ptrace(12, regs)
		print(ctypes.c_long(regs[10]).value)
		ptrace(8)			# PTRACE_KILL
	END
}

# kill(2) reaches one process: not the group (0, -group), and not all (-1).
testASignalToMoreThanOneProcessIsADeniedCall() {
	filtered || return
	[ "$(uname -m)" = x86_64 ] && ! has_config i386 || {
		skip 'the calls that are injected are numbered as x86-64 does'
		return
	}
	[ "$(id -u)" = 0 ] || {
		skip 'not root'
		return
	}
	serve -m fork
	for whom in 0 -1 -2147483648; do
		rm -f "$TMP/ok"
		hold
		child=$(children "$SERVER")
		child=${child%% *}
		assertEquals "kill($whom, 0)" killed \
			"$(injected "$child" 62 "$whom" 0 2>&1)"
		wait_for test ! -e "/proc/$child"
	done
	rm -f "$TMP/ok"
	hold
	child=$(children "$SERVER")
	child=${child%% *}
	assertEquals 'of a single one' 0 \
		"$(injected "$child" 62 "$child" 0 2>&1)"
}

# scribble PID: write over all that it shares, as who took it over could.
scribble() {
	python3 - "$1" <<-'END'
		import os, sys
		with open("/proc/%s/maps" % sys.argv[1]) as maps, \
		    open("/proc/%s/mem" % sys.argv[1], "r+b", 0) as memory:
		    for line in maps:
		        if " rw-s " in line:
		            start, end = [int(n, 16) for n in
		                          line.split()[0].split("-")]
		            os.pwrite(memory.fileno(), b"\x7f" * (end - start),
		                      start)
	END
}

testWhatATakenOverChildWritesIntoSharedMemoryHarmsNotTheServer() {
	[ "$(id -u)" = 0 ] && [ -z "${EMULATED:-}" ] || {
		skip 'not root, or an emulator has the memory'
		return
	}
	echo 'deny 127.0.0.2' >"$TMP/rules"
	for model in fork prefork; do
		rm -f "$TMP/ok"
		serve -m $model -t 1h -C 9 -A "$TMP/rules" -x 127.0.0.3
		hold
		for child in $(children "$SERVER"); do
			scribble "$child"
		done
		kill -HUP "$SERVER"
		logged "$TMP/rules: 1 rules"
		kill -USR1 "$SERVER"
		logged 'echod: status'
		kill "$STARTED"
		stop
	done
}

testAChildThatTriesADeniedCallDiesAndIsNotMissed() {
	filtered && chaotic || return
	for model in fork prefork; do
		denied $model
		assertEquals closed "$(cat "$TMP/got")"
		logged SIGSYS
		# Reaped, and the next one is served, if only to die as well.
		denied_again=$(python3 -c 'import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
print("connected")' "$PORT")
		assertEquals connected "$denied_again"
		wait_for no_zombies
		assertEquals "$model leaves zombies" 0 "$(zombies)"
		stop
	done
}
zombies() {
	for pid in $(children "$SERVER"); do
		grep -l '^State:.Z' "/proc/$pid/status" 2>/dev/null
	done | wc -l
}
no_zombies() {
	[ "$(zombies)" = 0 ]
}

testWhereThereAreNoChildrenADeniedCallIsAnError() {
	filtered && chaotic || return
	for model in single event thread; do
		denied $model
		assertEquals "$model" echo "$(cat "$TMP/got")"
		stop
	done
}

testTheFilterCostsAConnectionNothing() {
	filtered || return
	command -v strace >/dev/null || {
		skip 'no strace'
		return
	}
	strace -f -qq -e trace=seccomp,prctl -o "$TMP/trace" \
		echod 127.0.0.1:0 >"$TMP/addresses" 2>"$TMP/log" &
	tracer=$!
	wait_for test -s "$TMP/addresses"
	PORT=$(sed 's/.*://' "$TMP/addresses")
	before=$(grep -c -e seccomp -e SECCOMP "$TMP/trace")
	assertNotEquals 'it was set' 0 "$before"
	for i in 1 2 3; do
		assertEquals "$i" hi "$(echo hi |
			timeout 20 echoc "127.0.0.1:$PORT")"
	done
	assertEquals "$before" "$(grep -c -e seccomp -e SECCOMP "$TMP/trace")"
	kill -TERM "$(children "$tracer" | cut -d ' ' -f 1)"
	wait "$tracer"
}

testWithoutSeccompItServesAndSaysSoOnce() {
	command -v strace >/dev/null || {
		skip 'no strace'
		return
	}
	strace -f -qq -o "$TMP/trace" -e trace=prctl \
		-e inject=prctl:error=EINVAL:when=1+ \
		echod 127.0.0.1:0 >"$TMP/addresses" 2>"$TMP/log" &
	tracer=$!
	wait_for test -s "$TMP/addresses"
	assertEquals 1 "$(grep -c 'no sandbox' "$TMP/log")"
	kill -TERM "$(children "$tracer" | cut -d ' ' -f 1)"
	wait "$tracer"
	strace -f -qq -o "$TMP/trace" -e trace=prctl \
		-e inject=prctl:error=EINVAL:when=1+ \
		echod -O sandbox=on 127.0.0.1:0 >"$TMP/out" 2>"$TMP/err"
	assertEquals 3 $?
	says err 'sandbox=on'
}

testHupStatusAndStopWorkInsideOfIt() {
	filtered || return
	echo 'allow any' >"$TMP/rules"
	for model in fork prefork single thread event; do
		serve -u -m $model -A "$TMP/rules" 127.0.0.1:0 "unix:$TMP/sock"
		assertEquals hi "$(echo hi | timeout 20 echoc "$ADDR")"
		: >"$TMP/log"
		kill -HUP "$SERVER"
		logged '1 rules'
		kill -USR1 "$SERVER"
		logged status
		assertEquals hi "$(echo hi | timeout 20 echoc "$ADDR")"
		stop
		assertFalse "$model: the path is gone" "[ -e '$TMP/sock' ]"
	done
}

testALinkLocalClientIsNamedWithItsInterface() {
	unshare -n true 2>/dev/null || {
		skip 'no network namespaces'
		return
	}
	cat >"$TMP/inner" <<-'END'
		ip link set lo up
		ip link add d0 type veth peer name d1
		ip link set d0 addrgenmode none
		ip link set d0 up
		ip link set d1 up
		ip address add fe80::7/64 dev d0 nodad
		"$1" echod -v '[fe80::7%d0]:0' >"$2/addresses" 2>"$2/log" &
		pid=$!
		until [ -s "$2/addresses" ]; do sleep 0.05; done
		read -r _ addr <"$2/addresses"
		echo hi | "$1" echoc "$addr"
		kill "$pid"
		wait "$pid"
		echo "status $?"
	END
	unshare -n sh "$TMP/inner" "$BOX" "$TMP" >"$TMP/out" 2>&1
	says out hi
	says out 'status 0'
	logged 'client [fe80::7%d0]:'
}

. shunit2
