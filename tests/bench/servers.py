"""servers - every server that is measured, as rows: ours, baselines, peers.

A row's argv may be a function of how many connections it must hold. All
listen on port 7 of a network namespace of their own.
"""

import os

PORT = "7"
LO = "127.0.0.1"
# openbsd-inetd answers no datagram that comes from 127/8 (nor do we, but to
# our own listener on it): those who refuse it are asked at this address.
OTHER = "10.9.9.1"


class Server:
    def __init__(self, name, kind, argv, address=LO, **traits):
        self.name, self.kind, self.argv, self.address = name, kind, argv, address
        self.tcp = traits.get("tcp", True)
        self.udp = traits.get("udp", False)
        self.serial = traits.get("serial", False)  # one client at a time
        self.pool = traits.get("pool")             # how many wait for n clients
        self.nap = traits.get("nap", 0)            # s it sleeps after a child

    def command(self, connections):
        return self.argv(connections) if callable(self.argv) else self.argv


def echod(box, name, *options, **traits):
    def argv(n):
        words = [str(w(n)) if callable(w) else w for w in options]
        return [box, "echod", "-q", "-b", "4096", *words, f"{LO}:{PORT}"]
    return Server(f"echod {name}", "ours", argv, **traits)


def workers(n):
    return max(8, n)


def ours(box):
    # The limit is the default's 256 unless more connections are wanted.
    most = ("-c", lambda n: max(256, n + 100))
    pool = ("-m", "prefork", "-n", workers)
    return [
        echod(box, "fork", "-m", "fork", *most),
        echod(box, "single", "-m", "single", serial=True),
        echod(box, "prefork", *pool, pool=workers),
        echod(box, "prefork -r 1", *pool, "-r", "1", pool=workers),
        echod(box, "thread", "-m", "thread", *most),
        echod(box, "event", "-m", "event", *most),
        echod(box, "udp", "-u", tcp=False, udp=True),
    ]


def baselines(out):
    def one(name, **traits):
        return Server(f"baseline {name}", "baseline",
                      [os.path.join(out, name), LO, PORT], **traits)
    return [one("epoll"), one("forker"), one("udploop", tcp=False, udp=True)]


INETD = "echo stream tcp nowait root internal\n" \
        "echo dgram udp wait root internal\n"
XINETD = "defaults\n{\n\tinstances = UNLIMITED\n\tper_source = UNLIMITED\n" \
         "\tcps = 1000000 1\n}\n" + "".join(
             f"service echo\n{{\n\ttype = INTERNAL\n\tid = echo-{kind}\n"
             f"\tsocket_type = {kind}\n\tprotocol = {proto}\n"
             f"\tuser = root\n\twait = {wait}\n}}\n"
             for kind, proto, wait in (("stream", "tcp", "no"),
                                       ("dgram", "udp", "yes")))


def inetds(out):
    paths = {}
    for name, text in (("inetd.conf", INETD), ("xinetd.conf", XINETD)):
        paths[name] = os.path.join(out, name)
        with open(paths[name], "w") as f:
            f.write(text)
    peers = os.path.join(out, "peers")
    return [
        Server("openbsd-inetd", "peer",
               [f"{peers}/openbsd-inetd/usr/sbin/inetd", "-i", "-q", "4096",
                "-R", "1000000000", paths["inetd.conf"]],
               address=OTHER, udp=True),
        # A child's death that interrupts its select makes it sleep a second.
        Server("inetutils-inetd", "peer",
               [f"{peers}/inetutils-inetd/usr/sbin/inetutils-inetd", "-d",
                "-p", "-R", "1000000000", paths["inetd.conf"]], udp=True,
               nap=1.1),
        Server("xinetd", "peer",
               [f"{peers}/xinetd/usr/sbin/xinetd", "-dontfork", "-f",
                paths["xinetd.conf"]], udp=True),
    ]


def peers(out):
    many = ("-c", "20000", "-b", "4096")
    return inetds(out) + [
        Server("socat", "peer",
               ["socat",
                f"TCP4-LISTEN:{PORT},fork,reuseaddr,backlog=4096", "PIPE"]),
        Server("socat udp", "peer",
               ["socat", f"UDP4-LISTEN:{PORT},fork,reuseaddr", "PIPE"],
               tcp=False, udp=True),
        Server("tcpserver + cat", "peer",
               ["tcpserver", *many, "-HR", "-l0", "0.0.0.0", PORT, "cat"]),
        Server("tcpsvd + cat", "peer",
               ["tcpsvd", *many, "-l0", "0.0.0.0", PORT, "cat"]),
        Server("ncat -e cat", "peer",
               ["ncat", "-l", "-k", "-4", "-m", "20000", "-e", "/bin/cat",
                "0.0.0.0", PORT]),
    ]


def every(box, out):
    return ours(box) + baselines(out) + peers(out)
