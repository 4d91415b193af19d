"""processes - finding zombies in a crowd, and inits before a pile of them."""

import contextlib
import os
import re
import shutil
import subprocess

from measure import Failed, brief, end_all, tool
from plan import Figure


class Program:
    """A row: a program that is run once, no server."""

    def __init__(self, name, kind, argv):
        self.name, self.kind, self.argv = name, kind, argv


def finders(box):
    return [
        Program("zombiewatch", "ours", [box, "zombiewatch"]),
        # The monitoring scan: thresholds and an exit code, no list.
        Program("zombiewatch -o nagios", "ours",
                [box, "zombiewatch", "-o", "nagios", "-W", "100", "-C", "200"]),
        Program("busybox ps", "peer", ["busybox", "ps"]),
        Program("toybox ps", "peer", ["toybox", "ps", "-A", "-o", "pid,s,comm"]),
        Program("ps -eo", "peer", ["ps", "-eo", "pid,ppid,stat,comm"]),
        Program("pgrep -r Z", "peer", ["pgrep", "-r", "Z"]),
    ]


def inits(box):
    return [
        Program("zombiewatch -r", "ours", [box, "zombiewatch", "-r", "--"]),
        Program("tini", "peer", ["tini", "--"]),
        Program("dumb-init", "peer", ["dumb-init", "--"]),
        Program("catatonit", "peer", ["catatonit", "--"]),
    ]


def there(program):
    if shutil.which(program.argv[0]) is None:
        raise Failed("not installed: make deps-bench")


class Programs:
    """The figures over programs that are run, in the judges' folder."""

    def __init__(self, context):
        self.out, self.context = context.out, context

    def chosen(self, rows):
        return [p for p in rows if re.search(self.context.server, p.name)]

    @contextlib.contextmanager
    def crowd(self, n):
        """n processes, ten of them zombies, while the figure lasts."""
        herd = subprocess.Popen(
            [os.path.join(self.out, "herd"), str(n - 10), "10"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        try:
            if herd.stdout.readline() != "ready\n":
                raise Failed("no crowd: " + brief(herd.stderr.read()))
            yield
        finally:
            herd.stdin.close()
            herd.wait()
            herd.stdout.close()
            herd.stderr.close()
            end_all()  # its zombies are ours now, and the next would find them

    def herd(self, n):
        runs = max(1, min(20, 6000 // n))

        def sample(program, seconds):
            there(program)
            got = tool(self.out, "cost", runs, *program.argv)
            # Nagios: ten zombies are no 1 (a warning); 0 or 1 for the others.
            if got["status"] > ("nagios" not in program.name):
                raise Failed(f"exit {got['status']}")
            return got
        return Figure(f"finding zombies among {n}",
                      self.chosen(finders(self.context.box)), sample,
                      fixed=0.05 + (runs + 1) * n * 30e-6, loads=0,
                      around=lambda: self.crowd(n), setup=0.2 + n * 200e-6)

    def storm(self, name, way, orphans):
        def sample(program, seconds):
            there(program)
            got = tool(self.out, "storm", way, orphans, *program.argv)
            if got["left"]:
                raise Failed(f"{got['left']} orphans never reaped")
            if way == "live":
                del got["wakes_per_s"]  # is asked after the pile alone
            return got
        return Figure(name, self.chosen(inits(self.context.box)), sample,
                      fixed=0.2 + (way == "pile") + orphans * 1e-4,
                      loads=0)

    def start(self):
        nothing = os.path.join(self.out, "nothing")

        def sample(program, seconds):
            there(program)
            got = tool(self.out, "cost", 50, *program.argv, nothing)
            if got["status"]:
                raise Failed(f"exit {got['status']}")
            return got
        alone = Program("no init: the command alone", "baseline", [nothing])
        return Figure("an init's start-up",
                      self.chosen(inits(self.context.box) + [alone]), sample,
                      loads=0)

    def raw(self):
        """What processes cost with no program of anybody's around them."""
        nothing = os.path.join(self.out, "nothing")
        rows = [Program(name, "baseline", argv) for name, argv in (
            ("fork + exit + wait", ["fork"]), ("vfork + exit + wait", ["vfork"]),
            ("vfork + exec + exit + wait", ["exec", nothing]))]

        def sample(program, seconds):
            way, *rest = program.argv
            return tool(self.out, "spawn", way, max(100, int(3000 * seconds)),
                        *rest)
        return Figure("raw cost of processes", self.chosen(rows), sample,
                      fixed=0.1)


def every(context):
    p, most = Programs(context), context.herd
    sizes = [n for n in (100, 500, 1000, 5000, 10000, 30000) if n <= most]
    orphans = min(10000, most)
    found = [p.raw(), p.start(),
             p.storm(f"an init before a pile of {orphans} dead orphans", "pile",
                     orphans),
             p.storm(f"an init in a storm of {orphans} orphans", "live", orphans)]
    return [f for f in found + [p.herd(n) for n in sizes] if f.rows]
