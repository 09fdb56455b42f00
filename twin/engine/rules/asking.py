"""Who is asked first, and whom a request may have: one order of requests, one choice among pools.

Where several pools have a skill, the need for it has a row for each of them: first the pool of that name.
"""

from __future__ import annotations

from twin.engine.records import FULL, Record, World

CREW, REPAIR, ANEW = 0, 1, 2
"""What a machine's request is for; ANEW while it has lost its people and has not asked for others yet."""


def precedes(machine: Record, other: Record) -> bool:
    """Whether the machine's request stands before the other's; in the plain rules repairs go first."""
    if FULL:
        if machine.priority != other.priority:
            return machine.priority < other.priority
    elif (machine.broken >= 0) != (other.broken >= 0):
        return machine.broken >= 0
    return machine.asked < other.asked or (machine.asked == other.asked and machine.index < other.index)


def is_first(world: World, machine: Record, pool: Record) -> bool:
    """Whether no request stands before the machine's among those that ask the pool."""
    if pool.first < 0:
        return True
    head = world.machines[world.waits[pool.first].machine]
    return head.index == machine.index or not precedes(head, machine)


def is_next(world: World, machine: Record, pool: Record) -> bool:
    """Whether no earlier request for the pool lacks a promise."""
    node = pool.first
    while world.machines[world.waits[node].machine].promised == 1:
        node = world.waits[node].after
    return world.waits[node].machine == machine.index


def held(world: World, node: int, asks: int) -> int:
    """People whom a machine has by one row of its needs: of its crew, or for its repair."""
    return world.waits[node].crew if asks == CREW else world.waits[node].repair


def hold(world: World, node: int, asks: int, count: int) -> None:
    """The machine has, or is to have, so many people by one row of its needs."""
    if asks == CREW:
        world.waits[node].crew = count
    else:
        world.waits[node].repair = count


def chooses(world: World, machine: Record, promised: int) -> bool:
    """Whether the pools have all that the machine asks, now or (`promised`) some day; then it is noted from which.

    Each need in turn takes what it can from its pools in their order, and leaves the rest to the others.
    """
    first = machine.need_first
    base = machine.index * world.line[0].needs_most - first
    left = 0
    for n in range(first, machine.need_last):
        need = world.needs[n]
        if need.alternative == 0:
            if left > 0:
                break
            left = need.count
        count = can_have(world, machine, need.pool, promised)
        for k in range(first, n):
            if world.needs[k].pool == need.pool:
                count -= held(world, base + k, machine.asks)
        if count > left:
            count = left
        if count < 0:
            count = 0
        left -= count
        hold(world, base + n, machine.asks, count)
    if left > 0:
        forget(world, machine)
    return left == 0


def forget(world: World, machine: Record) -> None:
    """Nobody is noted for what the machine asks."""
    node = machine.index * world.line[0].needs_most
    for n in range(machine.need_last - machine.need_first):
        hold(world, node + n, machine.asks, 0)


def can_have(world: World, machine: Record, p: int, promised: int) -> int:
    """How many people of the pool the machine's request may take, now or some day."""
    pool = world.pools[p]
    if promised == 1:
        return pool.promised if is_next(world, machine, pool) else 0
    return pool.free if pool.on == 1 and is_first(world, machine, pool) else 0
