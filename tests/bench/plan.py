"""plan - a figure, and how a budget of time is divided among all of them."""

import contextlib
import time

ROUNDS, SHORTEST, LONGEST = 5, 0.05, 2.0
# What load time leaves of the budget, so that estimates that were too low cost
# the last figures no round.
RESERVE = 0.04


class Figure:
    """A table: its rows, and how one sample of a row is taken.

    sample(row, seconds) returns a dict or raises Failed. `fixed` is what a
    sample costs besides the load it lasts, `loads` how much of the load's
    time it takes (0: its length is its own), `weight` how many times longer
    than others' a load is (a target hangs on it, or only a chart), `once` says
    of a row that one round must do.
    """

    def __init__(self, name, rows, sample, **how):
        self.name, self.rows, self.sample = name, list(rows), sample
        self.fixed = how.get("fixed", 0.18)
        self.loads = how.get("loads", 1)
        self.weight = how.get("weight", 1)
        self.once = how.get("once", lambda row: False)
        # What lasts as long as the figure: entered before its first sample.
        self.around = how.get("around", contextlib.nullcontext)
        self.setup = how.get("setup", 0)

    def samples(self, rounds):
        """How many there are, those of one round counted once."""
        return sum(1 if self.once(r) else rounds for r in self.rows)

    def cost(self, rounds, seconds, scale):
        n = self.samples(rounds)
        return scale * (self.setup + n * self.fixed) + \
            n * self.loads * self.weight * seconds


class Plan:
    """Divides what is left of the budget among the figures that are left.

    Load time is the same for all of a weight; what samples cost besides is
    estimated, and the estimate is corrected by what the figures so far really
    took.
    """

    def __init__(self, figures, budget, rounds=ROUNDS):
        self.left, self.rounds = list(figures), rounds
        self.start, self.budget = time.monotonic(), budget
        self.scale, self.estimated, self.spent = 1.0, 0.0, 0.0

    def elapsed(self):
        return time.monotonic() - self.start

    def fits(self, rounds, seconds, reserve=0.0):
        return sum(f.cost(rounds, seconds, self.scale) for f in self.left) <= \
            self.budget * (1 - reserve) - self.elapsed()

    def next(self):
        """How many rounds the next figure gets, of how many seconds at a
        weight of 1."""
        rounds = next((r for r in range(self.rounds, 1, -1)
                       if self.fits(r, SHORTEST)), 1)
        low, high = SHORTEST, LONGEST
        while high - low > 0.005:
            middle = (low + high) / 2
            low, high = (middle, high) \
                if self.fits(rounds, middle, RESERVE) else (low, middle)
        return rounds, round(low, 3)

    def done(self, figure, took, rounds, seconds):
        self.left.remove(figure)
        self.estimated += figure.cost(rounds, 0, 1.0)
        self.spent += max(0.0, took - figure.cost(rounds, seconds, 0.0))
        # A few figures say little: begin with the estimate's own weight.
        self.scale = (20 + self.spent) / (20 + self.estimated)
