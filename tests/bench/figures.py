"""figures - what is measured of a server: a function a figure."""

import os
import re
import shutil
import signal
import socket
import tempfile
import time

import servers
from measure import MEMORY, Failed, Loaded, Running, awake, \
    end_all, idle_share, processes, rollup, system_cpu, tool
from plan import Figure

PORT = servers.PORT
# Loads that a target hangs on last longer, those of a chart alone less long.
WEIGHT, CHART = 2, 0.5


def costed(running, load, seconds_key, per, settle=0.05):
    """Run a load; add the server's CPU for each thing that was done."""
    before, system, begin = running.cpu(), system_cpu(), time.monotonic()
    got = load()
    time.sleep(settle)  # the last children are reaped
    used = running.cpu() - before
    got["server_cpu_s"] = round(used, 4)
    got["system_cpu_s"] = round(system_cpu() - system, 4)
    got["idle_percent"] = round(100 * max(0.0, 1 - got["system_cpu_s"] / (
        time.monotonic() - begin) / os.cpu_count()), 1)
    if not got.get(seconds_key):
        raise Failed("no answer in the time")
    got[per] = used / got[seconds_key]
    got[f"both_{per}"] = (used + got["client_cpu_s"]) / got[seconds_key]
    return got


def per_us(got):
    for key in ("cpu_us_each", "both_cpu_us_each"):
        got[key] = round(got[key] * 1e6, 2)
    return got


class Servers:
    """The rows, and the judges' folder."""

    def __init__(self, context):
        self.out = context.out
        every = servers.every(context.box, context.out)
        self.every = [s for s in every if re.search(context.server, s.name)]
        self.tcp = [s for s in self.every if s.tcp]
        self.udp = [s for s in self.every if s.udp]
        self.many = [s for s in self.tcp if not s.serial]
        self.no_peers = [s for s in self.tcp if s.kind != "peer"]
        self.growth = [s for s in self.no_peers
                       if not s.serial and "-r" not in s.name]

    def load(self, server, *words):
        return tool(self.out, "load", server.address, PORT, *words)

    def churn(self, n):
        def sample(server, seconds):
            with Running(server, n) as r:
                awake(server)
                return per_us(costed(r, lambda: self.load(
                    server, "churn", n, seconds), "done", "cpu_us_each"))
        return Figure(f"connections/s, {n} at once", self.tcp, sample,
                      weight=WEIGHT if n == 16 else 1)

    def paced(self, rate):
        def sample(server, seconds):
            with Running(server, 64) as r:
                awake(server)
                return per_us(costed(r, lambda: self.load(
                    server, "paced", rate, max(0.1, seconds)), "done",
                    "cpu_us_each"))
        return Figure(f"first byte, {rate}/s", self.tcp, sample)

    def half(self):
        """At the highest rate at which the dearest of ours, a fresh process
        for each connection, leaves the cores idle half of the time."""
        found = []

        def find(server):
            rate = 1000
            for _ in range(5):
                with Running(server, 64):
                    idle = idle_share(lambda: self.load(
                        server, "paced", rate, 0.5))
                rate = int(rate * 0.5 / max(0.05, 1 - idle)) // 50 * 50
            found.append(max(50, min(rate, 10000)))

        def sample(server, seconds):
            if not found:
                find(dearest[0] if dearest else server)
            with Running(server, 64) as r:
                return per_us(costed(r, lambda: self.load(
                    server, "paced", found[0], max(0.3, seconds)), "done",
                    "cpu_us_each", settle=0)) | {"rate": found[0]}
        dearest = [s for s in self.no_peers if "-r 1" in s.name]
        return Figure("first byte, cores idle half of the time", self.no_peers,
                      sample, setup=4, weight=WEIGHT)

    def trips(self, n, size, rows, name=None):
        def sample(server, seconds):
            with Running(server, n) as r, Loaded(
                    self.out, "load", server.address, PORT, "trips", n, size,
                    seconds) as load:
                return per_us(costed(r, load.run, "done", "cpu_us_each",
                                     settle=0))
        target = (n, size) in ((50, 64), (1, 64), (1, 1024))
        return Figure(name or f"round trips/s, {n} x {size} B", rows, sample,
                      fixed=0.1 + n * 0.0006,
                      weight=WEIGHT if target else
                      CHART if rows is self.growth else 1)

    def held(self, n, rows):
        """Memory before and with n connections that echoed, then trips."""
        def sample(server, seconds):
            with Running(server, n, kernel_memory=True) as r:
                base = rollup(processes(r.process.pid))
                kernel = MEMORY.kernel()
                with Loaded(self.out, "load", server.address, PORT, "trips",
                            n, 64, max(1e-4 * n, seconds)) as load:
                    full = rollup(processes(r.process.pid))
                    kernel_full = MEMORY.kernel()
                    got = per_us(costed(r, load.run, "done", "cpu_us_each",
                                        settle=0))
            got.update({"base_pss": base["Pss"], "base_anon": base["Pss_Anon"]})
            for key, name in (("Pss", "pss_each"), ("Pss_Anon", "anon_each")):
                got[name] = (full[key] - base[key]) / n
            if kernel is not None and kernel_full is not None:
                got["kernel_each"] = (kernel_full - kernel) / n
            return got
        # At 10,000 a peer takes longer than all of ours, and memory does not
        # scatter.
        return Figure(f"held, {n} x 64 B", rows, sample, fixed=0.4 + n * 0.0006,
                      weight=CHART,
                      once=lambda s: n > 1000 and s.kind == "peer")

    def base(self):
        def sample(server, seconds):
            with Running(server, kernel_memory=True) as r:
                time.sleep(0.05)
                found = processes(r.process.pid)
                return rollup(found) | {"processes": len(found),
                                        "base_kernel": MEMORY.kernel() or 0}
        return Figure("base memory", self.every, sample, fixed=0.1, loads=0)

    def bulk(self):
        def sample(server, seconds):
            with Running(server) as r:
                awake(server)
                got = costed(r, lambda: self.load(
                    server, "bulk", max(0.1, seconds)), "gb", "cpu_s_per_gb")
                got["system_cpu_s_per_gb"] = got["system_cpu_s"] / got["gb"]
                if got["gb"] < 0.001:
                    raise Failed("moves less than a megabyte, and stops")
                return got
        return Figure("bulk, one connection", self.tcp, sample, fixed=0.2,
                      loads=1.2, weight=WEIGHT)

    def datagrams(self, size, window):
        def sample(server, seconds):
            with Running(server) as r:
                awake(server)
                return per_us(costed(r, lambda: self.load(
                    server, "flood", size, window, seconds), "got",
                    "cpu_us_each"))
        return Figure(f"datagrams/s, {size} B, {window} under way", self.udp,
                      sample, fixed=0.3, weight=WEIGHT if window > 1 else 1)

    def ready(self):
        def sample(server, seconds):
            command = server.command(0)
            if shutil.which(command[0]) is None:
                raise Failed("not installed: make deps-bench")
            try:
                return self.load(server, "ready", max(5, int(40 * seconds)),
                                 os.path.join(self.out, "nothing"), *command)
            finally:
                end_all()
        return Figure("exec to ready", self.tcp, sample, fixed=0.03, loads=0.2)

    def calls(self, connections=50):
        """System calls a connection: connect, echo 64 B, half-close, end."""
        def count(server, n):
            with tempfile.NamedTemporaryFile("r") as f:
                strace = ["strace", "-f", "-qq", "-c", "-S", "calls", "-U",
                          "calls,name", "-o", f.name]
                with Running(server, under=strace) as r:
                    for _ in range(n):
                        polite(server)
                    time.sleep(0.2)
                    for pid in processes(r.process.pid)[1:]:
                        os.kill(pid, signal.SIGKILL)
                    r.process.wait(10)
                rows = [x.split() for x in f.read().splitlines()]
                return {x[1]: int(x[0]) for x in rows if len(x) == 2 and
                        x[0].isdigit() and x[1] != "total"}

        def sample(server, seconds):
            few = count(server, 10)
            many = count(server, 10 + connections)
            each = {"call " + name: (n - few.get(name, 0)) / connections
                    for name, n in many.items()}
            each = {k: round(v, 2) for k, v in each.items() if v >= 0.05}
            return {"calls": round(sum(each.values()), 1)} | each
        return Figure("system calls a connection", self.tcp, sample, fixed=1,
                      loads=0, once=lambda s: True)


def polite(server):
    """One connection that ends as it should: FIN both ways."""
    with socket.create_connection((server.address, int(PORT)), 5) as s:
        s.sendall(b"x" * 64)
        got = 0
        while got < 64:
            n = len(s.recv(64))
            if n == 0:
                raise Failed("ends a connection early")
            got += n
        s.shutdown(socket.SHUT_WR)
        s.settimeout(0.1)  # socat's PIPE does not pass the end on
        try:
            s.recv(1)
        except OSError:
            pass


def every(context):
    s = Servers(context)
    found = [s.calls(), s.ready(), s.base()]
    found += [s.churn(n) for n in (1, 16, 256)]
    found += [s.paced(100), s.half()]
    found += [s.trips(1, size, s.tcp) for size in (64, 1024)]
    found += [s.trips(n, size, s.many) for n in (50, 500) for size in (64, 1024)]
    found += [s.bulk(), s.datagrams(64, 64), s.datagrams(1400, 64),
              s.datagrams(64, 1)]
    # How cost grows: connections, and the size of a message.
    found += [s.trips(n, 64, s.growth) for n in (10, 100) if n <= context.most]
    found += [s.trips(1, size, s.growth)
              for size in (1, 16, 256, 4096, 16384, 65536, 262144, 1048576)]
    found += [s.held(min(1000, context.most), s.many)]
    if context.most > 1000:
        found.append(s.held(context.most, [x for x in s.many if not x.pool]))
    return [f for f in found if f.rows]
