"""Standby: a machine with nothing to do for long draws less power, and energy to start again."""

from __future__ import annotations

from twin.engine.records import INFINITE, Record, World
from twin.engine.rules.timers import set_time


def stand_by(world: World, machine: Record) -> None:
    """The machine has had nothing to do for long enough: it goes to standby."""
    set_time(world, machine.standby_timer, INFINITE)
    machine.standby = 1
