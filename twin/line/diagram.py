"""The layout of a line's flow.

Stations stand in columns by the longest path from the source and in lanes, one for each feed or branch; what sends
parts back is a return below. The layout knows no sizes: whoever draws it gives columns and lanes their measure.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from twin.line.diagram_ways import is_crowded, lots_on, main_stations, main_ways, shares
from twin.line.route import OUT, probabilities
from twin.line.route_checks import bound_only
from twin.line.traffic import product_route
from twin.units import format_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from twin.line.line import Line
    from twin.line.route import Edge


LEAST_SHOWN = 0.01
"""A share that is at least a whole percent."""

MOST_NAMED = 3
"""Products that an edge names; of more it says how many they are."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a station (or the way out) stands.

    Attributes
    ----------
    name : str
        Station, or "out".
    column : int
        Steps of the longest path from the source, from 0.
    lane : float
        From 0 at the top; neighbours in a column are at least 1 apart.
    """

    name: str
    column: int
    lane: float


@dataclass(frozen=True, slots=True)
class Link:
    """How an edge of the route is drawn.

    Attributes
    ----------
    edge : Edge
    probability : float or None
        Share that takes it of the station's parts that are bound to no route [1]; None where all are bound. Where it is
        brief, of all lots that leave the station.
    products : tuple of str
        Products whose route takes it; empty where it is all of them, or none.
    lanes : tuple of float
        Its lane in each column that it passes between its ends; empty for neighbours and returns.
    depth : int or None
        Of a return: its level below the line, from 0. None for what goes forward.
    is_brief : bool
        Whether there are so many ways that its share alone stands beside it.
    """

    edge: Edge
    probability: float | None
    lanes: tuple[float, ...] = ()
    depth: int | None = None
    products: tuple[str, ...] = ()
    is_brief: bool = False


@dataclass(frozen=True, slots=True)
class Diagram:
    """A line's flow, laid out.

    Attributes
    ----------
    places : tuple of Place
        Stations that are drawn in file order, the way out last.
    links : tuple of Link
        In the order of the route, then what the routes of products and orders imply.
    fed : tuple of str
        Stations that the source feeds.
    left_out : int
        Ways that are not drawn, for there are too many; those drawn are the main ones.
    """

    places: tuple[Place, ...]
    links: tuple[Link, ...]
    fed: tuple[str, ...]
    left_out: int = 0

    def place(self, name: str) -> Place:
        """Return where a station (or "out") stands.

        Raises
        ------
        KeyError
            If it is not in the diagram.
        """
        for place in self.places:
            if place.name == name:
                return place
        raise KeyError(name)


def edge_label(link: Link) -> str:
    """Say what stands beside an edge: places ("∞" without limit), time on the way, and who takes it."""
    edge = link.edge
    if link.is_brief:
        return "" if link.probability in (1, None) else share_text(link.probability)
    places = [] if edge.to == OUT or link.depth is not None else ["∞" if edge.buffer is None else f"{edge.buffer:,}"]
    transport = [] if edge.transport is None else [format_time(edge.transport.mean)]
    delay = [] if edge.delay is None else [f"wait {format_time(edge.delay.mean)}"]
    leave = " leave" if edge.to == OUT else " rejected" if edge.rejected else ""
    share = [] if link.probability in (1, None) else [f"{100 * link.probability:.3g} %{leave}"]
    bound = [] if not link.products else [_few(link.products)]
    return ", ".join(places + transport + delay + share + bound)


def share_text(share: float) -> str:
    """Write a share in whole percent.

    Examples
    --------
    >>> share_text(0.484), share_text(0.006)
    ('48 %', '<1 %')
    """
    return f"{100 * share:.0f} %" if share >= LEAST_SHOWN else "<1 %"


def _few(products: tuple[str, ...]) -> str:
    return " ".join(products) if len(products) <= MOST_NAMED else f"{len(products)} products"


def station_names(line: Line) -> dict[str, str]:
    """Name each station for a drawing: its short name, else its label, else its name; and "out"."""
    names = {name: station.short or station.label or name for name, station in line.stations.items()}
    return {**names, OUT: OUT}


End = tuple[str, float]
"""What a link touches in a column: the station's name, or the edge's own where it only passes, and the lane."""


@dataclass(frozen=True, slots=True)
class Step:
    """A link's way from one column to the next; the first step carries the label."""

    link: Link
    source: End
    target: End
    label: str


@dataclass(frozen=True, slots=True)
class Gap:
    """What lies between two columns."""

    steps: list[Step]

    def alone(self, end: End) -> bool:
        """Whether one line only leaves, or reaches, an end."""
        return sum(end in (step.source, step.target) for step in self.steps) == 1

    def channels(self) -> list[set[End]]:
        """Group the ends that share a channel because lines join them; other lines go up and down beside it."""
        groups: list[set[End]] = []
        for step in self.steps:
            joined = {step.source, step.target}
            apart = [group for group in groups if not group & joined]
            joined.update(*(group for group in groups if group & joined))
            groups = [*apart, joined]
        return groups


def gaps(diagram: Diagram) -> list[Gap]:
    """Cut what goes forward into steps, by the gaps between columns that they cross."""
    between = [Gap([]) for _ in range(diagram.place(OUT).column)]
    for link in diagram.links:
        if link.depth is not None:
            continue
        first, last = diagram.place(link.edge.from_), diagram.place(link.edge.to)
        ends = [(first.name, first.lane), *((link.edge.name, lane) for lane in link.lanes), (last.name, last.lane)]
        for index, (source, target) in enumerate(pairwise(ends)):
            label = "" if index else edge_label(link)
            between[first.column + index].steps.append(Step(link, source, target, label))
    return between


def layout(line: Line, *, small: bool = False) -> Diagram:
    """Lay out a line's flow: all its ways, or of very many the main ones.

    Parameters
    ----------
    line : Line
    small : bool
        Whether of very many ways only those among the main stations are laid out.

    Raises
    ------
    InputError
        If there are very many ways, and no part can leave the line good.

    Notes
    -----
    Columns and lanes after Sugiyama, Tagawa and Toda, Methods for visual understanding of hierarchical system
    structures, IEEE Trans. Systems, Man and Cybernetics 11 (1981): layers by longest path, edges over several layers
    cut by points without a station, each column ordered by the mean of what comes before it.
    """
    is_brief = is_crowded(line)
    names = [*(main_stations(line) if is_brief and small else line.stations), OUT]
    edges = main_ways(line, names) if is_brief else line.edges
    forward, back = _split(line, edges)
    column = _columns(names, forward)
    chains = {edge.name: _chain(edge, column) for edge in forward}
    lane = _lanes(column, chains)
    depth = _depths(back, column)
    products = {} if is_brief else _bound_products(line)
    takes = shares(line) if is_brief else _probabilities(line)
    return Diagram(
        places=tuple(Place(name, column[name], lane[name, column[name]]) for name in names),
        links=tuple(
            Link(
                edge,
                takes[edge.name],
                tuple(lane[at] for at in chains.get(edge.name, ())[1:-1]),
                depth.get(edge.name),
                products.get((edge.from_, edge.to), ()),
                is_brief,
            )
            for edge in edges
        ),
        fed=tuple(name for name in line.fed if name in names),
        left_out=len(line.edges) - len(edges),
    )


def _probabilities(line: Line) -> Mapping[str, float | None]:
    """Return the share that takes each edge; None where parts are bound to take it, or to take another."""
    bound = bound_only(line)
    found: dict[str, float | None] = {}
    for edge, share in zip(line.edges, probabilities(line.edges, line.rejects), strict=True):
        implied = share == 0 and edge.buffer is None and edge not in line.route
        back = edge.rework or edge.rejected
        found[edge.name] = None if implied or (edge.from_ in bound and not back) else share
    return found


def _bound_products(line: Line) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return which products are bound to take each step; where all that are bound to the station do, none is named."""
    takes: dict[tuple[str, str], list[str]] = {}
    passes: dict[str, set[str]] = {}
    for product in line.products:
        route = product_route(line, product) or ()
        for step in dict.fromkeys(pairwise(route)):
            takes.setdefault(step, []).append(product)
            passes.setdefault(step[0], set()).add(product)
    return {step: tuple(names) for step, names in takes.items() if len(names) < len(passes[step[0]])}


Point = tuple[str, int]
"""What a column holds: a station (or an edge that passes) and the column."""


def _split(line: Line, edges: tuple[Edge, ...]) -> tuple[list[Edge], list[Edge]]:
    """Part the ways into what goes forward and what closes a loop; rework closes it if anything may.

    Where there are very many, those that most take go forward, whatever the order in the file.
    """
    rank = {name: index for index, name in enumerate([*line.stations, OUT])}
    lots = lots_on(line) if is_crowded(line) else {}
    onward: dict[str, list[str]] = {name: [] for name in rank}
    back = set()
    for edge in sorted(
        edges,
        key=lambda edge: (edge.rework, -lots.get(edge.name, 0.0), rank[edge.to] <= rank[edge.from_]),
    ):
        if _leads(edge.to, edge.from_, onward):
            back.add(edge.name)
        else:
            onward[edge.from_].append(edge.to)
    return [edge for edge in edges if edge.name not in back], [edge for edge in edges if edge.name in back]


def _leads(start: str, goal: str, onward: dict[str, list[str]]) -> bool:
    """Whether a way leads from start to goal (which it does when they are the same)."""
    ahead, seen = [start], {start}
    while ahead:
        name = ahead.pop()
        if name == goal:
            return True
        new = [after for after in onward[name] if after not in seen]
        seen.update(new)
        ahead.extend(new)
    return False


def _columns(names: Iterable[str], forward: list[Edge]) -> dict[str, int]:
    """Longest path to each name over edges without a loop (Kahn's order)."""
    column = dict.fromkeys(names, 0)
    onward: dict[str, list[str]] = {name: [] for name in column}
    missing = dict.fromkeys(column, 0)
    for edge in forward:
        onward[edge.from_].append(edge.to)
        missing[edge.to] += 1
    ready = [name for name, count in missing.items() if not count]
    while ready:
        name = ready.pop()
        for after in onward[name]:
            column[after] = max(column[after], column[name] + 1)
            missing[after] -= 1
            if not missing[after]:
                ready.append(after)
    # The way out stands alone in the last column, so that no card is beyond it.
    column[OUT] = max([column[OUT], *(place + 1 for name, place in column.items() if name != OUT)])
    return column


def _chain(edge: Edge, column: dict[str, int]) -> tuple[Point, ...]:
    """List the points of an edge, one in each column that it touches."""
    first, last = column[edge.from_], column[edge.to]
    return ((edge.from_, first), *((edge.name, between) for between in range(first + 1, last)), (edge.to, last))


def _lanes(column: dict[str, int], chains: dict[str, tuple[Point, ...]]) -> dict[Point, float]:
    """Lane of every point: near the mean of what comes before it, neighbours at least 1 apart, the topmost 0."""
    before: dict[Point, list[Point]] = {(name, place): [] for name, place in column.items()}
    for chain in chains.values():
        for earlier, later in pairwise(chain):
            before.setdefault(later, []).append(earlier)
    columns: dict[int, list[Point]] = {}
    for point in before:
        columns.setdefault(point[1], []).append(point)
    lane: dict[Point, float] = {}
    for place in sorted(columns):
        wanted = {at: sum(lane[earlier] for earlier in before[at]) / max(1, len(before[at])) for at in columns[place]}
        ordered = sorted(wanted, key=wanted.__getitem__)
        lane |= zip(ordered, _apart([wanted[point] for point in ordered]), strict=True)
    top = min(lane.values())
    return {point: value - top for point, value in lane.items()}


def _apart(wanted: list[float]) -> list[float]:
    """Move rising values at least 1 apart, each as little as can be in the sum of squares.

    With the index taken off, that is isotonic regression: pool adjacent violators (Barlow and others, Statistical
    Inference under Order Restrictions, 1972).

    Examples
    --------
    >>> _apart([0.0, 0.0, 5.0])
    [-0.5, 0.5, 5.0]
    """
    pools: list[tuple[float, int]] = []
    for index, value in enumerate(wanted):
        total, count = value - index, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            earlier, members = pools.pop()
            total, count = total + earlier, count + members
        pools.append((total, count))
    level = [total / count for total, count in pools for _ in range(count)]
    return [value + index for index, value in enumerate(level)]


def _depths(back: list[Edge], column: dict[str, int]) -> dict[str, int]:
    """Level of each return below the line: the short ones above, none over another."""
    levels: list[list[tuple[int, int]]] = []
    depth = {}
    for edge in sorted(back, key=lambda edge: column[edge.from_] - column[edge.to]):
        span = column[edge.to], column[edge.from_]
        level = next(
            (i for i, spans in enumerate(levels) if all(span[1] < a or b < span[0] for a, b in spans)), len(levels)
        )
        if level == len(levels):
            levels.append([])
        levels[level].append(span)
        depth[edge.name] = level
    return depth
