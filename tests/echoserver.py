#!/usr/bin/env python3
"""echoserver - servers as they should not be, for the tests of echoc.

usage: echoserver.py KIND [ADDRESS]   prints "tcp ADDR:PORT" when it is ready

KIND may also begin with udp- or tty- (a pty). ADDRESS is a host (127.0.0.1), unix:PATH or @NAME; KIND is one of those below.
It ends with its standard input or after two minutes.
"""
import os
import select
import socket
import struct
import sys
import threading
import time
import tty

kind = sys.argv[1]
where = sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1"


def reset(c):
    """Close so that the other side gets RST."""
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    c.close()


def chunks(c):
    while True:
        data = c.recv(65536)
        if not data:
            return
        yield data


def good(c):
    for data in chunks(c):
        c.sendall(data)


def early(c):
    """One byte short of the first piece, then the end."""
    c.sendall(c.recv(65536)[:-1])
    c.shutdown(socket.SHUT_WR)
    for _ in chunks(c):
        pass


def wrong(c):
    """A bit of the tenth byte is flipped."""
    for data in chunks(c):
        data = bytearray(data)
        if len(data) > 9:
            data[9] ^= 0x20
        c.sendall(data)


def twice(c):
    for data in chunks(c):
        c.sendall(data + data)


def silent(c):
    for _ in chunks(c):
        pass
    time.sleep(60)


def open_end(c):
    """Echo, and never close."""
    good(c)
    time.sleep(60)


def forget(c):
    """Echo the first piece, then nothing on this connection."""
    c.sendall(c.recv(65536))
    silent(c)


def stall(c):
    """Half of the first piece, and never more."""
    data = c.recv(65536)
    c.sendall(data[: len(data) // 2])
    silent(c)


def rst(c):
    c.recv(1)
    reset(c)


def bytewise(c):
    """A byte at a time: a stream has no messages."""
    for data in chunks(c):
        for b in data:
            c.sendall(bytes([b]))


def slow(c):
    """A tenth of a second before each answer."""
    for data in chunks(c):
        time.sleep(0.1)
        c.sendall(data)


def once(c):
    """Echo one piece, then reset: a server that goes away in a run."""
    c.sendall(c.recv(65536))
    c.recv(65536)
    reset(c)


def pause(c):
    """One stall of 0.4 s, before the hundredth answer."""
    for n, data in enumerate(chunks(c)):
        if n == 100:
            time.sleep(0.4)
        c.sendall(data)


def slowaccept(c):
    good(c)


others = []     # what has been damaged


def exactly(c, n):
    data = b""
    while len(data) < n:
        more = c.recv(n - len(data))
        if not more:
            break
        data += more
    return data


def change(d, at):
    """What the kind bad-... does to a stream from byte number at on."""
    what = kind[4:]
    if what == "stuck":         # a data line, for good
        for i in range(at, len(d), 8):
            d[i] |= 0x40
    elif what.startswith("swap"):
        n = int(what[4:])
        for i in range(at - at % n, at - at % n + 5 * n, n):
            d[i:i + n] = d[i:i + n][::-1]
    elif what == "insertedright":
        d[at:at] = bytes([d[at]]) + b"not of this stream"


def bad_stream(c):
    """48 KB with something wrong in the middle; before and after, and in
    all later connections, all is well."""
    data = bytearray(exactly(c, 49152))
    mine = bytes(data)
    if len(data) == 49152 and not others:
        change(data, 40001)
        others.append(mine)
    c.sendall(data)
    good(c)


def hog(c):
    """Read nothing until a megabyte has been sent to it, or cannot be."""
    time.sleep(0.3)
    good(c)


def nap(c):
    """A second before the first answer."""
    data = c.recv(65536)
    time.sleep(1)
    c.sendall(data)
    good(c)


def both(c):
    good(c)


def cut(c):
    good(c)


def tired(c):
    """Echo 2000 bytes, and nothing more."""
    left = 2000
    for data in chunks(c):
        c.sendall(data[:left])
        left -= min(left, len(data))


def serve(c):
    try:
        globals()["bad_stream" if kind.startswith("bad-") else kind](c)
        c.close()
    except OSError:
        pass


def echo_datagrams(u):
    """As UDP with the same port: what a path's MTU is asked from; cut has
    a buffer that is too small."""
    while True:
        data, peer = u.recvfrom(1024 if kind == "cut" else 65536)
        u.sendto(data, peer)


def stream():
    if where.startswith("unix:"):
        s = socket.socket(socket.AF_UNIX)
        s.bind(where[5:])
        name = "unix " + where[5:]
    elif where.startswith("@"):
        s = socket.socket(socket.AF_UNIX)
        s.bind("\0" + where[1:])
        name = "unix " + where
    else:
        v6 = ":" in where
        s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET)
        s.bind((where, 0))
        name = "tcp %s:%d" % ("[%s]" % where if v6 else where,
                              s.getsockname()[1])
    s.listen(1 if kind == "slowaccept" else 4096)
    if kind in ("both", "cut"):
        u = socket.socket(s.family, socket.SOCK_DGRAM)
        u.bind(s.getsockname()[:2])
        threading.Thread(target=echo_datagrams, args=(u,), daemon=True).start()
    print(name, flush=True)
    while True:
        c, _ = s.accept()
        if kind == "slowaccept":
            time.sleep(0.01)
        threading.Thread(target=serve, args=(c,), daemon=True).start()


def datagrams():
    """udp-good, udp-lossy (each third is lost), udp-double, udp-swap (pairs
    change places), udp-late (each fourth after 0.3 s), udp-short, udp-flip
    (a bit of each tenth), udp-hold (the fourth, until the sixth came), udp-header (writes what the IP header says to
    $TMP/header)."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((where, 0))
    s.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
    s.setsockopt(socket.IPPROTO_IP, 12, 1)  # IP_RECVTTL
    print("udp %s:%d" % s.getsockname(), flush=True)
    n, held = 0, None
    while True:
        data, control, _, peer = s.recvmsg(65536, 256)
        n += 1
        if kind == "udp-header":
            ip = {what: value[0] for _, what, value in control}
            data = "tos %d ttl %d from %s" % (
                ip[socket.IP_TOS], ip[socket.IP_TTL], peer[0])
            with open(os.environ["TMP"] + "/header", "w") as f:
                print(data, file=f)
            continue
        if kind == "udp-lossy" and n % 3 == 0:
            continue
        if kind == "udp-swap":
            if held is None:
                held = data
                continue
            s.sendto(data, peer)
            data, held = held, None
        if kind == "udp-flip" and n % 10 == 0:
            data = data[:20] + bytes([data[20] ^ 1]) + data[21:]
        if kind == "udp-hold" and n == 4:
            held = data
            continue
        if kind == "udp-hold" and n == 6:
            s.sendto(held, peer)
        if kind == "udp-late" and n % 4 == 0:
            threading.Timer(0.3, s.sendto, (data, peer)).start()
            continue
        s.sendto(data[:-1] if kind == "udp-short" else data, peer)
        if kind == "udp-double":
            s.sendto(data, peer)


def cable():
    """tty-cable: what is written to one line comes out of the other."""
    lines = [os.openpty() for _ in range(2)]
    for _, slave in lines:
        tty.setraw(slave)
    print("tty", *(os.ttyname(slave) for _, slave in lines), flush=True)
    while True:
        for i, (master, _) in enumerate(lines):
            if select.select([master], [], [], 0.01)[0]:
                os.write(lines[1 - i][0], os.read(master, 4096))


def line():
    """tty-loop (a plug that leads back what is sent), tty-noise (a bit is
    flipped now and then, and garbage comes between)."""
    if kind == "tty-cable":
        cable()
    master, slave = os.openpty()
    tty.setraw(slave)
    print("tty " + os.ttyname(slave), flush=True)
    n = 0
    while True:
        data = bytearray(os.read(master, 256))
        n += 1
        if kind == "tty-noise" and n % 3 == 0:
            # Never into a flag, which would make two frames of one.
            data[len(data) // 2] ^= 0x40 if data[len(data) // 2] == 0x3f else 0x41
            data[0:0] = b"garbage"
        while data:
            data = data[os.write(master, data):]


def main():
    threading.Timer(120, os._exit, (1,)).start()
    target = (datagrams if kind.startswith("udp") else
              line if kind.startswith("tty") else stream)
    threading.Thread(target=target, daemon=True).start()
    sys.stdin.read()
    os._exit(0)


main()
