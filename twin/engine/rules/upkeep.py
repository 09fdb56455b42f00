"""Upkeep: planned maintenance that is due by time, by work or by parts made."""

from __future__ import annotations

from twin.engine.records import INFINITE, Record, World
from twin.engine.rules.timers import set_time


def falls_due(world: World, machine: Record) -> None:
    """A maintenance by the calendar is due."""
    set_time(world, machine.upkeep_timer, INFINITE)
