"""figures - what is measured of a server: a function a figure."""

import os
import time

from measure import CPU, MEMORY, Failed, Running, processes, rollup, \
    system_cpu, tool


class Figure:
    """A figure: for which servers, and how one sample is taken."""

    def __init__(self, name, sample, fits, cost=1.0):
        self.name, self.sample, self.fits, self.cost = name, sample, fits, cost


def cost(running, load, seconds_key, per):
    """Run a load; add the server's CPU for each thing that was done."""
    before, system = running.cpu(), system_cpu()
    got = load()
    time.sleep(0.05)  # the last children are reaped
    used = running.cpu() - before
    got["server_cpu_s"] = round(used, 4)
    got["system_cpu_s"] = round(system_cpu() - system, 4)
    if got.get(seconds_key):
        got[per] = used / got[seconds_key]
        got[f"both_{per}"] = (used + got["client_cpu_s"]) / got[seconds_key]
    return got


def per_us(got, key):
    for k in (key, f"both_{key}"):
        if k in got:
            got[k] = round(got[k] * 1e6, 2)
    return got


def churn(n):
    def sample(c, server):
        with Running(server, n) as r:
            return per_us(cost(r, lambda: tool(
                c.out, "load", server.address, 7, "churn", n, c.seconds),
                "done", "cpu_us_each"), "cpu_us_each")
    return Figure(f"connections/s, {n} at once", sample, lambda s: s.tcp)


def paced(rate):
    def sample(c, server):
        with Running(server, 64) as r:
            before = system_cpu()
            got = tool(c.out, "load", server.address, 7, "paced", rate, c.seconds)
            got["busy_percent"] = round(100 * (system_cpu() - before) /
                                        c.seconds / os.cpu_count(), 1)
            return got
    return Figure(f"first byte, {rate}/s paced", sample,
                  lambda s: s.tcp and not s.heavy)


def trips(n, size, only_ours=False):
    def fits(s):
        return s.tcp and (n == 1 or not s.serial) and \
            not (s.heavy and n > 50) and not (only_ours and s.kind == "peer")

    def sample(c, server):
        with Running(server, n) as r:
            return per_us(cost(r, lambda: tool(
                c.out, "load", server.address, 7, "trips", n, size, c.seconds),
                "done", "cpu_us_each"), "cpu_us_each")
    return Figure(f"round trips/s, {n} x {size} B", sample, fits)


def bulk():
    def sample(c, server):
        with Running(server) as r:
            got = cost(r, lambda: tool(c.out, "load", server.address, 7,
                                       "bulk", c.seconds), "gb", "cpu_s_per_gb")
            got["system_cpu_s_per_gb"] = got["system_cpu_s"] / got["gb"]
            return got
    return Figure("bulk, one connection", sample, lambda s: s.tcp)


def datagrams(size, window=64):
    def sample(c, server):
        with Running(server) as r:
            return per_us(cost(r, lambda: tool(
                c.out, "load", server.address, 7, "flood", size, window,
                c.seconds), "got", "cpu_us_each"), "cpu_us_each")
    return Figure(f"datagrams/s, {size} B, {window} under way", sample,
                  lambda s: s.udp)


def hold(c, server, n):
    """PSS and kernel memory before and with n connections that echoed."""
    import subprocess
    with Running(server, n, kernel_memory=True) as r:
        base = rollup(processes(r.process.pid))
        kernel = MEMORY.kernel()
        load = subprocess.Popen(
            [os.path.join(c.out, "load"), server.address, "7", "idle", str(n)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        try:
            if not load.stdout.readline():
                raise Failed(load.stderr.read().strip()[-100:])
            time.sleep(0.2)
            full = rollup(processes(r.process.pid))
            kernel_full = MEMORY.kernel()
        finally:
            load.stdin.close()
            load.kill()
            load.wait()
    got = {"base_pss": base["Pss"], "base_anon": base["Pss_Anon"],
           "pss_each": (full["Pss"] - base["Pss"]) / n,
           "anon_each": (full["Pss_Anon"] - base["Pss_Anon"]) / n}
    if kernel is not None and kernel_full is not None:
        got["kernel_each"] = (kernel_full - kernel) / n
    return got


def memory(n):
    # A pool's processes are there before the connections: base holds them.
    def fits(s):
        return s.tcp and not s.serial and "prefork" not in s.name and \
            (n <= 1000 or s.kind != "peer")
    return Figure(f"memory, {n} idle", lambda c, s: hold(c, s, n), fits, 4.0)


def ready():
    def sample(c, server):
        return tool(c.out, "load", server.address, 7, "ready",
                    max(5, int(20 * c.seconds)), *server.command(1))
    return Figure("exec to ready", sample,
                  lambda s: s.tcp and "prefork" not in s.name)


def every(c):
    found = [churn(1), churn(16), churn(256), paced(c.rate)]
    found += [trips(n, size) for size in (64, 1024) for n in (1, 50, 500)]
    found += [bulk(), datagrams(64), datagrams(1400), memory(1000),
              memory(c.most), ready()]
    return found


def growth(c):
    """How cost grows: connections and sizes of a message, ours and baseline."""
    found = [trips(n, 64, only_ours=True) for n in (10, 100, 1000, c.most)]
    found += [trips(1, size, only_ours=True)
              for size in (1, 16, 256, 4096, 16384, 65536, 262144, 1048576)]
    return found


__all__ = ["CPU", "every", "growth", "Figure"]
