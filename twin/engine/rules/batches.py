"""Batches and splits: a machine that works on several parts at once, or makes several of one, lets them go one by one.

Such a machine holds finished parts in a list from `rest` on; a split cuts `copies` of the first of them, each when its
turn comes, and that one goes last.
"""

from __future__ import annotations

from twin.engine.records import INFINITE, SPLIT, Record, World
from twin.engine.rules.lots import factor_of, give_ideal
from twin.engine.rules.record import LOG_ARRIVAL, change_wip, log, log_lot, mark, take_record
from twin.engine.rules.timers import set_time


def cut(world: World, station: Record, machine: Record) -> None:
    """The machine's part is now several: all count from now on, and the first of the new ones is on the machine."""
    line = world.line[0]
    part = world.parts[machine.part]
    more = station.many - 1
    machine.rest = machine.part
    part.next = -1
    machine.copies = more
    machine.copy_number = line.last_part + 1
    line.last_part += more
    line.arrived += more
    change_wip(world, more)
    if part.order >= 0:
        world.orders[part.order].lots += more
    if line.tracing:
        for number in range(machine.copy_number, machine.copy_number + more):
            log(world, LOG_ARRIVAL, station.index, number, 1, part.number, 0.0)
            log_lot(world, 1, part.product)
    next_copy(world, machine)


def next_copy(world: World, machine: Record) -> None:
    """The next part that is cut is on the machine: as old as the one that came in, of its product and order."""
    p = take_record(world)
    copy = world.parts[p]
    part = world.parts[machine.rest]
    copy.number = machine.copy_number
    copy.entry = part.entry
    copy.reworked = part.reworked
    copy.pieces = 1
    copy.order = part.order
    copy.product = part.product
    copy.step = part.step
    copy.left = -1.0
    machine.part = p
    machine.copy_number += 1
    machine.copies -= 1


def next_finished(world: World, station: Record, machine: Record) -> None:
    """The next of the machine's finished parts is the one to go."""
    if machine.copies > 0:
        next_copy(world, machine)
        return
    machine.part = machine.rest
    part = world.parts[machine.part]
    machine.rest = part.next
    if station.kind != SPLIT:
        job = world.jobs[station.first_job + part.product]
        give_ideal(machine, job, factor_of(world, job, part.pieces), part.pieces)


def givers(world: World, edge: Record) -> int:
    """How many machines are blocked towards the edge."""
    count = 0
    m = edge.first_blocked
    while m >= 0:
        count += 1
        m = world.machines[m].next_blocked
    return count


def there(world: World, edge: Record) -> int:
    """How many parts can be taken from the edge at once: those that wait in it or, if it has no places, before it."""
    return edge.ready if edge.capacity > 0 else givers(world, edge)


def batch_size(world: World, station: Record) -> int:
    """How many parts a machine takes now: as many as it works on at once, fewer only after the timeout, else 0.

    The stock that never runs out has always enough. While there are some but too few, the timer rings when the longest
    waiting part has waited so long.
    """
    if station.saturated == 1:
        return station.many
    ready = 0
    longest = INFINITE
    for q in range(station.first_in, station.last_in):
        edge = world.edges[world.ins[q]]
        count = there(world, edge)
        if count > 0:
            ready += count
            since = world.parts[edge.head].since if edge.capacity > 0 else world.machines[edge.first_blocked].done
            if since < longest:
                longest = since
    if ready >= station.many:
        return station.many
    if ready == 0 or station.timeout == INFINITE:
        return 0
    time = longest + station.timeout
    if time <= world.line[0].now:
        return ready
    if world.timers[station.timeout_timer] != time:
        set_time(world, station.timeout_timer, time)
    return 0


def time_is_out(world: World, station: Record) -> None:
    """The longest waiting part has waited long enough: a batch of fewer will do."""
    set_time(world, station.timeout_timer, INFINITE)
    mark(world, station)
