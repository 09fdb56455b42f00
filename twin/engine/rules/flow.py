"""Parts move: a free machine takes the part that waited longest, a finished one leaves or blocks."""

from __future__ import annotations

from twin.engine.records import (
    BLOCKED,
    CONVEYOR,
    DOWN,
    FIRST_COME,
    FULL,
    IDLE,
    INFINITE,
    RELEASE,
    STARVED,
    Record,
    World,
)
from twin.engine.rules.belts import hold_up, is_stuck, move_up
from twin.engine.rules.carriers import free_carriers, lack_carriers
from twin.engine.rules.delays import delay, delay_ends
from twin.engine.rules.dispatch import choose
from twin.engine.rules.lots import give_product
from twin.engine.rules.record import (
    LOG_PART,
    change_level,
    depart,
    draw,
    enter,
    lock,
    log,
    log_lot,
    mark,
    new_part,
)
from twin.engine.rules.timers import set_time


def put(world: World, edge: Record, p: int) -> None:
    """The part joins the end of the edge; with transport it is on its way first, never overtaking."""
    line = world.line[0]
    if FULL and edge.overtaking == 1:
        change_level(world, edge, 1)
        delay(world, edge, p, line.now + draw(world, edge.stream))
        return
    part = world.parts[p]
    part.next = -1
    if edge.level == 0:
        edge.head = p
    else:
        world.parts[edge.tail].next = p
    edge.tail = p
    change_level(world, edge, 1)
    if edge.stream < 0:
        part.since = line.now
        edge.ready += 1
        mark(world, world.stations[edge.to])
        return
    arrival = line.now + draw(world, edge.stream)
    if arrival < edge.last_arrival:
        arrival = edge.last_arrival
    edge.last_arrival = arrival
    part.since = arrival
    if edge.moving < 0:
        edge.moving = p
        set_time(world, edge.timer, arrival)


def arrive_by_transport(world: World, edge: Record) -> None:
    """The first part on its way is there; the next one, if any, rings at its own time."""
    if FULL and edge.overtaking == 1:
        delay_ends(world, edge)
        return
    p = world.parts[edge.moving].next
    edge.ready += 1
    edge.moving = p
    set_time(world, edge.timer, INFINITE if p < 0 else world.parts[p].since)
    mark(world, world.stations[edge.to])


def let_go(world: World, machine: Record) -> None:
    """The machine's part has gone: it may take another, unless it is stopped (then after its repair, or at its shift).

    Of several finished parts the next one goes when the station is visited.
    """
    machine.part = -1
    if FULL and machine.rest >= 0:
        machine.phase = RELEASE
        mark(world, world.stations[machine.station])
        return
    machine.phase = IDLE
    if FULL and world.stations[machine.station].kind >= CONVEYOR:
        move_up(world, machine)
    elif machine.state > DOWN:
        enter(world, machine, STARVED)
        mark(world, world.stations[machine.station])


def count_part(world: World, machine: Record, edge: Record) -> None:
    """A part leaves the machine by this edge."""
    part = world.parts[machine.part]
    pieces = 1
    if FULL:
        pieces = part.pieces
        machine.ideal += machine.ideal_cycle
    machine.parts += pieces
    if edge.rework == 1:
        machine.rework += pieces
        part.reworked = 1
    if world.line[0].tracing:
        log(world, LOG_PART, machine.index, part.number, edge.rework, edge.to, machine.cycle)
        if FULL:
            log_lot(world, pieces, part.product)
    if FULL and part.carrier >= 0:
        free_carriers(world, machine.part, machine.station, 1 if edge.to < 0 else 0)


def leave(world: World, machine: Record, edge: Record) -> None:
    """A finished part moves from the machine into the edge; that there is room is known."""
    count_part(world, machine, edge)
    if edge.to < 0:
        depart(world, machine.part)
    else:
        put(world, edge, machine.part)
    let_go(world, machine)


def block(world: World, machine: Record, edge: Record) -> None:
    """Blocking after service: the finished part waits on its machine, in order of completion."""
    station = world.stations[machine.station]
    if FULL and station.kind >= CONVEYOR:
        hold_up(world, machine)
    elif not FULL or machine.state > DOWN:
        enter(world, machine, BLOCKED)
    before = edge.last_blocked if edge.first_blocked >= 0 else -1
    if before >= 0 and world.machines[before].done == machine.done and before > machine.index:
        # A machine of no cycle time can complete again at the same instant, after one that stands behind it.
        before = -1
        after = edge.first_blocked
        while world.machines[after].done < machine.done or after < machine.index:
            before = after
            after = world.machines[after].next_blocked
    if before < 0:
        machine.next_blocked = edge.first_blocked
        edge.first_blocked = machine.index
    else:
        machine.next_blocked = world.machines[before].next_blocked
        world.machines[before].next_blocked = machine.index
    if machine.next_blocked < 0:
        edge.last_blocked = machine.index
    if not FULL or station.kind < CONVEYOR or is_stuck(station, machine):
        station.blocked += 1
    if edge.capacity == 0:
        mark(world, world.stations[edge.to])
    if station.in_loop == 1 and world.line[0].locked == 0:
        look_for_deadlock(world, station)


def unblock(world: World, edge: Record) -> Record:
    """Return the longest blocked machine bound for the edge, no longer blocked."""
    machine = world.machines[edge.first_blocked]
    edge.first_blocked = machine.next_blocked
    if not FULL or world.stations[machine.station].blocked > 0:
        world.stations[machine.station].blocked -= 1
    return machine


def look_for_deadlock(world: World, station: Record) -> None:
    """Whether this station and all towards which its machines are blocked, and so on, are blocked throughout.

    The stations to visit are a list through `next_visit`; `visited` is cleared along the same list.
    """
    first = station.index
    last = first
    station.visited = 1
    station.next_visit = -1
    s = first
    locked = True
    while s >= 0 and locked:
        here = world.stations[s]
        locked = here.blocked == here.last_machine - here.first_machine
        if locked:
            for m in range(here.first_machine, here.last_machine):
                to = world.stations[world.edges[world.machines[m].edge].to]
                if to.visited == 0:
                    to.visited = 1
                    to.next_visit = -1
                    world.stations[last].next_visit = to.index
                    last = to.index
        s = here.next_visit
    s = first
    while s >= 0:
        world.stations[s].visited = 0
        s = world.stations[s].next_visit
    if locked:
        lock(world)


def take_out(world: World, machine: Record, edge: Record) -> None:
    """Give the machine the first part of the edge, or what is blocked before it; a freed place is filled at once."""
    if edge.ready == 0:
        giver = unblock(world, edge)
        p = giver.part
        count_part(world, giver, edge)
        let_go(world, giver)
    else:
        p = edge.head
        edge.head = world.parts[p].next
        edge.ready -= 1
        change_level(world, edge, -1)
        if edge.first_blocked >= 0:
            leave(world, unblock(world, edge), edge)
    # Last, for a belt may take what has waited at its own end.
    machine.part = p


def take_new(world: World, station: Record, machine: Record) -> bool:
    """Give the machine a part from the stock that never runs out."""
    machine.part = new_part(world, station.index, 1)
    if FULL:
        give_product(world, machine.part, station.product_odds, machine.product_stream)
    return True


def take(world: World, station: Record, machine: Record) -> bool:
    """Give the machine the part that its station's rule wants, mostly the longest waiting; the source comes last."""
    best = -1
    longest = INFINITE
    short = False
    if FULL:
        short = lack_carriers(world, station, 1)
    if FULL and (short or station.dispatch != FIRST_COME):
        best = choose(world, station, machine)
    else:
        for q in range(station.first_in, station.last_in):
            e = world.ins[q]
            edge = world.edges[e]
            if edge.ready > 0:
                since = world.parts[edge.head].since
            elif edge.capacity == 0 and edge.first_blocked >= 0:
                since = world.machines[edge.first_blocked].done
            else:
                continue
            if since < longest:
                longest = since
                best = e
    if best < 0:
        return station.saturated == 1 and not short and take_new(world, station, machine)
    take_out(world, machine, world.edges[best])
    return True
