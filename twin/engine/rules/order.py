"""What rings when: ties in time go by rank of the kind of event, then station, then machine.

Ranks: completion, setup end, repair end, transport arrival, free entry, arrival, order, timeout, shift end, failure,
maintenance due, shift start, standby, cut. Timers are numbered in this order, so a clock that lets the lowest number
win keeps it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.engine.records import FULL
from twin.engine.rules.batches import time_is_out
from twin.engine.rules.belts import entry_frees
from twin.engine.rules.calendar import shift_ends, shift_starts
from twin.engine.rules.crew import grant
from twin.engine.rules.failures import fail, repaired
from twin.engine.rules.flow import arrive_by_transport
from twin.engine.rules.outcome import complete
from twin.engine.rules.releases import release
from twin.engine.rules.setup import setup_ends
from twin.engine.rules.sources import arrive
from twin.engine.rules.standby import stand_by
from twin.engine.rules.upkeep import falls_due
from twin.engine.rules.visits import settle

if TYPE_CHECKING:
    from twin.engine.records import World


def ring(world: World, i: int) -> None:
    """Timer i rings: one thing changes. Then what can be granted is granted, and the line settles."""
    line = world.line[0]
    if i < line.setups:
        complete(world, world.machines[i])
    elif FULL and i < line.repairs:
        setup_ends(world, world.machines[world.owners[i]])
    elif i < line.transports:
        repaired(world, world.machines[world.owners[i]])
    elif i < line.shift_end:
        _comes(world, i)
    else:
        _is_due(world, i)


def _comes(world: World, i: int) -> None:
    """Timer i of something that comes, or that need not be waited for any longer."""
    line = world.line[0]
    if FULL and line.entries <= i < line.arrivals:
        entry_frees(world, world.machines[world.owners[i]])
    elif i < line.arrivals:
        arrive_by_transport(world, world.edges[world.owners[i]])
    elif i < line.orders:
        arrive(world, world.edges[world.owners[i]])
    elif FULL and i < line.timeouts:
        release(world, i)
    elif FULL:
        time_is_out(world, world.stations[world.owners[i]])


def _is_due(world: World, i: int) -> None:
    """Timer i of the calendar, of a failure, of upkeep or of standby."""
    line = world.line[0]
    if i < line.failures:
        shift_ends(world)
    elif FULL and line.upkeeps <= i < line.shift_start:
        falls_due(world, world.machines[world.owners[i]])
    elif i < line.shift_start:
        fail(world, world.machines[world.owners[i]])
    elif FULL and i >= line.standbys:
        stand_by(world, world.machines[world.owners[i]])
    else:
        shift_starts(world)


def advance(world: World, end: float) -> bool:
    """Run until `end` [s]: True when it is reached, False when the clock must see to a flag first."""
    line = world.line[0]
    while True:
        if line.waiting > 0:
            grant(world)
        settle(world)
        if line.flag != 0:
            return False
        i = world.tree[1]
        time = world.timers[i]
        if time >= end:
            return True
        line.now = time
        ring(world, i)
