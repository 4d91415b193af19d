"""dns_server - a name server that answers, lies and fails as names ask it.

usage: dns_server.py ADDRESS ... ; prints "ready" when all of them are bound.
"""
import selectors
import socket
import struct
import sys

A, AAAA = 1, 28
DATA = {A: socket.inet_aton("127.0.0.1"),
        AAAA: socket.inet_pton(socket.AF_INET6, "::1")}
OTHER = {A: socket.inet_aton("127.0.0.9"),
         AAAA: socket.inet_pton(socket.AF_INET6, "::9")}


def record(kind, data, name=b"\xc0\x0c"):
    return name + struct.pack(">HHIH", kind, 1, 60, len(data)) + data


def answers(query, tcp, second=False):
    """Yield the messages that a query gets."""
    name, i = [], 12
    while query[i]:
        name.append(query[i + 1:i + 1 + query[i]].decode().lower())
        i += query[i] + 1
    question, kind = query[12:i + 5], struct.unpack(">H", query[i + 1:i + 3])[0]
    host = name[0]

    def message(records, code=0, ident=query[:2], flags=0x8180, ask=question):
        return (ident + struct.pack(">HHHHH", flags | code, 1, len(records),
                                    0, 0) + ask + b"".join(records))

    good = message([record(kind, DATA[kind])])
    if name[1:] != ["test"]:
        yield message([], 3)
    elif host == "both" or (host == "four" and kind == A) or \
            (host == "six" and kind == AAAA):
        yield good
    elif host in ("four", "six", "empty"):
        yield message([])
    elif host == "alias":
        alias = record(5, b"\x04real\x04test\x00")
        yield message([alias, record(kind, DATA[kind], b"\x04real\x04test\x00")])
    elif host == "broken" and second:
        yield good
    elif host == "broken":
        yield message([], 2)
    elif host == "long":
        yield good if tcp else message([], flags=0x8380)
    elif host == "forged":
        bad = record(kind, OTHER[kind])
        yield message([bad], ident=bytes([query[0] ^ 1, query[1]]))
        yield message([bad], ask=question.replace(b"forged", b"forger"))
        yield message([bad], flags=0x0100)
        yield query[:5]
        yield good
    elif host == "mangled":
        yield message([record(kind, DATA[kind])[:-3]])
        yield message([record(kind, b"\x01\x02")])
        yield message([b"\xc0"])
        yield message([b"\x3fabc"], ask=question)
        yield query[:2] + b"\x81\x80" + b"\xff" * 8 + question
    elif host != "silent":
        yield message([], 3)


selector = selectors.DefaultSelector()
for address in sys.argv[1:]:
    for type_ in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        s = socket.socket(socket.AF_INET, type_)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((address, 53))
        if type_ == socket.SOCK_STREAM:
            s.listen()
        selector.register(s, selectors.EVENT_READ, type_)
print("ready", flush=True)
while True:
    for key, _ in selector.select():
        if key.data == socket.SOCK_DGRAM:
            data, peer = key.fileobj.recvfrom(4096)
            # Only the first server fails at "broken".
            second = key.fileobj.getsockname()[0] == "127.0.0.3"
            for reply in answers(data, False, second):
                key.fileobj.sendto(reply, peer)
        else:
            conn, _ = key.fileobj.accept()
            data = conn.recv(4096)
            for reply in answers(data[2:], True):
                conn.sendall(struct.pack(">H", len(reply)) + reply)
            conn.close()
