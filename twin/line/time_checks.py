"""What must hold of time: no parts without end at one instant, whatever the options and products."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from twin.line.failure import SHORTEST
from twin.line.names import Problem
from twin.line.passing import ways as passing
from twin.line.rates import made, pace_of
from twin.line.rooms import Rooms
from twin.line.route import loops, probabilities
from twin.line.route_checks import COMING, ROUTE
from twin.line.scenario import versions
from twin.line.station import HOLDERS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from twin.line.line import Line
    from twin.line.names import Place

MOST_AT_AN_INSTANT = 1_008
"""Parts that may come to a transport at one instant: both clocks draw at most 1,024 times of a kind ahead, of which 16
are kept back."""

TOLERANCE = 1e-9


def transports_reach_few_machines(line: Line) -> Iterator[Problem]:
    """Ask that no more parts come to a transport at one instant than its times are drawn ahead.

    As many may come as the machines behind it take, each a part, a batch or a set, and those before it let go, where
    each lets several go.
    """
    rooms = Rooms(line)
    for position, edge in enumerate(line.route):
        key = "transport" if edge.transport is not None else "delay"
        way = edge.transport or edge.delay
        if way is None or not {edge.from_, edge.to} <= line.stations.keys():
            continue
        machines = rooms.machines[edge.to]
        parts = rooms.taken_in(edge) + rooms.let_go(edge.from_)
        if machines > MOST_AT_AN_INSTANT:
            yield Problem(
                ("route", position, key),
                f"{edge.to} has {machines:,} machines; a {key} can reach {MOST_AT_AN_INSTANT:,}; "
                f"leave `{key}` out, or make two stations of it",
            )
        elif parts > MOST_AT_AN_INSTANT:
            yield Problem(
                ("route", position, key),
                f"{parts:,} parts may set out at one instant; a {key} can take {MOST_AT_AN_INSTANT:,}; leave `{key}` "
                "out, or write fewer machines or parts",
            )


def time_passes(line: Line) -> Iterator[Problem]:
    """Ask that stations which a saturated source feeds take time for a part, and every loop too."""
    instant = _instant(line)
    for name in line.fed if line.source.kind == "saturated" else ():
        if line.stations[name].kind == "storage":
            yield Problem(
                ("stations", name, "kind"),
                "a storage takes all that comes at one instant, and the source never runs out; begin with a station of "
                "another kind, or give `arrivals`",
            )
        elif name in instant:
            yield Problem(
                instant[name],
                "a cycle without time makes parts without end, as the source never runs out; write a time above 0 s",
            )
    ways: dict[str, list[str]] = {name: [] for name in instant}
    for edge, share in zip(line.route, probabilities(line.route), strict=True):
        at_once = all(way is None or way.mean < SHORTEST for way in (edge.transport, edge.delay))
        if {edge.from_, edge.to} <= instant.keys() and (share > 0 or edge.rejected) and at_once:
            ways[edge.from_].append(edge.to)
    if any(edge.rework or edge.rejected for edge in line.route):  # without, a bound route comes to its end
        for before, after in dict.fromkeys(step for way in line.ways for step in pairwise(way)):
            if {before, after} <= instant.keys():
                ways[before].append(after)
    for loop in loops(ways):
        yield Problem(
            instant[loop[-1]],
            f"the loop {' -> '.join([*loop, loop[0]])} takes no time; a part could go round for ever; write a time "
            "above 0 s",
        )


def _instant(line: Line) -> dict[str, Place]:
    """Return the stations that may take no time for a part, each with the place that says so."""
    found: dict[str, Place] = {
        name: ("products", product, "cycle", name)
        for product, variant in line.products.items()
        for name, cycle in variant.cycle.items()
        if cycle.mean < SHORTEST and name in line.stations
    }
    for place, version in versions(line):
        name = str(place[1])
        if line.stations[name].kind not in HOLDERS and version.cycle is not None and version.cycle.mean < SHORTEST:
            found[name] = (*place, "cycle")
    stores = (name for name, station in line.stations.items() if station.kind == "storage")
    return found | {name: ("stations", name, "stay") for name in stores if line.stations[name].stay.mean < SHORTEST}


def loops_die_out(line: Line) -> Iterator[Problem]:
    """Ask that of the parts which are cut fewer come back than went: else they multiply round the loop."""
    if not any(made(station) > 1 for station in line.stations.values()) or not set(line.fed) <= line.stations.keys():
        return
    told: set[str] = set()
    for way in passing(line, pace_of(line)):
        moves = (way.kept * way.made)[:, None] * way.onward[:, :-1]
        onward = {str(at): [str(to) for to in np.flatnonzero(row).tolist()] for at, row in enumerate(moves)}
        for loop in loops(onward):
            places = [int(place) for place in loop]
            cutting = next((way.names[at] for at in places if way.made[at] > 1), None)
            grows = np.abs(np.linalg.eigvals(moves[np.ix_(places, places)])).max() >= 1 - TOLERANCE
            if cutting is not None and grows and cutting not in told:
                told.add(cutting)
                yield Problem(
                    ("stations", cutting, "parts"),
                    f"of what {cutting} cuts at least as many parts come back to it as went in, and they multiply "
                    "without end; send fewer of them back, or back to a station behind it",
                )


RULES: dict[Callable[[Line], Iterable[Problem]], Collection[str]] = {
    transports_reach_few_machines: (*ROUTE, "machines", "transport", "delay", "size", "parts", "takes"),
    time_passes: (*ROUTE, *COMING, "probability", "rejected", "arrivals"),
    loops_die_out: (*ROUTE, *COMING, "probability", "rejected", "parts", "scrap"),
}
"""Every rule, with the keys that it reads and cannot do without."""
