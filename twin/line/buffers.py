"""Buffers: all that a line counts the level of, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from twin.line.carriers import buffers_of
from twin.line.route import OUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twin.line.line import Line


class Buffer(NamedTuple):
    """One buffer: its name, the station before which it is, and its places (None without limit)."""

    name: str
    station: str
    places: int | None


def part_buffers(line: Line) -> Iterator[Buffer]:
    """Yield what holds parts: every edge, then the queues of arrivals, "source->A"."""
    yield from (Buffer(edge.name, edge.to, edge.buffer) for edge in line.edges if edge.to != OUT)
    if line.source.kind != "saturated":
        yield from (Buffer(f"source->{name}", name, None) for name in line.fed)


def buffers(line: Line) -> Iterator[Buffer]:
    """Yield every buffer: those of parts, then the free carriers, "pallet->A", by the station that takes them.

    Carriers on their way back count in their buffer, so that its level is the number of those without a part.
    """
    yield from part_buffers(line)
    for name, carrier in buffers_of(line.carriers, line.stations).items():
        yield Buffer(name, carrier.from_, None)
