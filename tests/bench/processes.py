"""processes - finding zombies in a crowd, and inits before a pile of them."""

import os
import re
import shutil
import subprocess

from measure import Failed, tool


class Program:
    """A row: a program that is run once, no server."""

    def __init__(self, name, kind, argv):
        self.name, self.kind, self.argv = name, kind, argv


def present(rows):
    return [p for p in rows if shutil.which(p.argv[0])]


def finders(box):
    return present([
        Program("zombiewatch", "ours", [box, "zombiewatch"]),
        # The monitoring scan: thresholds and an exit code, no list.
        Program("zombiewatch -o nagios", "ours",
                [box, "zombiewatch", "-o", "nagios", "-W", "100", "-C", "200"]),
        Program("busybox ps", "peer", ["busybox", "ps"]),
        Program("toybox ps", "peer", ["toybox", "ps", "-A", "-o", "pid,s,comm"]),
        Program("ps -eo", "peer", ["ps", "-eo", "pid,ppid,stat,comm"]),
        Program("pgrep -r Z", "peer", ["pgrep", "-r", "Z"]),
    ])


def inits(box):
    return present([
        Program("zombiewatch -r", "ours", [box, "zombiewatch", "-r", "--"]),
        Program("tini", "peer", ["tini", "--"]),
        Program("dumb-init", "peer", ["dumb-init", "--"]),
        Program("catatonit", "peer", ["catatonit", "--"]),
    ])


class Herd:
    """A crowd of n processes, ten of them zombies, looked at by each finder."""

    def __init__(self, context, n):
        self.name, self.n, self.c = f"finding zombies among {n}", n, context

    def sample(self, c, program):
        runs = max(1, min(20, 20000 // self.n))
        got = tool(c.out, "cost", runs, *program.argv)
        # Nagios: 2 is critical (30,000 processes are), 3 is unknown.
        if got["status"] > 1 + ("nagios" in program.name):
            raise Failed(f"exit {got['status']}")
        return got

    def round(self, take, pattern):
        herd = subprocess.Popen(
            [os.path.join(self.c.out, "herd"), str(self.n - 10), "10"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            if herd.stdout.readline() == "ready\n":
                for program in finders(self.c.box):
                    if re.search(pattern, program.name):
                        take(self, program)
        finally:
            herd.stdin.close()
            herd.wait()


class Inits:
    """A figure over inits."""

    def __init__(self, context, name, words):
        self.c, self.name, self.words = context, name, words

    def sample(self, c, program):
        got = tool(c.out, *self.words(program))
        # udploop without arguments ends with 2, and an init says so.
        if got.get("status", 2) != 2:
            raise Failed(f"exit {got['status']}")
        return got

    def round(self, take, pattern):
        for program in inits(self.c.box):
            if re.search(pattern, program.name):
                take(self, program)


class Raw:
    """What processes cost with no program of anybody's around them."""

    name = "raw cost of processes"

    def __init__(self, context):
        self.c = context

    def sample(self, c, program):
        return tool(c.out, *program.argv)

    def round(self, take, pattern):
        n = max(200, int(2000 * self.c.seconds))
        nothing = os.path.join(self.c.out, "udploop")  # its usage exit
        for name, argv in (("fork + exit + wait", ["spawn", "fork", n]),
                           ("vfork + exit + wait", ["spawn", "vfork", n]),
                           ("vfork + exec + exit", ["spawn", "exec", n, nothing])):
            take(self, Program(name, "baseline", argv))


def every(context, most):
    sizes = [n for n in (100, 500, 1000, 5000, 10000, 30000) if n <= most]
    orphans = min(10000, most)
    return [Herd(context, n) for n in sizes] + [
        Raw(context),
        Inits(context, f"an init before {orphans} dead orphans",
              lambda p: ["storm", orphans, *p.argv]),
        Inits(context, "an init's start-up",
              lambda p: ["cost", 50, *p.argv,
                         os.path.join(context.out, "udploop")]),
    ]
