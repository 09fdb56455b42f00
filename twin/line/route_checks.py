"""What must hold of the ways through a line: edges, probabilities, routes of products, and where parts come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.line import traffic
from twin.line.names import Problem, nearest
from twin.line.route import OUT, loops, probabilities, reachable
from twin.line.scenario import versions

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from twin.line.line import Line

TOLERANCE = 1e-9
"""Probabilities are decimal fractions; their sum is 1 to this."""


def edges_join_stations(line: Line) -> Iterator[Problem]:
    """Ask that every edge leave a station and go to a station or out."""
    for position, edge in enumerate(line.route):
        if edge.from_ not in line.stations:
            yield Problem(("route", position, "from"), f"no station {nearest(edge.from_, line.stations)}")
        if edge.to != OUT and edge.to not in line.stations:
            yield Problem(("route", position, "to"), f"no station {nearest(edge.to, [*line.stations, OUT])}")


def edges_are_single(line: Line) -> Iterator[Problem]:
    """Ask that two stations be joined by one edge at most in each direction."""
    seen: set[str] = set()
    for position, edge in enumerate(line.route):
        if edge.name in seen:
            yield Problem(
                ("route", position),
                f"{edge.name} is there already; one edge joins two stations; add up their buffers and probabilities",
            )
        seen.add(edge.name)


def edges_hold_parts(line: Line) -> Iterator[Problem]:
    """Ask for a place where parts are on their way, and for none where they leave the line."""
    for position, edge in enumerate(line.route):
        place = ("route", position)
        if edge.to == OUT:
            for key in ("buffer", "transport", "delay"):
                if getattr(edge, key) is not None:
                    yield Problem((*place, key), f"parts that leave the line need no {key}; leave it out")
        elif edge.transport is not None and edge.delay is not None:
            yield Problem(
                (*place, "delay"),
                "a way has a transport or a delay, not both; on a delay parts may overtake; leave one out",
            )
        elif (edge.transport or edge.delay) is not None and edge.buffer == 0:
            yield Problem(
                (*place, "buffer"),
                f"0 places cannot hold a part on its way; a {'delay' if edge.delay else 'transport'} needs 1; "
                "write buffer: 1 or more",
            )
        if edge.from_ == edge.to and edge.buffer == 0 and _machines(line, edge.to) == 1:
            yield Problem(
                (*place, "buffer"),
                "a part that goes back to its own machine over 0 places waits for itself for ever (deadlock); "
                "leave `buffer` out, or write 1",
            )


def _machines(line: Line, name: str) -> int:
    return line.stations[name].machines if name in line.stations else 0


def probabilities_sum_to_one(line: Line) -> Iterator[Problem]:
    """Ask that the ways out of a station share all its parts; one at most may take what the others leave.

    Where all that comes is bound to a route, only what is sent back needs a share.
    """
    by_station: dict[str, list[int]] = {}
    for position, edge in enumerate(line.route):
        if not edge.rejected:  # what is rejected is told apart before
            by_station.setdefault(edge.from_, []).append(position)
    bound = bound_only(line)
    for name, positions in by_station.items():
        if name in bound:
            yield from _sends_back_a_share(line, name, [at for at in positions if line.route[at].rework])
        else:
            yield from _shares_all(line, name, positions)


def _shares_all(line: Line, name: str, positions: list[int]) -> Iterator[Problem]:
    given = [line.route[position].probability for position in positions]
    total, silent = sum(share or 0.0 for share in given), given.count(None)
    if silent > 1:
        last = max(position for position in positions if line.route[position].probability is None)
        yield Problem(
            ("route", last),
            f"{silent} ways out of {name} have no probability; one at most takes the rest; write probability: 0.5",
        )
    elif total > 1 + TOLERANCE or (not silent and total < 1 - TOLERANCE):
        last = max(position for position in positions if line.route[position].probability is not None)
        if len(given) == 1:
            text = f"the only way out of {name} has a probability of {total:.10g}; it must be 1; leave it out"
        else:
            text = f"the probabilities of the {len(given)} ways out of {name} sum to {total:.10g}, not to 1; "
            text += "make them smaller" if total > 1 else "raise one, or leave one out to take the rest"
        yield Problem(("route", last, "probability"), text)


def _sends_back_a_share(line: Line, name: str, positions: list[int]) -> Iterator[Problem]:
    total = 0.0
    for position in positions:
        share = line.route[position].probability
        total += share or 0.0
        if share is None:
            yield Problem(
                ("route", position),
                f"{name} sends parts back, and does not say how many; write probability: 0.03",
            )
    if total >= 1:
        yield Problem(
            ("route", positions[-1], "probability"),
            f"{name} sends back {total:.10g} of its parts, and none goes on; write shares that sum to less than 1",
        )


def bound_only(line: Line) -> AbstractSet[str]:
    """Return the stations that only parts pass that are bound to a route of their product or order."""
    routes = {name for way in line.ways for name in way}
    return (routes & line.stations.keys()) - _free_reach(line) if routes else set()


def _free_reach(line: Line) -> AbstractSet[str]:
    """Return where parts come that are bound to no route; that of a product nobody knows is not known."""
    free = (entry for entry in traffic.entries(line) if entry.route is None)
    known = (entry.start for entry in free if entry.product is None or entry.product in line.products)
    return reachable(known, _ways(line))


def _ways(line: Line) -> dict[str, list[str]]:
    """Return where parts can go from each station: along edges of some probability, or as they are rejected."""
    ways: dict[str, list[str]] = {name: [] for name in line.stations}
    for edge, share in zip(line.route, probabilities(line.route), strict=True):
        if share > 0 or edge.rejected:
            ways.setdefault(edge.from_, []).append(edge.to)
    return ways


def parts_can_leave(line: Line) -> Iterator[Problem]:
    """Ask for a way out of the line from every station; a loop without one fills and locks for certain."""
    ways = _ways(line)
    back: dict[str, list[str]] = {}
    for name, targets in ways.items():
        for target in targets:
            back.setdefault(target, []).append(name)
    # An edge to nowhere is a problem of its own; where it was meant to lead is not known.
    unknown = [edge.to for edge in line.route if edge.to not in line.stations]
    free = reachable([OUT, *unknown], back)
    asked = _free_reach(line) if line.ways else ways.keys()
    stuck = {name: targets for name, targets in ways.items() if name in asked and name not in free}
    for name, targets in stuck.items():
        if not targets:
            yield Problem(
                ("stations", name),
                f"no way leaves the station; parts must get out; add {{from: {name}, to: {OUT}}} to route",
            )
    for loop in loops(stuck):
        if all(set(stuck[name]) <= set(loop) for name in loop):
            last = max(position for position, edge in enumerate(line.route) if edge.from_ in loop)
            yield Problem(
                ("route", last),
                f"the loop {_round(loop)} has no way out; parts that enter stay for ever and the line locks; "
                f"add {{from: {loop[-1]}, to: {OUT}}} with a probability",
            )


def good_parts_leave(line: Line) -> Iterator[Problem]:
    """Ask that parts can leave good whatever option is chosen, past the stations that scrap all of theirs."""
    scraps = {
        (*place, key): str(place[1])
        for place, version in versions(line)
        for key in ("scrap", "false_reject", "prevalence")
        if getattr(version, key, None) == 1 and line.stations[str(place[1])].false_accept == 0
    }
    if not _can_leave(line, set()):
        return  # why is said elsewhere
    as_described = {name for place, name in scraps.items() if "automation" not in place}
    for place, name in scraps.items():
        if not _can_leave(line, {*as_described, name}):
            yield Problem(
                place, f"{name} scraps every part, and none can leave the line good; write a share below 1, such as 2 %"
            )


def _can_leave(line: Line, dead: AbstractSet[str]) -> bool:
    """Whether some part can leave the line though each station of `dead` rejects all: they only send back."""
    found = traffic.entries(line)
    back = {name: [edge.to for edge in line.route if edge.rejected and edge.from_ == name] for name in dead}
    ways = _ways(line) | back
    return OUT in reachable((entry.start for entry in found if entry.route is None), ways) or any(
        entry.route is not None and not dead & set(entry.route) for entry in found
    )


def _round(loop: Iterable[str]) -> str:
    names = list(loop)
    return " -> ".join([*names, names[0]])


def stations_are_reached(line: Line) -> Iterator[Problem]:
    """Ask that every station be fed by the source, by stations that are, or lie on a route of a product or order."""
    bound = {name for way in line.ways for name in way}
    entered = {*(edge.to for edge in line.route), *(line.source.into or ()), *bound} - {OUT}
    if not entered <= line.stations.keys():
        return  # which station was meant is not known
    reached = {*_free_reach(line), *line.fed, *bound}
    remedy = "name it in source.into" if not line.ways else "let a product's route pass it"
    for name in line.stations:
        if name not in reached:
            yield Problem(
                ("stations", name),
                f"no part ever comes here; a station is entered by an edge, or fed; add an edge to {name}, or {remedy}",
            )


def source_feeds_stations(line: Line) -> Iterator[Problem]:
    """Ask that `into` name stations, each once, and of orders the share of each."""
    into = line.source.into
    if into is not None and not into:
        yield Problem(("source", "into"), "the source feeds no station; name at least one, or leave `into` out")
    names = list(into or ())
    for position, name in enumerate(names):
        place = ("source", "into", name if isinstance(into, dict) else position)
        if name not in line.stations:
            yield Problem(place, f"no station {nearest(name, line.stations)}")
        elif name in names[:position]:
            yield Problem(place, f'"{name}" is named twice; name it once')
    if isinstance(into, dict) and into and abs(sum(into.values()) - 1) > TOLERANCE:
        yield Problem(("source", "into"), f"the shares sum to {sum(into.values()):.10g}, not to 1; change one")
    elif isinstance(into, tuple) and len(names) > 1 and line.source.orders is not None:
        shares = ", ".join(f"{name}: {1 / len(names):.2g}" for name in names)
        yield Problem(("source", "into"), f"an order starts at one station; write their shares: into: {{{shares}}}")


ROUTE = ("route", "from", "to", "stations")
COMING = ("source", "into", "orders", "book", "product", "products")

RULES: dict[Callable[[Line], Iterable[Problem]], Collection[str]] = {
    edges_join_stations: ROUTE,
    edges_are_single: ROUTE,
    edges_hold_parts: ROUTE,
    probabilities_sum_to_one: (*ROUTE, *COMING, "probability"),
    parts_can_leave: (*ROUTE, *COMING, "probability", "rejected"),
    good_parts_leave: (*ROUTE, *COMING, "probability", "scrap", "prevalence", "false_accept", "false_reject"),
    stations_are_reached: (*ROUTE, *COMING, "probability"),
    source_feeds_stations: ("source", "into", "orders", "stations"),
}
"""Every rule, with the keys that it reads and cannot do without."""
