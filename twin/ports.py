"""What the rooms hand each other at the edge of the program: points to store, and who takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twin.events import Event


class Point(NamedTuple):
    """One row of a time series, as InfluxDB names it. Written again with the same name, tags and time it replaces it.

    `tags` tell series apart and hold text; `fields` are always the whole set of their measurement; `time_ns` is UTC.
    """

    name: str
    tags: Mapping[str, str]
    fields: Mapping[str, float | int | str | bool]
    time_ns: int


class Sink(Protocol):
    """Takes points, and returns when they are safe there."""

    def write(self, points: Sequence[Point]) -> None:
        """Write points; writing one again changes nothing."""


class Publisher(Protocol):
    """Takes a plant's events, in order, and sees that each arrives at least once."""

    def publish(self, event: Event) -> None:
        """Send one event; waits where too many are under way."""
