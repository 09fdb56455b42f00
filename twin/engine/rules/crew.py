"""People: pools by skill, one order of requests (time asked, station, machine).

The one list of requests is kept as a queue a pool: a request is granted when it heads the queue of every pool it asks
and all that it asks is free, which says the same and looks at no more than the heads.
"""

from __future__ import annotations

from twin.engine.records import FULL, PREPARE, WAITING_OPERATOR, WAITING_REPAIR, Record, World
from twin.engine.rules.record import LOG_CREW, enter, lock, log
from twin.engine.rules.work import start_repair, take_up


def change_pool(world: World, p: int, free: int, waiting: int) -> None:
    """`free` more people of the pool are free, `waiting` more requests wait for it."""
    line = world.line[0]
    pool = world.pools[p]
    lapse = line.now - pool.since
    pool.busy_area += (pool.people - pool.free) * lapse
    pool.waiting_area += pool.waiting * lapse
    pool.since = line.now
    pool.free += free
    pool.waiting += waiting
    if line.tracing:
        present = pool.people if line.on == 1 else 0
        log(world, LOG_CREW, p, present, pool.people - pool.free, pool.waiting, 0.0)


def _precedes(machine: Record, other: Record) -> bool:
    return machine.asked < other.asked or (machine.asked == other.asked and machine.index < other.index)


def grantable(world: World, machine: Record) -> bool:
    """Whether all that the machine asks is free and no earlier request asks any of the same pools."""
    if world.line[0].on == 0:
        return False
    for n in range(machine.need_first, machine.need_last):
        need = world.needs[n]
        pool = world.pools[need.pool]
        if pool.free < need.count:
            return False
        if pool.first >= 0:
            head = world.machines[world.waits[pool.first].machine]
            if head.index != machine.index and _precedes(head, machine):
                return False
    return True


def _queue(world: World, machine: Record) -> None:
    """Join the queue of each pool asked; requests of the same instant stand by station and machine."""
    node = machine.index * world.line[0].needs_most
    for n in range(machine.need_first, machine.need_last):
        p = world.needs[n].pool
        pool = world.pools[p]
        before = pool.last
        while before >= 0 and _precedes(machine, world.machines[world.waits[before].machine]):
            before = world.waits[before].before
        after = pool.first if before < 0 else world.waits[before].after
        world.waits[node].before = before
        world.waits[node].after = after
        if before < 0:
            pool.first = node
        else:
            world.waits[before].after = node
        if after < 0:
            pool.last = node
        else:
            world.waits[after].before = node
        change_pool(world, p, 0, 1)
        node += 1
    machine.waiting = 1
    world.line[0].waiting += 1


def leave_queue(world: World, machine: Record, granted: int) -> None:
    """The machine's request leaves every queue: granted (1), its people are taken; withdrawn (0), nobody is."""
    node = machine.index * world.line[0].needs_most
    for n in range(machine.need_first, machine.need_last):
        p = world.needs[n].pool
        pool = world.pools[p]
        before = world.waits[node].before
        after = world.waits[node].after
        if before < 0:
            pool.first = after
        else:
            world.waits[before].after = after
        if after < 0:
            pool.last = before
        else:
            world.waits[after].before = before
        change_pool(world, p, -granted * world.needs[n].count, -1)
        node += 1
    machine.waiting = 0
    world.line[0].waiting -= 1


def _ask(world: World, machine: Record, first: int, last: int) -> bool:
    """Ask for needs first to last, all at once or none; whether they were granted at once."""
    machine.asked = world.line[0].now
    machine.need_first = first
    machine.need_last = last
    if grantable(world, machine):
        for n in range(first, last):
            change_pool(world, world.needs[n].pool, -world.needs[n].count, 0)
        return True
    _queue(world, machine)
    return False


def ask_crew(world: World, machine: Record) -> None:
    """The machine has a part, and setup or work left: it asks for its crew, unless it has it, then goes on."""
    if machine.crewed == 0 and machine.crew_first < machine.crew_last:
        if not _ask(world, machine, machine.crew_first, machine.crew_last):
            enter(world, machine, WAITING_OPERATOR)
            return
        machine.crewed = 1
    take_up(world, machine)


def ask_repair(world: World, machine: Record) -> None:
    """The machine is broken: it asks for its repairers; those whom its own crew holds need not be asked."""
    failure = world.failures[machine.broken]
    first = failure.own_first if machine.crewed == 1 else failure.all_first
    last = failure.own_last if machine.crewed == 1 else failure.all_last
    if FULL and machine.crewed == 1 and machine.phase == PREPARE:
        first = failure.setup_first
        last = failure.setup_last
    if first == last:
        machine.need_first = first
        machine.need_last = last
    elif not _ask(world, machine, first, last):
        enter(world, machine, WAITING_REPAIR)
        if machine.crewed == 1 and world.line[0].locked == 0:
            look_for_standstill(world)
        return
    start_repair(world, machine)


def release_repairers(world: World, machine: Record) -> None:
    """Those who repaired the machine are free again."""
    for n in range(machine.need_first, machine.need_last):
        change_pool(world, world.needs[n].pool, world.needs[n].count, 0)


def release_crew(world: World, machine: Record) -> None:
    """The machine's crew is free again."""
    machine.crewed = 0
    for n in range(machine.crew_first, machine.crew_last):
        change_pool(world, world.needs[n].pool, world.needs[n].count, 0)


def _give_back(world: World, machine: Record, sign: int) -> None:
    """What the machine's crew adds to (1) or takes from (-1) the people promised to be free some day."""
    for n in range(machine.crew_first, machine.crew_last):
        world.pools[world.needs[n].pool].promised += sign * world.needs[n].count


def _can_be_promised(world: World, machine: Record) -> bool:
    """Whether all it asks will be free some day, and no earlier request for the same pools lacks a promise."""
    for n in range(machine.need_first, machine.need_last):
        pool = world.pools[world.needs[n].pool]
        if pool.promised < world.needs[n].count:
            return False
        node = pool.first
        while world.machines[world.waits[node].machine].promised == 1:
            node = world.waits[node].after
        if world.waits[node].machine != machine.index:
            return False
    return True


def look_for_standstill(world: World) -> None:
    """Whether some requests can never be granted, since machines that wait themselves hold the people.

    The banker's algorithm (Dijkstra 1965): whoever works will give its people back, and so will whoever can be promised
    all it asks; if a request remains, the line has locked (until the shift's end, where there is one).
    """
    for p in range(len(world.pools)):
        world.pools[p].promised = world.pools[p].people
    for m in range(len(world.machines)):
        machine = world.machines[m]
        machine.promised = 1 - machine.waiting
        if machine.waiting == 1 and machine.crewed == 1:
            _give_back(world, machine, -1)
    left = world.line[0].waiting
    promised = True
    while promised:
        promised = False
        for m in range(len(world.machines)):
            machine = world.machines[m]
            if machine.promised == 0 and _can_be_promised(world, machine):
                machine.promised = 1
                left -= 1
                promised = True
                if machine.crewed == 1:
                    _give_back(world, machine, 1)
    if left > 0:
        lock(world)


def grant(world: World) -> None:
    """Grant what can be granted: after what a timer changed, before the line settles.

    Requests that share no pool do not touch, so the order of pools is free.
    """
    granted = world.line[0].waiting > 0
    while granted:
        granted = False
        for p in range(len(world.pools)):
            first = world.pools[p].first
            if first >= 0:
                machine = world.machines[world.waits[first].machine]
                if grantable(world, machine):
                    leave_queue(world, machine, 1)
                    if machine.broken >= 0:
                        start_repair(world, machine)
                    else:
                        machine.crewed = 1
                        take_up(world, machine)
                    granted = True
