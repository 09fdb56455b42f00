"""Standby: a machine with nothing to do for long draws less power, and energy to start again."""

from __future__ import annotations

from twin.engine.records import INFINITE, Record, World
from twin.engine.rules.metering import drawn, meter
from twin.engine.rules.record import LOG_STANDBY, log
from twin.engine.rules.timers import set_time


def stand_by(world: World, machine: Record) -> None:
    """The machine has had nothing to do for long enough: it goes to standby."""
    set_time(world, machine.standby_timer, INFINITE)
    power = drawn(world, machine, machine.state)
    machine.standby = 1
    machine.standby_since = world.line[0].now
    meter(world, drawn(world, machine, machine.state) - power)
    if world.line[0].tracing:
        log(world, LOG_STANDBY, machine.index, 0, 0, 0, 0.0)
