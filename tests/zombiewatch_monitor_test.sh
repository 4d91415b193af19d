#!/bin/sh
# zombiewatch_monitor_test - one look for monitoring: Nagios, Prometheus.
# shellcheck disable=SC1091,SC2119,SC2154
# limit: 300
. tests/lib.sh
. tests/zombies.sh

# Skipped before it begins: what never comes would be waited for.
has_config tiny && {
	echo 'SKIP: tiny has only the list'
	exit 0
}

# zombies NUMBER: so many, made up, of the parent 2.
zombies() {
	process 1 init S 0 1 0 0
	process 2 leaker S 1 1 0 0
	n=0
	while [ $n -lt "$1" ]; do
		process $((100 + n)) child Z 2 1 0 0
		n=$((n + 1))
	done
}

testMonitorNagiosThresholds() {
	zombies 3
	expect 1 zombiewatch -o nagios -P "$TMP/proc"
	says out 'ZOMBIES WARNING - 3 zombies, 3 of 2 leaker: the parent has no'
	says out ' | zombies=3;0;;0 processes=5;;;0'
	expect 0 zombiewatch -W 3 -C 4 -P "$TMP/proc"
	says out 'ZOMBIES OK - 3 zombies'
	says out ' | zombies=3;3;4;0 '
	expect 1 zombiewatch -W 2 -C 3 -P "$TMP/proc"
	expect 2 zombiewatch -W 1 -C 2 -P "$TMP/proc"
	says out 'ZOMBIES CRITICAL - 3 zombies'
	assertEquals 'one line' 1 "$(wc -l <"$TMP/out")"
}

testMonitorNagiosWithoutZombies() {
	zombies 0
	expect 0 zombiewatch -o nagios -P "$TMP/proc"
	assertEquals 'ZOMBIES OK - 0 zombies | zombies=0;0;;0 processes=2;;;0' \
		"$(cat "$TMP/out")"
}

testMonitorNagiosNamesCannotForgePerformanceData() {
	process 1 'x|zombies=0' S 0 1 0 0
	process 9 child Z 1 1 0 0
	expect 1 zombiewatch -o nagios -P "$TMP/proc"
	assertEquals 'one bar' 1 "$(tr -cd '|' <"$TMP/out" | wc -c)"
}

testMonitorNagiosCouldNotLookIsUnknown() {
	expect 3 zombiewatch -o nagios -P "$TMP/nowhere"
	says out "$TMP/nowhere: "
	mkdir "$TMP/none"
	expect 3 zombiewatch -o nagios -P "$TMP/none"
	says out 'is proc mounted there?'
	expect 3 zombiewatch -o nagios -W 7x
}

testMonitorPrometheus() {
	# shellcheck disable=SC1003
	process 1 'in"it\' S 0 1 0 0
	process 9 child Z 1 1 0 0
	expect 0 zombiewatch -o prom -P "$TMP/proc"
	says out '# TYPE zombiewatch_zombies gauge'
	assertEquals 'zombiewatch_zombies 1' "$(grep '^zombiewatch_z' "$TMP/out")"
	# shellcheck disable=SC1003
	says out '{pid="1",comm="in\"it\\\\",verdict="no-wait"} 1'
}

testMonitorPrometheusFileIsReplacedWhole() {
	zombies 1
	echo old >"$TMP/zombies.prom"
	exec 9<"$TMP/zombies.prom"
	expect 0 zombiewatch -o prom -O file="$TMP/zombies.prom" -P "$TMP/proc"
	assertNull 'nothing on stdout' "$(cat "$TMP/out")"
	assertEquals 'the old file is untouched' old "$(cat <&9)"
	grep -q '^zombiewatch_zombies 1$' "$TMP/zombies.prom" || fail 'not there'
	assertEquals 'no other file' "$TMP/zombies.prom" "$(ls "$TMP"/zombies*)"
	mkdir "$TMP/dir.prom"
	expect 3 zombiewatch -o prom -O file="$TMP/dir.prom" -P "$TMP/proc"
	says err "$TMP/dir.prom: "
	assertEquals 'no other file' "$TMP/dir.prom" "$(ls -d "$TMP"/dir*)"
}

testMonitorQuietIsAStatus() {
	zombies 1
	expect 1 zombiewatch -q -P "$TMP/proc"
	assertNull "$(cat "$TMP/out" "$TMP/err")"
	expect 0 zombiewatch -q -p 77 -P "$TMP/proc"
}

# Found by pidfd and by stat: the same.
testMonitorFindsTheSameByPidfdAndByStat() {
	zombie
	for scan in pidfd stat; do
		expect 1 zombiewatch -q -O scan=$scan -p "$PARENT"
		expect 0 zombiewatch -q -O scan=$scan -p "$CHILD"
	done
}

testMonitorAsksByPidfdAndReadsOnlyTheHits() {
	strace -o /dev/null true 2>/dev/null || {
		skip 'no strace'
		return
	}
	zombie
	strace -o "$TMP/trace" zombiewatch -q -p "$PARENT"
	assertEquals 'one stat for the hit, none else of its parent' 0 \
		"$(grep -c "\"$PARENT/stat\"" "$TMP/trace")"
	assertEquals 1 "$(grep -c "\"$CHILD/stat\"" "$TMP/trace")"
	strace -e inject=pidfd_open:error=ENOSYS -o "$TMP/trace" \
		zombiewatch -q -p "$PARENT"
	assertEquals 'without the call: found all the same' 1 $?
	assertEquals 'asked once' 1 "$(grep -c pidfd_open "$TMP/trace")"
}

testMonitorFewDescriptorsAreEnough() {
	zombie
	(
		# shellcheck disable=SC3045
		ulimit -n 6
		zombiewatch -q -p "$PARENT"
	)
	assertEquals 1 $?
}

testMonitorADeadLeaderIsNoZombie() {
	parent 'import ctypes, threading, time' \
		'threading.Thread(target=time.sleep, args=(60,)).start()
child.wait()
ctypes.CDLL(None).syscall(60 if os.uname().machine == "x86_64" else 93, 0)'
	wait_for grep -q ') Z' "/proc/$PARENT/stat"
	expect 0 zombiewatch -q -p $$
	expect 0 zombiewatch -q -O scan=stat -p $$
	zombiewatch >"$TMP/out"
	assertContains "$(sed '1,/^dead leaders/d' "$TMP/out")" " $$ "
}

testMonitorBadInput() {
	expect 3 zombiewatch -o nagios -W many
	says err "-W 'many': not a number"
	expect 2 zombiewatch -o xml
	says err "-o 'xml': not text"
	expect 2 zombiewatch -j -W 1
	says err '-W and -C are for -o nagios'
	expect 2 zombiewatch -w -W 1
	says err '-W and -C are for -o nagios'
	expect 2 zombiewatch -K -C 1
	expect 2 zombiewatch -O file=x
	says err '-O file= is for -o prom'
	expect 3 zombiewatch -W 5 -C 3
	says err '-W 5 is more than -C 3'
	expect 2 zombiewatch -O scan=eyes
	says err "-O scan 'eyes': not pidfd, stat"
}

testMonitorThirtyThousandProcesses() {
	python3 - "$TMP/proc" <<'END'
import os, sys
os.mkdir(sys.argv[1])
line = "%d (p) %s 1 1 1 0 -1 0 1 2 3 4 5 6 7 8 20 0 1 0 9" + " 0" * 29 + " 256\n"
for pid in range(1, 30001):
    os.mkdir("%s/%d" % (sys.argv[1], pid))
    with open("%s/%d/stat" % (sys.argv[1], pid), "w") as f:
        f.write(line % (pid, "Z" if pid % 3 == 0 else "S"))
END
	expect 0 zombiewatch -o prom -P "$TMP/proc"
	says out 'zombiewatch_zombies 10000'
	expect 1 zombiewatch -P "$TMP/proc"
	says out '10000 zombies among 30000 processes'
	assertEquals 10000 "$(grep -c 'exit 1 ' "$TMP/out")"
}

# In system calls, as those do not depend on what else runs: reading a stat
# takes three a process, asking by pidfd one and a bit.
testMonitorAProcessCostsLittle() {
	! has_config asan || {
		skip 'the sanitizer has calls of its own'
		return
	}
	strace -o /dev/null true 2>/dev/null || {
		skip 'no strace'
		return
	}
	cat >"$TMP/crowd.py" <<'END'
import os, signal, subprocess, sys
for i in range(300):
    if os.fork() == 0:
        signal.pause()
for scan in "pidfd", "stat":
    subprocess.call(["strace", "-o", sys.argv[2] + scan, sys.argv[1],
        "zombiewatch", "-q", "-O", "scan=" + scan])
END
	expect 0 unshare --kill-child -pf --mount-proc python3 "$TMP/crowd.py" \
		"$BOX" "$TMP/trace."
	pidfd=$(wc -l <"$TMP/trace.pidfd") stat=$(wc -l <"$TMP/trace.stat")
	assertTrue "by pidfd: $pidfd calls" "[ $pidfd -lt 400 ]"
	assertTrue "by stat: $stat calls" "[ $stat -gt 900 ] && [ $stat -lt 960 ]"
}

testMonitorResidentMemoryIsBounded() {
	! has_config asan || {
		skip 'the sanitizer has its own'
		return
	}
	python3 - "$TMP/proc" <<'END'
import os, sys
os.mkdir(sys.argv[1])
line = "%d (p) %s 1 1 1 0 -1 0 1 2 3 4 5 6 7 8 20 0 1 0 9" + " 0" * 29 + " 256\n"
for pid in range(1, 30001):
    os.mkdir("%s/%d" % (sys.argv[1], pid))
    with open("%s/%d/stat" % (sys.argv[1], pid), "w") as f:
        f.write(line % (pid, "Z" if pid % 1000 == 0 else "S"))
END
	zombiewatch -w -a 0 -i 60 -P "$TMP/proc" >"$TMP/watch" &
	watch=$!
	STARTED="${STARTED:-} $watch"
	wait_for grep -q 'zombie 30000 ' "$TMP/watch"
	rss=$(sed -n 's/^RssAnon:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$watch/status")
	assertTrue "RssAnon $rss KB" "[ $rss -le 256 ]"
}

. shunit2
