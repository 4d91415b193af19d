#!/bin/sh
# echoc_resolve_test - host names, in a network and an /etc of the test's own.
# shellcheck disable=SC1091,SC2154,SC2016
. tests/lib.sh

setUp() {
	if has_config tiny; then
		skip 'tiny looks up no names'
	elif ! unshare -mn true 2>/dev/null; then
		skip 'no namespaces here'
	fi
}

# lookup CONF HOSTS: run standard input with /etc/resolv.conf and /etc/hosts
# of these texts, name servers at 127.0.0.2 and 127.0.0.3, and an echod on
# port 7 of 127.0.0.1 and ::1.
lookup() {
	[ "${__shunit_skip:-1}" = 0 ] && return
	printf '%s\n' "$1" >"$TMP/resolv.conf"
	printf '%s\n' "$2" >"$TMP/hosts"
	{
		cat <<-'END'
		mount --make-rprivate / && ip link set lo up
		mount --bind "$TMP/resolv.conf" "$(readlink -f /etc/resolv.conf)"
		mount --bind "$TMP/hosts" /etc/hosts
		mkfifo "$TMP/up" "$TMP/ready7"
		python3 tests/dns_server.py 127.0.0.2 127.0.0.3 >"$TMP/up" &
		dns=$!
		read -r _ <"$TMP/up"
		echod -q 127.0.0.1:7 '[::1]:7' >"$TMP/ready7" 2>"$TMP/echod.err" &
		echod=$!
		cat "$TMP/ready7" >/dev/null
		# found NAME...: echoc reaches a server by each.
		found() { for n; do echoc -k -W 20 "$n" || echo "not found: $n"; done; }
		# missing TEXT NAME...: it does not, and says so.
		missing() { t=$1; shift; for n; do echoc -k -W 20 "$n" 2>"$TMP/e" && echo "found: $n"
			grep -qF "$t" "$TMP/e" || echo "$n: $(cat "$TMP/e")"; done; }
		END
		cat
		echo 'kill $echod; kill $dns; wait 2>/dev/null
		grep -v "no sandbox" "$TMP/echod.err"'
	} >"$TMP/script"
	unshare -mn sh "$TMP/script" >"$TMP/out" 2>&1
	rm -f "$TMP/up" "$TMP/ready7"
	assertEquals "$(cat "$TMP/out")" '' "$(cat "$TMP/out")"
}

both='nameserver 127.0.0.2
nameserver 127.0.0.3'

testNamesResolve() {
	lookup "$both" '' <<-'END'
	found both.test four.test six.test alias.test BOTH.test both.test.
	END
}

testAbsentNamesAreSaidToBe() {
	lookup "$both" '' <<-'END'
	missing 'no such host name' nosuch.test empty.test a..b.test
	END
}

testTheNextServerIsAskedWhenOneFails() {
	lookup "$both" '' <<-'END'
	found broken.test
	END
	lookup "nameserver 127.0.0.4
	$both" '' <<-'END'
	found both.test
	END
}

testATruncatedAnswerIsAskedForOverTcp() {
	lookup "$both" '' <<-'END'
	found long.test
	END
}

testForgedAnswersAreNotTaken() {
	lookup "$both" '' <<-'END'
	found forged.test
	END
}

testMangledAnswersHarmNothing() {
	lookup "$both
	options timeout:1 attempts:1" '' <<-'END'
	missing 'no such host name' mangled.test
	END
}

testASilentServerIsNotWaitedForEver() {
	lookup "$both
	options timeout:1 attempts:1" '' <<-'END'
	missing 'name server' silent.test
	END
}

testTheSearchListIsUsed() {
	lookup "search nowhere.example test # of this test
	$both" '' <<-'END'
	found both
	END
	lookup "domain test
	options ndots:3
	$both" '' <<-'END'
	found both both.test
	END
}

testHostsComeFirst() {
	lookup "$both" '# a comment
	::1 here Nearby	nosuch.test
	127.0.0.1 four # comment both
	garbage here2' <<-'END'
	found here nearby nosuch.test four
	missing 'no such host name' here2 comment
	END
}

testNoResolvConfIsNoCrash() {
	lookup '' '' <<-'END'
	missing 'name server' both.test
	END
}

. shunit2
