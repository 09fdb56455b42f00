"""The page that says what the line is: its flow, its levels, its stations."""

from __future__ import annotations

from collections import Counter
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from dashboards.flow import flow_parts
from dashboards.numbers import NOTHING, number, units
from dashboards.report_charts import WIDTH
from dashboards.report_facts import MILLION
from dashboards.report_plane import drawn_levels
from twin.line.capacity import static_capacity
from twin.line.diagram_ways import is_crowded
from twin.line.work_calendar import opening_hours
from twin.units import format_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dashboards.flow import FlowParts
    from dashboards.report_facts import Facts
    from twin.line.line import Line

ROOM = 830.0
"""Height of a page between its title and its foot [px]."""
ROW, LINE, CAPTION = 7.5, 17.5, 70.0
"""Heights: what a row of a table takes beside its text, a line of its text, a caption with the table's head [px]."""
LETTERS_OF_LEVEL, LETTERS_OF_STATION = 56, 76
"""Letters of a name and a line of words beside it, in the table of levels and in that of stations."""
LEAST_LETTERS, LONGEST = 20, 150
"""Letters that a column has at least, and of a list of options; what is longer is counted."""
LEAST_FLOW, MOST_FLOW = 190.0, 470.0
LEAST_CROWDED_FLOW = 320.0
"""Height of a flow of so many ways that it cannot be cut into rows [px]."""
MOST_FLOW_ROWS, GAP = 7, 6.0


def line_page(facts: Facts, line: Line, command: str) -> dict[str, Any]:
    """Fill the page of the line, so that it never exceeds its height: the flow takes what the tables leave."""
    rows, flow = choices(facts, line), flow_parts(line)
    least = LEAST_CROWDED_FLOW if is_crowded(line) else LEAST_FLOW
    left = ROOM - _height([(row.name, row.changes) for row in rows], LETTERS_OF_LEVEL) if line.levels else ROOM
    stations, taken = station_rows(line), 0.0
    while stations:
        taken = _height([(row.name, row.options) for row in stations], LETTERS_OF_STATION)
        if left - taken >= least:
            break
        stations.pop()
    left -= taken if stations else 0.0
    more = len(line.stations) - len(stations)
    count = len(line.stations)
    return {
        "line_title": f"{f'{count} stations' if count > 1 else 'One station'}: {_limit(line)}.",
        "line_lead": _demand(line),
        "flow": flow,
        "flow_rows": flow_rows(flow, min(max(left, least), MOST_FLOW)),
        "choices": rows,
        "stations": stations,
        "more_stations": f"{more} more: {command}" if more else "",
    }


def _height(rows: Sequence[tuple[str, str]], letters: int) -> float:
    """Reckon the height of a table by the names and the longest text of its rows [px]."""
    beside = max(LEAST_LETTERS, letters - max(len(name) for name, _ in rows))
    return CAPTION + sum(ROW + LINE * max(1, ceil(len(text) / beside)) for _, text in rows)


def _limit(line: Line) -> str:
    """Say what limits the line at best: a station, or the orders or arrivals where these are fewer."""
    capacity = static_capacity(line)
    if capacity.arrivals_per_h is not None and capacity.arrivals_per_h < capacity.max_throughput_per_h:
        return f"the {'arrivals' if line.source.orders is None else 'orders'} limit what leaves"
    limit = line.bottleneck or capacity.bottleneck
    return f"{line.stations[limit].label or limit} limits the line"


def _demand(line: Line) -> str:
    product, shifts = line.product, line.shifts
    asked = product.demand_per_year
    demand = "" if asked is None else f"{asked:,.0f} {units(product.unit)} a year asked. "
    worked = shifts.pattern or "at times of their own"
    open_for = f"Open {opening_hours(shifts):,.0f} h a year"
    return f"{demand}{open_for} in shifts, {worked}. Drawn as described, without automation."


class FlowRow(NamedTuple):
    """One row of a flow cut to the page: its view box, width and height [px]."""

    box: str
    width: float
    height: float


def flow_rows(parts: FlowParts, height: float) -> list[FlowRow]:
    """Cut a flow between its columns into rows of one scale, as large as the page's width and `height` [px] allow."""
    options = []
    for count in range(1, MOST_FLOW_ROWS + 1):
        edges = _edges(parts.cuts, count)
        talls = [_tall(parts, left, right) for left, right in edges]
        widest = max(right - left for left, right in edges)
        scale = min(1.0, WIDTH / widest, (height - GAP * (len(edges) - 1)) / sum(talls))
        options.append((round(scale, 3), -len(edges), edges, talls))
    scale, _, edges, talls = max(options)
    return [
        FlowRow(f"{left:.1f} {parts.top:.1f} {right - left:.1f} {tall:.1f}", (right - left) * scale, tall * scale)
        for (left, right), tall in zip(edges, talls, strict=True)
    ]


def _tall(parts: FlowParts, left: float, right: float) -> float:
    """Give the height of the columns between two cuts [px]."""
    within = zip(parts.cuts, parts.bottoms, strict=False)
    return max(bottom for cut, bottom in within if left <= cut < right) - parts.top


def _edges(cuts: Sequence[float], count: int) -> list[tuple[float, float]]:
    """Part the columns into at most `count` runs, the widest as narrow as can be."""
    widths = sorted({right - left for place, left in enumerate(cuts) for right in cuts[place + 1 :]})
    for most in widths:
        found: list[tuple[float, float]] = []
        left, place = cuts[0], 0
        while place < len(cuts) - 1 and len(found) <= count:
            fitting = [at for at in range(place + 1, len(cuts)) if cuts[at] - left <= most + 1e-9]
            if not fitting:
                break
            place = fitting[-1]
            found.append((left, cuts[place]))
            left = cuts[place]
        if place == len(cuts) - 1 and len(found) <= count:
            return found
    return [(cuts[0], cuts[-1])]


class StationRow(NamedTuple):
    """A station as described: its machines and their cycle, its capital, and what may automate it."""

    name: str
    cycle: str
    capital: str
    options: str


def station_rows(line: Line) -> list[StationRow]:
    """Tabulate the stations as described, and what automation may change there, with its capital."""
    return [
        StationRow(
            station.label or name,
            f"{station.machines:,} × {format_time(station.cycle.mean)}",
            millions(station.capex),
            _listed([f"{option.label or key} ({millions(option.capex)})" for key, option in station.automation.items()])
            or NOTHING,
        )
        for name, station in line.stations.items()
    ]


def millions(capex: float) -> str:
    """Write a price in M EUR, to the ten thousand; a dash for nothing."""
    return number(capex / MILLION, 2) if capex else NOTHING


class Choice(NamedTuple):
    """A level: its name, what it changes, its posts per shift, people and capital."""

    name: str
    changes: str
    posts: str
    people: str
    capital: str


def choices(facts: Facts, line: Line) -> list[Choice]:
    """Tabulate what each level changes."""
    size, _, places = facts.capital_unit
    return [
        Choice(
            level.name,
            _changes(line, level.name),
            _posts(level.posts),
            number(level.people, 0),
            number(level.capex / size, places),
        )
        for level in drawn_levels(facts)
    ]


def _posts(pools: Mapping[str, int]) -> str:
    """Count the posts of one shift; the pools of one skill, such as operator_grinding, together."""
    counts: Counter[str] = Counter()
    for pool, count in pools.items():
        counts[pool.partition("_")[0]] += count
    return ", ".join(f"{count} {skill}{'s' if count > 1 else ''}" for skill, count in counts.items()) or NOTHING


def _changes(line: Line, level: str) -> str:
    """Name the options of a level; one that is chosen at several stations, once."""
    chosen = line.levels.get(level, {})
    named = Counter(line.stations[station].automation[option].label or option for station, option in chosen.items())
    said = [f"{label} ({count} stations)" if count > 1 else label for label, count in named.items()]
    return _listed(said) or "the line as described"


def _listed(texts: Sequence[str]) -> str:
    """List texts as far as there is room, at least one, and count the rest."""
    shown = [*texts[:1]]
    for text in texts[1:]:
        if sum(map(len, shown)) + len(text) > LONGEST:
            break
        shown.append(text)
    more = [f"{len(texts) - len(shown)} more"] if len(shown) < len(texts) else []
    return "; ".join([*shown, *more])
