"""People: pools by skill, one order of requests (priority, time asked, station, machine).

The one list of requests is kept as a queue a pool. A request may take people only from pools whose queue it heads; it
is granted when they have all that it asks, which looks at no more than the heads.
"""

from __future__ import annotations

from twin.engine.records import FULL, PREPARE, WAITING_OPERATOR, WAITING_REPAIR, Record, World
from twin.engine.rules.asking import CREW, REPAIR, chooses, forget, held, hold, is_first, is_next, precedes
from twin.engine.rules.record import LOG_CREW, enter, lock, log
from twin.engine.rules.work import start_repair, state_of_stop, take_up


def count_people(world: World, pool: Record) -> None:
    """Count up to now who has been busy, there, or waited for: one of the numbers is about to change."""
    now = world.line[0].now
    lapse = now - pool.since
    pool.busy_area += (pool.people - pool.free) * lapse
    pool.waiting_area += pool.waiting * lapse
    if FULL and pool.on == 1:
        pool.present_area += pool.people * lapse
    pool.since = now


def change_pool(world: World, p: int, free: int, waiting: int) -> None:
    """`free` more people of the pool are free, `waiting` more requests wait for it."""
    line = world.line[0]
    pool = world.pools[p]
    count_people(world, pool)
    pool.free += free
    pool.waiting += waiting
    if line.tracing:
        present = pool.people if pool.on == 1 else 0
        log(world, LOG_CREW, p, present, pool.people - pool.free, pool.waiting, 0.0)


def grantable(world: World, machine: Record) -> bool:
    """Whether all that the machine asks is there and free, and no earlier request asks any of the same pools."""
    if FULL:
        return chooses(world, machine, 0)
    for n in range(machine.need_first, machine.need_last):
        need = world.needs[n]
        pool = world.pools[need.pool]
        if pool.on != 1 or pool.free < need.count or not is_first(world, machine, pool):
            return False
    return True


def _queue(world: World, machine: Record) -> None:
    """Join the queue of each pool asked; requests of the same instant stand by station and machine."""
    node = machine.index * world.line[0].needs_most
    for n in range(machine.need_first, machine.need_last):
        p = world.needs[n].pool
        pool = world.pools[p]
        before = pool.last
        while before >= 0 and precedes(machine, world.machines[world.waits[before].machine]):
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
        if not FULL or world.needs[n].alternative == 0:
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
        if FULL:
            take_from(world, machine, n, granted)
        else:
            change_pool(world, p, -granted * world.needs[n].count, -1)
        node += 1
    machine.waiting = 0
    world.line[0].waiting -= 1


def take_from(world: World, machine: Record, n: int, granted: int) -> None:
    """The request no longer waits for the pool of need n, which gives whom was noted if it is granted."""
    need = world.needs[n]
    node = machine.index * world.line[0].needs_most + n - machine.need_first
    count = granted * held(world, node, machine.asks)
    if count > 0 or need.alternative == 0:
        change_pool(world, need.pool, -count, need.alternative - 1)


def _ask(world: World, machine: Record, first: int, last: int, asks: int) -> bool:
    """Ask for needs first to last, all at once or none; whether they were granted at once."""
    machine.asked = world.line[0].now
    machine.need_first = first
    machine.need_last = last
    if FULL:
        machine.asks = asks
    if grantable(world, machine):
        node = machine.index * world.line[0].needs_most - first
        for n in range(first, last):
            count = world.needs[n].count
            if FULL:
                count = held(world, node + n, asks)
            if not FULL or count > 0:
                change_pool(world, world.needs[n].pool, -count, 0)
        return True
    _queue(world, machine)
    return False


def ask_crew(world: World, machine: Record) -> None:
    """The machine has a part, and setup or work left: it asks for its crew, unless it has it, then goes on."""
    if machine.crewed == 0 and machine.crew_first < machine.crew_last:
        if FULL:
            machine.priority = world.stations[machine.station].priority
        if not _ask(world, machine, machine.crew_first, machine.crew_last, CREW):
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
    if FULL:
        machine.asks = REPAIR
        machine.priority = failure.priority
    if first == last:
        machine.need_first = first
        machine.need_last = last
    elif not _ask(world, machine, first, last, REPAIR):
        enter(world, machine, state_of_stop(machine, WAITING_REPAIR))
        if machine.crewed == 1 and world.line[0].locked == 0:
            look_for_standstill(world)
        return
    start_repair(world, machine)


def give_back(world: World, machine: Record, first: int, last: int, asks: int) -> None:
    """Those whom the machine has by needs first to last are free again."""
    node = machine.index * world.line[0].needs_most - first
    for n in range(first, last):
        count = world.needs[n].count
        if FULL:
            count = held(world, node + n, asks)
            hold(world, node + n, asks, 0)
        if not FULL or count > 0:
            change_pool(world, world.needs[n].pool, count, 0)


def release_repairers(world: World, machine: Record) -> None:
    """Those who repaired the machine are free again."""
    give_back(world, machine, machine.need_first, machine.need_last, REPAIR)


def release_crew(world: World, machine: Record) -> None:
    """The machine's crew is free again."""
    machine.crewed = 0
    give_back(world, machine, machine.crew_first, machine.crew_last, CREW)


def _give_back(world: World, machine: Record, sign: int) -> None:
    """What the machine's crew adds to (1) or takes from (-1) the people promised to be free some day."""
    node = machine.index * world.line[0].needs_most - machine.crew_first
    for n in range(machine.crew_first, machine.crew_last):
        count = world.needs[n].count
        if FULL:
            count = held(world, node + n, CREW)
        world.pools[world.needs[n].pool].promised += sign * count


def _can_be_promised(world: World, machine: Record) -> bool:
    """Whether all it asks will be free some day, and no earlier request for the same pools lacks a promise."""
    if FULL:
        promised = chooses(world, machine, 1)
        forget(world, machine)
        return promised
    for n in range(machine.need_first, machine.need_last):
        pool = world.pools[world.needs[n].pool]
        if pool.promised < world.needs[n].count or not is_next(world, machine, pool):
            return False
    return True


def look_for_standstill(world: World) -> None:
    """Whether some requests can never be granted, since machines that wait themselves hold the people.

    The banker's algorithm (Dijkstra 1965): whoever works will give its people back, and so will whoever can be promised
    all it asks; if a request remains, the line has locked (until the shift's end, where there is one).
    """
    for p in range(len(world.pools)):
        pool = world.pools[p]
        pool.promised = pool.people
        if FULL:
            # Whoever is away today may come tomorrow.
            pool.promised = pool.posted
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


def serve(world: World, machine: Record) -> None:
    """The machine's request is granted."""
    leave_queue(world, machine, 1)
    if machine.broken >= 0:
        start_repair(world, machine)
    else:
        machine.crewed = 1
        take_up(world, machine)


def next_head(world: World, after: int) -> int:
    """Return the machine of the earliest request at the head of a queue (after that of `after`, if any); -1 if none."""
    earliest = -1
    for p in range(len(world.pools)):
        first = world.pools[p].first
        if first >= 0:
            machine = world.machines[world.waits[first].machine]
            is_after = after < 0 or precedes(world.machines[after], machine)
            if is_after and (earliest < 0 or precedes(machine, world.machines[earliest])):
                earliest = machine.index
    return earliest


def grant_in_order(world: World) -> None:
    """Grant what can be granted, always the earliest such request, where several pools may have what one asks."""
    m = next_head(world, -1)
    while m >= 0:
        if grantable(world, world.machines[m]):
            serve(world, world.machines[m])
            m = next_head(world, -1)
        else:
            m = next_head(world, m)


def grant(world: World) -> None:
    """Grant what can be granted: after what a timer changed, before the line settles.

    Requests that share no pool do not touch, so with one pool a skill the order of pools is free.
    """
    if FULL:
        grant_in_order(world)
        return
    granted = world.line[0].waiting > 0
    while granted:
        granted = False
        for p in range(len(world.pools)):
            first = world.pools[p].first
            if first >= 0:
                machine = world.machines[world.waits[first].machine]
                if grantable(world, machine):
                    serve(world, machine)
                    granted = True
