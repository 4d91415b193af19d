"""report - medians as tables, JSON, and the page docs/benchmarks.md."""

import json
import os
import re

import charts
import samples
import targets

# The columns of a figure's table: a key of the samples, a heading, decimals.
# The first is the one whose spread is shown.
COLUMNS = (
    ("connections/s", (("per_s", "per s", 0), ("cpu_us_each", "server us", 1),
                       ("both_cpu_us_each", "both ends us", 1),
                       ("first_byte_p50_us", "first byte p50 us", 0),
                       ("first_byte_p99_us", "p99 us", 0),
                       ("errors", "errors", 0))),
    ("first byte", (("first_byte_p50_us", "p50 us", 0),
                    ("first_byte_p99_us", "p99 us", 0),
                    ("cpu_us_each", "server us", 1), ("per_s", "per s", 0),
                    ("rate", "asked", 0),
                    ("idle_percent", "cores idle %", 0))),
    ("round trips/s", (("per_s", "per s", 0), ("cpu_us_each", "server us", 2),
                       ("p50_us", "p50 us", 0), ("p99_us", "p99 us", 0))),
    ("held", (("anon_each", "Pss_Anon each", 0), ("pss_each", "PSS each", 0),
              ("kernel_each", "kernel each", 0), ("base_pss", "base PSS", 0),
              ("per_s", "trips/s", 0), ("cpu_us_each", "server us", 2),
              ("p99_us", "p99 us", 0))),
    ("bulk", (("gb_per_s", "GB/s", 2), ("cpu_s_per_gb", "server s/GB", 3),
              ("both_cpu_s_per_gb", "both ends s/GB", 3),
              ("system_cpu_s_per_gb", "system s/GB", 3))),
    ("datagrams/s", (("per_s", "per s", 0), ("cpu_us_each", "server us", 2),
                     ("lost_percent", "lost %", 2))),
    ("base memory", (("Pss_Anon", "Pss_Anon", 0), ("Pss", "PSS", 0),
                     ("base_kernel", "kernel", 0),
                     ("processes", "processes", 0))),
    ("exec to ready", (("ready_p50_us", "p50 us", 0),
                       ("beyond_us", "beyond fork+exec", 0),
                       ("exec_p50_us", "fork+exec", 0),
                       ("ready_min_us", "least us", 0))),
    ("finding", (("cpu_us", "CPU us", 0), ("wall_us", "wall us", 0),
                 ("rss_kb", "resident KB", 0), ("anon_kb", "anon KB", 0))),
    ("an init's start-up", (("wall_us", "wall us", 0), ("cpu_us", "CPU us", 0))),
    ("an init", (("gone_us", "gone us", 0), ("reaps_per_s", "reaps/s", 0),
                 ("cpu_us", "CPU us", 0), ("wakes_per_s", "idle wakes/s", 1),
                 ("anon_kb", "anon KB", 0), ("pss_kb", "PSS KB", 0))),
    ("raw cost", (("p50_us", "p50 us", 1), ("mean_us", "mean us", 1),
                  ("p99_us", "p99 us", 1))),
    ("system calls", (("calls", "in all", 1),)),
)


def columns(figure):
    return next(c for prefix, c in COLUMNS if figure.startswith(prefix))


def cell(value, decimals):
    return "-" if value is None else f"{value:,.{decimals}f}"


def count(row):
    return max((len(v) for k, v in row.items() if k != "failed"), default=0)


def table(figure, rows):
    """Lines of cells: a heading, then a row a server, failures named."""
    wanted = [c for c in columns(figure)
              if any(c[0] in row for row in rows.values())]
    most = max((count(row) for row in rows.values()), default=0)
    lines = [[f"{figure} (median of {most})"] +
             [heading for _, heading, _ in wanted]]
    if not wanted:
        lines[0].append("")
    spreads = wanted and most > 1
    if spreads:
        lines[0].insert(2, "±%")
    for name, row in rows.items():
        failed = row.get("failed", ())
        if not count(row):
            lines.append([name, "failed: " + (failed[0] if failed else "?")])
            continue
        n = "" if count(row) == most else f" ({count(row)})"
        line = [name + n] + [cell(samples.median(row, key), decimals)
                             for key, _, decimals in wanted]
        if spreads:
            line.insert(2, cell(samples.spread(row, wanted[0][0]), 0))
        lines.append(line)
    return lines


def calls_table(data):
    """System calls by name, a column a server of ours and of the baselines."""
    rows = {n: r for n, r in data["results"].get(
        "system calls a connection", {}).items()
        if n.startswith(("echod", "baseline")) and count(r)}
    names = {k for r in rows.values() for k in r if k.startswith("call ")}
    names = sorted(names, key=lambda k: -sum(
        samples.median(r, k) or 0 for r in rows.values()))
    lines = [["call"] + list(rows)]
    lines += [[k[5:]] + [cell(samples.median(r, k), 1) if k in r else ""
                         for r in rows.values()] for k in names]
    lines.append(["in all"] + [cell(samples.median(r, "calls"), 1)
                               for r in rows.values()])
    return lines if rows else []


def growth_table(data):
    lines = [["cost", "row", "grows as", ""]]
    for _, label, row, k in samples.growth(data):
        lines.append([label, row, f"N^{k:.2f}", "worse than linear"
                      if k > samples.LINEAR else "linear or better"])
    return lines if len(lines) > 1 else []


def targets_table(data):
    head = ["target", "limit", "measured", "met", "of"]
    return [head] + [x.cells() for x in targets.Targets(data).lines()]


def sizes_table(data):
    return [["binary", "bytes", ""]] + [
        [name, f"{b['bytes']:,}", "static" if b["static"] else "dynamic"]
        for name, b in data["machine"]["binaries"].items()]


def plain(lines):
    width = [max(len(x[i]) for x in lines if i < len(x) and
                 (i == 0 or not x[i].startswith("failed")))
             for i in range(len(lines[0]))]
    return "".join("  ".join(
        [x[0].ljust(width[0])] + [c.rjust(w) for c, w in zip(x[1:], width[1:])]
        ).rstrip() + "\n"
                   for x in lines) + "\n"


def markdown(lines):
    """A table; numbers to the right, by what the first row has."""
    if not lines:
        return "Not measured in this run.\n"
    side = ["--:" if len(lines) > 1 and i < len(lines[1]) and i and
            re.match(r"[\d.,-]+$", lines[1][i]) else "---"
            for i in range(len(lines[0]))]
    out = ["| " + " | ".join(lines[0]) + " |", "|" + "|".join(side) + "|"]
    for line in lines[1:]:
        line = line + [""] * (len(lines[0]) - len(line))
        out.append("| " + " | ".join(line) + " |")
    return "\n".join(out) + "\n"


def every_table(data):
    return [table(figure, rows) for figure, rows in data["results"].items()]


def text(data):
    parts = every_table(data) + [calls_table(data), growth_table(data),
                                 sizes_table(data), targets_table(data)]
    return "".join(plain(p) for p in parts if p)


def as_json(data):
    """One line a row, so that two runs can be compared by diff."""
    figures = []
    for figure, rows in data["results"].items():
        body = ",\n".join(f"   {json.dumps(n)}: {json.dumps(r)}"
                          for n, r in rows.items())
        figures.append(f"  {json.dumps(figure)}: {{\n{body}\n  }}")
    met = [dict(zip(("target", "limit", "measured", "met", "of"), x))
           for x in targets_table(data)[1:]]
    return (f'{{\n "machine": {json.dumps(data["machine"])},\n "results": {{\n'
            + ",\n".join(figures) + "\n },\n \"targets\": [\n  " +
            ",\n  ".join(map(json.dumps, met)) + "\n ]\n}\n")


def machine_text(data):
    m = data["machine"]
    quiet = "" if m["idle_percent"] >= 90 else (
        " **The machine was not quiet**: rates and latencies scatter, and are "
        "a share of what it gives alone.")
    return (f"{m['cores']} cores, {m['cpu']}, Linux {m['kernel']}; "
            f"{m['idle_percent']:.0f} % idle before the run.{quiet} "
            f"{m['date']}, tree {m['tree']}, {m['took_s']:,} s for all. "
            "Medians of alternating rounds, each table says of how many; a row "
            "with fewer has their number behind its name; ±% is half the range "
            "of its first column.\n\nPeers: " +
            ", ".join(f"{k} {v}" for k, v in m["packages"].items()) + ".\n")


SECTIONS = ("machine", "targets", "growth", "calls", "sizes", "tables")


def sections(data, names):
    pictures = "".join(f"![{n}]({n})\n" for n in names)
    return {
        "machine": machine_text(data),
        "targets": markdown(targets_table(data)),
        "growth": pictures + "\n" + markdown(growth_table(data)),
        "calls": markdown(calls_table(data)),
        "sizes": markdown(sizes_table(data)),
        "tables": "\n".join(map(markdown, every_table(data))),
    }


def between(name):
    """The generated part of a page, with its marks."""
    return re.compile(f"(<!-- bench: {name} -->\n).*?(<!-- end -->\n)", re.S)


def check_page(path):
    with open(path) as f:
        page = f.read()
    for name in SECTIONS:
        if len(between(name).findall(page)) != 1:
            raise SystemExit(f"bench: {path} has no place for {name}: "
                             f"<!-- bench: {name} --> ... <!-- end -->")


def document(data, path):
    folder = os.path.dirname(path)
    made = sections(data, charts.draw(data, folder))
    with open(path) as f:
        page = f.read()
    for name in SECTIONS:
        # A function, as figures may have backslashes.
        page = between(name).sub(
            lambda m: m[1] + made[name] + m[2], page)
    with open(path, "w") as f:
        f.write(page)
    with open(os.path.splitext(path)[0] + ".json", "w") as f:
        f.write(as_json(data))
