"""charts - SVG by gnuplot."""

import os
import shutil
import subprocess

import samples

HEAD = """set terminal svg size 900,{height} font "sans,12" background "white"
set output "{path}"
"""
BARS = (
    ("connections/s, 16 at once", "per_s",
     "connections.svg", "connections a second, 16 at once"),
    ("bulk, one connection", "cpu_s_per_gb", "bulk.svg",
     "server CPU seconds per GB echoed"),
)


def plot(script, path):
    done = subprocess.run(["gnuplot"], input=script, text=True,
                          capture_output=True)
    if done.returncode != 0:
        raise SystemExit(f"gnuplot: {done.stderr[-300:]}")
    return path


def bars(data, figure, key, path, label):
    rows = data["results"].get(figure, {})
    pairs = sorted((samples.median(row, key), name) for name, row in rows.items()
                   if samples.median(row, key) is not None)
    if not pairs:
        return None
    body = "".join(f'{i} {v} "{name}"\n' for i, (v, name) in enumerate(pairs))
    return plot(HEAD.format(height=120 + 26 * len(pairs), path=path) +
                f'set title "{label}"\nset key off\nset style fill solid 0.6\n'
                "set grid x\nset xrange [0:*]\n"
                f"set yrange [-0.7:{len(pairs) - 0.3}]\n"
                "$d << E\n" + body + "E\n"
                "plot $d using ($2/2):1:($2/2):(0.35):ytic(3) with boxxyerror\n",
                path)


def lines(series, path, label, xlabel, each):
    """A line a row, both axes logarithmic, the exponent in its title."""
    if not series:
        return None
    # Two empty lines end what gnuplot calls an index.
    blocks = "\n\n\n".join("\n".join(f"{x} {y}" for x, y in points)
                         for points in series.values())
    curves = ", ".join(
        f'$d index {i} with linespoints lw 2 title '
        f'"{name}: N^{{{samples.exponent(points) + each:.2f}}}"'
        for i, (name, points) in enumerate(series.items()))
    return plot(HEAD.format(height=480, path=path) +
                f'set title "{label}"\nset xlabel "{xlabel}"\n'
                'set ylabel "us"\n'
                "set logscale xy\nset grid\nset key outside right\n"
                "$d << E\n" + blocks + "\nE\nplot " + curves + "\n", path)


def draw(data, folder):
    """All charts for which there are figures; their names."""
    if shutil.which("gnuplot") is None:
        return []
    made = [bars(data, figure, key, os.path.join(folder, name), label)
            for figure, key, name, label in BARS]
    for name, pattern, key, label, each in samples.SERIES:
        made.append(lines(samples.series(data, pattern, key),
                          os.path.join(folder, f"growth-{name}.svg"),
                          label + (", divided by N" if each else ""),
                          f"N: {name}", each))
    return [os.path.basename(path) for path in made if path]
