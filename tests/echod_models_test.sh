#!/bin/sh
# echod_models_test - what every model must do, over all that are built in.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh
. tests/echod.sh

testEveryModelIsThere() {
	has_config tiny && {
		assertEquals ' fork' "$(models)"
		return
	}
	assertEquals ' fork single prefork thread event' "$(models)"
}

testBinaryDataOfEverySizeComesBack() {
	for model in $(models); do
		serve -m "$model"
		assertEquals "$model" '0
1
1023
1024
1025
65536
10000001' "$(peer echo "$ADDR" 0 1 1023 1024 1025 65536 10000001)"
		stop
	done
}

testALongStreamComesBack() {
	for model in $(models); do
		serve -m "$model"
		assertEquals "$model" 134217728 "$(peer echo "$ADDR" 134217728)"
		stop
	done
}

testAHalfClosedClientGetsAllOfItsBytes() {
	for model in $(models); do
		serve -m "$model"
		assertEquals "$model" whole "$(peer halfclose "$ADDR" 300000)"
		stop
	done
}

testASlowReaderLosesNothing() {
	for model in $(models); do
		serve -m "$model"
		assertEquals "$model" whole "$(peer lazy "$ADDR")"
		stop
	done
}

testHundredsOfClientsAtOnce() {
	for model in $(models); do
		serve -q -b 1000 -m "$model"
		assertEquals "$model" 400 "$(peer many "$ADDR" 400 3000)"
		wait_for no_zombies "$SERVER"
		stop
	done
}

testNoZombieIsLeft() {
	for model in $(models); do
		serve -q -b 1000 -m "$model"
		for _ in 1 2 3; do
			assertEquals "$model" 200 "$(peer many "$ADDR" 200 1)"
		done
		wait_for no_zombies "$SERVER" || fail "$model: $(zombies "$SERVER")"
		[ "$model" = prefork ] || wait_for no_children "$SERVER" ||
			fail "$model: children are left"
		stop
	done
}

testAStormOfResetsHarmsNobody() {
	for model in $(models); do
		serve -q -m "$model"
		fds=$(fds "$SERVER")
		assertEquals "$model" "done" "$(peer storm "$ADDR" 300)"
		assertEquals "$model" 5000 "$(peer echo "$ADDR" 5000)"
		wait_for same_fds "$SERVER" "$fds" ||
			fail "$model: $(ls -l "/proc/$SERVER/fd")"
		wait_for no_zombies "$SERVER" || fail "$model: zombies"
		stop
	done
}

testIdleClientsAreEnded() {
	for model in $(models); do
		serve -t 0.2 -m "$model"
		assertEquals "$model" 'x
end' "$(peer ended "$ADDR")"
		assertEquals "$model" 'stuck
cut off' "$(peer glutton "$ADDR")"
		stop
	done
}

# Once in five times it is soon, on a machine with other work, too.
testAnIdleClientOfSingleIsEndedWhenItsTimeIsOver() {
	has_config tiny && {
		skip 'no such model in tiny'
		return
	}
	serve -t 0.2 -m single
	for _ in 1 2 3 4 5; do
		peer ended "$ADDR" >"$TMP/end"
		grep -q '^end$' "$TMP/end" || fail "$(cat "$TMP/end")"
	done
	wait_for prints 5 grep -c 'is disconnected' "$TMP/log"
	grep -q ', seconds [01][.]' "$TMP/log" ||
		fail "all are late: $(cat "$TMP/log")"
}

testALifetimeEndsABusyClientToo() {
	has_config tiny && {
		skip 'no such limit in tiny'
		return
	}
	for model in $(models); do
		serve -O lifetime=0.3 -m "$model"
		assertContains "$model" "$(peer drip "$ADDR")" ' and the end'
		stop
	done
}

testSoManyBytesAreTheEnd() {
	has_config tiny && {
		skip 'no such limit in tiny'
		return
	}
	for model in $(models); do
		serve -O bytes=1 -m "$model"
		assertEquals "$model" 'x
end' "$(peer ended "$ADDR")"
		logged ' is disconnected, bytes 1'
		stop
	done
}

testTermEndsConnectionsInEveryModel() {
	for model in $(models); do
		serve -m "$model"
		: >"$TMP/end"
		peer ended "$ADDR" >"$TMP/end" &
		started=$!
		wait_for grep -q x "$TMP/end"
		stop
		wait "$started"
		assertEquals "$model" 'x
end' "$(cat "$TMP/end")"
		logged 'stopped, clients 1, bytes 1, '
		logged 'killed 0'
	done
}

# Whoever starts it may have any signal blocked; nothing waits for the grace.
testSignalsThatWereBlockedEndItAllTheSame() {
	# shellcheck disable=SC2317
	echod() {
		exec python3 -c 'import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
os.execvp("echod", ["echod"] + sys.argv[1:])' "$@"
	}
	for model in $(models); do
		serve -m "$model" -g 1000
		keep silent "$ADDR" 1 hello
		kill -TERM "$SERVER"
		wait_for dead "$SERVER" || {
			fail "$model: it waits for the grace"
			kill -KILL "$SERVER"
		}
		wait "$SERVER"
		assertEquals "$model" 0 $?
		SERVER=
		release
	done
	unset -f echod
}

# What is kept for each slot is touched when it is used; the kernel is not asked
# whether it has all of that: a small machine has not.
testSlotsThatNobodyUsesTakeNoMemory() {
	for model in $(models); do
		case $model in single | prefork) continue ;; esac
		serve -m "$model" -c 2000
		assertNull "$model" "$(awk '$1 == "Size:" { size = $2 }
			$1 == "VmFlags:" && size > 65536 && / ac/ && !/ nr/
			' "/proc/$SERVER/smaps")"
		stop
	done
}

# A worker that waits is no client.
testWhoIsKilledIsCountedAlikeInEveryModel() {
	for model in $(models); do
		for signal in TERM QUIT; do
			serve -g 0.3 -m "$model"
			keep glutton "$ADDR"
			wait_for grep -q stuck "$TMP/kept"
			kill "-$signal" "$SERVER"
			wait "$SERVER"
			logged 'killed 1'
			release
		done
		serve -m "$model"
		kill -QUIT "$SERVER"
		wait "$SERVER"
		SERVER=
		logged 'killed 0'
	done
}

# lingers: our end is sent, or behind what the client does not take (FIN-WAIT-1).
lingers() {
	grep -qi ":$(printf %04X "$PORT") [0-9A-F:]* 04 " /proc/net/tcp
}

# That a client gets its echo and the end takes 2 seconds at the most; on a
# machine with other work they may be over before our signal.
testWhoLingersWhenTheServerStopsIsCountedAlikeInEveryModel() {
	has_config tiny && {
		skip 'no such limit in tiny'
		return
	}
	for model in $(models); do
		for signal in TERM QUIT; do
			for _ in 1 2 3 4 5 6; do
				serve -g 0.1 -O bytes=6000 -m "$model" 127.0.0.1:0
				keep lodger "$ADDR" 8000
				wait_for lingers ||
					fail "$model: no end, or all of it is taken"
				kill "-$signal" "$SERVER"
				wait "$SERVER"
				assertEquals "$model $signal" 0 $?
				SERVER=
				release
				! grep -q 'killed 1' "$TMP/log" || break
			done
			grep -q 'killed 1' "$TMP/log" ||
				fail "$model $signal: $(cat "$TMP/log")"
		done
	done
}

# Slots become free while the server stops: whose turn it is then is served.
testWhoWaitsForASlotWhenTheServerStopsIsServed() {
	for model in $(models); do
		case $model in
		single) slots=1 max= ;;
		prefork) slots=2 max='-n 2' ;;
		*) slots=2 max='-c 2' ;;
		esac
		# shellcheck disable=SC2086
		serve $max -m "$model" 127.0.0.1:0
		keep silent "$ADDR" "$slots" hello
		: >"$TMP/patient"
		peer patient "$ADDR" 5 hello >"$TMP/patient" </dev/null &
		waiting=$!
		wait_for grep -q ready "$TMP/patient"
		stop
		wait "$waiting"
		release
		assertEquals "$model" 'ready
5' "$(cat "$TMP/patient")"
	done
}

testStatusNamesEachConnectionInEveryModel() {
	for model in $(models); do
		serve -m "$model"
		keep silent "$ADDR" 1 hello
		status_says 'status, now 1, clients 1, bytes 5, '
		logged ', bytes 5'
		release
		stop
	done
}

testStatusSaysWhatAClientWouldFindInEveryModel() {
	has_config tiny && {
		skip 'tiny has counters only'
		return
	}
	for model in $(models); do
		case $model in
		single) slots=1 max= ;;
		prefork) slots=2 max='-n 2' ;;
		*) slots=2 max='-c 2' ;;
		esac
		# shellcheck disable=SC2086
		serve $max -g 1h -m "$model" 127.0.0.1:0
		status_says ', state serving'
		keep silent "$ADDR" "$slots" hello
		status_says ', state full'
		release
		assertEquals "$model" 5 "$(peer echo "$ADDR" 5)"
		keep sated "$ADDR"
		kill -TERM "$SERVER"
		status_says ', state draining'
		kill -QUIT "$SERVER"
		release
		stop
	done
	serve -o json
	status_says '"state":"serving"}'
}

# The notes' question: the second client waits, then has all of its data.
testTheSecondClientOfSingleWaitsForTheFirst() {
	has_config tiny && {
		skip 'no such model in tiny'
		return
	}
	serve -m single
	keep silent "$ADDR" 1 hello
	peer echo "$ADDR" 100000 >"$TMP/second" &
	second=$!
	sleep 0.3
	assertNull "$(cat "$TMP/second")"
	release
	wait "$second"
	assertEquals 100000 "$(cat "$TMP/second")"
}

testAWorkerIsThereBeforeTheClientAndServesSoMany() {
	has_config tiny && {
		skip 'no such model in tiny'
		return
	}
	serve -m prefork -n 1 -r 1
	for _ in 1 2 3; do
		worker=$(children "$SERVER")
		assertEquals 6 "$(peer echo "$ADDR" 6)"
		wait_for dead "$worker" || fail "worker $worker is still there"
		wait_for replaced || fail "no worker after $worker"
	done
	keep silent "$ADDR" 1 hello
	worker=$(children "$SERVER")
	kill -USR1 "$SERVER"
	logged ", pid ${worker% }, "
	logged ', end exit 0'
}

replaced() {
	[ -n "$(children "$SERVER")" ] && [ "$(children "$SERVER")" != "$worker" ]
}

testAKilledWorkerIsReplaced() {
	has_config tiny && {
		skip 'no such model in tiny'
		return
	}
	serve -m prefork -n 2
	# shellcheck disable=SC2046
	kill -KILL $(children "$SERVER")
	assertEquals 6 "$(peer echo "$ADDR" 6)"
	logged 'a worker without a client ended: SIGKILL'
}

testAModelWithItsOwnNumberOfConnectionsRefusesAnother() {
	has_config tiny && {
		skip 'no such models in tiny'
		return
	}
	expect 2 echod -m single -c 2 127.0.0.1:0
	says err '-c and -m single'
	expect 2 echod -m prefork -c 2 127.0.0.1:0
	says err '-c and -m prefork'
	expect 2 echod -m fork -n 2 127.0.0.1:0
	says err '-n and -r are for -m prefork'
}

. shunit2
