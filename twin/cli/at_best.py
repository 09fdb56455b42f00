"""What needs no simulation: load, line balance, people, and what limits a line at best."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dashboards.numbers import NOTHING, number, percent, significant, units
from twin.cli.show import GAP, WIDTH, state_bar, table, width
from twin.cli.understood import digits, millions, share
from twin.line.capacity import static_capacity
from twin.line.manning import pool_limits
from twin.line.names import listed
from twin.line.scenario import posts, scenario
from twin.line.station import HOLDERS
from twin.line.work_calendar import HOUR
from twin.units import format_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.table import Table
    from rich.text import Text

    from twin.line.capacity import LineCapacity, StationCapacity
    from twin.line.line import Line
    from twin.line.scenario import Scenario

CELLS, FEWEST_CELLS = 22, 5
"""Cells of a bar for a load of 100 %, on a page of full width and at least."""

MOST_POOLS = 40
"""Columns that the pools of people may take in a table of levels."""

SAME = 5e-4
"""A rate this near to the plan, relative, is the plan."""


class Limit(NamedTuple):
    """What bounds the output: a name for people, and the good parts that it allows [parts per scheduled hour]."""

    name: str
    rate: float


def tightest(line: Line, capacity: LineCapacity) -> Limit:
    """Return what limits a line at best: its bottleneck, its arrivals or a pool of people, a tie in this order."""
    return min(limits(line, capacity), key=lambda limit: limit.rate)


def limits(line: Line, capacity: LineCapacity) -> Iterator[Limit]:
    """Yield all that bounds the output: the slowest station, the arrivals, carriers, and pools of people.

    A pool of `n` people, of whom each good part keeps one busy for `b` seconds, allows `n / b` parts a second.
    """
    station = line.stations[capacity.bottleneck]
    yield Limit(station.label or capacity.bottleneck, capacity.max_throughput_per_h)
    if capacity.arrivals_per_h is not None:
        yield Limit("the arrivals" if line.source.orders is None else "the orders", capacity.arrivals_per_h)
    for carrier in capacity.carriers:
        yield Limit(f"the number of carriers ({carrier.name})", carrier.capacity_per_h)
    for limit in pool_limits(line, capacity.people, capacity.pace_s):
        pools = listed(limit.pools, "and") + (" pools" if len(limit.pools) > 1 else " pool")
        yield Limit(f"the {pools}", limit.rate)


def verdict_text(chosen: Scenario, capacity: LineCapacity) -> str:
    """Say in one sentence what the file is, what the line makes at best, and how that stands to the plan."""
    line = chosen.line
    level = "" if chosen.name == "as described" else f" at {chosen.name}"
    many = len(line.stations)
    limit = tightest(line, capacity)
    rate = limit.rate * line.product.per_part
    valid = f"{line.line}{level} is a valid line of {many} station{'s' if many > 1 else ''}"
    best = f"at most {digits(rate)} {units(line.product.unit)}/h, limited by {limit.name}"
    return f"{valid}; {best}{_against(capacity, limit)}."


def _against(capacity: LineCapacity, limit: Limit) -> str:
    """Say how a rate stands to the plan; nothing without a plan."""
    if capacity.takt_s is None:
        return ""
    over = limit.rate * capacity.takt_s / HOUR - 1
    if abs(over) < SAME:
        return ", exactly the plan"
    apart = percent(abs(over), max(0, significant(100 * over, 2)))
    return f", {apart} {'over' if over > 0 else 'short of'} the plan"


def time_text(line: Line, capacity: LineCapacity) -> str:
    """Say what the takt is, and what the time of a station counts."""
    takt = "" if capacity.takt_s is None else f"Takt: a part every {format_time(capacity.takt_s)}. "
    asked = _ordered_s(line, capacity)
    if asked is not None and not takt:
        takt = f"The drawn orders ask a good part every {format_time(asked)}. "
    stations = line.stations.values()
    included = ["setups"] * any(station.setup for station in stations) + ["repairs"]
    included += ["maintenance"] * any(station.maintenance for station in stations)
    own = "Time of a station that works at other hours: in hours of the line's shifts. "
    return (
        f"{takt}Time: for a good part of the line, {listed(included, 'and')} included. "
        + own * any(station.hours != 1 and station.time_s for station in capacity.stations)
        + "Batches are reckoned full. " * any(station.size for station in stations)
        + "Start-up scrap is left out. " * any(station.startup_scrap for station in stations)
    ).rstrip()


def _ordered_s(line: Line, capacity: LineCapacity) -> float | None:
    """Return the scheduled time for each good part that the drawn orders ask [s]; None without such orders."""
    asked = capacity.arrivals_per_h if line.source.orders is not None else None
    return HOUR / asked if asked else None


def balance_text(capacity: LineCapacity) -> str:
    """Say how evenly the work is spread over the stations."""
    return (
        f"Line balance: longest time {format_time(_longest(capacity))}, line efficiency {share(capacity.balance)}, "
        f"smoothness index {format_time(capacity.smoothness_s)}."
    )


def _longest(capacity: LineCapacity) -> float:
    return max(station.time_s for station in capacity.stations)


def balance(line: Line, capacity: LineCapacity) -> Table:
    """Return the line-balance table: the load of each station against the takt, the orders, or else the slowest."""
    ordered = _ordered_s(line, capacity)
    whole = capacity.takt_s or ordered or _longest(capacity)
    rows = [
        (
            line.stations[station.station].label or station.station,
            percent(station.time_s / whole, 1) if whole else NOTHING,
            _bar(station.time_s / whole if whole else 0.0),
            format_time(station.time_s),
            digits(station.capacity_per_h * line.product.per_part),
            _needed(line, station),
            _note(station, capacity, whole),
        )
        for station in capacity.stations
    ]
    load = "of takt" if capacity.takt_s else "as ordered" if ordered else "of longest"
    rate = f"{units(line.product.unit)}/h at best"
    return table(("station", load, "", "time", rate, "needed", ""), rows, left=(0, 2, 6))


def _needed(line: Line, station: StationCapacity) -> str:
    """Say how many of its machines the demand needs; of a belt and a store there is one."""
    if station.machines_needed is None or line.stations[station.station].kind in HOLDERS:
        return NOTHING
    return f"{station.machines_needed} of {station.machines}"


def _bar(load: float) -> Text:
    cells = max(FEWEST_CELLS, CELLS - (WIDTH - width()))
    return state_bar({"processing": 1.0}, round(min(load, 1.0) * cells))


def _note(station: StationCapacity, capacity: LineCapacity, whole: float) -> str:
    if station.station == capacity.bottleneck:
        return "limits"
    return "too slow" if station.time_s > whole * (1 + SAME) else ""


def people(capacity: LineCapacity) -> Table:
    """Return how many people of each skill there are, and how many are needed."""
    rows = [
        (
            need.skill,
            str(need.pool),
            str(need.manned) if need.manned else NOTHING,
            number(need.busy, 2),
            percent(need.busy / need.there) if need.there else NOTHING,
            "too few" if need.busy > need.able * (1 + SAME) else "",
        )
        for need in capacity.people
    ]
    return table(
        ("people in a shift", "posts", "to man all machines", "busy on average", "of posts", ""), rows, left=(0, 5)
    )


def levels(line: Line) -> Table:
    """Return what each level of automation costs, whom it needs and what it makes at best.

    Where pools are too many for the page, those of one skill, such as operator_grinding, are counted together.
    """
    skills = list(line.operators)
    if sum(len(skill) + GAP for skill in skills) > MOST_POOLS:
        skills = list(dict.fromkeys(skill.partition("_")[0] for skill in skills))
    rows = [_level(line, level, skills) for level in line.levels]
    rate = f"{units(line.product.unit)}/h at best"
    return table(("level", "options", "capital, M EUR", *skills, rate, "limited by"), rows, left=(0, len(skills) + 4))


def at_level(line: Line, level: str) -> dict[str, Any]:
    """Return what a level costs [EUR], whom it needs in a shift, and what it makes at best [units/h], as a document."""
    chosen = scenario(line, level)
    limit = tightest(chosen.line, static_capacity(chosen.line))
    return {
        "options": dict(chosen.chosen),
        "capex": sum(option.capex for option in chosen.options.values()),
        "posts": posts(chosen),
        "at_most_per_h": limit.rate * line.product.per_part,
        "limited_by": limit.name,
    }


def _level(line: Line, level: str, skills: list[str]) -> tuple[str, ...]:
    facts = at_level(line, level)
    return (
        level,
        str(len(facts["options"]) or NOTHING),
        millions(facts["capex"]),
        *(str(_posts(facts["posts"], skill, skills)) for skill in skills),
        digits(facts["at_most_per_h"]),
        facts["limited_by"],
    )


def _posts(posts: Mapping[str, int], skill: str, skills: list[str]) -> int:
    """Count the posts of a pool, or of all pools of a skill where these have no column of their own."""
    return sum(count for pool, count in posts.items() if skill == (pool if pool in skills else pool.partition("_")[0]))
