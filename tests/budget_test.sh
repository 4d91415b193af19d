#!/bin/sh
# budget_test - what the hot paths cost: system calls, instructions, memory.
# A budget is a few percent above what was measured; one that is passed says
# what it costs now.  Costs are differences of two runs, so start-up is out.
# shellcheck disable=SC1091
# limit: 300
. tests/lib.sh

# Instructions are counted where the same ones are made: musl, gcc 12, x86-64.
pinned() {
	[ -z "$CONFIG" ] && [ "$(uname -m)" = x86_64 ] &&
		command -v musl-gcc >/dev/null && [ "$(gcc -dumpversion)" = 12 ]
}

counted() {
	[ -z "$CONFIG" ] || {
		skip 'budgets are for the default build'
		return 1
	}
}

# ask CONNECTIONS TRIPS: one after the other, each with so many round trips
# of 64 bytes; the server has ended its side when the next one comes.
ask() {
	python3 -c 'import socket, sys
host, port = sys.argv[1].rsplit(":", 1)
for _ in range(int(sys.argv[2])):
	with socket.create_connection((host, port)) as s:
		s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
		for _ in range(int(sys.argv[3])):
			s.sendall(b"x" * 64)
			got = 0
			while got < 64:
				got += len(s.recv(64))
		s.shutdown(socket.SHUT_WR)
		assert s.recv(1) == b""' "$ADDR" "$1" "$2"
}

# A server under a tool, until it is told to end: under COMMAND... -- OPTIONS.
# serve() starts it by the name echod, so the name is a script that wraps it.
under() {
	mkdir -p "$TMP/wrapped"
	printf '#!/bin/sh\nexec %s %s/bin/echod "$@"\n' "$*" "$TMP" \
		>"$TMP/wrapped/echod"
	chmod +x "$TMP/wrapped/echod"
}

# calls CONNECTIONS TRIPS OPTION...: how many system calls that took in all.
calls() {
	under strace -f -qq -c -S calls -U calls -o "$TMP/strace"
	connections=$1 trips=$2
	shift 2
	PATH=$TMP/wrapped:$PATH serve -q "$@" 127.0.0.1:0 || return
	ask "$connections" "$trips"
	end_wrapped
	awk '$1 ~ /^[0-9]+$/ { n = $1 } END { print n + 0 }' "$TMP/strace"
}

# strace is the server's parent, valgrind is the server.
end_wrapped() {
	server=$(children "$SERVER")
	# shellcheck disable=SC2086
	kill -TERM ${server:-$SERVER} 2>/dev/null
	wait "$SERVER"
	SERVER=
}

# instructions CONNECTIONS TRIPS OPTION...: of the server, and with only one
# connection, or with lasting workers, of its children: a child's count
# starts with its parent's.
instructions() {
	rm -f "$TMP"/callgrind.out.*
	under valgrind -q --tool=callgrind \
		"--callgrind-out-file=$TMP/callgrind.out.%p"
	connections=$1 trips=$2
	shift 2
	PATH=$TMP/wrapped:$PATH serve -q "$@" 127.0.0.1:0 || return
	ask "$connections" "$trips"
	main=$SERVER
	stop
	case "$connections $*" in "1 "* | *prefork*) main='*' ;; esac
	# shellcheck disable=SC2086
	sed -n 's/^totals: //p' "$TMP"/callgrind.out.$main |
		awk '{ n += $1 } END { print n + 0 }'
}

# each FUNCTION FEW MANY BY OPTION...: the cost of one more, times 10.
# BY is connections or trips.
each() {
	f=$1 few=$2 many=$3 by=$4
	shift 4
	if [ "$by" = connections ]; then
		a=$($f "$few" 1 "$@") b=$($f "$many" 1 "$@")
	else
		a=$($f 1 "$few" "$@") b=$($f 1 "$many" "$@")
	fi
	echo $(((b - a) * 10 / (many - few)))
}

# within WHAT COST BUDGET: of ten; a cost of nothing is a broken measurement.
within() {
	echo "$1: $(($2 / 10)).$(($2 % 10)), budget $(($3 / 10)).$(($3 % 10))"
	assertTrue "$1: $(($2 / 10)).$(($2 % 10)) for each, budget $(($3 / 10))" \
		"[ $2 -gt 0 ] && [ $2 -le $3 ]"
}

testSystemCallsOfAForkedConnection() {
	counted || return
	within 'system calls a connection' \
		"$(each calls 20 120 connections -m fork)" 165
}

testSystemCallsOfARoundTripInFork() {
	counted || return
	within 'system calls a round trip' "$(each calls 20 220 trips -m fork)" 21
}

testSystemCallsOfAConnectionInEvent() {
	counted || return
	within 'system calls a connection' \
		"$(each calls 20 120 connections -m event)" 100
}

testSystemCallsOfAConnectionInPrefork() {
	counted || return
	within 'system calls a connection' \
		"$(each calls 20 120 connections -m prefork -n 1)" 75
}

# A fresh process each: what it does before its client comes, too.
testSystemCallsOfAConnectionOfAFreshWorker() {
	counted || return
	within 'system calls a connection' \
		"$(each calls 20 120 connections -m prefork -n 2 -r 1)" 185
}

testSystemCallsOfARoundTripInEvent() {
	counted || return
	within 'system calls a round trip' "$(each calls 20 220 trips -m event)" 31
}

testInstructionBudgetOfARoundTripInEvent() {
	pinned || {
		skip 'not the pinned compiler and target'
		return
	}
	within 'instructions a round trip' \
		"$(each instructions 20 220 trips -m event)" 4200
}

testInstructionBudgetOfAForkedConnection() {
	pinned || {
		skip 'not the pinned compiler and target'
		return
	}
	within 'instructions a connection' \
		"$(each instructions 2 22 connections -m fork)" 19500
}

testInstructionBudgetOfAConnectionInPrefork() {
	pinned || {
		skip 'not the pinned compiler and target'
		return
	}
	within 'instructions a connection' \
		"$(each instructions 2 22 connections -m prefork -n 1)" 9800
}

testInstructionBudgetOfARoundTripInFork() {
	pinned || {
		skip 'not the pinned compiler and target'
		return
	}
	within 'instructions a round trip' \
		"$(each instructions 20 220 trips -m fork)" 2750
}

testMemoryOfAnIdleConnectionInEvent() {
	counted || return
	bytes=$(idle -m event)
	assertTrue "$bytes bytes" "[ '${bytes:--1}' -ge 0 ] && [ '$bytes' -le 512 ]"
}

# base OPTION...: KB of Pss_Anon once a client was there; the start of the
# stack is random, so the least of a few starts.
base() {
	for _ in 1 2 3 4; do
		serve -q "$@" 127.0.0.1:0 || return
		ask 1 1
		awk '/^Pss_Anon/ { print $2 }' "/proc/$SERVER/smaps_rollup"
		kill -KILL "$SERVER"
		wait "$SERVER" 2>/dev/null
		SERVER=
	done >"$TMP/kb"
	sort -n "$TMP/kb" | head -n 1
}

testMemoryOfTheServerItselfWhateverItsSlots() {
	counted || return
	for model in fork event thread single; do
		for slots in '' '-c 10000'; do
			[ "$model$slots" != 'single-c 10000' ] || continue
			# shellcheck disable=SC2086
			kb=$(base -m $model $slots)
			echo "$model $slots: $kb KB"
			assertTrue "$model $slots: $kb KB" \
				"[ '${kb:-0}' -gt 0 ] && [ '$kb' -le 32 ]"
		done
	done
}

# among HELD MORE OPTION...: the server's instructions until HELD connections
# have stayed and MORE have come and gone.
among() {
	under valgrind -q --tool=callgrind \
		"--callgrind-out-file=$TMP/callgrind.out.%p"
	held=$1 more=$2
	shift 2
	PATH=$TMP/wrapped:$PATH serve -q -c 1000 "$@" 127.0.0.1:0 || return
	python3 -c 'import socket, sys
host, port = sys.argv[1].rsplit(":", 1)
def one():
	s = socket.create_connection((host, port))
	s.sendall(b"x")
	assert s.recv(1) == b"x"
	return s
held = [one() for _ in range(int(sys.argv[2]))]
for _ in range(int(sys.argv[3])):
	with one() as s:
		s.shutdown(socket.SHUT_WR)
		assert s.recv(1) == b""' "$ADDR" "$held" "$more"
	main=$SERVER
	stop
	sed -n 's/^totals: //p' "$TMP/callgrind.out.$main"
}

# What a connection costs does not grow with those that are there.
testAConnectionAmongManyCostsNoMore() {
	counted || return
	command -v valgrind >/dev/null || {
		skip 'no valgrind'
		return
	}
	for limit in '' '-C 900'; do
		for many in 20 600; do
			# shellcheck disable=SC2086
			a=$(among $many 0 -m event $limit)
			# shellcheck disable=SC2086
			b=$(among $many 100 -m event $limit)
			eval "among_$many=$(((b - a) / 100))"
		done
		# shellcheck disable=SC2154
		echo "$limit: $among_20 among 20, $among_600 among 600"
		# shellcheck disable=SC2154
		assertTrue "$limit: $among_20 among 20, $among_600 among 600" \
			"[ $among_20 -gt 0 ] && [ $among_600 -le $((among_20 * 2)) ]"
	done
}

# A batch of datagrams that waits is read and answered at once, each is its
# own datagram again and in its order; so are those of other sizes between.
testSystemCallsOfABatchOfDatagrams() {
	counted || return
	under strace -f -qq -c -S calls -U calls -o "$TMP/strace"
	PATH=$TMP/wrapped:$PATH serve -q -u 127.0.0.1:0
	server=$(children "$SERVER" | tr -d ' ')
	udp=$(children "$server" | tr -d ' ')
	python3 -c 'import os, signal, socket, sys
host, port = sys.argv[1].rsplit(":", 1)
pid = int(sys.argv[2])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect((host, int(port)))
s.settimeout(10)
sizes = [100] * 20 + [1, 2000, 0, 300, 300, 300, 300, 7] + [1472] * 4
for round in range(20):
	os.kill(pid, signal.SIGSTOP)
	out = [bytes([i] * n) for i, n in enumerate(sizes)]
	for m in out:
		s.send(m)
	os.kill(pid, signal.SIGCONT)
	for m in out:
		assert s.recv(65536) == m' "$ADDR" "$udp"
	assertEquals 'each came back, in its order' 0 $?
	end_wrapped
	calls=$(awk '$2 ~ /(send|recv)m?msg/ { n += $1 } END { print n + 0 }' \
		"$TMP/strace")
	within 'system calls a batch of 32' $((calls * 10 / 20)) 32
}

# scan_calls SLEEPERS OPTION...: the system calls of one look, in a PID
# namespace where nobody else comes and goes.
scan_calls() {
	sleepers=$1
	shift
	# shellcheck disable=SC2016
	unshare -rpf --mount-proc sh -c 'n=$1 out=$2; shift 2
		while [ $n -gt 0 ]; do sleep 100 & n=$((n - 1)); done
		sleep 0.2
		strace -qq -c -S calls -U calls -o "$out" "$@"
		kill %1 2>/dev/null' sh "$sleepers" "$TMP/strace" \
		zombiewatch "$@" >/dev/null
	awk '$1 ~ /^[0-9]+$/ { n = $1 } END { print n + 0 }' "$TMP/strace"
}

each_process() {
	few=$(scan_calls 10 "$@") many=$(scan_calls 60 "$@")
	echo $(((many - few) * 10 / 50))
}

testSystemCallsOfAListForEachProcess() {
	counted || return
	within 'system calls a process' "$(each_process)" 31
}

testSystemCallsOfAMonitoringScanForEachProcess() {
	counted || return
	within 'system calls a process' "$(each_process -o nagios)" 12
}

# Zombies are counted, not kept: a table of them would grow with a leak.
testAMonitoringScanTakesNoMemoryForZombies() {
	counted || return
	made_up 200
	sed -i 's/ S 1 / Z 1 /' "$TMP"/proc200/*/stat
	strace -qq -e trace=mmap,mremap,brk -o "$TMP/strace" \
		zombiewatch -P "$TMP/proc200" -o nagios -W 1 >"$TMP/out"
	says out '200 zombies'
	assertEquals 'memory asked for' 0 "$(grep -c '(' "$TMP/strace")"
}

# A made-up /proc of N processes: the same bytes each time.
made_up() {
	mkdir -p "$TMP/proc$1"
	i=1
	while [ $i -le "$1" ]; do
		mkdir "$TMP/proc$1/$i"
		echo "$i (sleeper) S 1 $i $i 0 -1 4194560 100 0 0 0 0 0 0 0 20 0" \
			"1 0 100 1000000 100 18446744073709551615 0 0 0 0 0 0 0 0 0" \
			"0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0" >"$TMP/proc$1/$i/stat"
		i=$((i + 1))
	done
}

scan_instructions() {
	made_up "$1"
	valgrind -q --tool=callgrind --callgrind-out-file="$TMP/scan.out" \
		"$TMP/bin/zombiewatch" -P "$TMP/proc$1" >/dev/null
	sed -n 's/^totals: //p' "$TMP/scan.out"
}

testInstructionBudgetOfAListForEachProcess() {
	pinned || {
		skip 'not the pinned compiler and target'
		return
	}
	a=$(scan_instructions 20) b=$(scan_instructions 120)
	within 'instructions a process' $(((b - a) / 10)) 45000
}

# idle OPTION...: bytes of Pss_Anon a connection that has echoed 64 bytes.
idle() {
	serve -q -c 200 "$@" 127.0.0.1:0 || return
	python3 -c 'import socket, sys, time

def anon(pid):
	with open(f"/proc/{pid}/smaps_rollup") as f:
		return sum(int(x.split()[1]) for x in f if x.startswith("Pss_Anon"))

def tree(pid):
	with open(f"/proc/{pid}/task/{pid}/children") as f:
		below = f.read().split()
	return anon(pid) + sum(tree(int(p)) for p in below)

host, port = sys.argv[1].rsplit(":", 1)
server, n, held = int(sys.argv[2]), 64, []
def one():
	held.append(socket.create_connection((host, port)))
	held[-1].sendall(b"x" * 64)
	assert held[-1].recv(64)
one()
before = tree(server)
for _ in range(n):
	one()
print((tree(server) - before) * 1024 // n)' "$ADDR" "$SERVER"
	kill -KILL "$SERVER"
	wait "$SERVER" 2>/dev/null
	SERVER=
}

testMemoryOfAnIdleConnectionInFork() {
	counted || return
	bytes=$(idle -m fork)
	assertTrue "$bytes bytes" "[ '$bytes' -gt 0 ] && [ '$bytes' -le 8192 ]"
}

. shunit2
