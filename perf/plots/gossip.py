#!/usr/bin/env python3
"""Draws the measurements of the gossip simulator and prints their tables.

    gossip.py measurements.csv plot.png

Needs nothing but matplotlib (Debian: python3-matplotlib). The tables come as Markdown, medians over the seeds.
"""
import csv
import math
import statistics
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402  (the backend comes first)

PROBE_INTERVAL_S = 1.0
SUSPICION_MULT = 4
GOSSIP_INTERVAL_S = 0.2
GOSSIP_NODES = 3
COLOURS = {"on": "tab:blue", "off": "tab:red"}
MARKERS = {100: "o", 1000: "s", 10000: "^"}


def suspicion_min(n):
    """Shortest suspicion of a pool of n; the factor is cut to three decimals."""
    return SUSPICION_MULT * int(max(1.0, math.log10(n)) * 1000) / 1000 * PROBE_INTERVAL_S


def detection(n):
    """First declaration, median: probes of a member come at random, one per interval on average, each takes one interval
    to fail, and then the suspicion runs out."""
    return (math.log(2) + 1) * PROBE_INTERVAL_S + suspicion_min(n)


def spread(n, share):
    """Logistic growth at GOSSIP_NODES copies per interval and teller; for everybody, until less than one is left out."""
    rate = GOSSIP_NODES / GOSSIP_INTERVAL_S
    odds = n - 1 if share >= 1 else share / (1 - share)
    return (math.log(n - 1) + math.log(odds)) / rate


def exchange_interval(n):
    """Pause between a node's state exchanges."""
    return 30.0 * (1 if n <= 32 else math.ceil(math.log2(n) - 5) + 1)


class Table:
    """The measurements, grouped by size, share of slow members and Lifeguard."""

    def __init__(self, path):
        self.groups = {}
        with open(path, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                key = (int(row["nodes"]), float(row["slow_percent"]), row["lifeguard"])
                self.groups.setdefault(key, []).append(row)

    def sizes(self):
        return sorted({key[0] for key in self.groups})

    def shares(self, n=None):
        return sorted({key[1] for key in self.groups if n in (None, key[0])})

    def has(self, n, slow, lifeguard):
        return (n, slow, lifeguard) in self.groups

    def median(self, n, slow, lifeguard, column):
        values = [float(row[column]) for row in self.groups[n, slow, lifeguard] if row[column]]
        return statistics.median(values) if values else math.nan

    def curve(self, slow, lifeguard, column):
        sizes = [n for n in self.sizes() if self.has(n, slow, lifeguard)]
        return sizes, [self.median(n, slow, lifeguard, column) for n in sizes]

    def false_share(self, n, slow, lifeguard):
        """Percent of the members that were well and were declared failed all the same."""
        well = n - round(n * slow / 100)
        return 100 * self.median(n, slow, lifeguard, "false_healthy_members") / well


def draw(table, path):
    figure, axes = plt.subplots(2, 2, figsize=(12, 9))
    draw_detection(axes[0][0], table)
    draw_false(axes[0][1], table)
    draw_event(axes[1][0], table)
    draw_bytes(axes[1][1], table)
    figure.suptitle("Gossip pools in simulation, Consul's LAN settings")
    figure.tight_layout()
    # Nothing in the file but the picture: the same measurements give the same bytes.
    figure.savefig(path, dpi=100, metadata={"Software": None})


def draw_detection(axis, table):
    for lifeguard, colour in COLOURS.items():
        for column, style, what in (("detect_first_s", "-", "first"), ("detect_99_s", "--", "99 % of members")):
            sizes, values = table.curve(0.0, lifeguard, column)
            axis.plot(sizes, values, style, color=colour, marker="o", label=f"{what}, Lifeguard {lifeguard}")
    sizes = [100, 300, 1000, 3000, 10000]
    axis.plot(sizes, [detection(n) for n in sizes], ":", color="black", label="expected first")
    axis.plot(sizes, [suspicion_min(n) for n in sizes], "-.", color="grey", label="shortest suspicion")
    finish(axis, "Time until a crash is declared, no slow members", "members", "seconds")
    axis.set_ylim(bottom=0)


def draw_false(axis, table):
    for lifeguard, colour in COLOURS.items():
        for n in table.sizes():
            shares = [s for s in table.shares(n) if table.has(n, s, lifeguard)]
            values = [table.false_share(n, s, lifeguard) for s in shares]
            axis.plot(shares, values, color=colour, marker=MARKERS.get(n, "x"), label=f"{n} members, Lifeguard {lifeguard}")
    axis.set_xscale("symlog", linthresh=0.1)
    axis.set_xticks([s for s in table.shares()], [f"{s:g}" for s in table.shares()])
    axis.set_ylim(-3, 103)
    axis.set_title("Healthy members declared failed")
    axis.set_xlabel("slow members, %")
    axis.set_ylabel("% of the healthy members")
    axis.grid(True, alpha=0.3)
    axis.legend(fontsize=8)


def draw_event(axis, table):
    for column, style, what in (("event_99_s", "--", "99 %"), ("event_100_s", "-", "everybody")):
        for slow, colour in zip((0.0, 1.0), ("tab:blue", "tab:orange")):
            sizes, values = table.curve(slow, "on", column)
            axis.plot(sizes, values, style, color=colour, marker="o", label=f"{what}, {slow:g} % slow")
    sizes = [100, 300, 1000, 3000, 10000]
    axis.plot(sizes, [spread(n, 1) for n in sizes], ":", color="black", label="logistic growth, everybody")
    axis.plot(sizes, [spread(n, 0.99) for n in sizes], ":", color="grey", label="logistic growth, 99 %")
    finish(axis, "Time until an event is heard by the members that are well", "members", "seconds")
    axis.set_ylim(bottom=0)


def draw_bytes(axis, table):
    for lifeguard, style in (("on", "-"), ("off", "--")):
        for number, slow in enumerate(table.shares()):
            sizes, values = table.curve(slow, lifeguard, "bytes_per_node_s_all")
            if sizes:
                axis.plot(sizes, values, style, color=f"C{number}", marker="o", label=f"{slow:g} % slow, Lifeguard {lifeguard}")
    axis.set_yscale("log")
    finish(axis, "Datagram payload sent per node", "members", "bytes per second")


def finish(axis, title, x, y):
    axis.set_xscale("log")
    axis.set_title(title)
    axis.set_xlabel(x)
    axis.set_ylabel(y)
    axis.grid(True, which="both", alpha=0.3)
    axis.legend(fontsize=8)


def print_tables(table):
    print("| members | slow | Lifeguard | seeds | first | half | 99 % | all | missed | healthy declared failed | notices of it "
          "| refutations |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    for (n, slow, lifeguard), rows in ordered(table):
        cells = [table.median(n, slow, lifeguard, c) for c in ("detect_first_s", "detect_50_s", "detect_99_s", "detect_100_s")]
        counts = [f"{table.median(n, slow, lifeguard, c):.0f}"
                  for c in ("undetected", "false_healthy_members", "false_healthy_notices", "refutations")]
        print(f"| {n} | {slow:g} % | {lifeguard} | {len(rows)} | " + " | ".join(f"{c:.1f}" for c in cells)
              + " | " + " | ".join(counts) + " |")
    print()
    print("| members | slow | 99 % | all | expected 99 % | expected all |")
    print("|---|---|---|---|---|---|")
    for (n, slow, lifeguard), _ in ordered(table):
        if lifeguard == "on":
            times = [table.median(n, slow, lifeguard, c) for c in ("event_99_s", "event_100_s")]
            print(f"| {n} | {slow:g} % | " + " | ".join(f"{t:.2f}" for t in times + [spread(n, 0.99), spread(n, 1)]) + " |")
    print()
    print("| members | slow | Lifeguard | packets/s | bytes/s | bytes/s before any event | one state exchange | exchanges, bytes/s |")
    print("|---|---|---|---|---|---|---|---|")
    for (n, slow, lifeguard), _ in ordered(table):
        get = [table.median(n, slow, lifeguard, c)
               for c in ("packets_per_node_s", "bytes_per_node_s_all", "bytes_per_node_s_quiet", "bytes_per_exchange")]
        print(f"| {n} | {slow:g} % | {lifeguard} | {get[0]:.1f} | {get[1]:.0f} | {get[2]:.0f} | {get[3] / 1000:.1f} kB "
              f"| {get[3] / exchange_interval(n):.0f} |")
    print()
    print("| members | shortest suspicion | expected first | measured first |")
    print("|---|---|---|---|")
    for n in table.sizes():
        print(f"| {n} | {suspicion_min(n):.1f} | {detection(n):.1f} | {table.median(n, 0.0, 'on', 'detect_first_s'):.1f} |")


def ordered(table):
    return sorted(table.groups.items(), key=lambda item: (item[0][0], item[0][1], item[0][2] == "off"))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    table = Table(sys.argv[1])
    draw(table, sys.argv[2])
    print_tables(table)


if __name__ == "__main__":
    main()
