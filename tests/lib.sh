# lib - what every test file shares; sourced first, before shunit2 (last).
# shellcheck shell=sh disable=SC2034

top=$(pwd)
BUILD=${BUILD:-build/default}
case $BUILD in /*) ;; *) BUILD=$top/$BUILD ;; esac
BOX=$BUILD/echobox
CONFIG=${CONFIG:-}
TMP=$(mktemp -d "${TMPDIR:-/tmp}/echobox.XXXXXX")
export TMP
SERVER=

# A make called by a test is no part of the make that called the tests.
unset MAKEFLAGS MFLAGS MAKELEVEL

# LeakSanitizer: our exit is the free(). A SIGSEGV that a test sends kills. UBSan: stop at the first.
export ASAN_OPTIONS=detect_leaks=0:abort_on_error=0:handle_segv=0 UBSAN_OPTIONS=halt_on_error=1

# The applets by their names. Another machine's binary just runs here: see
# tests/cross/emulated.
mkdir "$TMP/bin"
for applet in echobox $("$BOX" --list 2>/dev/null); do
	ln -s "$BOX" "$TMP/bin/$applet"
done
PATH=$TMP/bin:$PATH

# End only what the test started, whatever way it ends.
cleanup() {
	[ -z "$SERVER" ] || kill -KILL "$SERVER" 2>/dev/null
	for pid in ${STARTED:-}; do
		kill -KILL "$pid" 2>/dev/null
	done
	rm -rf "$TMP"
}
trap cleanup EXIT
trap 'exit 143' TERM
trap 'exit 130' INT
tearDown() {
	[ -z "$SERVER" ] || stop
}
# shunit2 takes the EXIT trap for itself, and calls this at its end.
oneTimeTearDown() {
	cleanup
}

# has_config NAME...: CONFIG has one of them.
has_config() {
	for _ in "$@"; do
		case " $CONFIG " in *" $1 "*) return 0 ;; esac
		shift
	done
	return 1
}

# skip REASON: this test is not for here; see tests/skips. Return after it:
# [ -e /dev/x ] || { skip 'no /dev/x'; return; }
# In setUp it is for all of the file: shunit2 would run the test all the same,
# with nothing asserted.
skip() {
	echo "SKIP: $*"
	startSkipping
	[ -z "${_shunit_test_:-}" ] || eval "$_shunit_test_() { :; }"
}

# chaotic || return: this build has faults on demand.
chaotic() {
	echod --help | grep -q chaos= || {
		skip 'no chaos in this build'
		return 1
	}
}

# serve [option ...] [address]: start echod, return when it is ready.
# Sets SERVER (its pid), ADDR and PORT (of the first line); all lines are in
# $TMP/addresses, its log in $TMP/log. Without an address: 127.0.0.1, any port.
serve() {
	last=
	for last; do :; done
	case $last in
	*:*) ;;
	*) set -- "$@" 127.0.0.1:0 ;;
	esac
	rm -f "$TMP/ready"
	mkfifo "$TMP/ready"
	echod "$@" >"$TMP/ready" 2>"$TMP/log" &
	SERVER=$!
	timeout 60 cat "$TMP/ready" >"$TMP/addresses" ||
		fail "echod $*: the address lines do not end"
	read -r _ ADDR <"$TMP/addresses" || {
		fail "echod $* did not start: $(cat "$TMP/log")"
		SERVER=
		return 1
	}
	PORT=${ADDR##*:}
}

# stop: end the server as a service manager would; it must exit with 0.
stop() {
	kill -TERM "$SERVER" 2>/dev/null
	wait "$SERVER"
	stopped=$?
	SERVER=
	assertEquals "echod's exit status; its log: $(tail -n 5 "$TMP/log")" \
		0 "$stopped"
}

# wait_for COMMAND...: until it succeeds, 60 s at the least: how long it takes
# is the machine's affair, as it is nobody's alone. Its words are expanded once;
# what a command prints is waited for with `wait_for prints WORD COMMAND...`.
wait_for() {
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -lt 3000 ] || return 1
		sleep 0.02
	done
}

prints() {
	word=$1
	shift
	[ "$("$@")" = "$word" ]
}

# count COMMAND...: how many words it prints.
count() {
	"$@" | wc -w
}

# logged TEXT: the server's log has it, at once or soon.
logged() {
	wait_for grep -qF -- "$1" "$TMP/log" ||
		fail "not logged: $1; the log: $(tail -n 20 "$TMP/log")"
}

# status_says TEXT: the server's status has it, asked for until it does; what a
# client did may be counted a moment later.
status_says() {
	wait_for status_has "$1" ||
		fail "no status: $1; the log: $(tail -n 20 "$TMP/log")"
}
status_has() {
	kill -USR1 "$SERVER"
	grep -qF -- "$1" "$TMP/log"
}

# expect STATUS COMMAND...: run it; its output is in $TMP/out and $TMP/err.
expect() {
	expected=$1
	shift
	"$@" >"$TMP/out" 2>"$TMP/err" </dev/null
	assertEquals "$*: $(head -c 2000 "$TMP/err")" "$expected" "$?"
}

# says FILE TEXT: the text stands in $TMP/FILE.
says() {
	grep -qF -- "$2" "$TMP/$1" ||
		fail "no '$2' in $1: $(head -c 2000 "$TMP/$1")"
}

# children PID: the pids of its children.
children() {
	cat "/proc/$1/task/$1/children" 2>/dev/null
}
