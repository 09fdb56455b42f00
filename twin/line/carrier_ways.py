"""Where parts hold carriers: on which stations all of them do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.line.rates import made
from twin.line.rooms import Rooms
from twin.line.route import OUT

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from twin.line.line import Line


def held_at(line: Line, name: str) -> AbstractSet[str]:
    """Return the stations where every part holds a carrier of a kind, from the one that gives to the one that frees it.

    A part that was cut holds none, but for the one that came in. What is joined holds what one of its feeds brings for
    certain.
    """
    carrier, rooms = line.carriers[name], Rooms(line)
    bare = {station for station in rooms.fed if station != carrier.from_}
    while True:
        # What leaves these stations may hold none; at the first station a part without one takes one.
        sends = bare | {carrier.to} | {each for each, station in line.stations.items() if made(station) > 1}
        more = set(bare)
        for station, kind in ((each, one.kind) for each, one in line.stations.items() if each != carrier.from_):
            ways = rooms.into(station)
            if kind == "assembly" and ways:
                free = station in bare or all(edge.from_ in sends for edge in ways)
            else:
                free = any(edge.from_ in sends for edge in ways)
            if free:
                more.add(station)
        if more == bare:
            break
        bare = more
    entered = {carrier.from_, *(edge.to for edge in rooms.ways), *rooms.fed} - {OUT}
    return (entered & line.stations.keys()) - bare
