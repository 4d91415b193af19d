"""samples - the figures of a run, looked up and summed up."""

import math
import re
import statistics

# Above this exponent a cost grows worse than in proportion; what is below may
# be scatter. Taken over the last two decades, where constants are small.
LINEAR = 1.1
SERIES = (
    ("connections", r"(?:round trips/s|held), (\d+) x 64 B", "cpu_us_each",
     "server CPU of a round trip on each of N connections", True),
    ("size", r"round trips/s, 1 x (\d+) B", "cpu_us_each",
     "server CPU of a round trip of N bytes", False),
    ("processes", r"finding zombies among (\d+)", "cpu_us",
     "CPU of finding the zombies among N processes", False),
)


def median(row, key):
    values = (row or {}).get(key)
    return statistics.median(values) if values else None


def spread(row, key):
    """Half the range, in percent of the median."""
    values, middle = row.get(key), median(row, key)
    if not values or len(values) < 2 or not middle:
        return None
    return 50 * (max(values) - min(values)) / middle


def value(data, figure, row, key):
    return median(data["results"].get(figure, {}).get(row), key)


OURS = ("echod", "baseline", "zombiewatch", "no ")


def peers(data, figure, key):
    """(median, name) of each peer that has the figure."""
    found = []
    for name, row in data["results"].get(figure, {}).items():
        v = median(row, key)
        if v is not None and not name.startswith(OURS):
            found.append((v, name))
    return sorted(found)


def series(data, pattern, key):
    """name -> sorted [(N, median)] over the number in the figures' names.

    Peers that are servers have points enough for a comparison, not for a line,
    nor has a variant that was left out of the steps between.
    """
    found = {}
    for figure, rows in data["results"].items():
        match = re.fullmatch(pattern, figure)
        for name, row in rows.items() if match else ():
            if median(row, key) and (figure.startswith("finding") or
                                     name.startswith(OURS)):
                found.setdefault(name, []).append(
                    (int(match[1]), median(row, key)))
    most = max(map(len, found.values()), default=0)
    return {n: sorted(p) for n, p in found.items()
            if len(p) > 2 and len(p) >= most - 1}


def exponent(points):
    """The k of a cost that grows as N^k: least squares of the logarithms."""
    most = points[-1][0]
    logs = [(math.log(x), math.log(y)) for x, y in points if x * 100 >= most]
    if len(logs) < 3:
        logs = [(math.log(x), math.log(y)) for x, y in points[-3:]]
    mx = sum(x for x, _ in logs) / len(logs)
    my = sum(y for _, y in logs) / len(logs)
    return sum((x - mx) * (y - my) for x, y in logs) / \
        sum((x - mx) ** 2 for x, _ in logs)


def growth(data):
    """(name of the series, label, row, exponent of the whole cost)."""
    for name, pattern, key, label, each in SERIES:
        for row, points in series(data, pattern, key).items():
            yield name, label, row, exponent(points) + each
