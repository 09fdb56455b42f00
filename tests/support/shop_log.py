"""The log of a small shop: orders that are cut, some drilled, checked and packed, as its people might write it."""

from __future__ import annotations

import csv
import sys
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

HEADER = ("order", "operation", "person", "begin", "finish", "good", "bad", "kind")

MAPPING = """\
columns:
  {order: order, station: operation, worker: person, start: begin, end: finish, done: good, rejected: bad}
kind: {column: kind, setup: [setup], production: [work], breakdown: [repair]}
checks: [check]
finish: [pack]
inspection: [check]
clock: {ahead: 0 h}
"""

MONDAY = datetime(2024, 1, 1)  # noqa: DTZ001 -- a log's own clock knows no zone
OPENS, HOURS, DAYS = 6, 16.0, 5
"""Two shifts, 06:00 to 22:00, Monday to Friday."""

MACHINES = {"Cut": 2, "Drill": 1, "Check": 1, "Pack": 1}


class Report(NamedTuple):
    """A report of work: times in hours of working time since the first Monday 06:00."""

    order: str
    operation: str
    person: str
    begin: float
    finish: float
    good: int
    bad: int
    kind: str


def clock(worked: float, *, end: bool) -> datetime:
    """Return when so many hours of working time have passed: of an end, the close of a shift, not the next opening."""
    day, rest = divmod(worked, HOURS)
    if end and rest == 0 and day:
        day, rest = day - 1, HOURS
    week, weekday = divmod(int(day), DAYS)
    return MONDAY + timedelta(days=7 * week + weekday, hours=OPENS + rest)


def reports(orders: int = 60, seed: int = 1) -> list[Report]:
    """Let orders pass the shop, each lot at the machine of a station that is free first."""
    rng = np.random.default_rng(seed)
    release = np.cumsum(rng.exponential(5.0, orders))
    free = {station: [0.0] * machines for station, machines in MACHINES.items()}
    found, ready = [], [(float(release[i]), i, 0) for i in range(orders)]
    pieces = rng.integers(5, 60, orders)
    ways = [("Cut", *(("Drill",) if rng.random() < 0.6 else ()), "Check", "Pack") for _ in range(orders)]
    while ready:
        now, i, step = min(ready)
        ready.remove((now, i, step))
        station, many = ways[i][step], int(pieces[i])
        machine = int(np.argmin(free[station]))
        begin, name = max(now, free[station][machine]), f"{station} {machine + 1}"
        if station == "Cut":
            set_up = begin + round(float(rng.uniform(0.3, 0.9)), 2)
            found += _by_shift(Report(f"A{i + 1:03d}", station, name, begin, set_up, 0, 0, "setup"))
            begin = set_up
        hours = {"Cut": 0.09 * many, "Drill": 0.06 * many, "Check": 1.0 + 0.02 * many, "Pack": 0.5}[station]
        finish = begin + round(hours * float(rng.gamma(6.0, 1 / 6.0)) + 0.1, 2)
        bad = int(rng.binomial(many, 0.02)) if station == "Check" else 0
        pieces[i] -= bad
        found += _by_shift(Report(f"A{i + 1:03d}", station, name, begin, finish, many - bad, bad, "work"))
        free[station][machine] = finish
        if step + 1 < len(ways[i]):
            ready.append((finish, i, step + 1))
    return found


def _by_shift(report: Report) -> list[Report]:
    """Cut a report where shifts end; the pieces are counted when the lot is done."""
    edges = [report.begin, *np.arange(report.begin // HOURS + 1, report.finish // HOURS + 1) * HOURS, report.finish]
    spans = [(float(a), float(b)) for a, b in pairwise(edges) if b > a]
    parts = [report._replace(begin=begin, finish=finish, good=0, bad=0) for begin, finish in spans]
    return [*parts[:-1], parts[-1]._replace(good=report.good, bad=report.bad)]


def rows(orders: int = 60, seed: int = 1) -> list[tuple[str, ...]]:
    """Return the log's rows, sorted by time."""
    return [
        (
            report.order, report.operation, report.person, f"{clock(report.begin, end=False):%Y-%m-%d %H:%M}",
            f"{clock(report.finish, end=True):%Y-%m-%d %H:%M}", str(report.good), str(report.bad), report.kind,
        )
        for report in sorted(reports(orders, seed), key=lambda each: (each.begin, each.order))
    ]  # fmt: skip


def write_log(path: Path, orders: int = 60, *more: tuple[str, ...], seed: int = 1) -> Path:
    """Write the log, with further rows at its end."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEADER, *rows(orders, seed), *more])
    return path


if __name__ == "__main__":
    write_log(Path(sys.argv[1]))
