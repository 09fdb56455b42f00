"""How many people a line needs, and what its pools allow: long-run means, without any queue for them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import ceil, inf
from typing import TYPE_CHECKING, NamedTuple

from twin.line.rates import goes_by_calendar, hours, own_shifts, stops, tasks
from twin.line.work_calendar import HOUR, scheduled_hours_per_week

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from twin.line.line import Line
    from twin.line.station import Station
    from twin.line.work_calendar import Shifts
    from twin.line.workload import Work

ROUNDING = 1e-9

MOST_TOGETHER = 10
"""Skills that people share of which every set is looked at; of more, each by itself and all together."""


@dataclass(frozen=True, slots=True)
class People:
    """How many people of one skill the line needs.

    Attributes
    ----------
    skill : str
    pool : int
        Posts per shift in the line's description.
    manned : int
        People who man every machine of every station at once.
    busy : float
        People busy on average, at work or repairing, at the pace of the line's `pace_s`.
    standing : float
        Those of them who are busy whatever the line makes: in maintenance that goes by the calendar.
    there : float
        People of the pool who are there on average in an hour of the line's shifts, by their shifts and absence.
    able : float
        Those, and those of other pools who have the skill too.
    """

    skill: str
    pool: int
    manned: int
    busy: float
    standing: float
    there: float
    able: float


class PoolLimit(NamedTuple):
    """What pools of people allow together: their names, and good parts a scheduled hour."""

    pools: tuple[str, ...]
    rate: float


def people(line: Line, works: Mapping[str, Work], pace: float) -> tuple[People, ...]:
    """Return the people needed by skill, when a good part leaves every `pace` seconds of the line's shifts."""
    manned: dict[str, float] = dict.fromkeys(line.operators, 0.0)
    busy: dict[str, float] = {}
    standing: dict[str, float] = {}
    for name, work in works.items():
        station = line.stations[name]
        shifts = own_shifts(line, station)
        for skill, count in station.crew.items():
            manned[skill] = manned.get(skill, 0.0) + count * station.machines / station.attend
        for skill, seconds in _asked(station, work, shifts):
            manned.setdefault(skill, 0.0)
            busy[skill] = busy.get(skill, 0.0) + seconds
        for skill, in_work in _by_calendar(station, shifts):
            manned.setdefault(skill, 0.0)
            standing[skill] = standing.get(skill, 0.0) + in_work * hours(line, station)
    there = {skill: _there(line, skill) for skill in manned}
    return tuple(
        People(
            skill=skill,
            pool=line.operators.get(skill, 0),
            manned=ceil(count - ROUNDING),
            busy=(busy.get(skill, 0.0) / pace if pace else 0.0) + standing.get(skill, 0.0),
            standing=standing.get(skill, 0.0),
            there=there[skill],
            able=sum(there[pool] for pool in there if skill in _skills(line, pool)),
        )
        for skill, count in manned.items()
    )


def scheduled_share_of(line: Line) -> float:
    """Return the share of all time in which the line works [1]."""
    return scheduled_hours_per_week(line.shifts) / (7 * 24)


def _asked(station: Station, work: Work, shifts: Shifts) -> Iterator[tuple[str, float]]:
    """Yield the time for which a skill is held for each good part of the line [s]: at work, in setups and repairs."""
    repairs = list(stops(station, shifts))
    # A crew stays with its machine through a repair.
    held = work.time_s * (1 + sum(failure.ttr.mean * often for failure, often in repairs))
    for skill, count in station.crew.items():
        yield skill, count * held / station.attend
    if station.setup is not None:
        for skill, count in station.setup.crew.items():
            yield skill, count * work.setup_s
    for failure, often in repairs:
        for skill, count in failure.repaired_by.items():
            # Those of the crew who repair are held already.
            called = max(0.0, count - station.crew.get(skill, 0) / station.attend)
            yield skill, called * work.time_s * failure.ttr.mean * often
    for task, often in tasks(station, shifts):
        if not goes_by_calendar(task):
            for skill, count in task.by.items():
                yield skill, count * work.time_s * task.lasts.mean * often


def _by_calendar(station: Station, shifts: Shifts) -> Iterator[tuple[str, float]]:
    """Yield the people of a skill who are busy on average, while a station works, with what is due by the calendar."""
    for task, often in tasks(station, shifts):
        if goes_by_calendar(task):
            lost = task.lasts.mean * often
            share = 1.0 if lost == inf else lost / (1 + lost)
            yield from ((skill, count * station.machines * share) for skill, count in task.by.items())


def _skills(line: Line, pool: str) -> tuple[str, ...]:
    own = line.pools.get(pool)
    return (pool, *own.also) if own is not None else (pool,)


def _there(line: Line, pool: str) -> float:
    """Return the people of a pool who are there on average in an hour of the line's shifts.

    Longer hours than any station works are of no use.
    """
    own = line.pools.get(pool)
    posts = line.operators.get(pool, 0)
    if own is None:
        return float(posts)
    longest = max(hours(line, station) for station in line.stations.values())
    weekly = scheduled_hours_per_week(own.shifts or line.shifts)
    share = weekly / scheduled_hours_per_week(line.shifts)
    return posts * (1 - own.absence) * min(share, max(1.0, longest))


def pool_limits(line: Line, found: tuple[People, ...], pace: float) -> list[PoolLimit]:
    """Return what the pools allow: for sets of skills that people share, all who have one of these.

    Notes
    -----
    People can be given to the skills asked if, and only if, for every set of skills those who have any of them are
    enough for what they ask together (Hall, On representatives of subsets, J. London Math. Soc. 10 (1935), for shares).
    """
    by_skill = {each.skill: each for each in found}
    limits = []
    for together in _shared(line, list(by_skill)):
        sizes = range(1, len(together) + 1) if len(together) <= MOST_TOGETHER else (1, len(together))
        for skills in (chosen for size in sizes for chosen in combinations(together, size)):
            pools = tuple(pool for pool in line.operators if set(_skills(line, pool)) & set(skills))
            asked = sum(by_skill[skill].busy - by_skill[skill].standing for skill in skills)
            free = sum(by_skill[pool].there for pool in pools) - sum(by_skill[skill].standing for skill in skills)
            if asked > 0:
                limits.append(PoolLimit(pools or skills, HOUR * max(0.0, free) / (asked * pace) if pace else inf))
    return limits


def _shared(line: Line, skills: list[str]) -> list[list[str]]:
    """Group the skills: those that some people have together are in one group."""
    groups: list[set[str]] = []
    for skill in skills:
        joined = set(_skills(line, skill)) & set(skills) | {skill}
        apart = [group for group in groups if not group & joined]
        joined.update(*(group for group in groups if group & joined))
        groups = [*apart, joined]
    return [
        [skill for skill in skills if skill in group]
        for group in sorted(groups, key=lambda g: min(map(skills.index, g)))
    ]
