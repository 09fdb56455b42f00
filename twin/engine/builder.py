"""What a plan is made with: rows of tables, needs of people and random streams, collected in the order of the line."""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING, Any

from twin.engine.kinds import way_burst
from twin.engine.records import INFINITE, empty
from twin.engine.streams import BLOCK, RESERVE, Stream
from twin.errors import InputError
from twin.line.crews import able

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from twin.line.distributions import Distribution
    from twin.line.line import Line
    from twin.line.route import Edge
    from twin.line.station import Station

SOURCE = "source"

Row = dict[str, Any]
"""A row of a table in the making."""


class Builder:
    """Collects rows and streams while a plan is made."""

    def __init__(self, line: Line, *, full: bool = False) -> None:
        self.line = line
        self.full = full or not line.plain
        self.edges: tuple[Edge, ...] = line.edges
        self.station_index = {name: s for s, name in enumerate(line.stations)}
        self.pool_index = {skill: p for p, skill in enumerate(line.operators)}
        self.people_unit = people_unit(line)
        self.streams: list[Stream] = []
        self.needs: list[Row] = []
        self.needs_most = 1
        self.failures: list[Row] = []
        self.failure_names: list[str] = []

    def stream(self, owner: str, number: int, purpose: str, distribution: Distribution | None, burst: int = 0) -> int:
        """Open a stream; return its index.

        Raises
        ------
        InputError
            If one instant may take more variates than a stream keeps ready.
        """
        if burst > BLOCK - RESERVE:
            raise InputError(
                f"stations.{owner}: one instant may take {burst} draws of {purpose}, over {BLOCK - RESERVE}; let it "
                "work on fewer parts at once"
            )
        self.streams.append(Stream(owner, number, purpose, distribution, burst))
        return len(self.streams) - 1

    def way_stream(self, edge: Edge) -> int:
        """Open the stream of an edge's transport or delay; return its index, -1 where it has none.

        Raises
        ------
        InputError
            If the edge leads to more machines at once than a stream keeps variates for.
        """
        kind = "transport" if edge.transport is not None else "delay"
        distribution = edge.transport or edge.delay
        if distribution is None:
            return -1
        burst = way_burst(self.line, edge)
        if burst > BLOCK - RESERVE:
            raise InputError(
                f"route.{edge.name}.{kind}: {burst} parts may set out at one instant, over {BLOCK - RESERVE}, which is "
                f"too many for a {kind}; leave out `{kind}`, or write fewer machines at {edge.to} or {edge.from_}"
            )
        return self.stream(edge.name, 0, kind, distribution, burst)

    def scaled(self, people: Mapping[str, int], tended: int = 1) -> dict[str, int]:
        """Return people in the parts in which the line counts them; each tends so many machines."""
        return {skill: count * (self.people_unit // tended) for skill, count in people.items()}

    def need(self, people: Mapping[str, int]) -> tuple[int, int]:
        """Note whom somebody asks, `scaled`; return where the needs begin and end.

        A skill that several pools have is a row for each of them, all but the first an alternative.
        """
        first = len(self.needs)
        for skill, count in people.items():
            if count > 0:
                pools = able(skill, self.line.operators, self.line.pools)
                self.needs += [
                    {"pool": self.pool_index[name], "count": count, "alternative": int(i > 0)}
                    for i, name in enumerate(pools)
                ]
        self.needs_most = max(self.needs_most, len(self.needs) - first)
        return first, len(self.needs)

    def machine_failures(self, name: str, number: int, station: Station) -> tuple[int, int]:
        """Note the failures of a machine; return where they begin and end."""
        first = len(self.failures)
        for failure_name, failure in station.failures.items():
            asked = self.scaled(failure.repaired_by)
            owner = f"{name}.{failure_name}"
            all_first, all_last = self.need(asked)
            own_first, own_last = self.need(lacking(asked, self.scaled(station.crew, station.attend)))
            row = {
                "operating": int(failure.clock == "operating"), "due": INFINITE,
                "ttf_stream": self.stream(owner, number, "ttf", failure.time_to_failure),
                "ttr_stream": self.stream(owner, number, "ttr", failure.ttr),
                "all_first": all_first, "all_last": all_last, "own_first": own_first, "own_last": own_last,
                "priority": failure.priority,
            }  # fmt: skip
            if station.setup is not None:
                row["setup_first"], row["setup_last"] = self.need(lacking(asked, self.scaled(station.setup.crew)))
            self.failures.append(row)
            self.failure_names.append(failure_name)
        return first, len(self.failures)


MOST_PARTS_OF_A_PERSON = 1_000_000


def people_unit(line: Line) -> int:
    """Return into how many parts a person is counted: the least that makes whole numbers of all `attend`.

    Raises
    ------
    InputError
        If those are so many that they can no longer be counted.
    """
    tended = sorted({station.attend for station in line.stations.values()})
    parts = lcm(*tended)
    if parts > MOST_PARTS_OF_A_PERSON:
        raise InputError(
            f"stations: `attend` of {', '.join(map(str, tended))} shares people out in parts too small to count; "
            "write numbers that have more factors in common"
        )
    return parts


def lacking(asked: Mapping[str, int], there: Mapping[str, int]) -> dict[str, int]:
    """Return whom those who are there leave to be asked."""
    return {skill: count - there.get(skill, 0) for skill, count in asked.items()}


def filled(name: str, rows: Sequence[Mapping[str, int | float]], *, full: bool) -> np.ndarray[Any, Any]:
    """Return a table of rows: what a row does not name is 0, for what makes parts differ a plain table has no place."""
    table = empty(name, len(rows), full=full)
    for i, row in enumerate(rows):
        for field in row.keys() & set(table.dtype.names or ()):
            table[field][i] = row[field]
    return table
