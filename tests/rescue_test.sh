#!/bin/sh
# rescue_test - process 1 of a machine: here of namespaces, with a root folder
# in which the box is the only file.
# shellcheck disable=SC1091,SC2034,SC2154
. tests/lib.sh

ROOT=$TMP/root
INIT=

# can_boot || return: namespaces and a chroot are root's.
can_boot() {
	echobox --list | grep -qx rescue || {
		skip 'this box has no rescue'
		return 1
	}
	has_config asan && {
		skip 'the sanitizer needs its libraries in the root'
		return 1
	}
	[ "$(id -u)" = 0 ] && unshare -pfmnu true 2>/dev/null || {
		skip 'needs namespaces of its own'
		return 1
	}
}

setUp() {
	rm -rf "$ROOT"
	mkdir "$ROOT"
	cp "$BOX" "$ROOT/init"
	echo 'quiet ip=off' >"$ROOT/cmdline"
	UP='rescue: up'
}

# boot [argument ...]: start /init as process 1, until it says it is up.
# NIC=1 gives it eth0, TWO=1 eth1 as well. Its console is $TMP/console, INIT its pid out here.
boot() {
	cat >"$TMP/start" <<-'END'
		[ -z "$NIC" ] || ip link add eth0 index 8 type veth \
			peer name far index 9
		[ -z "$NIC" ] || ip link set far up
		[ -z "$TWO" ] || ip link add eth1 type veth peer name far1
		[ -z "$RO" ] || mount -o bind,ro "$ROOT" "$ROOT"
		exec chroot "$ROOT" /init -k /cmdline "$@"
	END
	NIC=${NIC:-} TWO=${TWO:-} RO=${RO:-} ROOT=$ROOT unshare -pfmnu --kill-child \
		sh "$TMP/start" "$@" >"$TMP/console" 2>&1 &
	BOOT=$!
	STARTED="${STARTED:-} $BOOT"
	wait_for grep -q "^$UP" "$TMP/console" ||
		fail "not up: $(cat "$TMP/console")"
	# The list of children misses one while others end.
	wait_for grep -q . "/proc/$BOOT/task/$BOOT/children"
	INIT=$(children "$BOOT")
	INIT=${INIT% }
}

tearDown() {
	[ -z "$INIT" ] || kill -KILL "$INIT" 2>/dev/null
	[ -z "$INIT" ] || wait "$BOOT" 2>/dev/null
	INIT=
}

console() {
	wait_for grep -qF -- "$1" "$TMP/console" ||
		fail "not on the console: $1; but: $(cat "$TMP/console")"
}

# inside COMMAND...: in the machine's network.
inside() {
	nsenter -t "$INIT" -n -- "$@"
}

testAnInitramfsOfOneFileComesUp() {
	can_boot || return
	boot
	console 'lo: 127.0.0.1/8'
	wait_for inside echoc -k 127.0.0.1
	assertEquals 'echod answers on port 7' 0 $?
	inside echoc -u -k 127.0.0.1
	assertEquals 'and to datagrams' 0 $?
	for dir in proc sys dev/pts; do
		assertTrue "/$dir is mounted" \
			"grep -q ' /$dir ' /proc/$INIT/mounts"
	done
	assertTrue 'it is process 1' "grep -q '^NSpid:.*[^0-9]1\$' /proc/$INIT/status"
}

testTheLinkNamedInitIsForProcessOneOnly() {
	can_boot || return
	ln -s "$BOX" "$TMP/init"
	expect 2 "$TMP/init" echox
	says err "no applet 'echox'"
	expect 2 rescue
	says err 'for process 1 alone'
}

testAnAddressOfTheCommandLineIsSet() {
	can_boot || return
	echo 'ip=10.9.8.7::10.9.8.1:255.255.255.0:board:eth0:off:10.9.8.2:10.9.8.3' \
		>"$ROOT/cmdline"
	mkdir "$ROOT/etc"
	NIC=1 boot
	console 'eth0: 10.9.8.7/24'
	assertContains "$(inside ip route)" 'default via 10.9.8.1 dev eth0'
	assertEquals 'nameserver 10.9.8.2
nameserver 10.9.8.3' "$(cat "$ROOT/etc/resolv.conf")"
	wait_for inside sh -c 'ip -6 addr show eth0 | grep -q fe80::'
	assertEquals 'a link-local address' 0 $?
	kill -USR1 "$INIT"
	console 'eth0: 10.9.8.7/24 fe80::'
}

testTheHostNameIsSet() {
	can_boot || return
	echo 'ip=10.9.8.7::::board' >"$ROOT/cmdline"
	NIC=1 boot
	assertEquals board "$(nsenter -t "$INIT" -u uname -n)"
}

testEveryFormOfTheAddressIsRead() {
	can_boot || return
	while read -r shown form; do
		echo "$form" >"$ROOT/cmdline"
		NIC=1 boot
		console "eth0: $shown"
		tearDown
	done <<-END
		10.1.2.3/8 ip=10.1.2.3
		172.16.1.2/16 ip=172.16.1.2:::::eth0
		192.168.1.2/24 root=/dev/sda1 ip=192.168.1.2::192.168.1.1
		10.1.2.3/30 ip=10.1.2.3:::255.255.255.252
		10.1.2.3/8 a="b ip=10.9.9.9 c" "ip=10.1.2.3" -- ip=10.8.8.8 "sh ip=10.7.7.7"
		10.4.4.4/16 ip=:::::eth0:off ip=10.4.4.4:::255.255.0.0
	END
}

# clients: who asks for an address by DHCP, and by which name.
clients() {
	for pid in $(children "$INIT"); do
		tr '\0' ' ' <"/proc/$pid/cmdline"
		echo
	done | sed -n 's/^.*rescue -d //p' | sort
}

# A veth's other end is a card, too.
testWithoutADeviceAllAskForAnAddress() {
	can_boot || return
	echo quiet >"$ROOT/cmdline"
	NIC=1 boot
	all() {
		[ "$(clients)" = 'eth0 
far ' ]
	}
	wait_for all
	assertEquals "$(clients)" 0 $?
}

testEachDeviceIsGivenWhatItsOwnWordSays() {
	can_boot || return
	echo 'ip=::::board.example:eth1:dhcp,1,id ip=10.1.2.3:::::eth0:off' \
		>"$ROOT/cmdline"
	NIC=1 TWO=1 boot
	console 'eth0: 10.1.2.3/8'
	one() {
		[ "$(clients)" = 'eth1 board.example ' ]
	}
	wait_for one
	assertEquals "$(clients)" 0 $?
	assertEquals board "$(nsenter -t "$INIT" -u uname -n)"
	assertEquals example "$(nsenter -t "$INIT" -u \
		cat /proc/sys/kernel/domainname)"
}

testAWrongAddressIsNamedAndTheRestComesUp() {
	can_boot || return
	while read -r form word; do
		echo "$form ip=off" >"$ROOT/cmdline"
		boot
		console "ip=: '$word' is wrong"
		wait_for inside echoc -k 127.0.0.1
		assertEquals "$form" 0 $?
		tearDown
	done <<-END
		ip=10.1.2 10.1.2
		ip=10.1.2.3:::255.0.255.0 255.0.255.0
		ip=10.1.2.3:x:nowhere nowhere
		ip=10.1.2.3:::::a-name-too-long-for-it a-name-too-long-for-it
		ip=10.1.2.3::::::sometimes sometimes
		ip=1.2.3.4::::::::::more more
	END
}

testWithoutANicTheRestComesUp() {
	can_boot || return
	echo quiet >"$ROOT/cmdline"
	boot
	console 'no network interface; is its module in the list?'
	wait_for inside echoc -k 127.0.0.1
	assertEquals 0 $?
	console 'lo: 127.0.0.1/8'
}

testAMissingListOfModulesIsNamed() {
	can_boot || return
	boot -m /no/such/list
	console '/no/such/list: No such file or directory'
}

testAModuleThatIsNoneIsNamed() {
	can_boot || return
	[ -z "${EMULATED:-}" ] && [ -e /proc/modules ] || {
		skip 'no module can be loaded here'
		return
	}
	mkdir "$ROOT/modules"
	echo 'this is no module' >"$ROOT/modules/bad.ko"
	printf '# a comment\n\nbad.ko debug=1 # why\nmissing.ko\n' \
		>"$ROOT/modules/list"
	boot
	console '/modules/bad.ko: no module for this kernel'
	console '/modules/missing.ko: No such file or directory'
	console 'rescue: up'
}

testAnAppletThatCrashesIsStartedMoreAndMoreRarely() {
	can_boot || return
	boot 'zombiewatch --nonsense' 'echod 7'
	console 'exit 2'
	console 'again in 1 s'
	console 'again in 2 s'
	wait_for inside echoc -k 127.0.0.1
	assertEquals 0 $?
}

# What is named may need the addresses; and of words that the kernel does not
# know, of which it hands over 32, none takes echod's place.
testCommandsAreStartedWhenTheNetworkIsUp() {
	can_boot || return
	echo 'ip=10.9.8.7:::::eth0:off' >"$ROOT/cmdline"
	# shellcheck disable=SC2046
	NIC=1 boot $(seq -f word%g 31) 'echod 10.9.8.7:8'
	wait_for inside echoc -k 10.9.8.7:8
	assertEquals 0 $?
	wait_for inside echoc -k 127.0.0.1
	assertEquals 0 $?
	assertNotContains "$(cat "$TMP/console")" 'again in'
	assertNotContains "$(cat "$TMP/console")" 'too many'
}

testWhatItKilledIsStartedAgain() {
	can_boot || return
	boot -n 'echod 127.0.0.1:7'
	wait_for inside echoc -k 127.0.0.1
	kill -KILL "$(children "$INIT")"
	console 'SIGKILL'
	wait_for inside echoc -k 127.0.0.1
	assertEquals 0 $?
}

testWordsThatAreNotForItAreGoneOver() {
	can_boot || return
	boot --nonsense -z splash
	console '--nonsense: no such option'
	console '-z: no such option'
	console 'splash: no such program here, left out'
	wait_for inside echoc -k 127.0.0.1
	assertEquals 0 $?
}

testOptionsBehindWordsForOthersCount() {
	can_boot || return
	boot splash single -n 'echod 7' emergency -z
	console '-z: no such option'
	assertEquals "$(cat "$TMP/console")" 1 "$(grep -c '^  echod ' "$TMP/console")"
	wait_for inside echoc -k 127.0.0.1
	assertEquals 0 $?
}

testAReadOnlyRootWithoutFoldersIsSaidAndItLives() {
	can_boot || return
	RO=1 boot
	console '/proc: proc is not mounted: No such file or directory'
	console '/dev: devtmpfs is not mounted: No such file or directory'
	console '/dev/console: No such file or directory'
	kill -USR1 "$INIT"
	console 'rescue: status'
	wait_for inside echoc -k 127.0.0.1
	assertEquals 'echod needs no /dev' 0 $?
}

# Orphans: a shell starts children that start children, and leaves.
testEveryOrphanIsReaped() {
	can_boot || return
	busybox=$(command -v busybox)
	cp "$busybox" "$ROOT/busybox"
	# Where no devtmpfs may be mounted the shell still asks for this.
	mkdir "$ROOT/dev"
	: >"$ROOT/dev/null"
	cat >"$ROOT/burst" <<-'END'
		#!/busybox sh
		i=0
		while [ $i -lt 50 ]; do
			(/busybox true & /busybox true) &
			i=$((i + 1))
		done
		exec /busybox sleep 1000
	END
	chmod +x "$ROOT/burst"
	boot -n /burst
	no_zombie() {
		[ "$(nsenter -t "$INIT" -p -m -- "$busybox" true; cat \
			/proc/[0-9]*/status 2>/dev/null |
			awk -v init="$INIT" '/^State:.*zombie/ { z = 1 }
			/^PPid:/ { if (z && $2 == init) n++; z = 0 }
			END { print n + 0 }')" = 0 ]
	}
	wait_for no_zombie
	assertEquals 0 $?
	reaped() {
		kill -USR1 "$INIT"
		[ "$(sed -n 's/^  \([0-9]*\) orphans reaped/\1/p' "$TMP/console" |
			tail -n 1)" -ge 50 ]
	}
	wait_for reaped
	assertEquals "$(tail -n 5 "$TMP/console")" 0 $?
}

# The kernel ends a namespace's process 1 by HUP for a reboot and by INT for a
# power off; unshare tells us.
ends() {
	boot
	kill -"$1" "$INIT"
	INIT=
	wait "$BOOT"
	assertEquals "$1: $(cat "$TMP/console")" "$2" $?
	console "$3"
}

testTermReboots() {
	can_boot || return
	ends TERM 129 'rescue: reboot'
}

testCtrlAltDelReboots() {
	can_boot || return
	ends INT 129 'rescue: reboot'
}

testUsr2PowersOff() {
	can_boot || return
	ends USR2 130 'rescue: power off'
}

. shunit2
