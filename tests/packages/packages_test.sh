#!/bin/sh
# packages_test - the box in the systems people already have (slow tier).
# limit: 900
# shellcheck disable=SC1091,SC2154,SC2016
. tests/lib.sh

setUp() {
	[ -z "$CONFIG" ] && [ "$(id -u)" = 0 ] && command -v debootstrap >/dev/null || {
		skip 'needs root, debootstrap and the default configuration'
		return
	}
	[ -n "${root:-}" ] || root=$(sh tests/packages/root) || fail 'no root'
}

# within: run standard input in a copy of the root that has the box
# installed; its output is in $TMP/out. Ends with the script's status.
within() {
	isSkipping_=${__shunit_skip:-1}
	[ "$isSkipping_" = 0 ] && return 0
	{
		cat <<-'END'
		set -eu
		cd /src
		make -s install PREFIX=/usr >/dev/null
		up() { for try in $(seq 100); do echoc -k -W 1 "$@" 2>/run/up && return; sleep 0.1; done; cat /run/up; return 1; }
		END
		cat
	} | sh tests/packages/inside "$root" >"$TMP/out" 2>&1
	assertEquals "$(tail -n 30 "$TMP/out")" 0 $?
}

testSystemdUnitsVerifyAndActivate() {
	within <<-'END'
	install -m 644 -t /usr/lib/systemd/system configs/systemd/*
	systemd-analyze verify --man=no echod.service echod.socket echod-activated.service
	systemd-analyze security --offline=true --threshold=20 echod.service echod-activated.service
	# What systemd would do with echod.socket and ExecStart of its service.
	command=$(sed -n 's/^ExecStart=//p' configs/systemd/echod-activated.service)
	systemd-socket-activate -l 127.0.0.1:7007 $command &
	up 127.0.0.1:7007
	kill $!
	END
}

# systemd itself, as process 1 of namespaces of its own, with the units as
# they are: a filter, a dynamic user and file systems of theirs.
testSystemdRunsTheUnits() {
	within <<-'END'
	install -m 644 -t /usr/lib/systemd/system configs/systemd/*
	cat >/etc/systemd/system/trial.service <<-UNIT
	[Unit]
	After=basic.target
	[Service]
	Type=oneshot
	ExecStart=/bin/sh /trial
	ExecStopPost=/bin/systemctl poweroff --force --force
	UNIT
	cat >/trial <<-'TRIAL'
	exec >/trial.log 2>&1
	trap '[ $? = 0 ] || systemctl --no-pager status "echod*"; journalctl --no-pager -n 30' EXIT
	set -eux
	up() { for try in $(seq 100); do echoc -k -W 1 "$@" && return; sleep 0.1; done; return 1; }
	pid() { systemctl show -p MainPID --value "$1"; }
	systemctl start echod.service
	up 127.0.0.1; up ::1
	first=$(pid echod)
	grep -x 'CapEff:.0*400' "/proc/$first/status"
	! grep -x 'Uid:.0.*' "/proc/$first/status"
	systemctl reload echod
	up 127.0.0.1
	kill -KILL "$first"
	up 127.0.0.1
	[ "$(pid echod)" != "$first" ]
	# From one to the other and back.
	systemctl start echod.socket
	! systemctl is-active echod.service
	head -c 300000 /dev/urandom >/data
	echoc 127.0.0.1 </data | cmp - /data
	up ::1
	grep -x 'CapEff:.0*' "/proc/$(pid echod-activated)/status"
	systemctl stop echod-activated.service
	up 127.0.0.1
	systemctl start echod.service
	! systemctl is-active echod.socket
	up 127.0.0.1
	systemctl stop echod.service
	[ "$(systemctl show -p Result --value echod)" = success ]
	echo passed
	TRIAL
	unshare -mpfC --kill-child sh -c '
		mount --make-rprivate /
		mount -t proc proc /proc
		mount -t cgroup2 cgroup2 /sys/fs/cgroup
		mount -t tmpfs tmpfs /run
		mkdir /devices
		mount -t tmpfs -o mode=755 tmpfs /devices
		for n in null zero full random urandom tty; do
			: >/devices/$n; mount --bind /dev/$n /devices/$n; done
		: >/devices/console
		mount --move /devices /dev
		mkdir /dev/shm /dev/pts
		mount -t devpts -o newinstance,ptmxmode=0666 devpts /dev/pts
		ln -s pts/ptmx /dev/ptmx
		export container=other
		exec /lib/systemd/systemd --unit=trial.service </dev/null
	' >/systemd.log 2>&1 &
	for try in $(seq 600); do kill -0 $! 2>/dev/null || break; sleep 0.1; done
	cat /systemd.log /trial.log
	grep -x passed /trial.log
	END
}

testS6SupervisesAndLearnsReadiness() {
	within <<-'END'
	cp -r configs/s6 /run/scan
	mkdir /run/scan/echod/log
	printf '#!/bin/sh\nexec cat >/run/log\n' >/run/scan/echod/log/run
	chmod +x /run/scan/echod/log/run
	export ECHOD_ADDRESS=127.0.0.1:7007
	s6-svscan /run/scan &
	for try in $(seq 100); do s6-svok /run/scan/echod && break; sleep 0.1; done
	s6-svwait -U -t 10000 /run/scan/echod
	up 127.0.0.1:7007
	first=$(s6-svstat -o pid /run/scan/echod)
	s6-svwait -u -t 10000 /run/scan/echod/log
	logger=$(s6-svstat -o pid /run/scan/echod/log)
	[ "$(readlink "/proc/$first/fd/2")" = "$(readlink "/proc/$logger/fd/0")" ]
	kill -KILL "$first"
	for try in $(seq 100); do s6-svwait -U -t 10000 /run/scan/echod
		[ "$(s6-svstat -o pid /run/scan/echod)" != "$first" ] && break; sleep 0.1; done
	up 127.0.0.1:7007
	s6-svc -wD -T 10000 -d /run/scan/echod
	END
}

testRunitSupervises() {
	within <<-'END'
	cp -r configs/runit/echod /run/echod
	mkdir /run/echod/log
	printf '#!/bin/sh\nexec cat >/run/log\n' >/run/echod/log/run
	chmod +x /run/echod/log/run
	export ECHOD_ADDRESS=127.0.0.1:7007
	runsv /run/echod &
	up 127.0.0.1:7007
	for try in $(seq 100); do [ -s /run/echod/log/supervise/pid ] && break; sleep 0.1; done
	read -r pid </run/echod/supervise/pid
	read -r logger </run/echod/log/supervise/pid
	[ "$(readlink "/proc/$pid/fd/2")" = "$(readlink "/proc/$logger/fd/0")" ]
	sv -w 10 down /run/echod
	sv status /run/echod | grep ^down
	END
}

testBusyBoxInitRespawns() {
	within <<-'END'
	{ echo "::respawn:/usr/bin/echod -q 127.0.0.1:7007"; } >/run/line
	grep -v '^#' configs/busybox/inittab | sed 's/ 7$/ 127.0.0.1:7007/' >/etc/inittab
	cmp /run/line /etc/inittab
	ln -s "$(command -v busybox)" /run/init
	unshare -pf --mount-proc /run/init >/dev/null 2>&1 &
	init=$!
	up 127.0.0.1:7007
	pkill -KILL -o -x echod
	sleep 0.2
	up 127.0.0.1:7007
	pkill -KILL -x init
	END
}

testOpenRcStartsAndStops() {
	within <<-'END'
	cp configs/openrc/echod /etc/init.d/echod
	for d in started starting stopping inactive failed daemons options \
		exclusive scheduled wasinactive hotplugged tmp; do mkdir -p /run/openrc/$d; done
	mkdir -p /etc/conf.d
	echo 'echod_options="-q 127.0.0.1:7007"' >/etc/conf.d/echod
	touch /run/openrc/softlevel
	rc-service --nodeps echod start
	up 127.0.0.1:7007
	rc-service echod status
	rc-service --nodeps echod reload
	up 127.0.0.1:7007
	rc-service --nodeps echod stop
	! echoc -k -W 1 127.0.0.1:7007
	END
}

testOpenBsdInetdServesByIt() {
	within <<-'END'
	grep -v '^#' configs/inetd/inetd.conf | sed 's/^echo/127.0.0.1:7008/; s/nobody/root/' >/run/inetd.conf
	/usr/sbin/inetd -i /run/inetd.conf &
	up 127.0.0.1:7008
	head -c 100000 /dev/urandom >/run/data
	echoc 127.0.0.1:7008 </run/data | cmp - /run/data
	END
}

# With the line as it is, user and port by name; Debian's BusyBox has no inetd.
testBusyBoxInetdServesByIt() {
	isSkipping && return
	mkdir "$TMP/busybox"
	cp "$(sh tests/packages/inetd)" "$TMP/busybox/" ||
		fail 'no BusyBox with inetd'
	export OUT="$TMP/busybox"
	within <<-'END'
	/out/busybox inetd -f configs/inetd/inetd.conf &
	up 127.0.0.1
	head -c 100000 /dev/urandom >/run/data
	echoc 127.0.0.1 </run/data | cmp - /run/data
	END
	unset OUT
}

# No engine here: its COPY, ENTRYPOINT and CMD are carried out by hand.
testAnImageOfOneFileRuns() {
	within <<-'END'
	make -s
	mkdir -p /run/image/proc
	sed -n 's/^COPY //p' configs/docker/Dockerfile | while read -r from to; do
		cp "$from" "/run/image$to"; done
	words() { sed -n "s/^$1 \[\(.*\)\]/\1/p" configs/docker/Dockerfile | tr -d '",'; }
	unshare -pf --kill-child chroot /run/image $(words ENTRYPOINT) $(words CMD) &
	pid=$!
	up 127.0.0.1:7
	kill -TERM $(cat /proc/$pid/task/$pid/children)
	wait $pid
	END
}

# And built by a tool for that, entry point and command as the image has them.
testTheDockerfileBuildsAndRuns() {
	isSkipping && return
	command -v buildah >/dev/null || {
		skip 'no buildah'
		return
	}
	make -s
	images() {
		what=$1
		shift
		buildah --root "$TMP/images" --runroot "$TMP/runroot" \
			--storage-driver vfs "$what" "$@" 2>>"$TMP/err"
	}
	images bud --isolation chroot -f configs/docker/Dockerfile -t trial . \
		>"$TMP/out"
	assertEquals "$(tail -n 5 "$TMP/out" "$TMP/err")" 0 $?
	name=$(images from trial)
	words=$(images inspect --format \
		'{{.OCIv1.Config.Entrypoint}} {{.OCIv1.Config.Cmd}}' "$name" |
		tr -d '[]')
	cat >"$TMP/run" <<-'END'
		ip link set lo up
		"$@" &
		"$BOX" echoc -k -w 60 -i 0.2 127.0.0.1
		status=$?
		kill $!
		exit $status
	END
	# shellcheck disable=SC2086
	BOX=$BOX unshare -npf --kill-child --mount-proc sh "$TMP/run" buildah \
		--root "$TMP/images" --runroot "$TMP/runroot" \
		--storage-driver vfs run --isolation chroot "$name" -- $words \
		>"$TMP/out" 2>&1
	assertEquals "$words: $(cat "$TMP/out")" 0 $?
}

testDebianPackagesBuildAndAreClean() {
	within <<-'END'
	cp -r configs/debian debian
	dpkg-buildpackage -us -uc -b >/run/log 2>&1 || { tail -n 30 /run/log; exit 1; }
	lintian --fail-on error,warning --suppress-tags bad-distribution-in-changes-file ../echobox_*.changes
	dpkg -c ../echobox_*.deb
	dpkg -i ../echobox_*.deb
	echod --version
	END
}

testInitramfsToolsImageHasTheServer() {
	within <<-'END'
	cp -r configs/initramfs-tools/hooks configs/initramfs-tools/scripts /etc/initramfs-tools/
	kernel=$(ls /lib/modules | head -n 1)
	mkinitramfs -o /run/initrd "$kernel"
	lsinitramfs /run/initrd >/run/list
	grep -x usr/bin/echobox /run/list
	grep -x usr/bin/echod /run/list
	grep -x scripts/init-premount/echod /run/list
	grep -x scripts/init-bottom/echod /run/list
	# Who is still asking for an address is not left to the real root.
	sh -c 'sleep 1000; :' &
	pid=$!
	echo "$pid" >/run/echod-net.pid
	for try in $(seq 100); do
		read -r below <"/proc/$pid/task/$pid/children" && break; sleep 0.1; done
	sh configs/initramfs-tools/scripts/init-bottom/echod
	for try in $(seq 100); do kill -0 $below 2>/dev/null || exit 0; sleep 0.1; done
	exit 1
	END
}

# The image that mkinitramfs makes boots, brings up the network by ip=, and
# answers while it waits for a root that does not come.
testInitramfsToolsImageBootsAndAnswers() {
	[ "${__shunit_skip:-1}" = 0 ] && return
	command -v qemu-system-x86_64 >/dev/null || {
		skip 'no qemu-system-x86_64'
		return
	}
	mkdir "$TMP/image"
	export OUT="$TMP/image"
	within <<-'END'
	cp -r configs/initramfs-tools/hooks configs/initramfs-tools/scripts /etc/initramfs-tools/
	printf '%s\n' virtio_pci virtio_net >>/etc/initramfs-tools/modules
	sed -i 's/^MODULES=.*/MODULES=list/' /etc/initramfs-tools/initramfs.conf
	kernel=$(ls /lib/modules | head -n 1)
	mkinitramfs -o /out/initrd "$kernel"
	cp "/boot/vmlinuz-$kernel" /out/vmlinuz
	END
	unset OUT
	port=$(python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	timeout 200 qemu-system-x86_64 -M q35 -accel tcg -m 256 -display none \
		-no-reboot -kernel "$TMP/image/vmlinuz" -initrd "$TMP/image/initrd" \
		-append 'console=ttyS0 quiet root=/dev/none ip=10.0.2.15::10.0.2.2:255.255.255.0:::off' \
		-netdev "user,id=n0,restrict=on,hostfwd=tcp:127.0.0.1:$port-:7" \
		-device virtio-net-pci,netdev=n0,romfile= -serial "file:$TMP/console" \
		-monitor none </dev/null >/dev/null 2>&1 &
	STARTED="${STARTED:-} $!"
	echoc -k -w 180 -i 2 "127.0.0.1:$port"
	assertEquals "$(tail -n 20 "$TMP/console")" 0 $?
	kill "${STARTED##* }"
}

testDracutImageHasTheServer() {
	within <<-'END'
	cp -r configs/dracut/90echobox /usr/lib/dracut/modules.d/
	kernel=$(ls /lib/modules | head -n 1)
	dracut --force --no-hostonly --add "network-legacy echobox" /run/initrd "$kernel" >/run/log 2>&1 || { tail /run/log; exit 1; }
	lsinitrd /run/initrd >/run/list
	grep usr/bin/echobox /run/list
	grep 'hooks/initqueue/online/90-echod-start.sh' /run/list
	grep 'hooks/cleanup/90-echod-stop.sh' /run/list
	END
}

# mkinitcpio is not in Debian: its hook is run against stand-ins of the few
# functions of mkinitcpio(8) that it calls.
testMkinitcpioHookAddsTheServer() {
	within <<-'END'
	bash -euc 'add_binary() { echo "binary $1"; }
	add_symlink() { echo "symlink $1 $2"; }
	add_runscript() { echo runscript; }
	. configs/mkinitcpio/install/echobox
	build' >/run/calls
	grep -x "binary /usr/bin/echobox" /run/calls
	grep -x "symlink /usr/bin/echod echobox" /run/calls
	grep -x runscript /run/calls
	sh -euc 'err() { echo "err $1"; }
	echod="-q 127.0.0.1:7007"
	. configs/mkinitcpio/hooks/echobox
	run_hook
	echoc -k 127.0.0.1:7007
	run_cleanuphook
	for try in $(seq 50); do echoc -k 127.0.0.1:7007 2>/dev/null || exit 0; sleep 0.1; done
	exit 1'
	END
}

# What no tool here can run is held to the tree: versions, licence, files.
testRecipesSayWhatTheTreeSays() {
	version=$(sed -n 's/^VERSION = //p' Makefile)
	for file in configs/alpine/APKBUILD configs/openwrt/echobox/Makefile \
		configs/buildroot/package/echobox/echobox.mk; do
		assertTrue "$file: $version" "grep -qiE '^[A-Z_]*(VERSION|ver) *:?= *$version\$' $file"
	done
	assertTrue "configs/yocto/echobox_$version.bb" \
		"[ -e 'configs/yocto/echobox_$version.bb' ]"
	assertContains "$(cat configs/yocto/*.bb)" \
		"LICENSE;md5=$(md5sum <LICENSE | cut -d ' ' -f 1)"
	assertEquals "$version" "$(sed -n '1s/.*(\(.*\)).*/\1/p' configs/debian/changelog)"
	# An APKBUILD is shell: its functions run against this checkout.
	(
		set -eu
		export pkgdir="$TMP/apk"
		# shellcheck disable=SC1091
		. configs/alpine/APKBUILD
		[ "$pkgname-$pkgver" = "echobox-$version" ]
		CC=musl-gcc
		export CC
		package >/dev/null
	)
	assertEquals 'APKBUILD package()' 0 $?
	assertTrue 'it installs the box' "[ -x '$TMP/apk/usr/bin/echobox' ]"
}

# A feed's packages are folders of their names. What rules.mk and package.mk of
# OpenWrt define for them is stood in for; what the Makefile says is done.
testTheFeedMakefileBuildsAndInstalls() {
	isSkipping && return
	mkdir "$TMP/include"
	cat >"$TMP/rules.mk" <<-'END'
		INCLUDE_DIR := $(TOPDIR)/include
		PKG_BUILD_DIR = $(TOPDIR)/build
		INSTALL_DIR := install -d -m 755
		INSTALL_BIN := install -m 755
		LN := ln -sf
		TARGET_CC := musl-gcc
	END
	cat >"$TMP/include/package.mk" <<'END'
define BuildPackage
all:
	$(call Build/Prepare)
	+$(call Build/Compile)
	$(call Package/$(1)/install,$(TOPDIR)/root)
endef
END
	make -C configs/openwrt/echobox TOPDIR="$TMP" >"$TMP/out" 2>&1
	assertEquals "$(tail -n 5 "$TMP/out")" 0 $?
	for applet in echod echoc zombiewatch; do
		"$TMP/root/usr/bin/$applet" --version >"$TMP/out"
		assertEquals "$applet" 0 $?
	done
}

. shunit2
