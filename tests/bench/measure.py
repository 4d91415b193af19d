"""measure - start and stop a server, and read what it costs.

Everything runs in a PID namespace of the benchmark's own (see run), so what
is not the benchmark itself is the server.
"""

import contextlib
import glob
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import threading
import time

GROUPS = "/sys/fs/cgroup"
# Two benchmarks at once (in two trees) have a group each.
NAME = "echobox-bench-" + os.environ.get("ECHOBOX_BENCH", "0")


class Failed(Exception):
    """This figure could not be taken; the reason is its text."""


class Group:
    """A control group: exact CPU of a whole tree, and its kernel memory."""

    def __init__(self, controller):
        self.path = f"{GROUPS}/{controller}/{NAME}"
        self.v1 = os.path.isdir(f"{GROUPS}/{controller}")
        if not self.v1:
            self.path = f"{GROUPS}/{NAME}"
        try:
            os.makedirs(self.path, exist_ok=True)
            self.usable = True
        except OSError:
            self.usable = False

    def enter(self):
        if self.usable:
            with open(f"{self.path}/cgroup.procs", "w") as f:
                f.write("0")

    def read(self, name):
        try:
            with open(f"{self.path}/{name}") as f:
                return f.read()
        except OSError:
            return ""

    def cpu(self):
        """Seconds of CPU ever used in it, or None."""
        if self.v1:
            text = self.read("cpuacct.usage")
            return int(text) / 1e9 if text else None
        for line in self.read("cpu.stat").splitlines():
            if line.startswith("usage_usec "):
                return int(line.split()[1]) / 1e6
        return None

    def kernel(self):
        """Bytes of kernel memory charged to it, or None."""
        text = self.read("memory.kmem.usage_in_bytes")
        if text:
            return int(text)
        for line in self.read("memory.stat").splitlines():
            if line.startswith("kernel "):
                return int(line.split()[1])
        return None

    def remove(self):
        try:
            os.rmdir(self.path)
        except OSError:
            pass


CPU = Group("cpuacct")
MEMORY = Group("memory")


def processes(parent):
    """The pids of a process and all below it."""
    below = {}
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path) as f:
                text = f.read()
        except OSError:
            continue
        fields = text.rpartition(")")[2].split()
        below.setdefault(int(fields[1]), []).append(int(text.split()[0]))
    found, todo = [], [parent]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += below.get(pid, [])
    return found


def rollup(pids):
    """Summed Pss and Pss_Anon of processes, in bytes."""
    total = {"Pss": 0, "Pss_Anon": 0}
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup") as f:
                for line in f:
                    key, _, rest = line.partition(":")
                    if key in total:
                        total[key] += int(rest.split()[0]) * 1024
        except (OSError, ValueError):
            continue
    return total


def tree_cpu(pid):
    """Seconds of CPU of a tree with its reaped children, in clock ticks."""
    ticks = 0
    for p in processes(pid):
        try:
            with open(f"/proc/{p}/stat") as f:
                ticks += sum(map(int, f.read().rpartition(")")[2].split()[11:15]))
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def end_all():
    """Whatever else there is, is a server's: we are PID 1 here, and alone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, 0):
            pass


class Running:
    """A server while a `with` lasts."""

    def __init__(self, server, connections=0, kernel_memory=False, under=()):
        self.server, self.connections = server, connections
        self.kernel_memory, self.under = kernel_memory, list(under)

    def enter_groups(self):
        os.setsid()
        # What a login gives, unless a parent that keeps three descriptors a
        # connection needs more: some peers close them all in each child.
        files = max(1024, 4 * self.connections + 64)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
        CPU.enter()
        if self.kernel_memory:
            MEMORY.enter()

    def __enter__(self):
        quiet = subprocess.DEVNULL
        command = self.server.command(self.connections)
        if shutil.which(command[0]) is None:
            raise Failed("not installed: make deps-bench")
        self.process = subprocess.Popen(
            self.under + command, stdin=quiet, stdout=quiet, stderr=quiet,
            preexec_fn=self.enter_groups)
        end = time.monotonic() + 10
        while not self.up() or not self.full():
            if self.process.poll() is not None or time.monotonic() > end:
                self.__exit__()
                raise Failed("did not start")
            time.sleep(0.005)
        time.sleep(0.02)  # what served the question whether it is up is gone
        return self

    def full(self):
        """A pool fills itself again after the first connection."""
        pool = self.server.pool
        return pool is None or self.under or \
            len(processes(self.process.pid)) > pool(self.connections)

    def up(self):
        kind = socket.SOCK_STREAM if self.server.tcp else socket.SOCK_DGRAM
        with socket.socket(socket.AF_INET, kind) as s:
            s.settimeout(0.2)
            try:
                s.connect((self.server.address, 7))
                if self.server.tcp:
                    return True
                s.send(b"up?")
                return s.recv(16) == b"up?"
            except OSError:
                return False

    def __exit__(self, *_):
        end_all()

    def cpu(self):
        used = CPU.cpu()
        return tree_cpu(self.process.pid) if used is None else used


def idle_cpu():
    """Seconds the cores were idle, to the microsecond where they then have no
    ticks: /proc/stat's busy times are ticks, and miss what is over before."""
    with open("/proc/stat") as f:
        fields = f.readline().split()
    return (int(fields[4]) + int(fields[5])) / os.sysconf("SC_CLK_TCK")


def system_cpu():
    """Seconds of CPU the whole machine used, by anybody."""
    return time.monotonic() * os.cpu_count() - idle_cpu()


class Loaded:
    """A judge that has said "settled", while a `with` lasts."""

    def __init__(self, out, *words, timeout=90):
        self.words = [os.path.join(out, words[0]), *map(str, words[1:])]
        self.timeout = timeout

    def __enter__(self):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(self.words, stdin=pipe, stdout=pipe,
                                        stderr=pipe, text=True)
        self.alarm = threading.Timer(self.timeout, self.process.kill)
        self.alarm.start()
        if self.process.stdout.readline() != "settled\n":
            why = self.process.stderr.read()
            late = not self.alarm.is_alive()
            self.__exit__()
            raise Failed("took too long" if late else brief(why))
        return self

    def run(self):
        """Let it work, and return its figures; its connections stay."""
        self.process.stdin.write("g")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise Failed(brief(self.process.stderr.read()))
        return json.loads(line)

    def __exit__(self, *_):
        self.alarm.cancel()
        self.process.kill()
        self.process.wait()
        for f in (self.process.stdin, self.process.stdout, self.process.stderr):
            f.close()


def brief(text):
    return " ".join(text.split())[-100:] or "no word of why"


def idle_share(work):
    """The share of the cores that is idle while work() lasts."""
    begin, idle = time.monotonic(), idle_cpu()
    work()
    wall = time.monotonic() - begin
    return min(1.0, (idle_cpu() - idle) / wall / os.cpu_count())


def awake(server):
    """What asked whether a server is up was a child to it: it has slept."""
    time.sleep(server.nap)


def tool(out, *words, timeout=60):
    """Run one of the judges and return its line of JSON."""
    try:
        done = subprocess.run([os.path.join(out, words[0]), *map(str, words[1:])],
                              stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        raise Failed("took too long") from None
    if done.returncode != 0:
        raise Failed(brief(done.stderr))
    return json.loads(done.stdout)
