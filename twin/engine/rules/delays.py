"""Delays: what each part waits for itself on an edge; a later part may be ready before an earlier one.

An edge of this kind has two lists: from `head` the parts that can be taken, from `moving` the others by when they are
ready.
"""

from __future__ import annotations

from twin.engine.records import INFINITE, Record, World
from twin.engine.rules.record import mark
from twin.engine.rules.timers import set_time


def is_ready(world: World, edge: Record, p: int) -> None:
    """The part can be taken from now on."""
    part = world.parts[p]
    part.since = world.line[0].now
    part.next = -1
    if edge.ready == 0:
        edge.head = p
    else:
        world.parts[edge.tail].next = p
    edge.tail = p
    edge.ready += 1
    mark(world, world.stations[edge.to])


def delay(world: World, edge: Record, p: int, until: float) -> None:
    """The part is ready at `until` [s]: it stands behind all that are ready before it or with it."""
    part = world.parts[p]
    part.since = until
    before = -1
    after = edge.moving
    while after >= 0 and world.parts[after].since <= until:
        before = after
        after = world.parts[after].next
    part.next = after
    if before >= 0:
        world.parts[before].next = p
    else:
        edge.moving = p
        set_time(world, edge.timer, until)


def delay_ends(world: World, edge: Record) -> None:
    """The first part's delay is over; the next one, if any, rings at its own time."""
    p = edge.moving
    after = world.parts[p].next
    edge.moving = after
    set_time(world, edge.timer, INFINITE if after < 0 else world.parts[after].since)
    is_ready(world, edge, p)
