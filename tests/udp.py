#!/usr/bin/env python3
"""udp - clients of a datagram echo: careful, forged, flooding.

usage: udp.py WHAT ADDRESS [ARGUMENT ...]; ADDRESS as echod prints it.
"""
import os
import signal
import socket
import struct
import sys


def address(text):
    host, port = text.rsplit(":", 1)
    host = host.strip("[]")
    info = socket.getaddrinfo(host, int(port), type=socket.SOCK_DGRAM)[0]
    return info[0], info[4]


def client(text, source=None, timeout=30):
    family, to = address(text)
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.settimeout(timeout)
    if source:
        s.bind(address(source)[1])
    return s, to


def ask(s, to, data):
    s.sendto(data, to)
    return s.recvfrom(70000)


def sizes(text, *want):
    """Each size comes back, the same bytes, from the address asked."""
    s, to = client(text)
    for n in map(int, want):
        data = os.urandom(n)
        got, sender = ask(s, to, data)
        assert got == data, (n, len(got))
        assert sender[:2] == to[:2], (sender, to)
    print("same")


def sender(text, source=None):
    """Who answers?"""
    s, to = client(text, source and "[%s]:0" % source)
    print(ask(s, to, b"who")[1][0].split("%")[0])


def many(text, count, window):
    """Ask count numbered datagrams, window under way at a time; print how
    many different ones came back."""
    s, to = client(text)
    count, window, sent, seen = int(count), int(window), 0, set()
    try:
        while len(seen) < count:
            while sent < count and sent - len(seen) < window:
                s.sendto(struct.pack("!I", sent) * 8, to)
                sent += 1
            seen.add(s.recv(100))
    except socket.timeout:
        pass
    print(len(seen))


def one(text, source=None, broadcast=0, timeout=30):
    """One question, maybe from a certain source; "answer" or "silence"."""
    s, to = client(text, source, float(timeout))
    if broadcast:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    try:
        ask(s, to, b"one")
        print("answer")
    except socket.timeout:
        print("silence")


def batch(text, count, size, server):
    """Send count of a size while the server sleeps, so that it finds them
    all at once; how many come back?"""
    s, to = client(text)
    got = 0
    os.kill(int(server), signal.SIGSTOP)
    for i in range(int(count)):
        s.sendto(bytes([i]) * int(size), to)
    os.kill(int(server), signal.SIGCONT)
    try:
        while got < int(count):
            got += len(s.recv(70000)) == int(size)
    except socket.timeout:
        pass
    print(got)


def burst(text, count, timeout=1):
    """Send count at once, gently enough for the buffers; how many came?"""
    s, to = client(text, timeout=float(timeout))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    got = 0
    for i in range(int(count)):
        s.sendto(b"%d" % i, to)
        while True:
            try:
                s.recv(100, socket.MSG_DONTWAIT)
                got += 1
            except BlockingIOError:
                break
    try:
        while True:
            s.recv(100)
            got += 1
    except socket.timeout:
        print(got)


def deaf(text, count):
    """Ask and be gone: each answer meets a closed port."""
    for _ in range(int(count)):
        s, to = client(text)
        s.sendto(b"gone", to)
        s.close()


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def forge(text, source, count=1, data="forged"):
    """Say that we are somebody else (needs CAP_NET_RAW)."""
    _, to = address(text)
    _, frm = address(source)
    body = data.encode()
    udp = struct.pack("!HHHH", frm[1], to[1], 8 + len(body), 0) + body
    pseudo = socket.inet_aton(frm[0]) + socket.inet_aton(to[0]) + \
        struct.pack("!BBH", 0, 17, len(udp))
    udp = udp[:6] + struct.pack("!H", checksum(pseudo + udp)) + udp[8:]
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17,
                     0, socket.inet_aton(frm[0]), socket.inet_aton(to[0]))
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    for _ in range(int(count)):
        s.sendto(ip + udp, (to[0], 0))


def listen(text, ready, seconds):
    """A victim: print how many datagrams arrive at an address, from the first
    on until none does for so long."""
    s, to = client(text, timeout=60)
    s.bind(to)
    with open(ready, "w") as f:
        f.write("%d\n" % s.getsockname()[1])
    got = 0
    try:
        while True:
            s.recv(70000)
            s.settimeout(float(seconds))
            got += 1
    except socket.timeout:
        print(got)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
