"""bench - every figure, ours beside the peers, in alternating rounds.

usage: tests/bench/run [--rounds N] [--seconds S] [--figure RE] [--server RE]
       [--quick] [--add] [--doc FILE]
"""

import argparse
import json
import os
import re
import subprocess
import sys

import figures
import measure
import processes
import report
import servers


class Context:
    """What a sample needs to know."""

    def __init__(self, args):
        self.out, self.seconds = args.out, args.seconds
        self.box = os.path.join(os.path.dirname(args.out), "echobox")
        self.rate, self.most = args.rate, args.most


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("--out", required=True)
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--seconds", type=float, default=1.0)
    p.add_argument("--rate", type=int, default=1000,
                   help="paced connections a second")
    p.add_argument("--most", type=int, default=10000,
                   help="connections and processes at the most, by three")
    p.add_argument("--herd", type=int, default=30000)
    p.add_argument("--figure", default=".")
    p.add_argument("--server", default=".")
    p.add_argument("--quick", action="store_true")
    p.add_argument("--add", action="store_true",
                   help="to the samples of an earlier run")
    p.add_argument("--doc", help="write docs/benchmarks.md here")
    args = p.parse_args()
    if args.quick:
        args.rounds, args.seconds = 1, 0.4
        args.most, args.herd = 2000, 2000
    return args


def note(text):
    print(text, file=sys.stderr, flush=True)


def sample(results, figure, context, server):
    """One sample into the results; a failure is kept as its reason."""
    row = results.setdefault(figure.name, {}).setdefault(server.name, {})
    try:
        got = figure.sample(context, server)
    except measure.Failed as e:
        note(f"  {server.name}: {e}")
        row.setdefault("failed", []).append(str(e))
        return
    for key, value in got.items():
        row.setdefault(key, []).append(value)


def rounds(args, context, results):
    rows = [s for s in servers.every(context.box, args.out)
            if re.search(args.server, s.name)]
    todo = [f for f in figures.every(context) + figures.growth(context)
            if re.search(args.figure, f.name)]
    herd = [f for f in processes.every(context, args.herd)
            if re.search(args.figure, f.name)]
    for number in range(args.rounds):
        for figure in todo:
            note(f"round {number + 1}/{args.rounds}: {figure.name}")
            for server in rows:
                if figure.fits(server):
                    sample(results, figure, context, server)
        for figure in herd:
            note(f"round {number + 1}/{args.rounds}: {figure.name}")
            figure.round(lambda f, s: sample(results, f, context, s),
                         args.server)


def main():
    args = arguments()
    if os.environ.get("ECHOBOX_BENCH") != "inside" or os.getpid() != 1:
        sys.exit("bench: start me by tests/bench/run")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["ip", "address", "add", f"{servers.OTHER}/32", "dev", "lo"],
                   check=True)
    context, results = Context(args), {}
    path = os.path.join(args.out, "results.json")
    if args.add:
        with open(path) as f:
            results = json.load(f)["results"]
    try:
        rounds(args, context, results)
    finally:
        measure.CPU.remove()
        measure.MEMORY.remove()
    data = {"machine": report.machine(context), "rounds": args.rounds,
            "seconds": args.seconds, "results": results}
    with open(path, "w") as f:
        json.dump(data, f, indent=1)
    print(report.text(data))
    report.charts(data, args.out)
    if args.doc:
        report.document(data, args.out, args.doc)


if __name__ == "__main__":
    main()
