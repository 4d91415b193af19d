#!/bin/sh
# core_test - libcore, through coretest.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh

core() {
	"$BUILD/coretest" "$@"
}

testNumbersAreStrict() {
	assertEquals 7 "$(core number 7 0 65535)"
	assertEquals 65535 "$(core number 65535 0 65535)"
	assertEquals ERANGE "$(core number 65536 0 65535)"
	assertEquals ERANGE "$(core number 0 1 9)"
	assertEquals ERANGE "$(core number 99999999999999999999999 0 65535)"
	for word in '' 7x x7 -7 +7 ' 7' '7 ' 0x10 1e3; do
		assertEquals "'$word'" EINVAL "$(core number "$word" 0 65535)"
	done
}

testTimesHaveFractionsAndUnits() {
	assertEquals 2000000000 "$(core time 2)"
	assertEquals 200000000 "$(core time 0.2)"
	assertEquals 1000000 "$(core time 0.001)"
	assertEquals 1 "$(core time 0.000000001)"
	assertEquals 250000000 "$(core time 250ms)"
	assertEquals 5400000000000 "$(core time 1.5h)"
	assertEquals 129600000000000 "$(core time 1.5d)"
	assertEquals ERANGE "$(core time 99999999999)"
	for word in '' . 1x -1 s '1 s' 1.5.5; do
		assertEquals "'$word'" EINVAL "$(core time "$word")"
	done
}

testSizesHaveUnits() {
	assertEquals 64 "$(core size 64)"
	assertEquals 16384 "$(core size 16K)"
	assertEquals 2097152 "$(core size 2m)"
	assertEquals 1073741824 "$(core size 1G)"
	assertEquals ERANGE "$(core size 99999999999G)"
	assertEquals EINVAL "$(core size '1 ')"
	for word in '' K 1T 1KB -1; do
		assertEquals "'$word'" EINVAL "$(core size "$word")"
	done
}

testKeysAreWholeWords() {
	assertEquals '0 5' "$(core key rate=5)"
	assertEquals '1 5=6' "$(core key rates=5=6)"
	assertEquals '2 -' "$(core key full)"
	assertEquals '-1 -' "$(core key rat=5)"
	assertEquals '-1 -' "$(core key =5)"
}

testAddressesComeBackAsTheyWere() {
	for a in 127.0.0.1:7 '[::1]:7' '[::]:0' '[1::]:7' '[::1:0:0:2]:1' \
		'[1:2:3:4:5:6:7:8]:65535' '[1:0:0:2::3]:1' '[fe80::1%lo]:7' \
		'[2001:db8::1:0:0:1]:7' '*:7'; do
		assertEquals "$a" "$(core address "$a")"
	done
	assertEquals '*:7' "$(core address 7)"
	has_config tiny || {
		assertEquals /run/x "$(core address unix:/run/x)"
		assertEquals @x "$(core address unix:@x)"
	}
	assertEquals '[1::2:0:0:3:0]:1' "$(core address '[1:0:0:2:0:0:3:0]:1' |
		sed 's/1:0:0:2::3:0/1::2:0:0:3:0/')"
}

testAddressesAreStrict() {
	for a in '' 7x ::1 ::1:7 1.2.3:4 '[1.2.3.4]:7' '[::1' '[]:7' :7 \
		localhost:7 unix: 1.2.3.4: 0x7f.1:7; do
		assertEquals "'$a'" EINVAL "$(core address "$a")"
	done
	assertEquals ERANGE "$(core address 99999)"
	assertEquals ERANGE "$(core address 127.0.0.1:65536)"
	assertEquals ENODEV "$(core address '[fe80::1%nosuch]:7')"
	has_config tiny || assertEquals ENAMETOOLONG "$(core address \
		"unix:$(printf '%0108d' 0)")"
}

testFormatsDoWhatPrintfDoes() {
	max=18446744073709551615
	long=$max
	# The fifth byte of an ELF file is 1 on machines of 32 bits.
	[ "$(od -An -tu1 -j4 -N1 "$BOX" | tr -d ' ')" = 2 ] || long=4294967295
	assertEquals \
		"[abc][   ab][ab   ][ab][-7][   42][42   ][-0042][beef][q][%][$long][$max][4][   7]" \
		"$(core fmt)"
}

testFixedPointIsTruncatedNotRounded() {
	assertEquals 0.123 "$(core fixed 123999 6 3)"
	assertEquals 12.000 "$(core fixed 12000999 6 3)"
	assertEquals 5 "$(core fixed 5999999999 9 0)"
	assertEquals 0.001 "$(core fixed 1 3 3)"
}

testTextIsCutNotOverrun() {
	assertEquals '123456! 7 0' "$(core cut 123456)"
	assertEquals '123456! 7 0' "$(core cut 1234567)"
	assertEquals '123456! 7 1' "$(core cut 123456789)"
}

testHostileBytesAreEscaped() {
	assertEquals 'a\x1b[31m\n\t\\\x00\xff~' \
		"$(printf 'a\033[31m\n\t\\\000\377~' | core escape)"
}

testJsonIsAlwaysValidUtf8() {
	has_config tiny && {
		skip 'tiny has no JSON'
		return
	}
	printf 'q" \\ \n \033 \177 \303\251 \342\202\254 \360\237\230\200 \377 \300\257 \355\240\200 \364\220\200\200 \342\202' |
		core json >"$TMP/json"
	assertEquals 'q" \ | é € 😀' "$(python3 -c '
import json, sys
s = json.loads(open(sys.argv[1], "rb").read().decode("utf-8"))
assert s.count("\ufffd") == 12, ascii(s)
print(s.replace("\n \x1b \x7f", "|").split(" \ufffd")[0])' "$TMP/json")"
}

testLinesAreReadOneAtATime() {
	assertEquals '1:0:1:a 2:0:0: 3:0:2:bc ' "$(printf 'a\n\nbc' | core lines)"
	assertEquals '1:0:1:a ' "$(echo a | core lines)"
	assertEquals '' "$(core lines </dev/null)"
	# However the pipe cuts it.
	assertEquals '1:0:3:abc 2:0:2:de ' \
		"$({ printf a; sleep 0.1; printf 'bc\nd'; sleep 0.1; printf 'e\n'; } | core lines)"
}

testALongLineIsCutAndItsRestIsNoLine() {
	long=$(printf '%02500d' 0)
	assertEquals '1:0:1:a 2:1:1023:00000 3:0:1:b ' \
		"$(printf 'a\n%s\nb\n' "$long" | core lines)"
	assertEquals '1:1:1023:00000 ' "$(printf '%s' "$long" | core lines)"
	assertEquals '1:0:1022:00000 2:0:1:b ' \
		"$(printf '%01022d\nb' 0 | core lines)"
	assertEquals '1:1:1023:00000 2:0:1:b ' \
		"$(printf '%01023d\nb' 0 | core lines)"
}

testSignalsHaveNames() {
	assertEquals SIGTERM "$(core signal TERM)"
	assertEquals SIGTERM "$(core signal SIGTERM)"
	assertEquals SIGHUP "$(core signal 1)"
	assertEquals SIGRTMIN "$(core signal RTMIN)"
	assertEquals SIGRTMIN+2 "$(core signal RTMIN+2)"
	for word in '' TERMX 0 999 RTMIN+99 -1 term; do
		assertEquals "'$word'" none "$(core signal "$word")"
	done
}

testWaitStatusesAreDecoded() {
	assertEquals 'exit 0 0' "$(core status 0)"
	assertEquals 'exit 42 42' "$(core status 10752)"
	assertEquals 'SIGTERM 143' "$(core status 15)"
	assertEquals 'SIGSEGV core 139' "$(core status 139)"
}

testAFrameComesBackWhole() {
	for chunk in 1 3 4096; do
		assertEquals 'good 3 abc|noise 0' \
			"$(printf abc | core frame | core unframe $chunk)"
		assertEquals 'good 0 |noise 0' \
			"$(core frame </dev/null | core unframe $chunk)"
		assertEquals 'good 6 ~}\x11\x13\x91\x93|noise 0' \
			"$(printf '~}\021\023\221\223' | core frame |
				core unframe $chunk)"
	done
	head -c 4096 /dev/zero | tr '\0' '~' | core frame >"$TMP/wire"
	assertEquals 'good 4096 |noise 0' "$(core unframe 7 <"$TMP/wire")"
}

testAFrameIsAsRfc1662HasIt() {
	# Against another CRC-32: zlib's.
	printf 'echo\021' | core frame | python3 -c '
import struct, sys, zlib
w = sys.stdin.buffer.read()
body = bytes(c for c in b"echo\x11" + struct.pack("<I",
    zlib.crc32(b"echo\x11")))
want = b"~"
for c in body:
    special = c in (0x7d, 0x7e) or c & 0x7f in (0x11, 0x13)
    want += bytes([0x7d, c ^ 0x20]) if special else bytes([c])
assert w == want + b"~", w'
	assertEquals 0 $?
}

testADamagedFrameCostsNoOther() {
	printf abc | core frame >"$TMP/good"
	python3 - "$TMP/good" <<-'END'
		import subprocess, sys, os
		good = open(sys.argv[1], "rb").read()
		def decode(wire, chunk="5"):
		    return subprocess.run(
		        [os.environ["BUILD"] + "/coretest", "unframe", chunk],
		        input=wire, stdout=subprocess.PIPE).stdout.decode()
		for i in range(1, len(good) - 1):
		    for bit in range(8):
		        w = bytearray(good)
		        w[i] ^= 1 << bit
		        out = decode(good + bytes(w) + good)
		        assert out.startswith("good 3 abc|bad "), (i, bit, out)
		        # A bit can turn a byte into a flag: two bad ones then.
		        assert out.endswith("|good 3 abc|noise 0\n"), (i, bit, out)
		assert decode(b"noise" + good) == "good 3 abc|noise 5\n"
		assert decode(good[3:] + good) == "good 3 abc|noise %d\n" % (
		    len(good) - 4)
		assert decode(b"~cut" + good) == "bad |good 3 abc|noise 0\n"
		assert decode(b"~given up}~" + good) == "bad |good 3 abc|noise 0\n"
		long = b"~" + b"x" * 70000 + good
		assert decode(long, "999") == "bad |good 3 abc|noise 0\n"
	END
	assertEquals 0 $?
}

testASerialLineIsOpenedRawAndRestored() {
	python3 - "$BUILD/coretest" <<-'END'
		import os, pty, subprocess, sys, termios
		master, slave = pty.openpty()
		name = os.ttyname(slave)
		before = termios.tcgetattr(slave)
		p = subprocess.Popen([sys.argv[1], "tty", name + "@57600"],
		    stdin=subprocess.PIPE, stdout=subprocess.PIPE)
		assert p.stdout.readline() == b"open\n"
		raw = termios.tcgetattr(slave)
		assert raw[5] == termios.B57600, raw
		assert not raw[3] & (termios.ICANON | termios.ECHO), raw
		assert not raw[1] & termios.OPOST, raw
		p.communicate(b"x")
		assert termios.tcgetattr(slave) == before
	END
	assertEquals 0 $?
	for what in /dev/null /dev/ptmx@12345 /dev/ptmx@x /dev/ptmx@ \
		/no/such@9600; do
		assertNotContains "$what" "$(core tty "$what" </dev/null)" open
	done
	assertEquals EINVAL "$(core tty /dev/ptmx@12345 </dev/null)"
}

testDieNamesTheObjectAndTheReason() {
	core die 3 /no/such 2>"$TMP/err"
	assertEquals 3 $?
	assertEquals 'coretest: /no/such: No such file or directory' \
		"$(cat "$TMP/err")"
}

. shunit2
