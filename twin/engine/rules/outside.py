"""What a user's own process does to the line from outside: what no event of the line brings about.

These rules run under SimPy's clock alone; after each of them the line settles as after a timer.
"""

from __future__ import annotations

from twin.engine.records import FULL, INFINITE, OFF_SHIFT, Record, World
from twin.engine.rules.crew import change_pool
from twin.engine.rules.failures import break_down, repaired
from twin.engine.rules.flow import leave, put, unblock
from twin.engine.rules.record import change_level, draw, mark, new_part
from twin.engine.rules.timers import set_time


def stop_machine(world: World, machine: Record) -> None:
    """The machine is stopped by the last of its failures; off shift it will be found stopped when the shift starts."""
    f = machine.last_failure - 1
    if machine.state != OFF_SHIFT:
        break_down(world, machine, f)
        return
    machine.broken = f
    machine.failures += 1
    machine.repair = draw(world, world.failures[f].ttr_stream)


def restore_machine(world: World, machine: Record) -> None:
    """The machine that was stopped can go on, at once or when its shift starts."""
    if machine.state != OFF_SHIFT:
        repaired(world, machine)
        return
    machine.broken = -1
    machine.repaired += 1


def close_source(world: World, station: Record) -> None:
    """Nothing comes from outside to the station any longer."""
    station.saturated = 0
    for q in range(station.first_in, station.last_in):
        edge = world.edges[world.ins[q]]
        if edge.arrival_stream >= 0:
            set_time(world, edge.timer, INFINITE)


def open_source(world: World, station: Record, saturated: int) -> None:
    """Parts come from outside to the station again: the stock is there, or the next arrival is drawn from now on."""
    station.saturated = saturated
    for q in range(station.first_in, station.last_in):
        edge = world.edges[world.ins[q]]
        if edge.arrival_stream >= 0 and world.timers[edge.timer] == INFINITE:
            set_time(world, edge.timer, world.line[0].now + draw(world, edge.arrival_stream))
    mark(world, station)


def take_first(world: World, edge: Record) -> int:
    """Take the first part that is ready out of the edge; the freed place is filled at once."""
    p = edge.head
    edge.head = world.parts[p].next
    edge.ready -= 1
    change_level(world, edge, -1)
    if edge.first_blocked >= 0:
        leave(world, unblock(world, edge), edge)
    return p


def put_new(world: World, edge: Record, product: int, step: int) -> None:
    """A new part comes into the line by the edge, and joins its end."""
    p = new_part(world, edge.to, 1)
    if FULL:
        world.parts[p].product = product
        world.parts[p].step = step
    put(world, edge, p)


def change_people(world: World, p: int, by: int) -> None:
    """The pool has so many more people, or fewer: those at work finish what they do."""
    change_pool(world, p, 0, 0)
    world.pools[p].people += by
    change_pool(world, p, by, 0)
