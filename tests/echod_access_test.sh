#!/bin/sh
# echod_access_test - who may connect, and as whom the server runs.
# shellcheck disable=SC1091,SC2154,SC2015,SC2153,SC2013,SC2034
. tests/lib.sh

setUp() {
	! has_config tiny || skip 'tiny has no rules'
}

# try HOST [FROM]: what a client gets there: "echo", "closed" or "refused".
try() {
	python3 - "$1" "$PORT" "${2:-}" <<-'END'
		import socket, sys
		host, port, source = sys.argv[1:4]
		try:
		    s = socket.create_connection((host, int(port)), 10,
		        (source, 0) if source else None)
		    s.sendall(b"hello")
		    print("echo" if s.recv(9) == b"hello" else "closed")
		except ConnectionRefusedError:
		    print("refused")
		except OSError:
		    print("closed")
	END
}

root() {
	[ "$(id -u)" = 0 ] || {
		skip 'not root'
		return 1
	}
}

# line NAME: the server's line of /proc/PID/status.
line() {
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$SERVER/status" | tr '\t' ' '
}

testEverybodyMayConnectWhereThereAreNoRules() {
	serve
	assertEquals echo "$(try 127.0.0.1)"
}

testTheFirstRuleThatMatchesDecides() {
	serve -x 127.0.0.2 -a 127.0.0.0/30 -x 127.0.0.3 127.0.0.1:0
	assertEquals echo "$(try 127.0.0.1)"
	assertEquals closed "$(try 127.0.0.1 127.0.0.2)"
	assertEquals echo "$(try 127.0.0.1 127.0.0.3)"
	assertEquals 'default: deny' closed "$(try 127.0.0.1 127.0.0.4)"
	logged '127.0.0.2'
}

testWithOnlyDenialsTheRestMayConnect() {
	serve -x 127.0.0.2/32
	assertEquals closed "$(try 127.0.0.1 127.0.0.2)"
	assertEquals echo "$(try 127.0.0.1 127.0.0.3)"
}

testTheFamiliesHaveTheirOwnRules() {
	serve -a ::1/128 '*:0'
	assertEquals echo "$(try ::1)"
	assertEquals closed "$(try 127.0.0.1)"
	stop
	serve -a 127.0.0.0/8 '*:0'
	assertEquals closed "$(try ::1)"
	assertEquals echo "$(try 127.0.0.1)"
	stop
	serve -x any '*:0'
	assertEquals closed "$(try ::1)"
	assertEquals closed "$(try 127.0.0.1)"
}

testAMappedAddressIsTheAddressThatItMaps() {
	# A socket of both families, as systemd's BindIPv6Only=both makes one.
	cat >"$TMP/both.py" <<-'END'
		import os, socket, sys
		s = socket.socket(socket.AF_INET6)
		s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
		s.bind(("::", 0))
		s.listen(5)
		os.dup2(s.fileno(), 0)
		os.execvp(sys.argv[1], sys.argv[1:])
	END
	for rule in 127.0.0.2 ::ffff:127.0.0.2 ::ffff:127.0.0.2/127; do
		rm -f "$TMP/addresses"
		python3 "$TMP/both.py" echod -x "$rule" >"$TMP/addresses" \
			2>"$TMP/log" &
		SERVER=$!
		wait_for test -s "$TMP/addresses"
		PORT=$(sed 's/.*://' "$TMP/addresses")
		assertEquals "$rule" closed "$(try 127.0.0.1 127.0.0.2)"
		assertEquals "$rule" echo "$(try 127.0.0.1 127.0.0.4)"
		stop
	done
}

testAUnixSocketIsItsDirectorysAffair() {
	serve -a 10.0.0.0/8 "unix:$TMP/sock"
	assertEquals hello "$(echo hello | timeout 10 echoc "unix:$TMP/sock")"
}

testRulesOfAFileAreReadAgainOnHup() {
	echo 'deny 127.0.0.2 # first' >"$TMP/rules"
	serve -A "$TMP/rules"
	assertEquals closed "$(try 127.0.0.1 127.0.0.2)"
	printf '# nobody but\n\n\tallow 127.0.0.2\t\r\nallow ::1' >"$TMP/new"
	mv "$TMP/new" "$TMP/rules"
	kill -HUP "$SERVER"
	logged "$TMP/rules: 2 rules"
	assertEquals echo "$(try 127.0.0.1 127.0.0.2)"
	assertEquals closed "$(try 127.0.0.1 127.0.0.3)"
}

testRulesAreReadAgainInTheChrootTooAndAsAnotherUser() {
	root || return
	mkdir "$TMP/root"
	echo 'deny 127.0.0.2' >"$TMP/rules"
	chmod 600 "$TMP/rules"
	serve -A "$TMP/rules" -D "$TMP/root" -U nobody
	assertEquals closed "$(try 127.0.0.1 127.0.0.2)"
	echo 'deny 127.0.0.3' >"$TMP/rules"
	kill -HUP "$SERVER"
	logged "$TMP/rules: 1 rules"
	assertEquals echo "$(try 127.0.0.1 127.0.0.2)"
	assertEquals closed "$(try 127.0.0.1 127.0.0.3)"
}

testABadFileLeavesTheRulesAsTheyWere() {
	echo 'deny 127.0.0.2' >"$TMP/rules"
	serve -A "$TMP/rules"
	for bad in 'deny 127.0.0.2/33' 'permit 127.0.0.9' 'allow' \
		'allow 127.0.0.0/8 10.0.0.0/8' 'allow localhost' 'deny 1.2.3' \
		"deny $(printf '%0300d' 7)"; do
		: >"$TMP/log"
		printf 'allow 127.0.0.2\n\n%s\nallow any\n' "$bad" \
			>"$TMP/rules"
		kill -HUP "$SERVER"
		logged "$TMP/rules, line 3: "
		logged 'stay as they were'
		assertEquals "$bad" closed "$(try 127.0.0.1 127.0.0.2)"
	done
	: >"$TMP/log"
	rm "$TMP/rules"
	kill -HUP "$SERVER"
	logged 'No such file'
	assertEquals closed "$(try 127.0.0.1 127.0.0.2)"
}

testAnOpenerThatIsGoneIsNamed() {
	has_config asan && {
		skip 'without a sandbox there is no opener'
		return
	}
	echo 'deny 127.0.0.2' >"$TMP/rules"
	serve -A "$TMP/rules"
	kill -KILL "$(children "$SERVER" | tr -d ' ')"
	logged 'the opener is gone'
	kill -HUP "$SERVER"
	logged 'stay as they were'
	assertEquals closed "$(try 127.0.0.1 127.0.0.2)"
	assertEquals echo "$(try 127.0.0.1 127.0.0.3)"
}

testABadFileAtTheStartIsAnError() {
	printf 'allow 127.0.0.1\nallow 127.0.0.1/x\n' >"$TMP/rules"
	expect 2 echod -A "$TMP/rules" 127.0.0.1:0
	says err "$TMP/rules, line 2: "
	expect 2 echod -A "$TMP/nosuch" 127.0.0.1:0
	says err "$TMP/nosuch: No such file"
	expect 2 echod -A "$TMP" 127.0.0.1:0
}

testBadRangesAreNamed() {
	for word in '' / 1.2.3.4/ 1.2.3.4/33 1.2.3/8 ::1/129 ::/ x 1.2.3.4/-1 \
		::ffff:1.2.3.4/95 1.2.3.4/08x; do
		expect 2 echod -a "$word" 127.0.0.1:0
		says err "-a '$word': not an address range"
		expect 2 echod -x "$word" 127.0.0.1:0
	done
	expect 2 echod -a
}

testTheUserIsGivenUpForGood() {
	root || return
	id=$(id -u nobody)
	serve -U nobody
	assertEquals "$id $id $id $id" "$(line Uid)"
	gid=$(id -g nobody)
	assertEquals "$gid $gid $gid $gid" "$(line Gid)"
	assertEquals 'no supplementary group' '' "$(line Groups | tr -d ' ')"
	assertEquals 0000000000000000 "$(line CapEff)"
	assertEquals 0000000000000000 "$(line CapPrm)"
	assertEquals 1 "$(line NoNewPrivs)"
	assertEquals echo "$(try 127.0.0.1)"
}

testSupplementaryGroupsAreGivenUpToo() {
	root || return
	rm -f "$TMP/addresses"
	setpriv --groups 4,20 echod -U nobody 127.0.0.1:0 \
		>"$TMP/addresses" 2>"$TMP/log" &
	SERVER=$!
	wait_for test -s "$TMP/addresses"
	assertNull "$(line Groups | tr -d ' ')"
}

testAGroupOrNumbersCanBeGiven() {
	root || return
	serve -U nobody:daemon 127.0.0.1:0
	assertEquals "$(sed -n 's/^daemon:[^:]*:\([0-9]*\):.*/\1/p' \
		/etc/group)" "$(line Gid | cut -d ' ' -f 1)"
	stop
	serve -U 12345:54321 127.0.0.1:0
	assertEquals '12345 12345 12345 12345' "$(line Uid)"
	assertEquals '54321 54321 54321 54321' "$(line Gid)"
}

testChildrenOfAnotherUserStayReadableInProc() {
	root || return
	serve -U nobody
	# The files of a process that cannot be dumped belong to root.
	assertEquals nobody "$(stat -c %U "/proc/$SERVER/stat")"
	python3 -c 'import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
s.sendall(b"x")
s.recv(1)
print("ok", flush=True)
s.recv(1)' "$PORT" >"$TMP/ok" &
	STARTED=$!
	wait_for test -s "$TMP/ok"
	for pid in $(children "$SERVER"); do
		# The opener, which may stay what it was, is not needed here.
		assertEquals nobody "$(stat -c %U "/proc/$pid/stat")"
	done
}

testUnknownUsersAreNamed() {
	expect 2 echod -U nosuchuser 127.0.0.1:0
	says err "no user 'nosuchuser'"
	expect 2 echod -U nobody:nosuchgroup 127.0.0.1:0
	says err "no group 'nosuchgroup'"
	for word in '' : nobody: :daemon root 0; do
		expect 2 echod -U "$word" 127.0.0.1:0
		says err -U
	done
	expect 2 echod -U 4294967295 127.0.0.1:0
}

testWithoutTheRightItDoesNotServeAsSomebodyElse() {
	root || return
	chmod 755 "$TMP"
	cp "$BOX" "$TMP/box"
	expect 3 setpriv --reuid=nobody --clear-groups "$TMP/box" echod \
		-U daemon 127.0.0.1:0
	says err 'supplementary groups'
	# A user namespace of one user: setgid and setuid cannot succeed.
	unshare -r true 2>/dev/null ||
		return 0
	expect 3 unshare -r "$BOX" echod -U daemon 127.0.0.1:0
	says err 'cannot '
}

testTheRootDirectoryIsChangedBeforeItServes() {
	root || return
	mkdir "$TMP/root"
	serve -D "$TMP/root" 127.0.0.1:0
	assertEquals "$TMP/root" "$(readlink "/proc/$SERVER/root")"
	assertEquals "$TMP/root" "$(readlink "/proc/$SERVER/cwd")"
	assertEquals echo "$(try 127.0.0.1)"
	expect 3 echod -D "$TMP/nosuch" 127.0.0.1:0
	says err "-D $TMP/nosuch: No such file"
	expect 3 echod -D "$TMP/rules" 127.0.0.1:0
}

testAUnixPathIsRemovedFromOutsideOfTheChroot() {
	root || return
	mkdir "$TMP/root"
	serve -D "$TMP/root" -U nobody "unix:$TMP/sock"
	assertTrue "[ -S '$TMP/sock' ]"
	stop
	assertFalse 'the path is gone' "[ -e '$TMP/sock' ]"
}

. shunit2
