#!/bin/sh
# echod_options_test - garbage for every option, and each word named.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh

# What no option takes, by what it wants. A word is a line; none is \n.
garbage() {
	printf '%s\n' '' x -1 0x10 1e3 ' 1' '1 ' 99999999999999999999 1.2.3 \
		"$(printf '%0300d' 0 | tr 0 9)" +5 ١
}

# wrong LETTER-OR-KEY KIND: the words that are wrong for it.
wrong() {
	case $2 in
	count) garbage && echo 0 ;;
	number | size) garbage ;;
	time) garbage ;;
	word | range | octal) garbage ;;
	esac
}

# refused OPTION WORD: exit 2, the word is named, nothing on stdout, no crash.
refused() {
	timeout 5 echod "$@" 127.0.0.1:0 >"$TMP/out" 2>"$TMP/err" </dev/null
	assertEquals "$*: $(head -c 300 "$TMP/err")" 2 "$?"
	assertNull "$*: $(cat "$TMP/out")" "$(cat "$TMP/out")"
	grep -q '^echod: ' "$TMP/err" || fail "$*: $(head -c 300 "$TMP/err")"
}

# named WORD: the message has it between quotes; a long one its beginning.
named() {
	grep -qF -- "'$(printf %.40s "$1")" "$TMP/err" ||
		fail "'$1' is not named: $(head -c 300 "$TMP/err")"
}

# try OPTION KIND [KEY= [BEFORE]]: each wrong word of this kind; the message
# names it with what stands BEFORE it.
try() {
	wrong "$1" "$2" >"$TMP/words"
	while IFS= read -r word; do
		refused "$1" "${3:-}$word"
		named "${4:-}$word"
	done <"$TMP/words"
}

has() {
	echod --help | grep -q -- "$1"
}

testEveryNumberIsWhollyOne() {
	for letter in c b $(has_config tiny || echo n r); do
		try "-$letter" count
	done
	! has '-C max' || try -C count
	try -t time
	try -g time
}

testEveryWordIsOneOfThose() {
	try -m word
	has_config tiny || try -o word
	refused -m fork,thread
	refused -m FORK
}

testEveryRangeIsAnAddressAndBits() {
	has '-a -x' || {
		skip 'no rules in this build'
		return
	}
	try -a range
	try -x range
	refused -U ''
	refused -U no-such-user
	refused -U root:no-such-group
	refused -U :
	refused -U -1
	refused -U 99999999999999999999
}

testEveryKeyReadsItsValue() {
	has_config tiny && {
		skip 'tiny has no -O'
		return
	}
	try -O time lifetime=
	try -O size bytes=
	try -O time keepalive=
	try -O number nodelay=
	try -O octal mode=
	try -O word sandbox=
	refused -O nodelay=2
	refused -O mode=1777
	refused -O mode=888
}

testEveryKeyOfLimitsReadsItsValue() {
	chaotic || return
	has rate= || {
		skip 'no such limits in this build'
		return
	}
	try -O count rate=
	try -O count reserve=
	try -O word full=
	try -O time full=evict: evict:
	try -O range admin=
	! has udprate= || try -O number udprate=
	! has chaos= || try -O word chaos=
}

testWhatWouldBeWithoutEffectIsNamed() {
	has_config tiny && {
		skip 'tiny has no -O, and one model'
		return
	}
	expect 2 echod -m fork -m event 127.0.0.1:0
	says err '-m fork and -m event: one model'
	expect 2 echod -o json -o kmsg 127.0.0.1:0
	says err '-o json and -o kmsg: one log'
	expect 2 echod -O interface= 127.0.0.1:0
	says err "-O interface ''"
	expect 2 echod -O keepalive=10h 127.0.0.1:0
	says err '-O keepalive: more than 32767s'
	expect 2 echod -O udprate=5 127.0.0.1:0
	says err '-O udprate is for -u'
	expect 2 echod -O admin=10.0.0.0/8 127.0.0.1:0
	says err '-O admin is for -O reserve'
	expect 2 echod -u "unix:$TMP/echo" unix:@echobox-none
	says err '-u is for an ADDRESS with a port'
	expect 2 echod -O interface=lo "unix:$TMP/echo"
	says err '-O interface is for an ADDRESS with a port'
	expect 2 echod -O mode=0600 127.0.0.1:0 unix:@echobox-none
	says err '-O mode is for unix:PATH'
	assertFalse 'a path is left' "[ -e '$TMP/echo' ]"
}

testAKeyIsSpelledInFullAndHasAValue() {
	for word in '' = x x= =x lifetim=1 lifetimes=1 LIFETIME=1 lifetime bytes \
		' bytes=1' "$(printf '%0300d' 9)"; do
		refused -O "$word"
	done
}

# From the program's own list, so that a new option is tried as well.
testNoLetterTakesNothingForItsArgument() {
	usage=$(echod --help | sed -n '1,/^$/p' | tr '\n\t' '  ')
	letters=$(echo "$usage" | grep -oE '\[-[A-Za-z] [a-z]+|\| -[A-Za-z] [a-z]+' |
		grep -oE -- '-[A-Za-z]')
	has_config tiny || assertContains "$letters" -O
	for letter in $letters; do
		expect 2 timeout 5 echod "$letter"
		says err "$letter"
	done
	for letter in y Z 1 '?' é; do
		expect 2 timeout 5 echod "-$letter" 127.0.0.1:0
	done
	# Every letter that there is, with a word that no one can mean.
	for letter in $letters; do
		case $letter in
		-p | -D | -A | -e) continue ;;	# paths: any word is one
		esac
		refused "$letter" '*garbage*'
	done
}

testPathsThatAreNotThereAreNamed() {
	has '-a -x' || {
		skip 'no paths in this build'
		return
	}
	for word in "$TMP/none/x" '' "$(printf '%05000d' 9)/x"; do
		for letter in A D p; do
			timeout 5 echod "-$letter" "$word" 127.0.0.1:0 \
				>"$TMP/out" 2>"$TMP/err" </dev/null
			status=$?
			assertTrue "-$letter: $status" \
				"[ $status = 2 ] || [ $status = 3 ]"
			assertNull "-$letter" "$(cat "$TMP/out")"
			says err 'echod: '
		done
	done
}

. shunit2
