#!/bin/sh
# tree_test - the sources themselves: pages, shell, shape, mutants.
# shellcheck disable=SC1091
. tests/lib.sh

# These look at files, not at the binary: once is enough.
setUp() {
	[ -z "$CONFIG" ] || skip 'the default configuration stands for all'
}

page() {
	ls docs/"$1".[1-8] 2>/dev/null
}

testManualPagesAreClean() {
	for applet in echobox $(echobox --list); do
		assertNotNull "a manual page for $applet" "$(page "$applet")"
	done
	# The version of the mandoc here knows no 2026 date as too new.
	mandoc -T lint -W warning docs/*.[1-8] >"$TMP/out" 2>&1
	assertEquals "$(cat "$TMP/out")" 0 $?
}

testPagesNameEachOtherByTheirSections() {
	sed -n 's/^\.Xr \([a-z]*\) \([1-8]\).*/\1 \2/p' docs/*.[1-8] |
		sort -u >"$TMP/named"
	while read -r name section; do
		for page in docs/"$name".[1-8]; do
			[ ! -e "$page" ] ||
				assertEquals "docs/$name.$section" "$page"
		done
	done <"$TMP/named"
	assertTrue 'some are named' "[ -s '$TMP/named' ]"
}

testManualPagesHaveTheSectionsPeopleLookFor() {
	for applet in $(echobox --list); do
		for section in 'EXIT STATUS' EXAMPLES SIGNALS; do
			assertTrue "$applet: $section" \
				"grep -qx '.Sh $section' '$(page "$applet")'"
		done
	done
}

# The usage line and the page's SYNOPSIS, both as bare words, are the same.
testUsageLineIsTheSynopsis() {
	backspace=$(printf '\010')
	for applet in echobox $(echobox --list); do
		usage=$("$applet" --help | awk 'NR == 1 || /^\t/ { print; next }
			{ exit }' | sed 's/^usage: //' | tr -s ' \t\n' ' ' |
			sed 's/ $//')
		synopsis=$(mandoc -T ascii -O width=500 "$(page "$applet")" |
			sed "s/.$backspace//g" |
			sed -n '/^SYNOPSIS/,/^DESCRIPTION/p' |
			sed '1d;/^DESCRIPTION/d' | tr -s ' \n' '  ' |
			sed 's/^ //; s/ $//')
		assertEquals "$applet" "$usage" "$synopsis"
	done
}

# Every option of the help has its entry in the page, and the other way.
testEveryOptionHasItsEntry() {
	for applet in $(echobox --list); do
		"$applet" --help | sed -n 's/^  -\([A-Za-z0-9]\).*/\1/p' |
			sort -u >"$TMP/help"
		sed -n 's/^\.It Fl \([A-Za-z0-9]\)\( .*\)*$/\1/p' "$(page "$applet")" |
			sort -u >"$TMP/page"
		missing=$(comm -23 "$TMP/help" "$TMP/page" | tr '\n' ' ')
		assertNull "$applet: not in the page: $missing" "$missing"
	done
}

testShellIsClean() {
	# shellcheck disable=SC2046
	shellcheck -S warning -s sh $(grep -lE '^#!/bin/sh|^# shellcheck shell=sh' \
		$(sh tests/sources tests configs .ci docs)) >"$TMP/out" 2>&1
	assertEquals "$(head -n 40 "$TMP/out")" 0 $?
}

testFunctionsFitAScreen() {
	# shellcheck disable=SC2046
	long=$(ctags --fields=+ne --c-kinds=f -f - \
		$(sh tests/sources applets libcore | grep '\.c$') |
		awk -F'\t' '{
			for (i = 4; i <= NF; i++) {
				if ($i ~ /^line:/) line = substr($i, 6)
				if ($i ~ /^end:/) end = substr($i, 5)
			}
			if (end - line >= 60) print $1, $2, end - line + 1
		}')
	assertNull "over 60 lines: $long" "$long"
}

testArrowsGoOneWay() {
	assertNull "libcore knows no applet" \
		"$(grep -lE '#include "applet|_applet' libcore/*.[ch])"
	for room in applets/*/; do
		others=$(cat "$room"*.[ch] | sed -n 's/^#include "\(.*\)"/\1/p' |
			sort -u | while read -r header; do
			[ -e "libcore/$header" ] || [ -e "applets/$header" ] ||
				[ -e "$room$header" ] || echo "$header"
		done)
		assertNull "$room includes $others" "$others"
	done
}

testNothingUsesStdioOrFree() {
	used=$(nm "$BUILD/echobox.debug" | awk '$2 == "T" { print $3 }' |
		grep -xE 'printf|fprintf|closedir|opendir' | tr '\n' ' ')
	assertNull "linked in: $used" "$used"
	# The resolver may; no object of ours may ask for them.
	asked=$(find "$BUILD/applets" "$BUILD/libcore" -name '*.o' -exec nm -A {} + |
		grep -E ' U (free|realloc|printf|snprintf|fprintf|fopen|opendir|closedir|strtol|strtoul|inet_ntop)$')
	assertNull "asked for: $asked" "$asked"
}

testEveryKnobOfAFragmentExists() {
	grep -ohE 'ENABLE_[A-Z0-9_]+' configs/*.mk | sort -u >"$TMP/knobs"
	while read -r knob; do
		assertTrue "$knob" "grep -rqE '^#define $knob [01]' applets libcore"
	done <"$TMP/knobs"
}

# The names of tests in pages, skips and CI; a name with a star, or a part of a
# pattern, is the beginning of one.
testEveryTestThatIsNamedIsThere() {
	sed -n 's/^\(test[A-Za-z0-9_]*\)().*/\1/p' tests/*_test.sh \
		tests/*/*_test.sh >"$TMP/tests"
	grep -ohE 'test[A-Z][A-Za-z0-9]*|[a-z]+_test\.sh' README.md docs/*.md \
		docs/*.[18] tests/*/README.md tests/skips tests/cross/ci |
		sort -u >"$TMP/named"
	assertTrue 'some are named' "[ $(wc -l <"$TMP/named") -gt 50 ]"
	while read -r name; do
		case $name in
		*.sh) find tests -name "*$name" | grep -q . ;;
		*) grep -q "^$name" "$TMP/tests" ;;
		esac || fail "no such test: $name"
	done <"$TMP/named"
}

# docs/design.md: "| mistake | models: testA, testB; chaos: testC |", where no
# file is said it is echod_test.
testEveryMistakeOfTheNotesHasItsTest() {
	sed -n '/^### The notes. mistakes/,/^## /s/^|[^|]*|\(.*\)|$/\1/p' \
		docs/design.md | sed 1,2d >"$TMP/mistakes"
	assertEquals 'mistakes' 20 "$(wc -l <"$TMP/mistakes")"
	while read -r line; do
		file=tests/echod_test.sh
		for word in $line; do
			word=${word%[,;]}
			case $word in
			*:) file=tests/echod_${word%:}_test.sh ;;
			test[A-Z]*)
				grep -q "^$word()" "$file" ||
					fail "no $word in $file"
				;;
			esac
		done
	done <"$TMP/mistakes"
}

testEveryMutantStillAppliesAndNamesATest() {
	sh tests/mutants/run -n >"$TMP/out" 2>&1
	assertEquals "$(cat "$TMP/out")" 0 $?
}

. shunit2
