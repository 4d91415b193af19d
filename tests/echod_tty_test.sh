#!/bin/sh
# echod_tty_test - serial lines: frames come back, noise costs little.
# shellcheck disable=SC1091,SC2154,SC2015,SC2153,SC2013,SC2034
. tests/lib.sh

setUp() {
	! has_config tiny lean || skip 'it has no serial lines'
}

# cable: two ptys that are joined like a null modem cable, as $TMP/near and
# $TMP/far; what passes can be spoilt by $TMP/spoil. It ends with its input.
cable() {
	cat >"$TMP/cable.py" <<-'END'
		import os, pty, select, sys, tty
		tmp = os.environ["TMP"]
		ends = {}
		for name in ("near", "far"):
		    master, slave = pty.openpty()
		    tty.setraw(master)
		    link = "%s/%s" % (tmp, name)
		    if os.path.islink(link):
		        os.unlink(link)
		    os.symlink(os.ttyname(slave), link)
		    ends[master] = slave
		a, b = ends
		print("ready", flush=True)
		count = 0
		while True:
		    ready, _, _ = select.select([a, b, 0], [], [], 60)
		    if not ready or 0 in ready:
		        break
		    for fd in ready:
		        data = os.read(fd, 4096)
		        if os.path.exists(tmp + "/spoil"):
		            count += 1
		            if count % 5 == 0:
		                data = data[:-1] + bytes([data[-1] ^ 4])
		        os.write(b if fd == a else a, data)
	END
	rm -f "$TMP/cable"
	mkfifo "$TMP/hold" 2>/dev/null
	python3 "$TMP/cable.py" <"$TMP/hold" >"$TMP/cable" &
	STARTED=$!
	exec 8>"$TMP/hold"
	wait_for test -s "$TMP/cable"
}


counted() {
	wait_for asked "$1" || fail "not counted: $1: $(tail -n 3 "$TMP/log")"
}
asked() {
	kill -USR1 "$SERVER"
	sleep 0.05
	grep 'tty .*: frames' "$TMP/log" | tail -n 1 | grep -qE "$1"
}

testALineIsServedAndListed() {
	cable
	serve "tty:$TMP/near@115200" 127.0.0.1:0
	assertContains "$(cat "$TMP/addresses")" "tty $TMP/near@115200"
	assertEquals hello "$(echo hello |
		timeout 20 echoc "tty:$TMP/far@115200")"
	counted ': frames [1-9][0-9]*, bytes 6, damaged 0'
}

testBulkComesBackWhole() {
	cable
	serve "tty:$TMP/near@4000000" 127.0.0.1:0
	head -c 100000 /dev/urandom >"$TMP/bulk"
	timeout 60 echoc "tty:$TMP/far@4000000" <"$TMP/bulk" >"$TMP/back"
	assertEquals 0 $?
	assertTrue 'the same bytes' "cmp '$TMP/bulk' '$TMP/back'"
}

testADamagedFrameIsCountedAndNotAnswered() {
	python3 - "$BUILD" <<-'END'
		import os, pty, subprocess, sys, tty, select
		tmp = os.environ["TMP"]
		master, slave = pty.openpty()
		tty.setraw(master)
		core = sys.argv[1] + "/coretest"
		good = subprocess.run([core, "frame"], input=b"whole",
		    stdout=subprocess.PIPE).stdout
		log = open(tmp + "/log", "w")
		p = subprocess.Popen(["echod", "tty:" + os.ttyname(slave)],
		    stdout=subprocess.PIPE, stderr=log)
		assert p.stdout.readline().startswith(b"tty /dev/")
		os.close(slave)
		os.write(master, b"noise" + good + good[:3] + b"?" + good[3:] +
		    b"~" + b"z" * 9000 + good)
		got = b""
		while len(got) < 2 * len(good):
		    assert select.select([master], [], [], 60)[0], got
		    got += os.read(master, 4096)
		assert got == good + good, got
		assert not select.select([master], [], [], 0.3)[0]
		p.terminate()
		assert p.wait() == 0
	END
	assertEquals 0 $?
	logged ': frames 2, bytes 10, damaged 2, noise 5'
}

testTheSettingsAreRestoredAtTheEnd() {
	python3 - <<-'END'
		import os, pty, subprocess, termios
		master, slave = pty.openpty()
		before = termios.tcgetattr(slave)
		p = subprocess.Popen(["echod",
		    "tty:" + os.ttyname(slave) + "@9600"],
		    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
		p.stdout.readline()
		now = termios.tcgetattr(slave)
		assert now[5] == termios.B9600 and not now[3] & termios.ECHO
		p.terminate()
		assert p.wait() == 0
		assert termios.tcgetattr(slave) == before
	END
	assertEquals 0 $?
}

testALineThatComesBackIsServedAgain() {
	cable
	# A server that inherits the other end of the cable's input keeps it alive.
	serve "tty:$TMP/near" 127.0.0.1:0 8>&-
	exec 8>&-
	wait "$STARTED"
	logged 'near: ended'
	cable
	wait_for line_answers
	assertEquals 0 $?
}
# Ended by its own deadline, not by a signal, it gives the line back.
line_answers() {
	[ "$(echo again | timeout 60 echoc -W 2 "tty:$TMP/far")" = again ]
}

testWhatIsNoSerialLineIsNamed() {
	expect 3 echod tty:/dev/null
	says err 'tty:/dev/null: '
	expect 3 echod tty:/nosuch@9600
	says err 'tty:/nosuch@9600: No such file'
	expect 2 echod tty:/dev/ptmx@12345
	says err /dev/ptmx@12345
	expect 2 echod tty:
}

. shunit2
