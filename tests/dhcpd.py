# dhcpd - a DHCP server for tests: dhcpd.py INTERFACE MODE LEASE
# MODE: good; liar: each answer comes after broken ones; nak: renewal is
# refused; mute: renewal is not answered; never: each request is refused;
# two: another server's offers come just before each answer; bare: no netmask,
# and a host name that is short in a renewal, before what no name has in it.
import socket, struct, sys

device, mode, lease = sys.argv[1], sys.argv[2], int(sys.argv[3])
OFFERS, RENEWED = {1: 2, 3: 5}, "renewed"
COOKIE = bytes([99, 130, 83, 99])

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
s.bind(("0.0.0.0", 67))
s.settimeout(100)


def option(code, value):
    return bytes([code, len(value)]) + value


def reply(q, kind, address, host=b"leased"):
    head = bytes([2, 1, 6, 0]) + q[4:8] + bytes(4) + bytes(4) + address
    head += bytes([10, 5, 0, 1]) + bytes(4) + q[28:44] + bytes(192)
    return head + COOKIE + option(53, bytes([kind])) + b"".join([
        option(54, bytes([10, 5, 0, 1])), bytes(3),
        option(51, struct.pack(">I", lease)),
        option(1, bytes([255, 255, 255, 0])) if mode != "bare" else b"",
        option(3, bytes([10, 5, 0, 1])),
        option(6, bytes([10, 5, 0, 2, 10, 5, 0, 3])), option(12, host)]
    ) + b"\xff"


def lies(good):
    yield b""
    yield good[:100]
    yield good[:240]
    yield bytes([1]) + good[1:]				# a request
    yield good[:4] + b"\0\0\0\0" + good[8:]		# not to this question
    yield good[:28] + b"\2\2\2\2\2\2" + good[34:]	# not for this card
    yield good[:236] + b"nope" + good[240:]		# no magic
    yield good[:240] + b"\x35"				# an option cut
    yield good[:240] + b"\x36\xff\1\2"			# beyond the end
    yield good[:240] + b"\x35\0\x01\x04\xff\xff\xff\xff"	# of no length
    yield good[:240] + b"\x0c" * 300
    yield good[:16] + bytes(4) + good[20:]		# no address


def host_name(q):
    i = 240
    while q[i] != 255:
        if q[i] == 12:
            return q[i + 2:i + 2 + q[i + 1]].decode()
        i += 2 + q[i + 1]
    return ""


n = 0
while True:
    q = s.recv(2000)
    kind = q[242]
    address = bytes([10, 5, 0, 50 + n])
    renewal = kind == 3 and q[12:16] != bytes(4)
    assert not renewal or q[12:16] == address, q[12:16]
    print("renewal" if renewal else "asked", kind, host_name(q), flush=True)
    if renewal and mode == "mute":
        continue
    answer = OFFERS[kind]
    if kind == 3 and (mode == "never" or renewal and mode == "nak"):
        answer = 6
        n += renewal
    if mode == "two":
        s.sendto(reply(q, 2, bytes([10, 5, 0, 98])), ("255.255.255.255", 68))
    good = reply(q, answer, address)
    if mode == "bare":
        good = reply(q, answer, address,
                     b"short\x1b[2J" if renewal else b"the-longest")
    wrong = reply(q, answer, bytes([10, 5, 0, 99]))
    for bad in lies(wrong) if mode == "liar" else ():
        s.sendto(bad, ("255.255.255.255", 68))
    s.sendto(good, ("255.255.255.255", 68))
