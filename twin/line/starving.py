"""Assemblies that can run dry: feeds that wait for each other, and parts of which one feed takes what another lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from twin.line.carrier_ways import held_at
from twin.line.joined_work import SOURCE, feeds
from twin.line.rooms import Rooms
from twin.line.route import OUT, reachable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from twin.line.line import Line
    from twin.line.route import Edge


class Starving(NamedTuple):
    """An assembly of which one feed can run dry while the other piles up: both feeds, and the station that sends both.

    `is_certain` where sooner or later it must come so.
    """

    assembly: str
    piling: str
    dry: str
    fork: str
    is_certain: bool


def fed_in_vain(line: Line) -> Iterator[tuple[str, str]]:
    """Yield assemblies and the feed that cannot bring anything before the assembly itself has made something."""
    rooms = Rooms(line)
    alive = set(rooms.fed)
    after = _onward(rooms.ways)
    joining = {name for name, station in line.stations.items() if station.kind == "assembly"}
    needs = {name: {feed for feed, _ in feeds(line, name)} - {SOURCE} for name in joining}
    come = reachable(rooms.fed, after)
    alive -= {name for name in joining if needs[name]}
    while True:
        reached = reachable(alive, {name: [to for to in to_s if to not in joining] for name, to_s in after.items()})
        ready = {name for name in joining if needs[name] <= reached and (needs[name] or name in rooms.fed)}
        if ready | reached == alive:
            break
        alive = ready | set(reached)
    taken = {(edge.from_, edge.to) for edge in rooms.ways}
    for name in (name for name in line.stations if name in joining):
        for feed in (feed for feed, _ in feeds(line, name) if feed in needs[name] and feed in come):
            if (feed, name) not in taken or (name not in alive and feed not in alive):
                yield name, feed


def _onward(ways: Iterable[Edge], *, without: Collection[str] = ()) -> dict[str, list[str]]:
    """Return where each station's parts go on to, past the stations left out."""
    found: dict[str, list[str]] = {}
    for edge in ways:
        if edge.from_ not in without and edge.to not in without and edge.to != OUT:
            found.setdefault(edge.from_, []).append(edge.to)
    return found


def starving(line: Line) -> Iterator[Starving]:
    """Yield the assemblies whose feeds can starve each other, the first of the forks that do it.

    A fork is a station that sends parts by chance towards two feeds. While the way to one is full, its next part may
    be for that way, and it waits; if the other feed gets parts from such forks alone, it runs dry, the assembly stands,
    and the way stays full. With finite ways to both feeds chance brings that about for certain: the surplus of one feed
    is a random walk between two ends, and it reaches one (Feller, An Introduction to Probability Theory I, 3rd ed.
    1968, chapter XIV). Carriers that all parts of a feed hold bound its way as places do.
    """
    rooms = Rooms(line)
    for name, station in line.stations.items():
        if station.kind == "assembly":
            yield from _of_assembly(line, rooms, name)


def _of_assembly(line: Line, rooms: Rooms, name: str) -> Iterator[Starving]:
    names = [edge.from_ for edge in rooms.into(name)]
    before = {feed: _before(rooms, feed, name) for feed in names}
    for piling in names:
        for dry in (feed for feed in names if feed != piling):
            forks = [
                station
                for station in line.stations
                if station != name
                and station in before[piling] & before[dry]
                and _parts_ways(rooms, station, _leading(before, piling, name), _leading(before, dry, name))
            ]
            blocked = [fork for fork in forks if _is_bounded(line, rooms, fork, piling, name)]
            if not blocked or dry in _reached_without(rooms, {*blocked, name}):
                continue
            both = all(_is_bounded(line, rooms, fork, dry, name) for fork in blocked)
            yield Starving(name, piling, dry, blocked[-1], is_certain=both and _is_drawn(line, blocked))
            return


def _before(rooms: Rooms, feed: str, name: str) -> AbstractSet[str]:
    """Return the stations from which parts come to a feed without passing its assembly."""
    back: dict[str, list[str]] = {}
    for edge in rooms.ways:
        if name not in (edge.from_, edge.to):
            back.setdefault(edge.to, []).append(edge.from_)
    return reachable([feed], back)


def _leading(before: dict[str, AbstractSet[str]], feed: str, name: str) -> Callable[[Edge], bool]:
    """Return the question whether a way leads to an assembly's feed, or is that feed's own way into it."""
    return lambda edge: edge.from_ == feed if edge.to == name else edge.to in before[feed]


def _parts_ways(rooms: Rooms, station: str, piles: Callable[[Edge], bool], dries: Callable[[Edge], bool]) -> bool:
    """Whether a station's parts part: one way leads to a feed, another one to the other feed."""
    ways = [edge for edge in rooms.ways if edge.from_ == station]
    return any(
        piles(one) and dries(other) and not (dries(one) and piles(other))
        for one in ways
        for other in ways
        if one is not other
    )


def _is_bounded(line: Line, rooms: Rooms, fork: str, feed: str, name: str) -> bool:
    """Whether a way from a fork through a feed to its assembly can be full, all along, or its carriers be used up."""
    if any({fork, feed, name} <= held_at(line, carrier) for carrier in line.carriers):
        return True
    last = next(edge for edge in rooms.ways if (edge.from_, edge.to) == (feed, name))
    finite = [edge for edge in rooms.ways if rooms.is_finite(edge) and name not in (edge.from_, edge.to)]
    return rooms.is_finite(last) and feed in reachable([fork], _onward(finite))


def _reached_without(rooms: Rooms, without: Collection[str]) -> AbstractSet[str]:
    """Return where parts still come when some stations send nothing on."""
    return reachable([name for name in rooms.fed if name not in without], _onward(rooms.ways, without=without))


def _is_drawn(line: Line, forks: list[str]) -> bool:
    """Whether chance parts the ways at these stations: a book of orders says its ways beforehand."""
    drawn = line.source.orders is None or line.source.orders.every is not None
    return drawn or all(sum(edge.from_ == fork for edge in line.route) > 1 for fork in forks)
