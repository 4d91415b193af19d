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

# machine_says TARGET APPEND TEXT...: boot with what is wrong; it says so, and
# comes up all the same.
machine_says() {
	port=$(python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	timeout 120 sh tests/boot/boot -p "$port" -a "$2" -i "$TMP/initramfs.gz" \
		"$1" >"$TMP/console" 2>&1 </dev/null &
	STARTED=$!
	wait_for grep -q 'boot: ' "$TMP/console"
	slowly grep -q '^rescue: up' "$TMP/console"
	assertEquals "$(tail -n 20 "$TMP/console")" 0 $?
	kill "$STARTED"
	shift 2
	for text; do
		assertContains "$(cat "$TMP/console")" "$text"
	done
}

slowly() {
	wait_for "$@" || wait_for "$@" || wait_for "$@" || wait_for "$@"
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
}

. shunit2
