"""report - medians as a table, JSON, charts and docs/benchmarks.md."""

import os
import platform
import re
import shutil
import statistics
import subprocess

VERSIONS = ("socat", "ncat", "ucspi-tcp", "ipsvd", "toybox", "busybox-static",
            "procps", "tini", "dumb-init", "catatonit", "gcc", "musl-tools")

# The columns of a figure's table: a key of the samples, a heading, decimals.
COLUMNS = (
    ("connections/s", (("per_s", "per s", 0), ("cpu_us_each", "server us", 1),
                       ("both_cpu_us_each", "both ends us", 1),
                       ("first_byte_p50_us", "first byte p50 us", 0),
                       ("first_byte_p99_us", "p99 us", 0),
                       ("errors", "errors", 0))),
    ("first byte", (("first_byte_p50_us", "p50 us", 0),
                    ("first_byte_p99_us", "p99 us", 0),
                    ("per_s", "per s", 0), ("busy_percent", "cores busy %", 0))),
    ("round trips/s", (("per_s", "per s", 0), ("cpu_us_each", "server us", 2),
                       ("p50_us", "p50 us", 0), ("p99_us", "p99 us", 0))),
    ("bulk", (("gb_per_s", "GB/s", 2), ("cpu_s_per_gb", "server s/GB", 3),
              ("both_cpu_s_per_gb", "both ends s/GB", 3),
              ("system_cpu_s_per_gb", "system s/GB", 3))),
    ("datagrams/s", (("per_s", "per s", 0), ("cpu_us_each", "server us", 2),
                     ("lost_percent", "lost %", 2))),
    ("memory", (("base_pss", "base PSS", 0), ("base_anon", "base anon", 0),
                ("pss_each", "PSS each", 0), ("anon_each", "anon each", 0),
                ("kernel_each", "kernel each", 0))),
    ("exec to ready", (("ready_p50_us", "p50 us", 0), ("ready_min_us", "min us", 0))),
    ("finding", (("cpu_us", "CPU us", 0), ("wall_us", "wall us", 0),
                 ("rss_kb", "resident KB", 0), ("anon_kb", "anon KB", 0))),
    ("an init's start-up", (("wall_us", "wall us", 0), ("cpu_us", "CPU us", 0))),
    ("an init before", (("gone_us", "gone us", 0), ("reaps_per_s", "reaps/s", 0),
                        ("cpu_us", "CPU us", 0), ("idle_wakes_3s", "wakes in 3 s", 0),
                        ("anon_kb", "anon KB", 0), ("pss_kb", "PSS KB", 0),
                        ("left", "left", 0))),
    ("raw cost", (("p50_us", "p50 us", 1), ("mean_us", "mean us", 1),
                  ("p99_us", "p99 us", 1))),
)


def machine(context):
    with open("/proc/cpuinfo") as f:
        cpu = next((x.split(":", 1)[1].strip() for x in f
                    if x.startswith("model name")), platform.machine())
    packages = {}
    for p in VERSIONS:
        done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", p],
                              capture_output=True, text=True)
        if done.returncode == 0 and done.stdout:
            packages[p] = done.stdout
    for path in sorted(os.listdir(os.path.join(context.out, "peers"))
                       if os.path.isdir(os.path.join(context.out, "peers")) else []):
        found = re.match(r"(.+inetd)_(?:\d+%3a)?(.+)_\w+\.deb", path)
        if found:
            packages[found[1]] = found[2]
    sizes = {"echobox": os.path.getsize(context.box)}
    for name in ("socat", "ncat", "tcpserver", "tcpsvd", "tini", "dumb-init",
                 "catatonit", "toybox", "busybox"):
        if shutil.which(name):
            sizes[name] = os.path.getsize(shutil.which(name))
    return {"kernel": platform.release(), "cpu": cpu, "cores": os.cpu_count(),
            "packages": packages, "binary_bytes": sizes,
            "load": os.getloadavg()[0]}


def median(row, key):
    values = row.get(key)
    return statistics.median(values) if values else None


def columns(figure):
    return next(c for prefix, c in COLUMNS if figure.startswith(prefix))


def cell(value, decimals):
    return "-" if value is None else f"{value:,.{decimals}f}"


def table(figure, rows):
    """Lines of cells: a heading, then a row a server."""
    wanted = [c for c in columns(figure)
              if any(c[0] in row for row in rows.values())]
    samples = max((len(v) for row in rows.values() for v in row.values()),
                  default=0)
    lines = [[f"{figure} (median of {samples})"] +
             [heading for _, heading, _ in wanted]]
    for name, row in rows.items():
        if any(c[0] in row for c in wanted):
            lines.append([name] + [cell(median(row, key), decimals)
                                   for key, _, decimals in wanted])
        else:
            lines.append([name, "failed: " + row.get("failed", ["?"])[0]])
    return lines


def text(data):
    out = []
    for figure, rows in data["results"].items():
        lines = table(figure, rows)
        width = [max(len(line[i]) for line in lines if i < len(line) and
                     (i == 0 or not line[i].startswith("failed")))
                 for i in range(len(lines[0]))]
        for line in lines:
            out.append("  ".join(
                [line[0].ljust(width[0])] +
                [x.rjust(width[i + 1]) if i + 1 < len(width) else x
                 for i, x in enumerate(line[1:])]))
        out.append("")
    return "\n".join(out)


def markdown(data):
    out = []
    for figure, rows in data["results"].items():
        lines = table(figure, rows)
        out.append("| " + " | ".join(lines[0]) + " |")
        out.append("|---|" + "--:|" * (len(lines[0]) - 1))
        for line in lines[1:]:
            line += [""] * (len(lines[0]) - len(line))
            out.append("| " + " | ".join(line) + " |")
        out.append("")
    return "\n".join(out)


def plot(script, path):
    done = subprocess.run(["gnuplot"], input=script, text=True,
                          capture_output=True)
    if done.returncode != 0:
        raise SystemExit(f"gnuplot: {done.stderr[-300:]}")
    return path


HEAD = """set terminal svg size 900,{height} font "sans,12" background "white"
set output "{path}"
"""


def bars(data, figure, key, path, label):
    rows = data["results"].get(figure, {})
    pairs = [(median(row, key), name) for name, row in rows.items()
             if median(row, key) is not None]
    if not pairs:
        return None
    pairs.sort()
    body = "".join(f'{i} {v} "{name}"\n' for i, (v, name) in enumerate(pairs))
    return plot(HEAD.format(height=120 + 26 * len(pairs), path=path) +
                f'set title "{label}"\nset key off\nset style fill solid 0.6\n'
                "set grid x\nset xrange [0:*]\n"
                f"set yrange [-0.7:{len(pairs) - 0.3}]\n"
                "$d << E\n" + body + "E\n"
                "plot $d using ($2/2):1:($2/2):(0.35):ytic(3) with boxxyerror\n",
                path)


def lines(data, pattern, key, path, label, xlabel):
    """A line a server over the number in the figure's name, both logarithmic."""
    series = {}
    for figure, rows in data["results"].items():
        found = re.fullmatch(pattern, figure)
        for name, row in rows.items() if found else ():
            if median(row, key):
                series.setdefault(name, []).append((int(found[1]), median(row, key)))
    series = {n: sorted(p) for n, p in series.items() if len(p) > 2}
    if not series:
        return None
    blocks = "\n\n".join("\n".join(f"{x} {y}" for x, y in points)
                         for points in series.values())
    curves = ", ".join(f'$d index {i} with linespoints lw 2 title "{name}"'
                       for i, name in enumerate(series))
    return plot(HEAD.format(height=480, path=path) +
                f'set title "{label}"\nset xlabel "{xlabel}"\n'
                "set logscale xy\nset grid\nset key outside right\n"
                "$d << E\n" + blocks + "\nE\nplot " + curves + "\n", path)


def charts(data, out):
    if shutil.which("gnuplot") is None:
        return []
    made = [
        bars(data, "connections/s, 16 at once", "per_s",
             f"{out}/connections.svg", "connections a second, 16 at once"),
        bars(data, "bulk, one connection", "cpu_s_per_gb",
             f"{out}/bulk.svg", "server CPU seconds per GB echoed"),
        lines(data, r"round trips/s, (\d+) x 64 B", "cpu_us_each",
              f"{out}/growth-connections.svg",
              "server CPU per round trip of 64 B", "connections"),
        lines(data, r"round trips/s, 1 x (\d+) B", "cpu_us_each",
              f"{out}/growth-size.svg", "server CPU per round trip", "bytes"),
        lines(data, r"finding zombies among (\d+)", "cpu_us",
              f"{out}/growth-processes.svg", "CPU of finding the zombies",
              "processes"),
    ]
    return [path for path in made if path]


def document(data, out, path):
    m = data["machine"]
    here = os.path.dirname(path)
    for chart in charts(data, out):
        shutil.copy(chart, os.path.join(here, os.path.basename(chart)))
    with open(os.path.join(os.path.dirname(__file__), "notes.md")) as f:
        notes = f.read()
    versions = ", ".join(f"{k} {v}" for k, v in sorted(m["packages"].items()))
    sizes = ", ".join(f"{k} {v:,}" for k, v in sorted(
        m["binary_bytes"].items(), key=lambda x: x[1]))
    pictures = "\n".join(f"![{n}]({n})" for n in
                         sorted(x for x in os.listdir(here) if x.endswith(".svg")))
    with open(path, "w") as f:
        f.write("# Benchmarks\n\n"
                "Written by `make bench`; the text before the tables is "
                "tests/bench/notes.md.\n\n"
                f"Machine: {m['cores']} cores, {m['cpu']}, Linux {m['kernel']}, "
                f"load {m['load']:.1f}. Medians of alternating "
                f"rounds of {data['seconds']} s; each table says of how many.\n\nPeers: {versions}.\n\n"
                f"Binaries, bytes: {sizes}.\n\n" + notes + "\n" + pictures +
                "\n\n" + markdown(data) + "\n")
