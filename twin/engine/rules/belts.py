"""Belts and stores: stations that hold many parts at once, each on its own way through."""

from __future__ import annotations

from twin.engine.records import INFINITE, Record, World
from twin.engine.rules.record import mark
from twin.engine.rules.timers import set_time


def entry_frees(world: World, machine: Record) -> None:
    """The part before has moved on: the next one can enter."""
    set_time(world, machine.entry_timer, INFINITE)
    mark(world, world.stations[machine.station])
