# echoc_lib - servers for the tests of echoc; sourced after lib.sh.
# shellcheck shell=sh disable=SC2034,SC2154

# bad KIND [ADDRESS]: start a server of tests/echoserver.py. Sets ADDR, PORT.
bad() {
	rm -f "$TMP/ready" "$TMP/hold"
	mkfifo "$TMP/ready" "$TMP/hold"
	python3 tests/echoserver.py "$@" <"$TMP/hold" >"$TMP/ready" &
	STARTED="${STARTED:-} $!"
	exec 7>"$TMP/hold"
	read -r _ ADDR <"$TMP/ready"
	PORT=${ADDR##*:}
}

# closed_port: sets PORT to one where nothing listens.
closed_port() {
	PORT=$(python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
}

# json EXPRESSION: it holds (in Python) for d, the JSON object in $TMP/out.
json() {
	python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
sys.exit(0 if eval("(" + sys.argv[2] + ")") else 1)' "$TMP/out" "$1" ||
		fail "not so: $1; $(head -c 2000 "$TMP/out")"
}

# full_port: sets PORT to one with a full backlog: the SYN is dropped.
full_port() {
	python3 -c 'import os, socket, sys, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(0)
full = []
for i in range(8):
    c = socket.socket(); c.setblocking(False)
    c.connect_ex(s.getsockname()); full.append(c)
print(s.getsockname()[1], flush=True); time.sleep(60)' >"$TMP/port" &
	STARTED="${STARTED:-} $!"
	wait_for test -s "$TMP/port"
	read -r PORT <"$TMP/port"
}
