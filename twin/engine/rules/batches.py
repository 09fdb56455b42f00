"""Batches: a machine works on several parts at once, as soon as so many wait or one has waited too long."""

from __future__ import annotations

from twin.engine.records import INFINITE, Record, World
from twin.engine.rules.record import mark
from twin.engine.rules.timers import set_time


def time_is_out(world: World, station: Record) -> None:
    """The longest waiting part has waited long enough: a batch of fewer will do."""
    set_time(world, station.timeout_timer, INFINITE)
    mark(world, station)
