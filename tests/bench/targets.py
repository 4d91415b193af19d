"""targets - what issue 7 asks for, as ratios inside one run."""

import samples

FORK, EVENT, PREFORK = "echod fork", "echod event", "echod prefork"
CHURN, HALF = "connections/s, 16 at once", "first byte, cores idle half of the time"
TRIPS, BULK = "round trips/s, 50 x 64 B", "bulk, one connection"


def number(v):
    return f"{v:,.0f}" if abs(v) >= 1000 else f"{v:.3g}"


class Line:
    """One line: what is measured against which limit, and both figures."""

    def __init__(self, target, limit, measured, detail):
        self.target, self.limit = target, limit
        self.measured, self.detail = measured, detail

    def verdict(self):
        if self.measured is None:
            return "not measured"
        sign, bound = self.limit[:2], float(self.limit[2:].split()[0]
                                            .replace(",", ""))
        met = self.measured >= bound if sign == ">=" else self.measured <= bound
        return "yes" if met else "NO"

    def cells(self):
        shown = "-" if self.measured is None else number(self.measured)
        return [self.target, self.limit, shown, self.verdict(), self.detail]


class Targets:
    def __init__(self, data):
        self.data = data

    def value(self, figure, row, key):
        return samples.value(self.data, figure, row, key)

    def ratio(self, target, limit, figure, key, ours, other):
        """Ours by theirs; other is a row, or "most" / "least" of the peers."""
        mine = self.value(figure, ours, key)
        if other in ("most", "least"):
            found = self.peers(figure, key)
            other = (found[-1] if other == "most" else found[0])[1] if found \
                else "no peer"
        theirs = self.value(figure, other, key)
        measured = None if mine is None or not theirs else mine / theirs
        detail = f"{ours} {number(mine)}, {other} {number(theirs)}" \
            if measured is not None else other if other == "no peer" else ""
        return Line(target, limit, measured, detail)

    def peers(self, figure, key):
        """Those that lose many datagrams spend their time waiting."""
        lost = lambda name: self.value(figure, name, "lost_percent") or 0
        return [p for p in samples.peers(self.data, figure, key)
                if lost(p[1]) < 5]

    def absolute(self, target, limit, figure, row, key, unit=""):
        return Line(target, limit, self.value(figure, row, key), unit)

    def fork(self):
        yield self.ratio("fork: connections/s, of the best forking peer's",
                         ">= 4", CHURN, "per_s", FORK, "most")
        yield self.ratio("fork: connections/s, of `single`'s", ">= 0.75",
                         CHURN, "per_s", FORK, "echod single")

    def prefork(self):
        idle = self.value(HALF, PREFORK + " -r 1", "idle_percent")
        rate = self.value(HALF, PREFORK + " -r 1", "rate")
        line = self.ratio("prefork -r 1: first byte p50, of `event`'s",
                          "<= 1.15", HALF, "first_byte_p50_us",
                          PREFORK + " -r 1", EVENT)
        if line.measured is not None:
            p99 = self.value(HALF, PREFORK + " -r 1", "first_byte_p99_us")
            other = self.value(HALF, EVENT, "first_byte_p99_us")
            line.detail += (f" us; p99 {p99:,.0f} and {other:,.0f}; at "
                            f"{rate:,.0f}/s, cores {idle:.0f} % idle")
            if not 40 <= idle <= 60:
                line.detail += ": NOT the half that the target asks for"
        yield line

    def event(self):
        for name, limit, row in (("event", ">= 0.97", EVENT),
                                 ("prefork", ">= 0.85", PREFORK)):
            for figure in (CHURN, TRIPS):
                yield self.ratio(f"{name}: {figure}, of the epoll baseline's",
                                 limit, figure, "per_s", row, "baseline epoll")

    def bulk(self):
        for row in (FORK, EVENT):
            yield self.ratio(f"bulk, {row}: server CPU a GB, of the best peer's",
                             "<= 0.4", BULK, "cpu_s_per_gb", row, "least")
            yield self.ratio(f"bulk, {row}: GB/s, of the best peer's", ">= 1",
                             BULK, "gb_per_s", row, "most")
        yield self.ratio("bulk, echod fork: the system's CPU a GB, of the best "
                         "peer's", "<= 1", BULK, "system_cpu_s_per_gb", FORK,
                         "least")
        for size in (64, 1024):
            figure = f"round trips/s, 1 x {size} B"
            yield self.ratio(f"small messages no worse: CPU of {size} B, of "
                             "the forking baseline's", "<= 1.05", figure,
                             "cpu_us_each", FORK, "baseline forker")

    def udp(self):
        for size in (64, 1400):
            figure = f"datagrams/s, {size} B, 64 under way"
            yield self.ratio(f"UDP {size} B: server CPU a packet, of the best "
                             "peer's", "<= 0.6", figure, "cpu_us_each",
                             "echod udp", "least")
            yield self.ratio(f"UDP {size} B: packets/s, of the best peer's",
                             ">= 1", figure, "per_s", "echod udp", "most")
            yield self.absolute(f"UDP {size} B: lost, percent (no more than "
                                "the best peer's)", "<= " + str(min(
                                    (v for v, _ in samples.peers(
                                        self.data, figure, "lost_percent")),
                                    default=0)),
                                figure, "echod udp", "lost_percent")

    def memory(self):
        held = sorted((int(f.split()[1]), f) for f in self.data["results"]
                      if f.startswith("held"))
        for _, figure in held:
            for row, limit in ((FORK, "<= 8192"), (EVENT, "<= 512")):
                yield self.absolute(f"{row}, {figure}: Pss_Anon of an idle "
                                    "connection", limit, figure, row,
                                    "anon_each", "bytes")
        for row in (FORK, EVENT):
            yield self.absolute(f"{row}: base memory, Pss_Anon", "<= 32768",
                                "base memory", row, "Pss_Anon", "bytes")

    def zombiewatch(self):
        herds = sorted((int(f.split()[-1]), f) for f in self.data["results"]
                       if f.startswith("finding"))
        scan = "zombiewatch -o nagios"
        for n, figure in [h for h in herds if h[0] in (500, 5000, 30000)]:
            for limit, row, other in (("<= 0.125", scan, "pgrep -r Z"),
                                      ("<= 0.667", scan, "busybox ps"),
                                      ("<= 1", "zombiewatch", "busybox ps")):
                what = "a list" if row == "zombiewatch" else "a monitoring scan"
                yield self.ratio(f"{n:,} processes: CPU of {what}, of {other}'s",
                                 limit, figure, "cpu_us", row, other)
        for n, figure in herds[-1:]:
            yield self.absolute(f"{n:,} processes: resident KB", "<= 256",
                                figure, scan, "rss_kb")

    def init(self):
        for figure in self.data["results"]:
            if figure.startswith("an init before"):
                yield self.ratio(f"{figure}: time, of the best init's", "<= 1",
                                 figure, "gone_us", "zombiewatch -r", "least")
                yield self.absolute("an idle init's wake-ups a second", "<= 0",
                                    figure, "zombiewatch -r", "wakes_per_s")

    def size(self):
        sizes = self.data["machine"]["binaries"]
        for name, limit in (("echobox, tiny", "<= 24,576"),
                            ("echobox", "<= 131,072")):
            yield Line(f"size of {name}", limit,
                       sizes.get(name, {}).get("bytes"), "bytes")
        for row in (FORK, EVENT):
            yield self.absolute(f"{row}: exec to ready, beyond fork and exec",
                                "<= 1000", "exec to ready", row, "beyond_us",
                                "us")

    def lines(self):
        for part in (self.fork, self.prefork, self.event, self.bulk, self.udp,
                     self.memory, self.zombiewatch, self.init, self.size):
            yield from part()
