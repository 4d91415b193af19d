#!/usr/bin/env python3
"""peer - clients of an echo server that are careful, slow or hostile.

usage: peer.py WHAT ADDRESS [ARGUMENT ...]; ADDRESS as echod prints it.
"""
import hashlib
import os
import select
import socket
import sys


def connect(address):
    if address.startswith("unix:"):
        s = socket.socket(socket.AF_UNIX)
        path = address[5:]
        s.connect("\0" + path[1:] if path[0] == "@" else path)
        return s
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host.strip("[]"), int(port)), 20)


def exchange(s, chunks, rest=lambda data: None):
    """Send all chunks, both directions at once, shut down; return what
    came back: its length and its digest, and those of what was sent."""
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
            rest(data)
    return size, done and sent.digest() == got.digest()


def pattern(n):
    block = os.urandom(1 << 20)
    while n > 0:
        yield block[:n]
        n -= len(block)


def echo(address, n):
    """Echo n random bytes, print how many came back unharmed."""
    size, same = exchange(connect(address), pattern(int(n)))
    print(size if same else "corrupt")


def say(address, text):
    """Say a Python bytes literal's text."""
    data = text.encode().decode("unicode_escape").encode("latin1")
    size, same = exchange(connect(address), iter([data]))
    print(size if same else "corrupt")


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
