"""Which ways of a line's flow are drawn: all of them, or of very many those that most of what is made takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.line.rates import pace_of
from twin.line.route import OUT
from twin.line.workload import workload

if TYPE_CHECKING:
    from collections.abc import Collection

    from twin.line.line import Line
    from twin.line.route import Edge

FEW, PER_STATION = 20, 2
"""Ways that can always be drawn, and ways a station up to which any number of them can."""

MUCH = 0.1
"""Share of the lots that come in: a way that takes more is a main way."""


def is_crowded(line: Line) -> bool:
    """Say whether a line has more ways than a drawing of them all could show."""
    return len(line.edges) > max(FEW, PER_STATION * len(line.stations))


def lots_on(line: Line) -> dict[str, float]:
    """Return the lots that take each way, by its name, of each lot that comes in [1].

    Raises
    ------
    InputError
        If no part can leave the line good.
    """
    lots = workload(line, pace_of(line)).lots
    return {edge.name: lots.get((edge.from_, edge.to), 0.0) for edge in line.edges}


def shares(line: Line) -> dict[str, float]:
    """Return the share that takes each way, by its name, of the lots that leave its station [1].

    Raises
    ------
    InputError
        If no part can leave the line good.
    """
    lots = lots_on(line)
    whole = dict.fromkeys(line.stations, 0.0)
    for edge in line.edges:
        whole[edge.from_] += lots[edge.name]
    return {edge.name: lots[edge.name] / whole[edge.from_] if whole[edge.from_] else 0.0 for edge in line.edges}


def main_stations(line: Line) -> tuple[str, ...]:
    """Return the stations that much of what comes in passes, in file order.

    Raises
    ------
    InputError
        If no part can leave the line good.
    """
    lots = lots_on(line)
    passes = dict.fromkeys(line.stations, 0.0)
    for edge in line.edges:
        passes[edge.from_] += lots[edge.name]
    return tuple(name for name, much in passes.items() if much > MUCH)


def main_ways(line: Line, stations: Collection[str]) -> tuple[Edge, ...]:
    """Return the ways among some stations that much of what comes in takes, and the likeliest from and to each.

    Raises
    ------
    InputError
        If no part can leave the line good.
    """
    lots, ends = lots_on(line), {*stations, OUT}
    among = [edge for edge in line.edges if {edge.from_, edge.to} <= ends]
    likeliest = {
        max(ways, key=lambda edge: lots[edge.name]).name
        for station in ends
        for ways in (
            [edge for edge in among if edge.from_ == station],
            [edge for edge in among if edge.to == station and edge.from_ != station and station not in line.fed],
        )
        if ways
    }
    return tuple(edge for edge in among if edge.name in likeliest or lots[edge.name] > MUCH)
