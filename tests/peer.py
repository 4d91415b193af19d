#!/usr/bin/env python3
"""peer - clients of an echo server that are careful, slow or hostile.

usage: peer.py WHAT ADDRESS [ARGUMENT ...]; ADDRESS as echod prints it.
"""
import hashlib
import os
import select
import socket
import struct
import sys
import time


def connect(address, source=None):
    if address.startswith("unix:"):
        s = socket.socket(socket.AF_UNIX)
        path = address[5:]
        s.connect("\0" + path[1:] if path[0] == "@" else path)
        return s
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host.strip("[]"), int(port)), 60,
                                    source and (source, 0))


def exchange(s, chunks):
    """Send all chunks, both directions at once, shut down; return how many
    bytes came back, and whether they are what was sent."""
    sent, got = hashlib.sha256(), hashlib.sha256()
    size, out, done = 0, b"", False
    s.setblocking(False)
    while True:
        if not out and not done:
            out = next(chunks, b"")
            sent.update(out)
            if not out:
                s.shutdown(socket.SHUT_WR)
                done = True
        ready = select.select([s], [s] if out else [], [], 60)
        if not ready[0] and not ready[1]:
            sys.exit("silence")
        if ready[1]:
            out = out[s.send(out):]
        if ready[0]:
            data = s.recv(1 << 20)
            if not data:
                break
            size += len(data)
            got.update(data)
    return size, done and sent.digest() == got.digest()


def pattern(n):
    block = os.urandom(1 << 20)
    while n > 0:
        yield block[:n]
        n -= len(block)


def read_all(s):
    data = b""
    while chunk := s.recv(1 << 20):
        data += chunk
    return data


def report(text):
    print(text, flush=True)


def hold():
    """Stay until standard input ends or somebody kills us."""
    report("ready")
    sys.stdin.read()


def echo(address, *sizes):
    """Echo so many random bytes, from a source if one is named last; print
    how many came back unharmed."""
    source = sizes[-1] if "." in sizes[-1] else None
    for n in sizes[:-1] if source else sizes:
        size, same = exchange(connect(address, source), pattern(int(n)))
        report(size if same else "corrupt")


def hear(address, clients=1):
    """Say nothing, listen to what the server says of itself."""
    for _ in range(int(clients)):
        s = connect(address)
        if int(clients) > 1:
            s.shutdown(socket.SHUT_WR)
        sys.stdout.write(read_all(s).decode())
    sys.stdout.flush()


def size(address, n):
    """Send so many bytes; print how many come back, whatever they are."""
    report(exchange(connect(address), pattern(int(n)))[0])


def say(address, text):
    """Say the text of a Python string literal."""
    data = text.encode().decode("unicode_escape").encode("latin1")
    size, same = exchange(connect(address), iter([data]))
    report(size if same else "corrupt")


def halfclose(address, n):
    """Send all and shut down before the first byte is read."""
    s = connect(address)
    data = os.urandom(int(n))
    s.sendall(data)
    s.shutdown(socket.SHUT_WR)
    report("whole" if read_all(s) == data else "corrupt")


def stuff(s):
    """Send without reading until nothing goes any more."""
    s.setblocking(False)
    sent, block = b"", os.urandom(1 << 16)
    try:
        while select.select([], [s], [], 0.5)[1]:
            sent += block[:s.send(block)]
    except OSError:
        pass
    return sent


def sated(address):
    """Never read, and stay."""
    s = connect(address)
    stuff(s)
    hold()


def lodger(address, n):
    """Say so much with hardly any room for the echo, and never read: when
    the server has ended its side, most of it is still under way."""
    host, port = address.rsplit(":", 1)
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    s.connect((host, int(port)))
    s.sendall(b"x" * int(n))
    hold()


def lazy(address):
    """Read only when nothing can be sent any more, then all."""
    s = connect(address)
    sent = stuff(s)
    got = b""
    while len(got) < len(sent) and select.select([s], [], [], 20)[0]:
        got += s.recv(1 << 20)
    s.setblocking(True)
    s.shutdown(socket.SHUT_WR)
    report("whole" if got + read_all(s) == sent else "corrupt")


def glutton(address):
    """Never read at all; print when the server has had enough."""
    s = connect(address)
    stuff(s)
    report("stuck")
    poll = select.poll()
    poll.register(s, 0)
    report("cut off" if poll.poll(20000) else "forgotten")


def many(address, clients, size):
    """So many clients at once; each shuts down when all is back."""
    poll, state = select.epoll(), {}
    data = os.urandom(int(size))
    good = 0
    for _ in range(int(clients)):
        s = connect(address)
        s.sendall(data)
        state[s.fileno()] = [s, b""]
        poll.register(s, select.EPOLLIN)
    while state:
        events = poll.poll(60)
        if not events:
            break
        for fd, _ in events:
            s, got = state[fd]
            chunk = s.recv(1 << 16)
            state[fd][1] = got = got + chunk
            if chunk and len(got) == len(data):
                s.shutdown(socket.SHUT_WR)
            if not chunk:
                good += got == data
                del state[fd]
                s.close()
    report(good)


def silent(address, clients, text=""):
    """So many clients that only say the text, have its echo, and stay."""
    kept = []
    for _ in range(int(clients)):
        s = connect(address)
        s.sendall(text.encode())
        kept.append(s)
    for s in kept:
        if text and len(s.recv(len(text), socket.MSG_WAITALL)) != len(text):
            sys.exit("no echo")
    hold()


def patient(address, clients, text):
    """So many that say all they have to say before anybody accepts them;
    print how many had their echo and a clean end."""
    kept = [connect(address) for _ in range(int(clients))]
    for s in kept:
        s.sendall(text.encode())
        s.shutdown(socket.SHUT_WR)
    report("ready")
    good = 0
    for s in kept:
        s.settimeout(60)
        try:
            good += read_all(s) == text.encode()
        except OSError:
            pass
    report(good)
    sys.stdin.read()


def ended(address):
    """Say one byte, wait for the end; print what kind it was."""
    s = connect(address)
    s.settimeout(60)
    s.sendall(b"x")
    report(s.recv(1).decode())
    try:
        report("end" if s.recv(1) == b"" else "data")
    except ConnectionResetError:
        report("reset")


def gone(address, clients):
    """Say something, the end, and reset: who writes then has SIGPIPE."""
    for _ in range(int(clients)):
        s = connect(address)
        s.sendall(b"gone")
        s.shutdown(socket.SHUT_WR)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                     struct.pack("ii", 1, 0))
        s.close()
    report("done")


def surplus(address, n):
    """Send so much without reading, though the server may have had enough
    long before; then read all, and tell what kind of an end it was."""
    s, data, got = connect(address), os.urandom(int(n)), 0
    s.setblocking(False)
    while data and select.select([], [s], [], 0.2)[1]:
        data = data[s.send(data):]
    s.setblocking(True)
    s.settimeout(60)
    try:
        while chunk := s.recv(1 << 20):
            got += len(chunk)
        report("%d end" % got)
    except ConnectionResetError:
        report("%d reset" % got)


def beyond(address, clients, n):
    """So many that send so much, read to the end, and shut down; when they
    are told to look back, tell how many ends were a reset, then or later."""
    kept, resets = [], 0
    for _ in range(int(clients)):
        s = connect(address)
        s.settimeout(60)
        try:
            s.sendall(bytes(int(n)))
            read_all(s)
            s.shutdown(socket.SHUT_WR)
            kept.append(s)
        except OSError:
            resets += 1
    report("ready")
    sys.stdin.readline()
    report(resets + sum(s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0
                        for s in kept))
    sys.stdin.read()


def mute(address, n):
    """Send so much, read nothing, and stay."""
    s = connect(address)
    s.sendall(bytes(int(n)))
    hold()


def flood(address):
    """Send until the server has had enough of it, and read nothing."""
    s, block = connect(address), bytes(1 << 16)
    report("ready")
    try:
        while True:
            s.sendall(block)
    except OSError:
        report("cut off")
    sys.stdin.read()


def drip(address):
    """A byte every now and then, for ever; print how many came back."""
    s, n = connect(address), 0
    try:
        while True:
            s.sendall(b"x")
            if not s.recv(1):
                break
            n += 1
            time.sleep(0.05)
    except OSError:
        pass
    report("%d and the end" % n)


def crowd(address, clients):
    """So many that say nothing, none waiting for another; stay."""
    kept = []
    host, port = address.rsplit(":", 1)
    for _ in range(int(clients)):
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex((host, int(port)))
        kept.append(s)
    hold()


def syns(source, target, port, count):
    """Frames of SYNs from invented addresses, sent on d1 to the other end of
    that veth pair, 02::01; answers reach nobody.  Needs CAP_NET_RAW."""
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    wire.bind(("d1", 0x800))
    to = bytes((2, 0, 0, 0, 0, 1))
    there = socket.inet_aton(target)
    for i in range(int(count)):
        here = socket.inet_aton(source)[:2] + struct.pack("!H", i % 65000 + 1)
        tcp = struct.pack("!HHIIBBHHH", 1024 + i % 60000, int(port), i, 0,
                          0x50, 2, 65535, 0, 0)
        pseudo = here + there + struct.pack("!BBH", 0, 6, len(tcp))
        tcp = tcp[:16] + checksum(pseudo + tcp) + tcp[18:]
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 0, 0, 64, 6, 0, here,
                         there)
        ip = ip[:10] + checksum(ip) + ip[12:]
        wire.send(to + bytes(6) + b"\x08\0" + ip + tcp)
        if i % 100 == 99:
            time.sleep(0.001)
    report("done")


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return struct.pack("!H", ~total & 0xffff)


def storm(address, clients):
    """Connect, say something, reset; and the same without saying a word."""
    for i in range(int(clients)):
        s = connect(address)
        if i % 2:
            s.send(b"x" * i)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                     struct.pack("ii", 1, 0))
        s.close()
    report("done")


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
