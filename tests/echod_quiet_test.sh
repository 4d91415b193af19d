#!/bin/sh
# echod_quiet_test - a server that sleeps while nothing is due, and a log that
# a flood does not flood.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh
. tests/echod.sh
# limit: 200

setUp() {
	! has_config tiny || skip 'tiny has no limits by source, no workers'
}

# wakes PID: how often its main thread has run.
wakes() {
	awk '/ctxt_switches/ { n += $2 } END { print n }' "/proc/$1/status"
}

# steady PID: it did not run in the last half of a second.
steady() {
	woken=$(wakes "$1")
	sleep 0.5
	[ "$(wakes "$1")" = "$woken" ]
}

testAnIdleServerIsNotWoken() {
	for model in $(models); do
		for option in '-q' '-t 0.4' '-O full=evict:0.4' \
			'-O lifetime=0.4'; do
			# The others are told of each client, by themselves.
			[ "$model" = prefork ] || [ "$option" = -q ] || continue
			# shellcheck disable=SC2086
			serve $option -m "$model" 127.0.0.1:0
			wait_for steady "$SERVER" ||
				fail "$model $option: it wakes without a client"
			assertEquals "$model" 6 "$(peer echo "$ADDR" 6)"
			wait_for steady "$SERVER" ||
				fail "$model $option: it wakes after its client"
			stop
		done
	done
}

testAFullServerWithIdleClientsIsNotWoken() {
	for model in $(models); do
		max='-c 1'
		[ "$model" != single ] || max=
		[ "$model" != prefork ] || max='-n 1'
		# shellcheck disable=SC2086
		serve $max -O full=evict:0.1 -m "$model" 127.0.0.1:0
		keep silent "$ADDR" 1 hello
		sleep 0.2
		wait_for steady "$SERVER" || fail "$model: it wakes, or spins"
		assertEquals "$model" 6 "$(peer echo "$ADDR" 6)"
		kill -USR1 "$SERVER"
		logged ', evicted 1'
		release
		stop
	done
}

testWhoIsBusyAgainIsNotEvicted() {
	for model in $(models); do
		max='-c 1'
		[ "$model" != single ] || max=
		[ "$model" != prefork ] || max='-n 1'
		# shellcheck disable=SC2086
		serve $max -O full=evict:3 -m "$model" 127.0.0.1:0
		python3 - "$ADDR" <<'EOF' || fail "$model: it was evicted"
import socket, sys, time
host, port = sys.argv[1].split(":")
one = socket.create_connection((host, int(port)), 10)
one.sendall(b"a")
assert one.recv(1) == b"a"
time.sleep(3.1)
since = time.monotonic()
one.sendall(b"b")
assert one.recv(1) == b"b"
time.sleep(0.3)
two = socket.create_connection((host, int(port)), 10)
two.sendall(b"c")
one.settimeout(0.3)
try:
    one.recv(1)
    # On a machine that slept for so long it was idle again.
    sys.exit(time.monotonic() - since < 3)
except TimeoutError:
    pass
two.settimeout(10)
assert two.recv(1) == b"c"
EOF
		stop
	done
}

testWorkersClientsHaveTheirTimes() {
	for option in '-t 0.3' '-O lifetime=0.3'; do
		# shellcheck disable=SC2086
		serve $option -n 2 -m prefork 127.0.0.1:0
		for _ in 1 2 3; do
			peer hear "$ADDR" || fail "$option: it does not end"
		done
		stop
	done
}

# knock N: connect so often, each time until the server ends it.
knock() {
	python3 - "$ADDR" "$1" <<'EOF'
import socket, sys
host, port = sys.argv[1].split(":")
for _ in range(int(sys.argv[2])):
    with socket.create_connection((host, int(port)), 20) as s:
        try:
            while s.recv(100):
                pass
        except ConnectionError:
            pass
EOF
}

# How many refusals the log has no line for, as it says itself.
left_out() {
	sed -n 's/.*further refusals, lines \([0-9]*\)$/\1/p' "$TMP/log" |
		awk '{ n += $1 } END { print n + 0 }'
}

lines() {
	grep -c 'is refused' "$TMP/log"
}

all_told() {
	told=$(lines)
	told=$((told + $(left_out)))
	[ "$told" = "$1" ]
}

testAFloodOfRefusalsIsAFewLinesAndAllAreCounted() {
	for model in fork prefork event; do
		serve -x 127.0.0.1 -m "$model" 127.0.0.1:0
		start=$(date +%s)
		knock 300
		kill -USR1 "$SERVER"
		logged ', denied 300'
		seconds=$(($(date +%s) - start))
		assertTrue "$model: $(lines) lines in $seconds s" \
			"[ $(lines) -ge 10 -a $(lines) -le $((10 * (seconds + 2))) ]"
		wait_for all_told 300 ||
			fail "$model: $(lines) and $(left_out) are not 300"
		stop
	done
}

testWhatAFloodLeftOutIsToldWithoutBeingAsked() {
	serve -x 127.0.0.1
	knock 50
	wait_for all_told 50 ||
		fail "$(lines) and $(left_out) are not 50"
}

# No flood is long enough for the binary: so the counters by themselves, which
# four processes take past 2^31 fifty times, under the eyes of a fifth. It may
# never look between the two words of one, so first they are put that way.
testCountersAreWholeBeyond32Bits() {
	[ -z "$CONFIG" ] || {
		skip 'the default build stands for all'
		return
	}
	cat >"$TMP/count.c" <<'EOF'
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "board.h"
#include "count.h"

void *
board_map(size_t n, int flags)
{
	return mmap(NULL, n, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS,
	    -1, 0);
}

/* Past 2^31 four times: each time as it is before the second word is written,
 * or stays if the process dies then. */
static int
between(void)
{
	unsigned long long n = 0;
	struct counter c = { 0 };
	unsigned was;
	int i;

	for (i = 0; i < 4; i++) {
		was = c.half;
		counter_add(&c, 0x7fffffff);
		counter_add(&c, 1);
		n += 0x80000000;
		if (c.half != was + 1 || counter_get(&c) != n)
			return -1;
		c.half = was;
		if (counter_get(&c) != n)
			return -1;
		c.half++;
	}
	return 0;
}

int
main(void)
{
	unsigned long long now, before = 0;
	int i, j;

	if (between() == -1)
		return 3;
	count_open();
	for (i = 0; i < 4; i++)
		if (fork() == 0) {
			for (j = 0; j < 100000; j++)
				count_add(COUNT_DENIED, 0x40001);
			_exit(0);
		}
	while (waitpid(-1, NULL, WNOHANG) != -1) {
		now = count_get(COUNT_DENIED);
		if (now < before)
			return 1;
		before = now;
	}
	return count_get(COUNT_DENIED) == 400000ull * 0x40001 ? 0 : 2;
}
EOF
	cc -D_GNU_SOURCE -O2 -iquote applets/echod -iquote libcore \
		-o "$TMP/count" "$TMP/count.c" applets/echod/count.c ||
		fail 'it does not build'
	"$TMP/count"
	assertEquals '1: it went back, 2: it is wrong, 3: between its words' \
		0 $?
}

. shunit2
