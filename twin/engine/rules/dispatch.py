"""Dispatch: which of the parts that wait a machine takes, where it is not simply the one that has waited longest."""

from __future__ import annotations

from twin.engine.records import EARLIEST_DUE, FIRST_COME, INFINITE, Record, World
from twin.engine.rules.carriers import holds_carriers, lack_carriers
from twin.engine.rules.setup import setup_mean


def urgency(world: World, station: Record, machine: Record, p: int) -> float:
    """What the station's rule wants least of: the due time, or the mean time to set this machine up [s]."""
    if station.dispatch == FIRST_COME:
        return 0.0
    part = world.parts[p]
    if station.dispatch == EARLIEST_DUE:
        return world.orders[part.order].due if part.order >= 0 else INFINITE
    return setup_mean(world, station, machine, part)


def choose(world: World, station: Record, machine: Record) -> int:
    """Bring the part that the station's rule wants to the head of its edge; return the edge, -1 if no part waits.

    Ties by waiting longest, then edge order. If it lacks carriers, only parts that come again with theirs will do.
    """
    best = -1
    chosen_before = -1
    least = longest = INFINITE
    short = lack_carriers(world, station, 1)
    if short and station.comes_again == 0:
        return -1
    for q in range(station.first_in, station.last_in):
        e = world.ins[q]
        edge = world.edges[e]
        blocked = edge.ready == 0 and edge.capacity == 0 and edge.first_blocked >= 0
        before = -1
        p = world.machines[edge.first_blocked].part if blocked else edge.head
        for _ in range(1 if blocked else edge.ready):
            since = world.machines[edge.first_blocked].done if blocked else world.parts[p].since
            value = urgency(world, station, machine, p)
            may = not short or holds_carriers(world, station, p)
            if may and (best < 0 or value < least or (value == least and since < longest)):
                least = value
                longest = since
                best = edge.index
                chosen_before = before
            before = p
            p = world.parts[p].next
    if chosen_before >= 0:
        _to_the_head(world, world.edges[best], chosen_before)
    return best


def _to_the_head(world: World, edge: Record, before: int) -> None:
    """The part behind `before` becomes the first of the edge."""
    p = world.parts[before].next
    world.parts[before].next = world.parts[p].next
    if edge.tail == p:
        edge.tail = before
    world.parts[p].next = edge.head
    edge.head = p
