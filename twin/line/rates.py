"""What a machine takes for a part, and how much of the time it is there to do so: long-run means."""

from __future__ import annotations

from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

from twin.line.failure import SHORTEST
from twin.line.work_calendar import Shifts, scheduled_hours_per_week, scheduled_s, worked_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twin.line.failure import Failure
    from twin.line.line import Line
    from twin.line.station import Station
    from twin.line.upkeep import Maintenance

ALWAYS = Shifts()
"""Shifts that never close."""

MANY = 60
"""Maintenances by which a calendar is judged: those of a year, if they come each week."""


def at_once(station: Station) -> int:
    """Return how many parts a machine works on at a time: those of a batch; elsewhere one."""
    return station.size or 1


def made(station: Station) -> int:
    """Return how many parts leave a station for each that it works on, scrap left out: those of a split, else one."""
    return station.parts or 1


def part_s(station: Station) -> float:
    """Return the mean time of a machine for a part without a product, of one piece [s].

    Of a full batch its share of the cycle; of a conveyor the time by which parts follow each other; of a storage the
    stay over the places, none without limit.
    """
    if station.kind == "conveyor":
        return station.belt_s / (station.capacity or 1)
    if station.kind == "storage":
        return 0.0 if station.capacity is None else station.stay.mean / station.capacity
    return station.cycle.mean / at_once(station)


def through_s(station: Station) -> float:
    """Return the least mean time of a part in a station [s]: its cycle, the length of a belt, or its stay."""
    if station.kind == "conveyor":
        return station.belt_s
    return station.stay.mean if station.kind == "storage" else station.cycle.mean


def own_shifts(line: Line, station: Station) -> Shifts:
    """Return when a station works: unattended ones and storages at all hours, others in their own shifts, if any."""
    if not station.attended or station.kind == "storage":
        return ALWAYS
    return station.shifts or line.shifts


def hours(line: Line, station: Station) -> float:
    """Return how many hours a station works for each hour of the line's shifts [1]; above 1 where it runs longer."""
    return scheduled_hours_per_week(own_shifts(line, station)) / scheduled_hours_per_week(line.shifts)


def availability(station: Station, shifts: Shifts = ALWAYS) -> float:
    """Share of its running, repair and maintenance time that a machine with work before it runs [1].

    Parameters
    ----------
    station : Station
    shifts : Shifts
        When the station works; what goes by the calendar depends on it.

    Notes
    -----
    Each failure costs ``ttr / ttf`` of repair for each second of running, whatever the distributions and, while there
    is always work, whatever the clock (renewal-reward theorem; Ross, Stochastic Processes, 2nd ed. 1996, 3.6). A
    failure that wears comes as often as its clock runs fast on average between two maintenances, which is exact where
    its time to failure is exponential. A maintenance costs ``lasts / every`` likewise; one that goes by the calendar
    costs what it takes of the shifts, when it is due every so long after its end (`due_by_calendar`).
    """
    lost = sum(each.ttr.mean * each_s for each, each_s in stops(station, shifts))
    due = sum(task.lasts.mean * each_s for task, each_s in tasks(station, shifts) if not goes_by_calendar(task))
    at_all_times = sum(task.lasts.mean * each_s for task, each_s in tasks(station, shifts) if goes_by_calendar(task))
    return 0.0 if at_all_times == inf else 1 / ((1 + lost + due) * (1 + at_all_times))


def goes_by_calendar(task: Maintenance) -> bool:
    """Whether a maintenance falls due however little the machine works."""
    return task.clock == "calendar" and task.every is not None


def due_by_calendar(task: Maintenance, shifts: Shifts) -> float:
    """Return how often a maintenance by the calendar comes for each second of the shifts outside it [1/s].

    It is due `every` after its end; due outside the shifts, it comes when they begin. As long as its mean each time, it
    is followed through `MANY` of them. Infinite where it leaves no time at all.

    Examples
    --------
    >>> from twin.line.upkeep import Maintenance
    >>> daily = Maintenance.model_validate({"every": "22 h", "clock": "calendar", "lasts": "2 h"})
    >>> round(3600 * due_by_calendar(daily, Shifts(pattern="1x8", days="mon-fri")), 4)  # every 6 h of work
    0.1667
    """
    every = task.every or 0.0
    if shifts == ALWAYS:
        return 1 / every
    first = end = worked_until(shifts, every, task.lasts.mean)
    for _ in range(MANY):
        end = worked_until(shifts, end + every, task.lasts.mean)
    between = scheduled_s(shifts, first, end) - MANY * task.lasts.mean
    return MANY / between if between > SHORTEST else inf


def stops(station: Station, shifts: Shifts = ALWAYS) -> Iterator[tuple[Failure, float]]:
    """Yield each way to fail and how often it does so for each second of running [1/s]."""
    for failure in station.failures.values():
        yield failure, wear(station, failure, shifts) / failure.time_to_failure.mean


def tasks(station: Station, shifts: Shifts = ALWAYS) -> Iterator[tuple[Maintenance, float]]:
    """Yield each maintenance and how often it comes [1/s]: for each second of running, or by the calendar of work."""
    each = part_s(station) / made(station)
    for task in station.maintenance.values():
        if task.every is not None:
            yield task, due_by_calendar(task, shifts) if goes_by_calendar(task) else 1 / task.every
        else:
            yield task, 1 / ((task.parts or 1) * each) if each >= SHORTEST else 0.0


def wear(station: Station, failure: Failure, shifts: Shifts = ALWAYS) -> float:
    """Return how fast a failure's clock runs on average [1]: 1 without wear.

    Between two maintenances the mean of the table, a machine that always runs; without any, what the last point says.
    """
    if not failure.wear:
        return 1.0
    often = sum(rate for _, rate in tasks(station, shifts))
    return mean_wear(failure, 1 / often if often else inf)


def mean_wear(failure: Failure, until: float) -> float:
    """Return how fast a worn failure's clock runs on average up to an operating time [s].

    Examples
    --------
    >>> from twin.line.failure import Failure
    >>> belt = Failure.model_validate({"ttf": "9 h", "ttr": "1 h", "wear": {"0 h": 1, "4 h": 3}})
    >>> mean_wear(belt, 8 * 3600.0), mean_wear(belt, 2 * 3600.0)
    (2.0, 1.0)
    """
    if until == inf:
        return failure.wear[-1][1]
    ends = [*(age for age, _ in failure.wear), inf]
    return (
        sum(
            factor * max(0.0, min(end, until) - start)
            for (start, end), (_, factor) in zip(pairwise(ends), failure.wear, strict=True)
        )
        / until
    )


def running(line: Line, station: Station) -> float:
    """Return how long a machine with work before it runs for each hour of the line's shifts [1]."""
    return availability(station, own_shifts(line, station)) * hours(line, station)


def pace_of(line: Line) -> dict[str, float]:
    """How fast each station takes what a stock that never runs out feeds, relative."""
    return {
        name: station.machines * running(line, station) / part_s(station) if part_s(station) else 1.0
        for name, station in line.stations.items()
    }
