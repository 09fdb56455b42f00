"""A plant of known numbers, and its production log with the defects of real ones.

The plant runs under the twin's own rules; its trace is told as workers would tell it: reports of orders at operations,
split, rounded, doubled, spelt in two ways, on a clock that is ahead. `Defects` has a switch for each; with `NONE` the
log is the plain truth.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from connectors.log_mapping import LogMapping, load_mapping_text
from twin.engine import simulate
from twin.line.load import load_line_text
from twin.line.scenario import scenario
from twin.line.work_calendar import DAY, HOUR, WEEK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from twin.engine.results import Run
    from twin.line.line import Line

PLANT = """\
line: known_plant
move: order
shifts:
  times: {mon: [06:00-22:00], tue: [06:00-22:00], wed: [06:00-22:00], thu: [06:00-22:00], fri: [06:00-18:00]}
operators: {sawyer: 1, turner: 2, grinder: 1, washer: 1, inspector: 2}
source:
  orders:
    every: {gamma: {mean: 4 h, cv: 0.5}}
    pieces: {lognormal: {mean: 40, cv: 0.4}}
stations:
  sawing:
    label: Sawing
    cycle: {per_piece: {lognormal: {mean: 0.7 min, cv: 0.3}}}
    crew: {sawyer: 1}
  turning:
    label: Turning & Milling
    machines: 2
    cycle:
      by_pieces: {1: 9.5 min, 5: 21.2 min, 10: 30 min, 20: 42.4 min, 50: 67.1 min, 100: 94.9 min, 200: 134.2 min}
      spread: {gamma: {mean: 1, cv: 0.3}}
    setup: {time: {lognormal: {mean: 20 min, cv: 0.4}}, between: orders, share: 0.7, crew: {turner: 1}}
    crew: {turner: 1}
  grinding:
    label: Round Grinding
    cycle: {per_piece: {gamma: {mean: 1.2 min, cv: 0.3}}}
    crew: {grinder: 1}
  washing:
    label: Washing
    cycle: {weibull: {mean: 25 min, shape: 2}}
    crew: {washer: 1}
  inspection:
    label: Final Inspection Q.C.
    machines: 2
    kind: inspection
    cycle: {per_piece: {lognormal: {mean: 1.5 min, cv: 0.3}}}
    crew: {inspector: 1}
    scrap: 0.03
  grinding_rework:
    label: Grinding Rework
    cycle: {lognormal: {mean: 40 min, cv: 0.3}}
  packing:
    label: Packing
    machines: 2
    cycle: 5 min
route:
  - {from: sawing, to: turning}
  - {from: turning, to: grinding, delay: {gamma: {mean: 20 h, cv: 0.4}}}
  - {from: grinding, to: washing}
  - {from: grinding, to: grinding_rework, probability: 0.1}
  - {from: grinding_rework, to: washing}
  - {from: washing, to: inspection}
  - {from: inspection, to: washing, probability: 0.02, rework: true}
  - {from: inspection, to: packing}
  - {from: packing, to: out}
"""

MAPPING = """\
columns:
  order: case_id
  station: activity
  worker: worker
  start: start
  end: complete
  done: qty_completed
  rejected: qty_rejected
  review: qty_for_mrb
kind: {column: report_type, setup: [S], production: [D], breakdown: [B]}
rework: {column: rework, values: [Y], stations: [grinding_rework]}
stations:
  turning: [Turning & Milling, "SETUP     Turning & Milling"]
  grinding: [Round Grinding, Round  Grinding]
  inspection: [Final Inspection Q.C., Final Inspection]
  grinding_rework: [Grinding Rework]
  packing: [Packing]
checks: [inspection, packing]
nominal: [packing]
finish: [packing]
inspection: [inspection]
"""

HEADER = (
    "case_id", "activity", "worker", "start", "complete",
    "qty_completed", "qty_rejected", "qty_for_mrb", "report_type", "rework",
)  # fmt: skip

ALIASES = {
    "Turning & Milling": "SETUP     Turning & Milling",
    "Round Grinding": "Round  Grinding",
    "Final Inspection Q.C.": "Final Inspection",
}
MONDAY = datetime(2011, 1, 3)  # noqa: DTZ001 -- a log has no zone
NOMINAL = "packing"
SPLIT_FROM = 20 * 60.0
"""Shorter stretches of work are told in one report [s]."""


def mapping() -> LogMapping:
    return load_mapping_text(MAPPING, "known_plant.yaml")


def plant(*, turning: int = 2, orders: float = 1.0) -> Line:
    """Return the plant, with other machines at the two-machine station and so many times as many orders."""
    return changed(load_line_text(PLANT), turning=turning, orders=orders)


def changed(line: Line, *, turning: int, orders: float) -> Line:
    """Return a line with other machines at the turning station, and so many times as many orders."""
    assert line.source.orders is not None
    assert line.source.orders.every is not None
    every = line.source.orders.every
    demand = line.source.orders.model_copy(update={"every": replace(every, mean=every.mean / orders)})  # type: ignore[type-var]
    return line.model_copy(
        update={
            "source": line.source.model_copy(update={"orders": demand}),
            "stations": {**line.stations, "turning": line.stations["turning"].model_copy(update={"machines": turning})},
        }
    )


class Span(NamedTuple):
    """A stretch of a machine's work on a lot [s since the run's start]."""

    kind: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Work:
    """What a station did with a lot: `pieces` came, of which some were scrapped or sent back."""

    order: str
    station: str
    again: bool
    spans: tuple[Span, ...]
    pieces: int
    scrapped: int
    sent_back: int

    @property
    def done(self) -> int:
        return self.pieces - self.scrapped - self.sent_back


@dataclass(slots=True)
class _Machine:
    """What a machine has done with the lot on it, as the trace is read."""

    state: str = "starved"
    since: float = 0.0
    spans: list[Span] = field(default_factory=list)
    parts: list[tuple[int, str, int]] = field(default_factory=list)


def works(run: Run) -> list[Work]:
    """Return what the stations of a traced run did with its lots, in the order in which it was done."""
    machines: dict[tuple[str | None, int | None], _Machine] = {}
    order_of: dict[int, str] = {}
    again: dict[int, str] = {}  # the station that sent the pieces back, until they have passed it
    found: list[Work] = []
    released = ""
    for event in run.events or ():
        machine = machines.setdefault((event.station, event.machine), _Machine())
        if event.kind == "order" and event.fields["change"] == "released":
            released = str(event.fields["order"])
        elif event.kind == "arrival":
            order_of[int(event.fields["part"])] = released  # type: ignore[arg-type]
        elif event.kind == "part":
            of = event.fields
            if not machine.parts and machine.state in ("setup", "processing"):
                machine.spans.append(Span(machine.state, machine.since, event.time))
                machine.since = event.time
            machine.parts.append((int(of["part"]), str(of["outcome"]), int(of["pieces"])))  # type: ignore[arg-type]
        elif event.kind == "state":
            if machine.parts:
                found.append(_work(str(event.station), machine, order_of, again))
                machine.spans, machine.parts = [], []
            elif machine.state in ("setup", "processing") and event.time > machine.since:
                machine.spans.append(Span(machine.state, machine.since, event.time))
            machine.state, machine.since = str(event.fields["state"]), event.time
    return found


def _work(station: str, machine: _Machine, order_of: dict[int, str], again: dict[int, str]) -> Work:
    lot = next(part for part, *_ in reversed(machine.parts) if part in order_of)
    flagged = lot in again
    if again.get(lot) == station:
        del again[lot]
    for part, outcome, _ in machine.parts:
        order_of[part] = order_of[lot]
        if outcome == "rework":
            again[part] = station
    by = {
        wanted: sum(pieces for _, outcome, pieces in machine.parts if outcome == wanted)
        for wanted in ("good", "scrap", "rework")
    }
    spans = tuple(span for span in machine.spans if span.end > span.start)
    return Work(order_of[lot], station, flagged, spans, sum(by.values()), by["scrap"], by["rework"])


@dataclass(frozen=True, slots=True)
class Defects:
    """What is wrong with a log; the shares are of reports, or of visits where pieces are spoken of."""

    ahead: float = 0.0
    """How far its clock is ahead of the plant's [s]."""
    nominal: bool = False
    """Whether packing is stamped 07:00 to 08:00 of its day."""
    aliases: float = 0.0
    split: float = 0.0
    shared: float = 0.0
    """Reports that a second worker gives of the same time."""
    overlapping: float = 0.0
    """Reports of somebody who is at work elsewhere too."""
    doubled: float = 0.0
    """Visits to turning whose pieces are counted twice."""
    uncounted: float = 0.0
    """Visits, but those of checks, that count no piece."""
    setup_pieces: float = 0.0
    """Setups that carry pieces."""
    rejects_apart: bool = False
    """Whether rejects stand on a report of no piece."""
    breakdowns: int = 0
    instants: float = 0.0
    """Visits whose pieces stand on a report without length."""
    duplicates: float = 0.0


NONE = Defects()
ALL = Defects(
    ahead=7.0 * HOUR, nominal=True, aliases=0.3, split=0.3, shared=0.05, overlapping=0.2, doubled=0.2, uncounted=0.25,
    setup_pieces=0.05, rejects_apart=True, breakdowns=12, instants=0.05, duplicates=0.01,
)  # fmt: skip


class Report(NamedTuple):
    """A row before it is written; times [s since the run's start]."""

    order: str
    station: str
    skill: str
    start: float
    end: float
    done: int = 0
    rejected: int = 0
    kind: str = "D"
    again: bool = False


def run_of(line: Line, weeks: int, seed: int) -> Run:
    """Return a traced run of a line from its empty start."""
    return simulate(scenario(line), horizon=weeks * WEEK, seed=seed, trace=True, workers=1)[0]


def log_rows(
    line: Line, done: Iterable[Work], window: tuple[float, float], defects: Defects = ALL, seed: int = 1
) -> list[tuple[str, ...]]:
    """Return the rows of the log of a window of time [s since the run's start], with its defects."""
    random = Random(seed)  # noqa: S311 -- a log, no secrets
    reports = [report for work in done for report in _reports(line, work, defects, random)]
    if defects.breakdowns:
        _break(reports, defects.breakdowns, random)
    reports = [report for report in reports if window[0] <= report.start and report.end <= window[1]]
    reports.sort(key=lambda report: (report.start, report.end))
    rows = [
        _row(line, report, worker, defects, random)
        for report, worker in zip(reports, _workers(line, reports, defects, random), strict=True)
    ]
    return [row for row in rows for _ in range(1 + (random.random() < defects.duplicates))]


def _reports(line: Line, work: Work, defects: Defects, random: Random) -> Iterator[Report]:
    """Yield what is reported of a visit."""
    skill = next(iter(line.stations[work.station].crew), work.station)
    if work.station == NOMINAL and defects.nominal:
        day = (work.spans[-1].end + defects.ahead) // DAY * DAY - defects.ahead
        yield Report(work.order, work.station, skill, day + 7 * HOUR, day + 8 * HOUR, work.done, work.scrapped)
        return
    base = Report(work.order, work.station, skill, 0.0, 0.0, again=work.again)
    setups = [base._replace(start=s.start, end=s.end, kind="S") for s in work.spans if s.kind == "setup"]
    made = [
        base._replace(start=start, end=end)
        for span in work.spans
        if span.kind == "processing"
        for start, end in _parts(span, defects, random)
    ]
    counted = work.done
    if work.station in ("inspection", NOMINAL):
        pass
    elif random.random() < defects.uncounted:
        counted = 0
    elif work.station == "turning" and random.random() < defects.doubled:
        counted = 2 * work.done
    if setups and counted and random.random() < defects.setup_pieces:
        setups[-1] = setups[-1]._replace(done=1)
        counted -= 1
    if random.random() < defects.instants:
        made.append(base._replace(start=made[-1].end, end=made[-1].end))
    apart = defects.rejects_apart and len(made) > 1
    made[0] = made[0]._replace(rejected=work.scrapped)
    carriers = made[1:] if apart and work.scrapped else made
    shares = _shared_out(counted, len(carriers), random)
    carriers = [report._replace(done=share) for report, share in zip(carriers, shares, strict=True)]
    made = [*made[: len(made) - len(carriers)], *carriers]
    for report in [*setups, *made]:
        yield report
        if report.end > report.start and random.random() < defects.shared:
            yield report._replace(done=0, rejected=0)


def _parts(span: Span, defects: Defects, random: Random) -> list[tuple[float, float]]:
    """Cut a stretch of work into the reports that are given of it."""
    if span.end - span.start < SPLIT_FROM or random.random() >= defects.split:
        return [(span.start, span.end)]
    at = span.start + (span.end - span.start) * random.uniform(0.2, 0.8)
    return [(span.start, at), (at, span.end)]


def _shared_out(pieces: int, reports: int, random: Random) -> list[int]:
    """Share pieces out to reports at random; the last may have them all."""
    if random.random() < 0.3:
        return [0] * (reports - 1) + [pieces]
    cuts = sorted(random.randint(0, pieces) for _ in range(reports - 1))
    return [high - low for low, high in zip([0, *cuts], [*cuts, pieces], strict=True)]


def _break(reports: list[Report], count: int, random: Random) -> None:
    """Tell part of some reports of long work as a breakdown."""
    long = [i for i, report in enumerate(reports) if report.kind == "D" and report.end - report.start > HOUR]
    for i in random.sample(long, count):
        report = reports[i]
        at = report.start + (report.end - report.start) * 0.7
        reports[i] = report._replace(end=at)
        reports.append(report._replace(start=at, done=0, rejected=0, kind="B"))


def _workers(line: Line, reports: Sequence[Report], defects: Defects, random: Random) -> Iterator[str]:
    """Yield who gives each of reports sorted by time: the first of the skill who is free, or somebody who is not."""
    free: dict[str, list[float]] = {}
    for report in reports:
        known = free.setdefault(report.skill, [0.0] * (line.operators.get(report.skill, 1) + 1))
        idle = [i for i, until in enumerate(known) if until <= report.start]
        chosen = idle[0] if idle else len(known) - 1
        if random.random() < defects.overlapping:
            chosen = random.randrange(len(known))
        known[chosen] = max(known[chosen], report.end)
        yield f"ID{sum(report.skill.encode())}{chosen:02d}"


def _row(line: Line, report: Report, worker: str, defects: Defects, random: Random) -> tuple[str, ...]:
    label = line.stations[report.station].label or report.station
    if label in ALIASES and random.random() < defects.aliases:
        label = ALIASES[label]
    return (
        report.order.replace("drawn ", "Case"), label, worker, _stamp(report.start + defects.ahead),
        _stamp(report.end + defects.ahead), str(report.done), str(report.rejected), "0", report.kind,
        "Y" if report.again else "",
    )  # fmt: skip


def _stamp(seconds: float) -> str:
    """Return a time as a log has it, to the minute."""
    return (MONDAY + timedelta(minutes=round(seconds / 60))).isoformat()


def write_log(path: Path, rows: Iterable[Sequence[str]]) -> Path:
    """Write rows of a log as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEADER, *rows])
    return path
