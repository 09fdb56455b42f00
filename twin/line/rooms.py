"""How many parts can wait before a station, and how many it takes or lets go at one instant."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from twin.line.rates import at_once, made
from twin.line.scenario import versions
from twin.line.station import HOLDERS
from twin.line.traffic import taken

if TYPE_CHECKING:
    from twin.line.line import Line
    from twin.line.route import Edge


class Rooms:
    """The places of a line, whatever options are chosen.

    Attributes
    ----------
    ways : list of Edge
        The edges that some part may take, those that bound routes imply included.
    machines : dict of str to int
        Machines by station, at the option that gives it most.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        known = {*line.stations, "out"}
        implied = line.edges[len(line.route) :]
        self.ways = [edge for edge in (*taken(line), *implied) if edge.from_ in line.stations and edge.to in known]
        self.fed = [name for name in line.fed if name in line.stations]
        self.machines: dict[str, int] = {}
        for place, version in versions(line):
            name = str(place[1])
            self.machines[name] = max(self.machines.get(name, 0), version.machines or 0)

    def into(self, name: str) -> list[Edge]:
        """Return the ways into a station."""
        return [edge for edge in self.ways if edge.to == name]

    def room(self, edge: Edge) -> float:
        """Return how many parts of an edge can be taken at once: its places; without any, what its machines hold."""
        if edge.buffer is None:
            return inf
        return edge.buffer or self.machines[edge.from_]

    def of_source(self, name: str) -> float:
        """Return how many parts of the source can be taken at a station at once; 0 where it feeds others."""
        if name not in self.fed:
            return 0
        return inf if self._line.source.capacity is None else self._line.source.capacity

    def before(self, name: str) -> float:
        """Return how many parts can wait for a station over all its ways."""
        return sum(self.room(edge) for edge in self.into(name)) + self.of_source(name)

    def is_finite(self, edge: Edge) -> bool:
        """Whether an edge can be full, so that what is bound for it waits: a store without limit empties it at once."""
        after = self._line.stations.get(edge.to)
        return (
            edge.buffer is not None and after is not None and not (after.kind == "storage" and after.capacity is None)
        )

    def holds(self, name: str) -> int:
        """Return how many parts a station holds at least when nothing can leave it."""
        station = self._line.stations[name]
        return (station.capacity or 1) if station.kind in HOLDERS else self.machines[name]

    def let_go(self, name: str) -> int:
        """Return how many parts the machines of a station let go at one instant, where each lets several go; else 0."""
        station = self._line.stations[name]
        each = max(at_once(station), made(station))
        return self.machines[name] * each if each > 1 else 0

    def taken_in(self, edge: Edge) -> int:
        """Return how many parts of an edge a station may take at one instant: one a machine, or a batch, or a set."""
        station = self._line.stations[edge.to]
        each = station.takes.get(edge.from_, 1) if station.kind == "assembly" else at_once(station)
        return self.machines[edge.to] * each

    def held_in(self, name: str) -> int:
        """Return how many parts the machines of a station may hold at one instant."""
        station = self._line.stations[name]
        return self.machines[name] * max(at_once(station), made(station), sum(station.takes.values()))
