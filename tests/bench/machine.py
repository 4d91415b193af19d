"""machine - what was measured where: machine, versions, sizes of binaries."""

import os
import platform
import re
import shutil
import subprocess
import time

import measure

VERSIONS = ("socat", "ncat", "ucspi-tcp", "ipsvd", "toybox", "busybox-static",
            "procps", "tini", "dumb-init", "catatonit", "gcc", "musl-tools")
INETDS = {"openbsd-inetd": "usr/sbin/inetd",
          "inetutils-inetd": "usr/sbin/inetutils-inetd",
          "xinetd": "usr/sbin/xinetd"}
BINARIES = ("socat", "ncat", "tcpserver", "tcpsvd", "tini", "dumb-init",
            "catatonit", "toybox", "busybox", "ps", "pgrep")


def processor():
    with open("/proc/cpuinfo") as f:
        return next((x.split(":", 1)[1].strip() for x in f
                     if x.startswith("model name")), platform.machine())


def packages(out):
    found = {}
    for p in VERSIONS:
        done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", p],
                              capture_output=True, text=True)
        if done.returncode == 0 and done.stdout:
            found[p] = done.stdout
    peers = os.path.join(out, "peers")
    for name in os.listdir(peers) if os.path.isdir(peers) else ():
        match = re.match(r"(.+inetd)_(?:\d+%3a)?(.+)_\w+\.deb", name)
        if match:
            found[match[1]] = match[2]
    return dict(sorted(found.items()))


def static(path):
    """A program without an interpreter carries its libraries itself."""
    done = subprocess.run(["readelf", "-lW", path], capture_output=True,
                          text=True)
    return "INTERP" not in done.stdout


def binaries(args):
    build = os.path.dirname(os.path.dirname(args.box))
    paths = {"echobox": args.box,
             "echobox, tiny": os.path.join(build, "tiny", "echobox")}
    paths |= {name: shutil.which(name) for name in BINARIES}
    paths |= {name: os.path.join(args.out, "peers", name, path)
              for name, path in INETDS.items()}
    found = {name: {"bytes": os.path.getsize(path), "static": static(path)}
             for name, path in paths.items() if path and os.path.exists(path)}
    return dict(sorted(found.items(), key=lambda x: x[1]["bytes"]))


def describe(args):
    tree = subprocess.run(["git", "describe", "--always", "--dirty"],
                          capture_output=True, text=True).stdout.strip()
    return {"kernel": platform.release(), "cpu": processor(),
            "cores": os.cpu_count(), "packages": packages(args.out),
            "binaries": binaries(args), "tree": tree or "?",
            "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
            "budget_s": args.seconds, "rounds": args.rounds,
            "idle_percent": round(100 * measure.idle_share(
                lambda: time.sleep(1)), 1)}
