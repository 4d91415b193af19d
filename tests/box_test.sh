#!/bin/sh
# box_test - the box itself: its names, its links, its errors, its weight.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh

testItListsItsAppletsWithALineEach() {
	expect 0 echobox
	for applet in $(echobox --list); do
		assertEquals "$applet" 1 "$(grep -c "^$applet  *[A-Za-z]" "$TMP/out")"
	done
	assertContains "$(echobox --list)" zombiewatch
}

testEveryAppletAnswersHelpAndVersion() {
	for applet in echobox $(echobox --list); do
		expect 0 "$applet" --help
		says out "usage: $applet "
		assertNull "$applet --help is quiet on stderr" "$(cat "$TMP/err")"
		expect 0 "$applet" --version
		says out "$applet (echobox) "
	done
}

testItBecomesAnAppletByItsFirstArgument() {
	expect 0 echobox zombiewatch --version
	says out 'zombiewatch (echobox)'
}

testAnUnknownNameActsAsTheBox() {
	ln -s "$BOX" "$TMP/echobox-arm"
	expect 0 "$TMP/echobox-arm" zombiewatch --version
	says out 'zombiewatch (echobox)'
}

testALoginShellsDashIsStripped() {
	out=$(python3 -c 'import os, sys
os.execv(sys.argv[1], ["-zombiewatch", "--version"])' "$BOX")
	assertContains "$out" 'zombiewatch (echobox)'
}

testAnUnknownAppletIsAUsageError() {
	expect 2 echobox echox
	says err "no applet 'echox'"
}

testAnUnknownOptionIsAUsageError() {
	for applet in echobox $(echobox --list); do
		expect 2 "$applet" --nonsense
		says err 'unknown option --nonsense'
		says err "usage: $applet "
	done
}

testOptionsAfterOperandsAreNamed() {
	expect 2 echoc localhost -k
	says err '-k: options come before operands'
}

testInstallMakesLinks() {
	has_config tiny && {
		skip 'tiny has no --install'
		return
	}
	mkdir "$TMP/links" "$TMP/hard"
	expect 0 echobox --install -s "$TMP/links"
	expect 0 "$TMP/links/echod" --version
	expect 0 echobox --install -s "$TMP/links"
	cp "$BOX" "$TMP/hard/echobox"
	expect 0 "$TMP/hard/echobox" --install "$TMP/hard"
	assertTrue "a hard link" "[ '$TMP/hard/echod' -ef '$TMP/hard/echobox' ]"
}

testInstallDoesNotOverwrite() {
	has_config tiny && {
		skip 'tiny has no --install'
		return
	}
	mkdir "$TMP/links"
	echo mine >"$TMP/links/echod"
	expect 3 echobox --install -s "$TMP/links"
	says err "$TMP/links/echod: "
	assertEquals mine "$(cat "$TMP/links/echod")"
	ln -sf nowhere "$TMP/links/echod"
	expect 3 echobox --install -s "$TMP/links"
	says err "$TMP/links/echod: File exists"
	expect 2 echobox --install
	expect 3 echobox --install -s "$TMP/nowhere"
}

# An empty word is no directory: with a name behind it, it would be the root.
testInstallsCommandLineIsLikeAnyOther() {
	has_config tiny && {
		skip 'tiny has no --install'
		return
	}
	for words in '' -s "$TMP $TMP"; do
		# shellcheck disable=SC2086
		expect 2 echobox --install $words
		says err '--install takes one directory'
	done
	expect 2 echobox --install -s ''
	says err '--install takes one directory'
	expect 2 echobox --install -x
	says err 'unknown option -x'
	expect 2 echobox --install "$TMP" -s
	says err '-s: options come before operands'
	expect 0 echobox --install --help
	says out 'usage: echobox '
}

testClosedDescriptorsDoNotMatter() {
	echobox --list >&- 2>&-
	assertEquals 'all is written to /dev/null' 0 $?
	echobox zombiewatch --version <&-
	assertEquals 0 $?
}

testMakeInstallPutsEverythingInPlace() {
	[ -z "$CONFIG" ] || {
		skip 'the default build stands for all'
		return
	}
	root="$TMP/a root"
	make -s install DESTDIR="$root" PREFIX=/usr >"$TMP/out" 2>&1
	assertEquals "$(cat "$TMP/out")" 0 $?
	for applet in $(echobox --list); do
		assertEquals echobox "$(readlink "$root/usr/bin/$applet")"
		assertTrue "a page for $applet" \
			"ls '$root/usr/share/man/'man?/$applet.?"
	done
	touch "$root/usr/bin/another" "$root/usr/share/man/man1/another.1"
	make -s uninstall DESTDIR="$root" PREFIX=/usr >"$TMP/out" 2>&1
	assertEquals "$(cat "$TMP/out")" 0 $?
	assertEquals 'what was not ours is left' "another
another.1" "$(find "$root" ! -type d -printf '%f\n' | sort)"
}

# README's lines, in a folder with a space in its name.
testAnAppletIsTheFiveLinesOfReadme() {
	[ -z "$CONFIG" ] || {
		skip 'the default build stands for all'
		return
	}
	there="$TMP/a folder"
	mkdir -p "$there/applets"
	cp -r Makefile libcore "$there"
	cp applets/main.c applets/applet.h "$there/applets"
	sed -n '/^    cat >applets/,/^    make/s/^    //p' README.md >"$TMP/lines"
	(cd "$there" && sh "$TMP/lines") >"$TMP/out" 2>&1
	says out 'hello: hello'
	assertEquals 5 "$(wc -l <"$there/applets/hello.c")"
	for option in --help --version; do
		expect 0 "$there/build/default/echobox" hello "$option"
		says out hello
	done
	expect 2 "$there/build/default/echobox" hello -x
	says err 'hello: unknown option -x'
}

# Sizes bind for one compiler and one C library: musl, on x86-64, gcc 12.
pinned() {
	[ "$(uname -m)" = x86_64 ] &&
		command -v musl-gcc >/dev/null && [ "$(gcc -dumpversion)" = 12 ]
}

# tests/sizes has what each build weighs at the most, which only goes down
# until the budget of decisions is reached; the aim stands beside it.
within_size() {
	read -r _ most aim <<-END
		$(grep "^$1 " tests/sizes)
	END
	size=$(stat -c %s "$2")
	echo "$1: $size bytes, at most $most, aim $aim"
	assertTrue "$1: $size bytes, at most $most" "[ $size -le $most ]"
}

testSizeBudgetDefault() {
	[ -z "$CONFIG" ] && pinned || {
		skip 'not the pinned compiler and target'
		return
	}
	within_size default "$BOX"
}

# The stack is aligned for words alone, so nothing may keep vectors there.
testNoVectorRegisterIsInUse() {
	[ -z "$CONFIG" ] && pinned || {
		skip 'not the pinned compiler and target'
		return
	}
	objdump -d "$BOX.debug" >"$TMP/code"
	assertTrue 'disassembled' "grep -q '<main>' '$TMP/code'"
	assertFalse 'a vector register' "grep -m 1 '%[xyz]mm' '$TMP/code'"
}

# budget_of CONFIG: it is built for this, as it stands beside the default.
budget_of() {
	[ -z "$CONFIG" ] && pinned || {
		skip 'not the pinned compiler and target'
		return
	}
	make -s CONFIG="$1" >/dev/null
	within_size "$1" "build/$1/echobox"
}

testSizeBudgetLean() {
	budget_of lean
}

testSizeBudgetTiny() {
	budget_of tiny
}

. shunit2
