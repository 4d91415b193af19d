#!/bin/sh
# zombiewatch_alias_test - called as tini or dumb-init it is as they are.
# shellcheck disable=SC1091,SC2154,SC2016
. tests/lib.sh

# Skipped before it begins: what never answers would be waited for.
has_config tiny lean && {
	echo 'SKIP: it has no init'
	exit 0
}

mkdir "$TMP/alias"
for name in tini dumb-init; do
	if [ -z "${RUNNER:-}" ]; then
		ln -s "$BOX" "$TMP/alias/$name"
	else
		printf '#!/bin/sh\nexec %s -0 %s %s "$@"\n' "$RUNNER" "$name" \
			"$BOX" >"$TMP/alias/$name"
		chmod +x "$TMP/alias/$name"
	fi
done

# same STATUS NAME ARGUMENT...: ours ends so; and so does theirs, where it is.
same() {
	status=$1 name=$2
	shift 2
	expect "$status" "$TMP/alias/$name" "$@"
	[ ! -x "/usr/bin/$name" ] || expect "$status" "/usr/bin/$name" "$@"
}

# alias_start COMMAND...: start an init in the background as INIT, READY.
alias_start() {
	rm -f "$TMP/ready"
	mkfifo "$TMP/ready"
	"$@" 2>"$TMP/init.log" &
	INIT=$!
	STARTED="${STARTED:-} $INIT"
	read -r READY <"$TMP/ready"
}

testTinisOptionsAndCodes() {
	same 3 tini -- sh -c 'exit 3'
	same 143 tini -- sh -c 'kill -TERM $$'
	same 0 tini -e 3 -- sh -c 'exit 3'
	same 0 tini -e 143 -- sh -c 'kill -TERM $$'
	same 5 tini -s -g -w -v -vv -p SIGTERM -- sh -c 'exit 5'
	same 9 tini sh -- -c 'exit 9'
	same 127 tini -- /no/such
	same 126 tini -- /tmp
	for wrong in '' -x --foo --help '-e 256 true' '-e x true' \
		'-p SIGFOO true' '-p KILL true' '-e' '-s'; do
		# shellcheck disable=SC2086
		same 1 tini $wrong
	done
	for info in -h -l --version; do
		same 0 tini $info
		assertNotNull "$info" "$(cat "$TMP/out")"
	done
}

testTinisVariables() {
	export TINI_SUBREAPER=
	expect 0 "$TMP/alias/tini" true
	assertNull 'a subreaper has nothing to warn of' "$(cat "$TMP/err")"
	unset TINI_SUBREAPER
	expect 0 "$TMP/alias/tini" true
	says err 'orphans go elsewhere'
	export TINI_VERBOSITY=0
	expect 0 "$TMP/alias/tini" true
	assertNull 'silence' "$(cat "$TMP/err")"
	export TINI_VERBOSITY=3
	expect 0 "$TMP/alias/tini" -s true
	says err 'exit 0'
}

# group COMMAND...: which of child and grandchild get a TERM sent to an init.
group() {
	rm -f "$TMP/got" "$TMP/up"
	alias_start "$@" sh -c '(trap "echo child >>$TMP/got; exit" TERM; >$TMP/up
		while :; do sleep 0.02; done) & other=$!
		trap "echo self >>$TMP/got; stop=1" TERM; stop=
		while [ ! -e $TMP/up ]; do sleep 0.02; done; echo up >$TMP/ready
		while [ -z "$stop" ]; do sleep 0.02; done
		tries=0
		while kill -0 $other 2>&-; do
			tries=$((tries + 1)); [ $tries -lt 20 ] || break; sleep 0.02
		done
		kill -KILL $other 2>&-; exit 3'
	kill -TERM "$INIT"
	wait "$INIT"
	assertEquals "$*: $(cat "$TMP/init.log")" 3 $?
	sort "$TMP/got" | xargs >"$TMP/who"
}

testWhoGetsASignal() {
	for dir in "$TMP/alias" /usr/bin; do
		[ -x "$dir/tini" ] || continue
		group "$dir/tini" -s --
		assertEquals "$dir tini" self "$(cat "$TMP/who")"
		group "$dir/tini" -s -g --
		assertEquals "$dir tini -g" 'child self' "$(cat "$TMP/who")"
		group env TINI_KILL_PROCESS_GROUP=1 "$dir/tini" -s --
		assertEquals "$dir variable" 'child self' "$(cat "$TMP/who")"
	done
	for dir in "$TMP/alias" /usr/bin; do
		[ -x "$dir/dumb-init" ] || continue
		group "$dir/dumb-init"
		assertEquals "$dir dumb-init" 'child self' "$(cat "$TMP/who")"
		group "$dir/dumb-init" -c
		assertEquals "$dir dumb-init -c" self "$(cat "$TMP/who")"
		group env DUMB_INIT_SETSID=0 "$dir/dumb-init"
		assertEquals "$dir variable" self "$(cat "$TMP/who")"
	done
}

testDumbInitsOptionsAndCodes() {
	same 3 dumb-init sh -c 'exit 3'
	same 137 dumb-init -c sh -c 'kill -KILL $$'
	same 9 dumb-init --rewrite=15:2 --single-child -- sh -c 'exit 9'
	same 9 dumb-init --rewrite 15:2 --verb sh -c 'exit 9'
	same 2 dumb-init /no/such
	same 2 dumb-init /tmp
	for wrong in '' -x --foo --ver --rew --verbose=1 '-r 15 true' \
		'-r 15:x true' '-r 200:1 true' '-r 0:1 true' -r; do
		# shellcheck disable=SC2086
		same 1 dumb-init $wrong
	done
	for info in -h --help -V --version; do
		same 0 dumb-init $info
		assertContains "$(cat "$TMP/err")" dumb-init
	done
	DUMB_INIT_DEBUG=1 expect 0 "$TMP/alias/dumb-init" true
	says err 'exit 0'
}

testDumbInitsSignals() {
	for dir in "$TMP/alias" /usr/bin; do
		[ -x "$dir/dumb-init" ] || continue
		alias_start "$dir/dumb-init" -r 15:10 -r 1:0 sh -c \
			'trap "exit 5" USR1; trap "exit 6" HUP
			cut -d" " -f6 /proc/$$/stat >$TMP/ready
			while :; do sleep 0.02; done'
		assertEquals 'a session of its own' \
			"$(children "$INIT" | tr -d ' ')" "$READY"
		kill -HUP "$INIT"
		kill -TERM "$INIT"
		wait "$INIT"
		assertEquals "$dir" 5 $?
	done
}

testTheirGraceIsNone() {
	for dir in "$TMP/alias" /usr/bin; do
		[ -x "$dir/tini" ] || continue
		alias_start "$dir/tini" -s -- sh -c 'sleep 99 & echo $! >$TMP/ready'
		wait "$INIT"
		assertTrue "$dir: tini leaves what is left" "kill $READY"
	done
	for dir in "$TMP/alias" /usr/bin; do
		[ -x "$dir/dumb-init" ] || continue
		alias_start "$dir/dumb-init" sh -c \
			'sleep 99 & echo $! >$TMP/ready'
		wait "$INIT"
		# Process 1 may be one that does not reap: dead is enough.
		wait_for eval "! grep -q 'sleep) [^ZX]' /proc/$READY/stat" ||
			fail "$dir: dumb-init ends its session"
	done
}

testTheyAreNotListedButWork() {
	assertNotContains "$(echobox --list)" tini
	expect 4 echobox tini -s -- sh -c 'exit 4'
	expect 4 echobox dumb-init sh -c 'exit 4'
}

. shunit2
