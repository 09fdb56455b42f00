"""What a log shows of a plant before any number is fitted: shifts, stations, machines, people, ways, whereabouts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from twin.calibration.capacity import (
    AtWork,
    at_work,
    capacity_of,
    crews,
    machines_of,
    most_at_once,
    waiting_spans,
    worked_spans,
)
from twin.calibration.demand import watch_from
from twin.calibration.order_table import ALMOST_ALL, OrderTable, order_table
from twin.calibration.visits import Visits, by_progress, pauses, visits_of
from twin.calibration.waits import OUT, Moves, moves_of
from twin.calibration.ways import Way, counted_ways, returns
from twin.calibration.working_time import WorkingTime, shifts_of, union
from twin.errors import InputError
from twin.line.work_calendar import WEEK

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from twin.calibration.log import Log
    from twin.line.work_calendar import Shifts

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

FEWEST_ORDERS = 10
"""Fewer orders than this show no plant."""

PAUSE = 0.9
"""An order last reported within this quantile of the pauses inside visits may still be at its station."""

SKILL = "operator"
"""What people in a log are: it names no trades."""

LEFT_OVER = 0.25
"""So much of a person on a good day is overlap at a handover; with more, people are rounded up: they did as much."""

RARE = 0.05
"""A crew at work for less than this share of the time is no post of its own."""


@dataclass(frozen=True)
class Crew:
    """People who work at the same stations.

    Attributes
    ----------
    skill
        What they are called: operators of the station of theirs that takes the most time.
    stations
        Where they work.
    capacity
        Orders they work on at a time while others wait, on a good day; None where hardly ever one waits.
    people
        How many that makes, at least 1; None where they are at work too seldom to be told.
    """

    skill: str
    stations: tuple[str, ...]
    capacity: float | None
    people: int | None


@dataclass(frozen=True, eq=False)
class Structure:
    """A plant as a log shows it until a moment.

    Attributes
    ----------
    log
        The log.
    reports
        Its reports that had ended by then.
    end
        The moment [s on the clock].
    shifts, time
        When the plant works.
    visits, orders, moves
        What was done, of which orders, and how they went on.
    ended
        Whether each visit is over.
    machines, crews
        By station code; who works where.
    busy
        How many orders were worked on, by station code.
    """

    log: Log
    reports: pd.DataFrame
    end: float
    shifts: Shifts
    time: WorkingTime
    visits: Visits
    orders: OrderTable
    moves: Moves
    ended: Bools
    machines: dict[int, int]
    crews: tuple[Crew, ...]
    busy: dict[int, AtWork]

    @cached_property
    def sent_back(self) -> dict[Way, list[tuple[int, int]]]:
        """Which orders had pieces sent back, by way; not those whom others follow there as a whole."""
        whole = {(way.origin, way.target) for way in self.usual}
        found = returns(self.visits, self.orders, self.log.roles)
        return {way: sent for way, sent in found.items() if (way.origin, way.target) not in whole}

    @cached_property
    def usual(self) -> dict[Way, int]:
        """How often orders went each way; from a station that none has left, once to where orders leave."""
        found = counted_ways(self.moves, np.arange(len(self.moves.order)))
        finish = [s for s, name in enumerate(self.visits.stations) if name in self.log.roles.finish]
        left = {way.origin for way in found}
        kept = (s for s in range(len(self.visits.stations)) if s not in left)
        return found | {Way(s, OUT if s in finish else next(iter(finish), OUT), rework=False): 1 for s in kept}

    @cached_property
    def ways(self) -> list[Way]:
        """Every way that orders went, in the order of the stations; those of rework last."""
        return [*sorted(self.usual, key=lambda way: (way.origin, way.target < 0, way.target)), *sorted(self.sent_back)]

    @property
    def window(self) -> tuple[float, float]:
        """From when an order first seen is a new one, and the end [s on the clock]."""
        begin = float(self.visits.first.min())
        opens = float(self.time.clock(np.array(watch_from(self.moves, begin))))
        # A log shorter than its waits shows no order that is new for certain: then all are.
        return (opens if opens < self.end else float(self.time.clock(np.array(begin))), self.end)


def structure_of(log: Log, until: float | None = None) -> Structure:
    """Read what a log shows of a plant.

    Parameters
    ----------
    log
        The log.
    until
        Reports that end after it are left out [s since the log's epoch]; None: none is.

    Raises
    ------
    InputError
        If `until` lies outside the log, or what is left shows too few orders.
    """
    reports = log.reports
    begin, end = float(reports["start"].min()), float(reports["end"].max())
    if until is not None:
        _check_until(log, until, begin, end)
        reports = reports[reports["end"] <= until].reset_index(drop=True)
        end = until
    reports = _with_rework(reports)
    if (found := reports["order"].nunique()) < FEWEST_ORDERS:
        raise InputError(
            f"{log.source}: {found} orders are too few to fit anything; a log of at least {FEWEST_ORDERS} shows a plant"
            f"{_not_read(log)}"
        )
    of_work = reports[~reports["station"].isin(log.roles.nominal)]
    of_work = of_work if len(of_work) else reports
    shifts = shifts_of(of_work["start"].to_numpy(), of_work["end"].to_numpy())
    time = WorkingTime(shifts)
    visits = visits_of(reports, log.roles, time)
    orders = order_table(visits, log.roles, gone_after=_longest_pause(visits))
    worked = worked_spans(reports, time)
    busy = {s: at_work(worked[name].values()) for s, name in enumerate(visits.stations) if name in worked}
    machines = {s: machines_of(busy[s]) if s in busy else 1 for s in range(len(visits.stations))}
    # Times entered as a matter of form are no bottleneck: all that was reported at once is done at once.
    machines |= {
        s: most_at_once(reports[reports["station"] == name])
        for s, name in enumerate(visits.stations)
        if name in log.roles.nominal
    }
    found_crews = tuple(_crews(of_work, visits, worked, time, log.roles.nominal))
    servers = {
        s: min(machines[s], _people_at(name, found_crews) or machines[s]) for s, name in enumerate(visits.stations)
    }
    now = float(time.at(np.array(end)))
    checks = np.isin(visits.station, [s for s, name in enumerate(visits.stations) if name in log.roles.checks])
    visits, ended = by_progress(visits, _ended(visits, orders, reports, time, checks=checks, end=now))
    for s, name in enumerate(visits.stations):
        if name in log.roles.nominal:
            busy.pop(s, None)
    moves = moves_of(visits, orders, busy, servers, now)
    return Structure(log, reports, end, shifts, time, visits, orders, moves, ended, machines, found_crews, busy)


def _with_rework(reports: pd.DataFrame) -> pd.DataFrame:
    """Return reports with the flag of rework where it tells work apart: not at a station that does nothing else."""
    usual = reports["station"][~reports["rework"]]
    return reports.assign(rework=reports["rework"] & reports["station"].isin(usual))


def _not_read(log: Log) -> str:
    """Say how many rows were not read, and why the first was not; nothing where all were."""
    if not log.problems:
        return ""
    first = log.problems[0]
    return f"; {len(log.problems):,} of its {log.rows:,} rows were not read (row {first.row} {first.sentence})"


def _check_until(log: Log, until: float, begin: float, end: float) -> None:
    if not begin < until <= end:
        from datetime import timedelta

        first, last = (log.epoch + timedelta(seconds=moment) for moment in (begin, end))
        raise InputError(
            f"--until: lies outside the log, which runs from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}; "
            "name a date within it"
        )


def _longest_pause(visits: Visits) -> float:
    """Return how long nothing is reported of an order before it counts as gone [s of working time]."""
    waits = (np.roll(visits.begin, -1) - visits.finish)[np.concatenate((visits.follows[1:], [False]))]
    return float(waits.max()) if len(waits) else 0.0


def _crews(
    reports: pd.DataFrame, visits: Visits, worked: dict[str, dict[str, list[tuple[float, float]]]],
    time: WorkingTime, nominal: frozenset[str],
) -> list[Crew]:  # fmt: skip
    span = float(time.at(np.array(reports["end"].max())) - time.at(np.array(reports["start"].min())))
    found = []
    for stations in crews(reports):
        here = [name for name in stations if name in worked and name not in nominal]
        if not here:
            continue
        totals = {name: sum(end - start for each in worked[name].values() for start, end in each) for name in here}
        busy = at_work([spans for name in here for spans in worked[name].values()])
        waits = union([w for name in here for w in waiting_spans(visits, visits.stations.index(name), worked[name])])
        most = sum(machines_of(at_work(worked[name].values())) for name in here)
        capacity = capacity_of(busy, waits, most)
        seldom = sum(totals.values()) < RARE * span
        people = None if seldom else max(1, most if capacity is None else ceil(capacity - LEFT_OVER))
        found.append(Crew(f"{SKILL}_{max(here, key=lambda name: totals[name])}", tuple(here), capacity, people))
    return found


def _people_at(station: str, found: tuple[Crew, ...]) -> int | None:
    return next((crew.people for crew in found if station in crew.stations), None)


def _ended(
    visits: Visits, orders: OrderTable, reports: pd.DataFrame, time: WorkingTime, *, checks: Bools, end: float
) -> Bools:
    """Whether each visit is over: all but those of open orders that were worked on a short while ago.

    Where pieces are counted (`checks`, by visit), it is over too when all are.
    """
    found = pauses(reports, time)
    pause = float(np.quantile(found, PAUSE, method="inverted_cdf")) if len(found) else 0.0
    is_open = ~orders.finished[visits.order]
    all_counted = checks & orders.known[visits.order] & (visits.accounted >= ALMOST_ALL * orders.pieces[visits.order])
    return ~(is_open & ~all_counted & (end - visits.last <= min(pause, WEEK)))
