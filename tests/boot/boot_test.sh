#!/bin/sh
# boot_test - real kernels with the box as process 1, in qemu-system.
# limit: 900
# BOOT_TARGETS, if set, are the only ones that are booted.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh

# What the tests of a machine share: its kernel, and room for an initramfs.
setUp() {
	[ -z "$CONFIG" ] || skip 'the default configuration stands for all'
}

boots() {
	isSkipping && return
	case " ${BOOT_TARGETS:-$1} " in *" $1 "*) ;; *)
		skip "not among BOOT_TARGETS"
		return
		;;
	esac
	SMALLEST='' sh tests/boot/check "$1" >"$TMP/out" 2>"$TMP/err"
	assertEquals "$1: $(cat "$TMP/err")" 0 $?
	assertTrue "$1: $(cat "$TMP/out")" \
		"awk -v t='$1' '\$1 == t && \$5 >= 100 { ok = 1 } END { exit !ok }' '$TMP/out'"
}

testX86_64Boots() {
	boots x86_64
}

testAarch64Boots() {
	boots aarch64
}

testArmhfBoots() {
	boots armhf
}

testMipselBoots() {
	boots mipsel
}

testS390xBoots() {
	boots s390x
}

testPpc64leBoots() {
	boots ppc64le
}

# A 32-bit box on a 64-bit kernel, and an old ARM's on a new one.
testI386Boots() {
	boots i386
}

testArmelBoots() {
	boots armel
}

testMips64elBoots() {
	boots mips64el
}

# These two build their kernels first, if the cache has none.
testRiscv64Boots() {
	boots riscv64
}

testMipsBoots() {
	boots mips
}

# start_machine TARGET APPEND: with $TMP/initramfs.gz, until rescue is up; its
# console is $TMP/console, its echod on 127.0.0.1:$port.
start_machine() {
	port=$(python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	timeout 300 sh tests/boot/boot -p "$port" -a "$2" -i "$TMP/initramfs.gz" \
		"$1" >"$TMP/console" 2>&1 </dev/null &
	STARTED=$!
	wait_for grep -q 'boot: ' "$TMP/console"
	slowly grep -q '^rescue: up' "$TMP/console"
	assertEquals "$(tail -n 20 "$TMP/console")" 0 $?
}

# machine_says TARGET APPEND TEXT...: boot with what is wrong; it says so, and
# comes up all the same.
machine_says() {
	start_machine "$1" "$2"
	kill "$STARTED"
	shift 2
	for text; do
		assertContains "$(cat "$TMP/console")" "$text"
	done
}

slowly() {
	for _ in 1 2 3 4 5 6 7 8 9; do
		wait_for "$@" && return
	done
	return 1
}

testAWrongModuleAndAWrongAddressAreSaidAndItComesUp() {
	isSkipping && return
	make -s CONFIG=x86_64 >/dev/null
	other=$(sh tests/boot/kernel aarch64)
	printf x >"$TMP/garbage.ko"
	sh configs/initramfs build/x86_64/echobox "$TMP/initramfs.gz" \
		-m "$other/modules/virtio_ring.ko" -m "$TMP/garbage.ko"
	machine_says x86_64 'ip=10.0.2:x' "ip=: '10.0.2' is wrong" \
		'/modules/virtio_ring.ko: no module for this kernel' \
		'/modules/garbage.ko: no module for this kernel' \
		'no network interface' 'lo: 127.0.0.1/8'
}

# The way in: a shell on a port, for those of an allow list; without a list
# echod refuses to be one.
testAShellAnswersThoseOfTheAllowList() {
	isSkipping && return
	make -s CONFIG=x86_64 >/dev/null
	dir=$(sh tests/boot/kernel x86_64)
	set --
	while read -r module; do
		set -- "$@" -m "$dir/modules/$module"
	done <"$dir/modules/list"
	sh configs/initramfs build/x86_64/echobox "$TMP/initramfs.gz" "$@" \
		-f "$(command -v busybox):/bin/sh"
	start_machine x86_64 'ip=10.0.2.15::10.0.2.2:255.255.255.0 -- -n '\
'"echod -a 10.0.2.2 -e /bin/sh 7" "echod -e /bin/sh 8"'
	asks() {
		echo 'echo $((6 * 7)) is $0 of $(cat /proc/1/comm) $(uname -n)' |
			timeout 20 "$BOX" echoc 127.0.0.1 "$port" >"$TMP/out" 2>"$TMP/err"
		grep -q . "$TMP/out"
	}
	slowly asks
	assertContains "$(cat "$TMP/out" "$TMP/err" "$TMP/console")" \
		'42 is /bin/sh of init '
	kill "$STARTED"
	says console '-e /bin/sh: no filter and no no_new_privs'
	says console "0.0.0.0:8 is reached from other machines"
	says console "is connected"
}

# A folder for a cache that nothing can be written to stands for a network
# that is down and a disk that is full.
testAKernelThatCannotBeHadIsNamed() {
	isSkipping && return
	expect 2 sh tests/boot/kernel pdp11
	says err "no machine for target 'pdp11'; there are: x86_64"
	: >"$TMP/cache"
	ECHOBOX_CACHE="$TMP/cache" sh tests/boot/boot x86_64 >"$TMP/out" 2>"$TMP/err"
	assertEquals 3 $?
	says err 'kernel: '
	expect 3 sh tests/boot/built-kernel s390x "$TMP/no"
	says err "no kernel is built for 's390x', but for: riscv64 mips"
}

testAnInitramfsIsTheSameFromAnywhere() {
	mkdir "$TMP/a" "$TMP/b"
	echo data >"$TMP/a/data"
	cp "$TMP/a/data" "$TMP/b/data"
	touch -d '2001-01-01' "$TMP/b/data"
	for dir in a b; do
		sh configs/initramfs "$BOX" "$TMP/$dir.gz" -l echod \
			-m "$TMP/$dir/data" -f "$TMP/$dir/data:/etc/deep/data"
		assertEquals 0 $?
	done
	cmp "$TMP/a.gz" "$TMP/b.gz"
	assertEquals 0 $?
	command -v cpio >/dev/null || return 0
	assertEquals 'bin
bin/echobox
bin/echod
dev
dev/console
etc
etc/deep
etc/deep/data
init
modules
modules/data
modules/list' "$(gzip -dc "$TMP/a.gz" | cpio -it 2>/dev/null | sort)"
	mkdir "$TMP/out.d"
	(cd "$TMP/out.d" && gzip -dc "$TMP/a.gz" | cpio -i 2>/dev/null)
	cmp "$BOX" "$TMP/out.d/init"
	assertEquals 'the box in it is whole' 0 $?
	expect 2 sh configs/initramfs "$BOX" "$TMP/no.gz" -m /no/such.ko
	says err '/no/such.ko: no such file'
	expect 2 sh configs/initramfs "$BOX" "$TMP/no.gz" -f data
	says err "'data': not FILE:/PATH"
	assertEquals 'nothing is left of these' '' "$(find "$TMP" -name 'no.gz*')"
}

. shunit2
