#!/bin/sh
# targets_test - the box for each target: it builds, reproducibly, and works.
# limit: 3000
# TARGETS, if set, are the only ones; else all that have a toolchain here.
# shellcheck disable=SC1091,SC2034,SC2154
. tests/lib.sh

# The tools may be missing; nothing here may be skipped where they are.
setUp() {
	[ -z "$CONFIG" ] || skip "each target is a configuration of its own"
}

oneTimeSetUp() {
	: "${TARGETS:=$(sh tests/cross/toolchain list | tr '\n' ' ')}"
	# shellcheck disable=SC2086
	sh tests/cross/toolchain $TARGETS >"$TMP/toolchain" 2>&1
	assertEquals "$(tail -n 5 "$TMP/toolchain")" 0 $?
}

# copy DIR: the sources as git has them, with what is not committed yet.
copy() {
	mkdir -p "$1"
	sh tests/sources | tar -cf - -T - | tar -xf - -C "$1"
}

# Here, and in another folder with warnings as errors.
testEveryTargetBuildsTheSameBytesInTwoFolders() {
	isSkipping && return
	there=$TMP/another/deeper
	copy "$there"
	for target in $TARGETS; do
		make -s CONFIG="$target" >"$TMP/log" 2>&1 &&
			make -s -C "$there" CONFIG="$target" \
				CFLAGS=-Werror >"$TMP/log" 2>&1
		assertEquals "$target: $(tail -n 5 "$TMP/log")" 0 $?
		cmp "build/$target/echobox" "$there/build/$target/echobox"
		assertEquals "$target" 0 $?
		echo "$target: $(sha256sum <"build/$target/echobox" |
			cut -c1-16) twice"
	done
}

# wanted TARGET || return: it is among TARGETS, and its toolchain is there.
wanted() {
	isSkipping && return 1
	case " $TARGETS " in *" $1 "*) return 0 ;; esac
	skip "not among TARGETS"
	return 1
}

# The whole suite, emulated: some minutes each.
suite() {
	wanted "$1" || return
	JOBS=$(nproc) make CONFIG="$1" check >"$TMP/log" 2>&1
	assertEquals "$1: $(grep -v '^  ' "$TMP/log" | tail -n 60)" 0 $?
	echo "$1: $(tail -n 1 "$TMP/log")"
}

testTheSuitePassesOnX86_64() {
	suite x86_64
}

testTheSuitePassesOnI386() {
	suite i386
}

testTheSuitePassesOnAarch64() {
	suite aarch64
}

testTheSuitePassesOnArmhf() {
	suite armhf
}

testTheSuitePassesOnArmel() {
	suite armel
}

testTheSuitePassesOnMipsel() {
	suite mipsel
}

testTheSuitePassesOnMips() {
	suite mips
}

testTheSuitePassesOnMips64el() {
	suite mips64el
}

testTheSuitePassesOnPpc64le() {
	suite ppc64le
}

testTheSuitePassesOnS390x() {
	suite s390x
}

testTheSuitePassesOnRiscv64() {
	suite riscv64
}

# An old processor's emulator refuses what that processor did not know.
old() {
	wanted "$1" || return
	make -s CONFIG="$1" >"$TMP/log" 2>&1
	cat >"$TMP/bin/old" <<-END
		#!/bin/sh
		name=\$1; shift
		exec $2 -cpu $3 -0 "\$name" "$top/build/$1/echobox" "\$@"
	END
	chmod +x "$TMP/bin/old"
	"$TMP/bin/old" echobox --help >"$TMP/out"
	assertEquals "$3" 0 $?
	rm -f "$TMP/ready"
	mkfifo "$TMP/ready"
	"$TMP/bin/old" echod 127.0.0.1:0 >"$TMP/ready" 2>"$TMP/log" &
	SERVER=$!
	read -r _ addr <"$TMP/ready"
	assertEquals "$3" hello "$(echo hello |
		"$TMP/bin/old" echoc "${addr%:*}" "${addr##*:}")"
	"$TMP/bin/old" zombiewatch >"$TMP/out" 2>&1
	status=$?
	assertTrue "$3: $(cat "$TMP/out")" "[ $status -le 1 ]"
	stop
}

testA486Runs() {
	old i386 qemu-i386-static 486
}

testAnArm926Runs() {
	old armel qemu-arm-static arm926
}

testA24KcRuns() {
	old mips qemu-mips-static 24Kc
}

testAsanIsForThisMachineAlone() {
	make CONFIG='asan mips' >"$TMP/out" 2>"$TMP/err"
	assertEquals 2 $?
	says err 'asan needs this machine'
	says err 'CONFIG="ubsan mips" works'
}

testAMissingToolchainIsNamed() {
	make CONFIG=mips CROSS_COMPILE=no-such- >"$TMP/out" 2>"$TMP/err"
	assertEquals 2 $?
	says err 'no no-such-gcc: make toolchain TARGET=mips'
	# Debian's musl-tools have a gcc by the name of x86_64's, and nothing else.
	printf '#!/bin/sh\n' >"$TMP/bin/half-gcc"
	chmod +x "$TMP/bin/half-gcc"
	make CONFIG=mips CROSS_COMPILE=half- >"$TMP/out" 2>"$TMP/err"
	assertEquals 2 $?
	says err 'no half-objcopy: make toolchain TARGET=mips'
	expect 2 sh tests/cross/toolchain
	says err 'usage: toolchain TARGET'
	expect 2 sh tests/cross/toolchain pdp11
	says err "no target 'pdp11'; there are: x86_64 i386"
}

. shunit2
