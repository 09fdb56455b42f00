"""What stations of special kinds have in numbers: how many parts go in and come out at one instant, and who waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.engine.records import ASSEMBLY, BATCH, CONVEYOR, INFINITE, MACHINE, SPLIT, STORAGE
from twin.errors import InputError

if TYPE_CHECKING:
    from twin.engine.builder import Row
    from twin.line.line import Line
    from twin.line.route import Edge
    from twin.line.station import Station

KINDS = {
    "machine": MACHINE, "inspection": MACHINE, "assembly": ASSEMBLY, "split": SPLIT, "batch": BATCH,
    "conveyor": CONVEYOR, "storage": STORAGE,
}  # fmt: skip
"""The kinds of station by their names in the line file."""

MOST_HELD = 100_000
"""Parts that the machines of one station take, or let go, at one instant at most: records for all are kept ready."""


def kind_fields(station: Station) -> Row:
    """Return what a station's kind adds to its row: the kind, and how many parts it makes of one or takes at once."""
    row: Row = {"kind": KINDS[station.kind], "many": station.parts or station.size or 1, "timeout": INFINITE}
    if station.timeout is not None:
        row |= {"timeout": station.timeout, "timeout_timer": -1}
    return row


def comes_out(station: Station) -> int:
    """Return how many parts a machine may let go at one instant."""
    return station.parts or station.size or 1


def goes_in(line: Line, name: str, feed: str) -> int:
    """Return how many parts a machine of a station, or out, may take from one edge at one instant."""
    station = line.stations.get(name)
    return 1 if station is None else station.takes.get(feed, station.size or 1)


def way_burst(line: Line, edge: Edge) -> int:
    """Return how many parts may set out on an edge at one instant, beyond a few.

    Each part that is taken may let another one into the edge; machines that let several go may all do so at once.
    """
    giver = line.stations[edge.from_]
    out = giver.machines * comes_out(giver) if comes_out(giver) > 1 else 0
    return line.stations[edge.to].machines * goes_in(line, edge.to, edge.from_) + out


def spare_parts(line: Line) -> int:
    """Return how many more part records one instant may take: parts that are cut, and batches of the endless stock.

    Raises
    ------
    InputError
        If one station holds more parts than records can be kept ready for.
    """
    more = 0
    for name, station in line.stations.items():
        held = station.machines * max(comes_out(station), sum(station.takes.values()))
        if held > MOST_HELD:
            raise InputError(
                f"stations.{name}: its machines hold {held:,} parts at once, over {MOST_HELD:,}; write fewer `machines`"
            )
        more += held if held > station.machines else 0
    return more
