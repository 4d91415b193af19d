"""bench - every figure, ours beside the peers, in alternating rounds.

usage: tests/bench/run [--seconds S] [--rounds N] [--figure RE] [--server RE]
       [--most N] [--herd N] [--doc FILE] [--again]
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import time

import figures
import machine
import measure
import plan
import processes
import report
import servers


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("--out", required=True)
    p.add_argument("--seconds", type=float, default=1000,
                   help="what the whole run may take (1000)")
    p.add_argument("--rounds", type=int, default=plan.ROUNDS)
    p.add_argument("--most", type=int, default=10000,
                   help="connections held at the most (10000)")
    p.add_argument("--herd", type=int, default=30000,
                   help="processes and orphans at the most (30000)")
    p.add_argument("--figure", default=".", help="only figures that match")
    p.add_argument("--server", default=".", help="only rows that match")
    p.add_argument("--doc", help="put the figures into this page, the charts "
                   "and the JSON beside it")
    p.add_argument("--again", action="store_true",
                   help="measure nothing: report what the last run kept")
    args = p.parse_args()
    args.box = os.path.join(os.path.dirname(args.out), "echobox")
    args.kept = os.path.join(args.out, "results.json")
    return args


def descriptors(n=65536):
    """What holds 10,000 connections needs as many, and so does its client."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (n, max(n, most)))
    except (ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def note(text):
    print(text, file=sys.stderr, flush=True)


class Run:
    """Takes the samples, and keeps them."""

    def __init__(self, args):
        self.args, self.results = args, {}
        self.data = {"machine": machine.describe(args) | {"took_s": 0},
                     "results": self.results}
        note(f"the machine is {self.data['machine']['idle_percent']:.0f} % idle")
        wanted = [f for f in figures.every(args) + processes.every(args)
                  if re.search(args.figure, f.name)]
        self.plan = plan.Plan(wanted, args.seconds, args.rounds)

    def sample(self, figure, row, seconds):
        """One sample; a failure is kept as its reason, the run goes on."""
        kept = self.results[figure.name][row.name]
        # What failed twice is not asked again: it may cost a time limit each.
        if len(kept.get("failed", ())) > 1:
            return
        try:
            got = figure.sample(row, seconds)
        except (measure.Failed, OSError, ValueError, KeyError,
                subprocess.SubprocessError) as e:
            note(f"    {row.name}: {e}")
            kept.setdefault("failed", []).append(str(e)[-100:])
            return
        for key, value in got.items():
            kept.setdefault(key, []).append(value)

    def rounds(self, figure, rounds, seconds):
        for number in range(rounds):
            # Every other round backwards: none always comes after the same.
            for row in figure.rows[::-1 if number % 2 else 1]:
                if number == 0 or not figure.once(row):
                    self.sample(figure, row, seconds)

    def figure(self, figure):
        rounds, seconds = self.plan.next()
        begin = time.monotonic()
        note(f"{self.plan.elapsed():5.0f} s  {len(self.plan.left):2} to go  "
             f"{figure.name}: {rounds} rounds of {len(figure.rows)}" +
             (f", {seconds * figure.weight:.2f} s each" if figure.loads else ""))
        self.results[figure.name] = {row.name: {} for row in figure.rows}
        try:
            with figure.around():
                self.rounds(figure, rounds, seconds * figure.weight)
        except measure.Failed as e:
            note(f"    {e}")
            for row in self.results[figure.name].values():
                row.setdefault("failed", []).append(str(e))
        self.plan.done(figure, time.monotonic() - begin, rounds, seconds)

    def all(self):
        """What is measured is kept at once: an end too early loses little."""
        for figure in list(self.plan.left):
            self.figure(figure)
            self.data["machine"]["took_s"] = round(self.plan.elapsed())
            with open(self.args.kept, "w") as f:
                f.write(report.as_json(self.data))
        return self.data


def measured(args):
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["ip", "address", "add", f"{servers.OTHER}/32", "dev", "lo"],
                   check=True)
    descriptors()
    try:
        data = Run(args).all()
    finally:
        measure.CPU.remove()
        measure.MEMORY.remove()
    note(f"{data['machine']['took_s']} s; all samples are in {args.kept}")
    return data


def main():
    args = arguments()
    if "ECHOBOX_BENCH" not in os.environ or os.getpid() != 1:
        sys.exit("bench: start me by tests/bench/run")
    if args.doc:
        report.check_page(args.doc)  # now, not after twenty minutes
    if args.again:
        with open(args.kept) as f:
            data = json.load(f)
    else:
        data = measured(args)
    print(report.text(data))
    if args.doc:
        report.document(data, args.doc)


if __name__ == "__main__":
    main()
