"""Static capacity: what a line can make and whom it needs, worked out without simulation.

Everything here is a long-run mean of a line that never waits: no starving, blocking or queueing for people. The
simulation can only make less than `max_throughput_per_h`; how much less is what buffers, crews and luck decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf, sqrt
from typing import TYPE_CHECKING

from twin.line.carried import carrier_limits
from twin.line.manning import people
from twin.line.rates import availability, hours, own_shifts, pace_of, part_s
from twin.line.work_calendar import HOUR, WEEK, opening_hours, scheduled_hours_per_week
from twin.line.workload import mean_pieces, workload

if TYPE_CHECKING:
    from twin.line.carried import CarrierLimit
    from twin.line.line import Line
    from twin.line.manning import People
    from twin.line.workload import Work

ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class StationCapacity:
    """What one station can do for the line, and what the demand asks of it.

    Attributes
    ----------
    station : str
    visits : float
        Parts worked on here for each part that leaves the line good [1]; scrap and rework raise it.
    cycle_s : float
        Mean time per part on one machine [s]; of lots, per piece; of a full batch its share; of a conveyor and a full
        storage the time by which parts follow each other.
    setup_s : float
        Mean time of its machine in setups per part [s]; of lots, per piece.
    availability : float
        Share of its running, repair and maintenance time that a machine with work before it runs [1].
    hours : float
        Hours in which the station works for each scheduled hour of the line [1].
    machines : int
    time_s : float
        Time the station takes for each good part of the line, setups and repairs included, its machines sharing it
        [scheduled s of the line].
    capacity_per_h : float
        Good parts of the line that the station alone would allow [parts per scheduled hour]; infinite without work.
    load : float or None
        Share of the takt that `time_s` takes [1]; above 1 the demand cannot be met. None without a demand.
    machines_needed : int or None
        Fewest machines that meet the demand. None without a demand.
    crew : dict of str to int
        People who man all its machines at once, by skill.
    """

    station: str
    visits: float
    cycle_s: float
    setup_s: float
    availability: float
    hours: float
    machines: int
    time_s: float
    capacity_per_h: float
    load: float | None
    machines_needed: int | None
    crew: dict[str, int]


@dataclass(frozen=True, slots=True)
class LineCapacity:
    """What a line can make, station by station.

    Attributes
    ----------
    takt_s : float or None
        Scheduled time for each good part asked [s]; None without a demand.
    pace_s : float
        Scheduled time for each good part at which people are reckoned [s]: of the demand, without one of the drawn
        orders, without these of the bottleneck.
    stations : tuple of StationCapacity
        In file order.
    people : tuple of People
        In the order of the line's pools, then of what else is asked.
    carriers : tuple of CarrierLimit
        In file order.
    bottleneck : str
        The station of the largest `time_s`, the first of them in the file.
    max_throughput_per_h : float
        Good parts that the stations allow [parts per scheduled hour].
    arrivals_per_h : float or None
        Good parts that the arrivals, or the drawn orders, could become [parts per scheduled hour]; None for a
        saturated source and for a book of orders alone.
    balance : float
        Line efficiency [1]: mean station time over the largest.
    smoothness_s : float
        Smoothness index [s]: root of the summed squares of what each station lacks to the largest.
    """

    takt_s: float | None
    pace_s: float
    stations: tuple[StationCapacity, ...]
    people: tuple[People, ...]
    carriers: tuple[CarrierLimit, ...]
    bottleneck: str
    max_throughput_per_h: float
    arrivals_per_h: float | None
    balance: float
    smoothness_s: float


def static_capacity(line: Line) -> LineCapacity:
    """Work out what a line can make and whom it needs.

    Parameters
    ----------
    line : Line
        A line; of a scenario, its `line`, where the options are applied.

    Raises
    ------
    InputError
        If no part can leave the line good.

    Notes
    -----
    A station with `v` visits, mean cycle `c`, mean setup `s`, availability `A`, `m` machines and `h` hours for each of
    the line takes ``t = v (c / A + s) / (m h)`` for each good part. Line efficiency is ``sum(t) / (n max(t))`` and the
    smoothness index ``sqrt(sum((max(t) - t)^2))``.

    References
    ----------
    Hopp and Spearman, Factory Physics, 3rd ed. (2008), chapters 7 and 8 (bottleneck rate, effective process times).
    Scholl, Balancing and Sequencing of Assembly Lines, 2nd ed. (1999), chapter 2 (line efficiency, smoothness).
    """
    takt = takt_s(line)
    load = workload(line, pace_of(line))
    stations = tuple(_station_capacity(line, name, work, takt) for name, work in load.per_good.items())
    times = [station.time_s for station in stations]
    longest = max(times)
    arrivals = _arrivals_per_h(line, load.good)
    ordered = HOUR / arrivals if arrivals and line.source.orders is not None else None
    pace = takt or ordered or longest
    return LineCapacity(
        takt_s=takt,
        pace_s=pace,
        stations=stations,
        people=people(line, load.per_good, pace),
        carriers=carrier_limits(line, load),
        bottleneck=stations[times.index(longest)].station,
        max_throughput_per_h=HOUR / longest if longest else inf,
        arrivals_per_h=arrivals,
        balance=sum(times) / (len(times) * longest) if longest else 1.0,
        smoothness_s=sqrt(sum((longest - time) ** 2 for time in times)),
    )


def takt_s(line: Line) -> float | None:
    """Scheduled time for each good part that the demand asks [s]; None without a demand."""
    demand = line.product.demand_per_year
    return None if demand is None else opening_hours(line.shifts) * HOUR * line.product.per_part / demand


def visits_per_good(line: Line) -> dict[str, float]:
    """Mean number of parts worked on at each station for each part that leaves the line good [1], in file order.

    Raises
    ------
    InputError
        If no part can leave the line good.
    """
    return {name: work.visits for name, work in workload(line, pace_of(line)).per_good.items()}


def _station_capacity(line: Line, name: str, work: Work, takt: float | None) -> StationCapacity:
    station = line.stations[name]
    up, own_hours = availability(station, own_shifts(line, station)), hours(line, station)
    busy = ((work.time_s / up if up else inf) + work.setup_s) / own_hours
    time = busy / station.machines
    return StationCapacity(
        station=name,
        visits=work.visits,
        cycle_s=work.time_s / work.visits if work.visits else part_s(station),
        setup_s=work.setup_s / work.visits if work.visits else 0.0,
        availability=up,
        hours=own_hours,
        machines=station.machines,
        time_s=time,
        capacity_per_h=HOUR / time if time else inf,
        load=None if takt is None else time / takt,
        machines_needed=None if takt is None else max(1, ceil(busy / takt - ROUNDING)),
        crew={skill: ceil(count * station.machines / station.attend) for skill, count in station.crew.items()},
    )


def _arrivals_per_h(line: Line, good: float) -> float | None:
    """Good parts that the arrivals, or the drawn orders, could become [parts per scheduled hour]."""
    source = line.source
    if source.arrivals is not None:
        return HOUR * len(line.fed) * good / source.arrivals.mean
    if source.orders is None or source.orders.every is None:
        return None
    # Orders come at any hour, and are worked on in the scheduled ones.
    scheduled = scheduled_hours_per_week(line.shifts) * HOUR / WEEK
    return HOUR * mean_pieces(line) * good / (source.orders.every.mean * scheduled)
