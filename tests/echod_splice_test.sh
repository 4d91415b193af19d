#!/bin/sh
# echod_splice_test - bulk data is not copied, and comes back all the same.
# shellcheck disable=SC1091
# limit: 300
. tests/lib.sh

setUp() {
	! has_config tiny || skip 'tiny copies'
}

# exchange ADDR BYTES...: send so many bytes, then so many, over one
# connection; the echo must be the same, and nothing may be left out when the
# client shuts down its side at once.  It reads only when no more can be sent:
# however slow this machine is, what the server finds is bulk.
exchange() {
	timeout 200 python3 -c 'import select, socket, sys
host, port = sys.argv[1].rsplit(":", 1)
s = socket.create_connection((host, port))
s.setblocking(False)
block = bytes(i * 7 % 251 for i in range(1 << 16))
def make(n):
	return (block * (n // len(block) + 1))[:n]
def exchange(out, last):
	sent, got = 0, bytearray()
	while len(got) < len(out):
		r, w, _ = select.select([s], [s] if sent < len(out) else [], [], 60)
		assert r or w, f"stuck after {sent} sent, {len(got)} received"
		if not w:
			part = s.recv(1 << 18)
			assert part, f"ended after {len(got)} of {len(out)}"
			got += part
			continue
		try:
			sent += s.send(memoryview(out)[sent:sent + (1 << 18)])
		except BlockingIOError:
			continue
		if last and sent == len(out):
			s.shutdown(socket.SHUT_WR)
	assert got == out, "other bytes"
sizes = list(map(int, sys.argv[2:]))
for i, n in enumerate(sizes):
	exchange(make(n), i == len(sizes) - 1)
s.setblocking(True)
s.settimeout(60)
assert s.recv(1) == b""' "$@"
}

testBulkComesBackInEveryModel() {
	for model in fork single prefork thread event; do
		serve -m $model
		assertTrue "$model" "exchange $ADDR 20000000 10 3000000 1 65536 9000001"
		stop
	done
}

# To splice(2), urgent data in the way looks like the end.
testUrgentDataDoesNotEndBulk() {
	for model in fork single prefork thread event; do
		serve -m $model
		timeout 200 python3 -c 'import socket, sys, threading
host, port = sys.argv[1].rsplit(":", 1)
s = socket.create_connection((host, port))
s.settimeout(60)
part, parts, got = b"x" * 3000000, 6, 0
def send():
	for _ in range(parts):
		s.sendall(part)
		s.send(b"!", socket.MSG_OOB)
	s.shutdown(socket.SHUT_WR)
sender = threading.Thread(target=send, daemon=True)
sender.start()
while n := len(s.recv(1 << 18)):
	got += n
assert got >= parts * len(part), f"{got} came back"' "$ADDR"
		assertEquals "$model" 0 $?
		stop
	done
}

# A server under strace, which sees what it does and ends with it.
traced() {
	mkdir -p "$TMP/wrapped"
	printf '#!/bin/sh\nexec strace -f -qq -e trace=splice,pipe2 -o %s %s "$@"\n' \
		"$TMP/strace" "$TMP/bin/echod" >"$TMP/wrapped/echod"
	chmod +x "$TMP/wrapped/echod"
	PATH=$TMP/wrapped:$PATH serve "$@"
	TRACED=$(children "$SERVER" | tr -d ' ')
}

end_traced() {
	kill -TERM "$TRACED"
	wait "$SERVER"
	SERVER=
}

# spliced: how many bytes went into pipes and out of them.
spliced() {
	awk '/splice\(/ && $NF ~ /^[0-9]+$/ { n += $NF } END { print n + 0 }' \
		"$TMP/strace"
}

testBulkGoesThroughAPipeAndSmallDataDoesNot() {
	for model in fork event; do
		traced -m $model
		assertTrue small "exchange $ADDR 64 1000 100 60000"
		assertEquals 'of small data' 0 "$(spliced)"
		assertTrue bulk "exchange $ADDR 20000000"
		assertTrue "$model: of 20 MB $(spliced) bytes in and out" \
			"[ $(spliced) -gt 30000000 ]"
		end_traced
	done
}

# Descriptors are shared: one is left for the client, none for a pipe.
testWhereNoPipeIsToBeHadItIsCopied() {
	for model in thread event; do
		traced -m $model
		free=0
		while [ -e "/proc/$TRACED/fd/$free" ]; do
			free=$((free + 1))
		done
		prlimit --pid "$TRACED" --nofile=$((free + 1))
		assertTrue bulk "exchange $ADDR 20000000"
		grep -q EMFILE "$TMP/strace" ||
			fail "no pipe was asked for: $(head -c 500 "$TMP/strace")"
		end_traced
	done
}

# In one process pipes are few, as clients need descriptors, too.
testManyBulkConnectionsHaveFewPipes() {
	serve -m event
	timeout 100 python3 -c 'import os, select, socket, sys
host, port = sys.argv[1].rsplit(":", 1)
block = bytes(i * 11 % 253 for i in range(2 << 20))
conns = [socket.create_connection((host, port)) for _ in range(40)]
sent, got = [0] * 40, [b""] * 40
for c in conns:
	c.setblocking(False)
most = 0
def pipes():
	fds = f"/proc/{sys.argv[2]}/fd"
	return sum(os.readlink(f"{fds}/{n}").startswith("pipe:")
	           for n in os.listdir(fds))
started = pipes()
while any(len(g) < len(block) for g in got):
	most = max(most, pipes() - started)
	for i, c in enumerate(conns):
		try:
			sent[i] += c.send(block[sent[i]:sent[i] + (1 << 20)])
		except BlockingIOError:
			pass
	for c in select.select(conns, [], [], 0)[0]:
		i = conns.index(c)
		if len(got[i]) < sent[i]:
			got[i] += c.recv(65536)
assert all(g == block for g in got)
assert 0 < most <= 64, most' "$ADDR" "$SERVER"
	assertEquals 'all came back through few pipes' 0 $?
	stop
}

# A GB, its bytes compared as they come, the half-close at its end.
testAGigabyteComesBackExactly() {
	for model in fork event; do
		serve -m $model
		timeout 250 python3 -c 'import socket, sys, threading
host, port = sys.argv[1].rsplit(":", 1)
ALL, PERIOD = 1 << 30, 251 * 4096
block = bytes(i % 251 for i in range(PERIOD)) * 2
s = socket.create_connection((host, port))
def send():
	at = 0
	while at < ALL:
		n = min(PERIOD, ALL - at)
		s.sendall(block[at % PERIOD:at % PERIOD + n])
		at += n
	s.shutdown(socket.SHUT_WR)
threading.Thread(target=send).start()
got, view, buf = 0, memoryview(block), bytearray(1 << 19)
while True:
	n = s.recv_into(buf)
	if n == 0:
		break
	assert buf[:n] == view[got % PERIOD:got % PERIOD + n], got
	got += n
assert got == ALL, got' "$ADDR"
		assertEquals "$model" 0 $?
		stop
	done
}

. shunit2
