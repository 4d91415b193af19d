#!/bin/sh
# echod_splice_test - bulk data is not copied, and comes back all the same.
# shellcheck disable=SC1091
. tests/lib.sh

# exchange ADDR BYTES...: send so many bytes, then so many, over one
# connection, reading all the while; the echo must be the same, and nothing
# may be left out when the client shuts down its side at once.
exchange() {
	python3 -c 'import socket, sys, threading
host, port = sys.argv[1].rsplit(":", 1)
s = socket.create_connection((host, port))
s.settimeout(60)
block = bytes(i * 7 % 251 for i in range(1 << 16))
def make(n):
	return (block * (n // len(block) + 1))[:n]
def read(n):
	got = bytearray()
	while len(got) < n:
		part = s.recv(1 << 18)
		assert part, f"ended after {len(got)} of {n}"
		got += part
	return bytes(got)
sizes = list(map(int, sys.argv[2:]))
for i, n in enumerate(sizes):
	out = make(n)
	last = i == len(sizes) - 1
	def send():
		s.sendall(out)
		if last:
			s.shutdown(socket.SHUT_WR)
	t = threading.Thread(target=send)
	t.start()
	assert read(n) == out, f"other bytes in message {i}"
	t.join()
assert s.recv(1) == b""' "$@"
}

testBulkComesBackInEveryModel() {
	for model in fork single prefork thread event; do
		serve -m $model
		assertTrue "$model" "exchange $ADDR 20000000 10 3000000 1 65536 9000001"
		stop
	done
}

# A server under strace, which sees what it does and ends with it.
testBulkGoesThroughAPipeAndSmallDataDoesNot() {
	mkdir "$TMP/wrapped"
	printf '#!/bin/sh\nexec strace -f -qq -e trace=splice,pipe2 -o %s %s "$@"\n' \
		"$TMP/strace" "$TMP/bin/echod" >"$TMP/wrapped/echod"
	chmod +x "$TMP/wrapped/echod"
	PATH=$TMP/wrapped:$PATH serve
	assertTrue small "exchange $ADDR 64 1000 100 60000"
	grep -q splice "$TMP/strace" && fail 'small data was spliced'
	assertTrue bulk "exchange $ADDR 20000000"
	assertTrue 'bulk was spliced' "grep -q 'splice(.* = [0-9]' '$TMP/strace'"
	server=$(children "$SERVER")
	kill -TERM "$server"
	wait "$SERVER"
	SERVER=
}

# Threads share descriptors: one is left for the client, none for a pipe.
testWhereNoPipeIsToBeHadItIsCopied() {
	mkdir "$TMP/wrapped"
	printf '#!/bin/sh\nexec strace -f -qq -e trace=splice,pipe2 -o %s %s "$@"\n' \
		"$TMP/strace" "$TMP/bin/echod" >"$TMP/wrapped/echod"
	chmod +x "$TMP/wrapped/echod"
	PATH=$TMP/wrapped:$PATH serve -m thread
	server=$(children "$SERVER" | tr -d ' ')
	free=0
	while [ -e "/proc/$server/fd/$free" ]; do
		free=$((free + 1))
	done
	prlimit --pid "$server" --nofile=$((free + 1))
	assertTrue bulk "exchange $ADDR 20000000"
	grep -q EMFILE "$TMP/strace" ||
		fail "no pipe was asked for: $(head -c 500 "$TMP/strace")"
	kill -TERM "$server"
	wait "$SERVER"
	SERVER=
}

. shunit2
