"""What a machine takes for a part, and how much of the time it is there to do so: long-run means."""

from __future__ import annotations

from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

from twin.line.failure import SHORTEST
from twin.line.work_calendar import HOUR, WEEK, scheduled_hours_per_week

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twin.line.failure import Failure
    from twin.line.line import Line
    from twin.line.station import Station
    from twin.line.upkeep import Maintenance


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


def hours(line: Line, station: Station) -> float:
    """Return the hours in which a station works for each hour of the line's shifts [1]: above 1 where it runs longer.

    Unattended stations and storages work at all hours, others at those of their own shifts, or of the line's.
    """
    return _weekly(line, station) / scheduled_hours_per_week(line.shifts)


def _weekly(line: Line, station: Station) -> float:
    if not station.attended or station.kind == "storage":
        return WEEK / HOUR
    return scheduled_hours_per_week(station.shifts or line.shifts)


def scheduled_share(line: Line, station: Station) -> float:
    """Return the share of all time in which a station works [1]."""
    return _weekly(line, station) * HOUR / WEEK


def availability(station: Station, worked: float = 1.0) -> float:
    """Share of its running, repair and maintenance time that a machine with work before it runs [1].

    Parameters
    ----------
    station : Station
    worked : float
        Share of all time in which the station works [1]; what counts by the calendar goes by it.

    Notes
    -----
    Each failure costs ``ttr / ttf`` of repair for each second of running, whatever the distributions and, while there
    is always work, whatever the clock (renewal-reward theorem; Ross, Stochastic Processes, 2nd ed. 1996, 3.6). A
    failure that wears comes as often as its clock runs fast on average between two maintenances, which is exact where
    its time to failure is exponential. A maintenance costs ``lasts / every`` likewise; one that is due by the calendar
    takes that share of all time, hence more of the scheduled time the less of it there is.
    """
    lost = sum(each.ttr.mean * each_s for each, each_s in stops(station, worked))
    due = sum(task.lasts.mean * each_s for task, each_s in tasks(station) if task.clock == "operating")
    by_calendar = sum(task.lasts.mean * each_s for task, each_s in tasks(station) if task.clock == "calendar")
    return max(0.0, 1 - by_calendar / worked) / (1 + lost + due)


def stops(station: Station, worked: float = 1.0) -> Iterator[tuple[Failure, float]]:
    """Yield each way to fail and how often it does so for each second of running [1/s]."""
    for failure in station.failures.values():
        yield failure, wear(station, failure, worked) / failure.time_to_failure.mean


def tasks(station: Station) -> Iterator[tuple[Maintenance, float]]:
    """Yield each maintenance and how often it is due [1/s]: of running, or of all time if it goes by the calendar."""
    for task in station.maintenance.values():
        if task.every is not None:
            yield task, 1 / task.every
        else:
            each = station.cycle.mean / at_once(station)
            yield task, 1 / ((task.parts or 1) * each) if each >= SHORTEST else 0.0


def wear(station: Station, failure: Failure, worked: float = 1.0) -> float:
    """Return how fast a failure's clock runs on average [1]: 1 without wear.

    Between two maintenances the mean of the table, a machine that always runs; without any, what the last point says.
    """
    if not failure.wear:
        return 1.0
    often = sum(rate / (worked if task.clock == "calendar" else 1.0) for task, rate in tasks(station))
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
    return availability(station, scheduled_share(line, station)) * hours(line, station)


def pace_of(line: Line) -> dict[str, float]:
    """How fast each station takes what a stock that never runs out feeds, relative."""
    return {
        name: station.machines * running(line, station) / part_s(station) if part_s(station) else 1.0
        for name, station in line.stations.items()
    }
