#!/bin/sh
# bench_test - the judges themselves: a wrong echo is no figure.
# shellcheck disable=SC1091
. tests/lib.sh

setUp() {
	[ -z "$CONFIG" ] || {
		skip 'the judges are the same for every configuration'
		return
	}
	[ -x "$TMP/load" ] || (cd tests/bench && gcc -std=c11 -D_GNU_SOURCE -O1 \
		-o "$TMP/load" load.c connect.c trips.c bulk.c ready.c &&
		for f in epoll forker udploop; do
			gcc -std=c11 -D_GNU_SOURCE -O1 -o "$TMP/$f" $f.c || exit
		done)
}

# A port nobody has now.
free_port() {
	python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

listens() {
	"$TMP/load" 127.0.0.1 "$1" trips 1 1 0
}

testBaselinesEchoEveryByteOfALargeMessage() {
	for baseline in epoll forker; do
		port=$(free_port)
		"$TMP/$baseline" 127.0.0.1 "$port" &
		SERVER=$!
		assertTrue "$baseline" "wait_for listens $port"
		expect 0 "$TMP/load" 127.0.0.1 "$port" trips 3 1000000 0.1
		expect 0 "$TMP/load" 127.0.0.1 "$port" bulk 0.1
		says out gb_per_s
		kill -KILL $SERVER
		SERVER=
	done
}

testChurnCountsWhatTheServerSaw() {
	port=$(free_port)
	python3 -c 'import socket, sys
l = socket.create_server(("127.0.0.1", int(sys.argv[1])))
n = 0
while True:
	c = l.accept()[0]
	data = c.recv(64)
	if data == b"end":
		break
	n += len(data) == 64
	c.sendall(data)
print(n)' "$port" >"$TMP/seen" &
	SERVER=$!
	wait_for listens "$port"
	expect 0 "$TMP/load" 127.0.0.1 "$port" churn 1 0.2
	done=$(sed 's/.*"done": \([0-9]*\).*/\1/' "$TMP/out")
	python3 -c 'import socket, sys
socket.create_connection(("127.0.0.1", int(sys.argv[1]))).sendall(b"end")' "$port"
	wait $SERVER
	SERVER=
	assertTrue 'some were done' "[ $done -gt 0 ]"
	assertEquals "$done" "$(cat "$TMP/seen")"
}

testAWrongEchoIsNoFigure() {
	port=$(free_port)
	python3 -c 'import socket, sys
l = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
	c = l.accept()[0]
	try:
		while data := c.recv(4096):
			c.sendall(data[:-1] + b"?" if len(data) > 1 else data)
	except OSError:
		pass  # the load generator resets' "$port" &
	SERVER=$!
	wait_for listens "$port"
	expect 3 "$TMP/load" 127.0.0.1 "$port" trips 1 64 0.1
	says err 'not what was sent'
	expect 0 "$TMP/load" 127.0.0.1 "$port" churn 1 0.05
	says out '"done": 0'
	kill -KILL $SERVER
	SERVER=
}

# shellcheck disable=SC1091
. shunit2
