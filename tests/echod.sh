# echod - what the test files of echod share; sourced after lib.sh.
# shellcheck shell=sh disable=SC2034,SC2154

# peer WHAT ADDRESS ...: a careful, slow or hostile client; see peer.py.
peer() {
	timeout 100 python3 tests/peer.py "$@"
}

# keep WHAT ADDRESS ...: a peer that stays; returns when it is in place, its
# words are in $TMP/kept. release lets it go.
keep() {
	rm -f "$TMP/kept" "$TMP/hold"
	mkfifo "$TMP/hold"
	# Read and write, so that neither side waits for the other.
	exec 8<>"$TMP/hold"
	python3 tests/peer.py "$@" <"$TMP/hold" >"$TMP/kept" 2>&1 8>&- &
	KEPT=$!
	STARTED="${STARTED:-} $KEPT"
	wait_for grep -q . "$TMP/kept" || fail "peer $*: not there"
}

release() {
	exec 8>&-
	kill "$KEPT" 2>/dev/null
	wait "$KEPT" 2>/dev/null
}

# models: those that this build has.
models() {
	echod -m none 2>&1 | sed -n 's/.*the models are//p'
}

# has_model NAME || return: the test needs it.
has_model() {
	models | grep -q "$1" || {
		skip 'no such model in this build'
		return 1
	}
}

refused() {
	! python3 -c 'import socket, sys
host, port = sys.argv[1].rsplit(":", 1)
socket.create_connection((host, int(port)), 5)' "$1" 2>/dev/null
}

dead() {
	[ ! -e "/proc/$1" ] || grep -q '^State:	[ZX]' "/proc/$1/status"
}

no_children() {
	[ -z "$(children "$1")" ]
}

# zombies PID: how many of its children are dead and not reaped.
zombies() {
	for pid in $(children "$1"); do
		grep -s '^State:	Z' "/proc/$pid/status"
	done | wc -l
}

# cpu PID: the ticks it has used.
cpu() {
	sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'
}

no_zombies() {
	[ "$(zombies "$1")" = 0 ]
}

# fds PID: how many descriptors it has open.
fds() {
	find "/proc/$1/fd" -type l | wc -l
}

same_fds() {
	[ "$(fds "$1")" = "$2" ]
}

served() {
	[ "$(peer echo "$1" 5 2>/dev/null)" = 5 ]
}

# anon PID: kilobytes of memory of its own.
anon() {
	sed -n 's/^Pss_Anon: *\([0-9]*\) kB/\1/p' "/proc/$1/smaps_rollup"
}

# rest PID: once it has no client, what it holds at rest is in $RESTS.
# rested PID: it holds the same again: nothing leaks.
rest() {
	wait_for no_children "$1"
	RESTS=$(fds "$1") REST_KB=$(anon "$1")
}

rested() {
	wait_for same_fds "$1" "$RESTS" ||
		fail "descriptors: $RESTS, then $(ls -l "/proc/$1/fd")"
	wait_for no_children "$1" || fail "children: $(children "$1")"
	# A sanitizer keeps what is freed, to see who still uses it.
	case " $CONFIG " in *asan*) return 0 ;; esac
	assertTrue "memory: $REST_KB, then $(anon "$1") kB" \
		"[ $(anon "$1") -le $((REST_KB + 200)) ]"
}

# alone FILE FUNCTION: run a test in a network of its own; 0 when we are
# there, else it was done there, or skipped.
alone() {
	[ -z "${ALONE:-}" ] || return 0
	unshare -n true 2>/dev/null || {
		skip 'no network namespaces'
		return 1
	}
	ALONE=1 unshare -n sh "$1" -- "$2" >"$TMP/inner" 2>&1
	grep -q '^OK' "$TMP/inner" && ! grep -q ASSERT "$TMP/inner" ||
		fail "$(cat "$TMP/inner")"
	return 1
}
