#!/bin/sh
# fuzz_test - each harness NAME_fuzz.c under libFuzzer for a while (slow tier).
# FUZZ_SECONDS says how long for each. A harness names the sources it tests in
# a comment line "sources: ...", relative to the top; libcore is always there.
# limit: 900
# shellcheck disable=SC1091,SC2154
. tests/lib.sh

testNoInputBreaksAParser() {
	[ -z "$CONFIG" ] || {
		skip 'built by clang, whatever CONFIG is'
		return
	}
	for harness in tests/fuzz/*_fuzz.c; do
		name=$(basename "$harness" .c)
		# shellcheck disable=SC2046
		clang -g -O1 -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE \
			-fno-sanitize-recover=undefined -iquote libcore \
			-iquote applets -iquote applets/echod \
			-iquote applets/zombiewatch -iquote applets/rescue \
			-DVERSION='"fuzz"' -o "$TMP/$name" "$harness" \
			$(sed -n 's/^ \* sources: //p' "$harness") libcore/*.c \
			>"$TMP/out" 2>&1
		assertEquals "$name: $(head -n 20 "$TMP/out")" 0 $? || return
		mkdir "$TMP/corpus.$name"
		"$TMP/$name" -max_total_time="${FUZZ_SECONDS:-30}" -max_len=256 \
			-artifact_prefix="$TMP/" -print_final_stats=1 \
			"$TMP/corpus.$name" >"$TMP/out" 2>&1
		assertEquals "$name: $(tail -n 40 "$TMP/out")" 0 $?
		assertTrue "$name ran" "[ '$(sed -n \
			's/^stat::number_of_executed_units: //p' "$TMP/out")' -gt 1000 ]"
	done
}

. shunit2
