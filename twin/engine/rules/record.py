"""Draws, times in state, levels, work in progress, and the events of a trace."""

from __future__ import annotations

from twin.engine.records import (
    DRAIN,
    FULL,
    GROUP_BITS,
    GROW,
    GROW_ORDERS,
    LOCKED,
    LOST,
    ONE,
    ORDER_RESERVE,
    REFILL,
    Record,
    World,
)

BUFFER_MASK = 2047
"""Each stream has a ring of 2,048 variates (two blocks of 1,024); a position is taken modulo that."""

LOG_STATE, LOG_PART, LOG_ARRIVAL, LOG_LEVEL, LOG_CREW, LOG_ORDER = 0, 1, 2, 3, 4, 5
RELEASED, ENDED = 0, 1


def draw(world: World, k: int) -> float:
    """Return the next variate of stream k."""
    stream = world.streams[k]
    position = stream.position
    stream.position = position + ONE
    if position >= stream.limit:
        world.line[0].flag |= REFILL
    return world.draws[stream.offset + (position & BUFFER_MASK)]


def log(world: World, kind: int, owner: int, a: int, b: int, c: int, x: float) -> None:
    """Append an event to the ring; the clock drains it before it is full, and refuses the run if it did not."""
    line = world.line[0]
    if line.event_count == len(world.events):
        line.flag |= LOST
        return
    event = world.events[line.event_count]
    event.time = line.now
    event.kind = kind
    event.owner = owner
    event.a = a
    event.b = b
    event.c = c
    event.x = x
    line.event_count += 1
    if line.event_count >= line.event_limit:
        line.flag |= DRAIN


def log_lot(world: World, pieces: int, product: int) -> None:
    """Say how many pieces, and of which product, the event is about that has just been logged."""
    event = world.events[world.line[0].event_count - 1]
    event.pieces = pieces
    event.product = product


def lock(world: World) -> None:
    """The line has locked: the clock notes who waits for whom, once, and goes on with what still moves."""
    line = world.line[0]
    if line.locked == 0:
        line.locked = 1
        line.flag |= LOCKED


def enter(world: World, machine: Record, state: int) -> None:
    """The machine's reported state becomes `state`."""
    line = world.line[0]
    now = line.now
    world.times[machine.account + machine.state] += now - machine.since
    machine.since = now
    machine.state = state
    if line.tracing:
        log(world, LOG_STATE, machine.index, state, machine.broken, 0, 0.0)


def mark(world: World, station: Record) -> None:
    """Something that the station's moves read has changed: it is visited before time goes on."""
    if station.marked == 0:
        station.marked = 1
        s = station.index
        world.groups[s >> GROUP_BITS] += 1
        line = world.line[0]
        line.marked += 1
        if s > line.top:
            line.top = s


def change_level(world: World, edge: Record, by: int) -> None:
    """A part enters (+1) or leaves (-1) the edge."""
    line = world.line[0]
    now = line.now
    lapse = now - edge.since
    level = edge.level
    if level == 0:
        edge.empty += lapse
    else:
        edge.area += level * lapse
        if level >= edge.capacity:
            edge.full += lapse
    edge.since = now
    edge.level = level + by
    if line.tracing:
        log(world, LOG_LEVEL, edge.index, level + by, 0, 0, 0.0)


def change_wip(world: World, by: int) -> None:
    """So many pieces enter the line, or leave it (below 0)."""
    line = world.line[0]
    line.wip_area += line.wip * (line.now - line.wip_since)
    line.wip_since = line.now
    line.wip += by


def take_record(world: World) -> int:
    """Take a part's record, and return its index."""
    line = world.line[0]
    p = line.free
    part = world.parts[p]
    line.free = part.next
    line.free_count -= 1
    if line.free_count < line.reserve:
        line.flag |= GROW
    if FULL:
        part.carrier = -1
    return p


def new_record(world: World) -> int:
    """Take a part's record, give it the next number, and return its index."""
    line = world.line[0]
    p = take_record(world)
    line.last_part += 1
    world.parts[p].number = line.last_part
    return p


def new_part(world: World, station: int, pieces: int) -> int:
    """A part of so many pieces enters the line for `station`; return its record's index."""
    line = world.line[0]
    p = new_record(world)
    part = world.parts[p]
    part.entry = line.now
    part.reworked = 0
    line.arrived += pieces
    change_wip(world, pieces)
    if line.tracing:
        log(world, LOG_ARRIVAL, station, part.number, 1, 0, 0.0)
        if FULL:
            log_lot(world, pieces, 0)
    if FULL:
        part.pieces = pieces
        part.order = -1
        part.left = -1.0
    return p


def free_part(world: World, p: int) -> None:
    """The part has left the line: its record may be used again."""
    line = world.line[0]
    if FULL:
        part = world.parts[p]
        change_wip(world, -part.pieces)
        if part.order >= 0:
            lot_left(world, part.order)
    else:
        change_wip(world, -1)
    world.parts[p].next = line.free
    line.free = p
    line.free_count += 1


def depart(world: World, p: int) -> None:
    """The part leaves the line good."""
    line = world.line[0]
    part = world.parts[p]
    pieces = 1
    if FULL:
        pieces = part.pieces
    line.departed += pieces
    if part.reworked == 0:
        line.first_pass += pieces
    if FULL and part.order >= 0:
        world.orders[part.order].good += pieces
    else:
        count_lead(world, line.now - part.entry)
    free_part(world, p)


def open_order(world: World, o: int) -> None:
    """The order is released, with all that is known of it in its record."""
    line = world.line[0]
    order = world.orders[o]
    order.open = 1
    order.good = 0
    line.orders_arrived += 1
    if line.tracing:
        log(world, LOG_ORDER, order.number, RELEASED, 0, 0, 0.0)
        log_lot(world, order.pieces, 0)


def draw_order(world: World) -> int:
    """Take an order's record, give it the next number, and return its index."""
    line = world.line[0]
    o = line.order_free
    order = world.orders[o]
    line.order_free = order.next
    line.order_free_count -= 1
    if line.order_free_count < ORDER_RESERVE:
        line.flag |= GROW_ORDERS
    line.last_order += 1
    order.number = line.last_order
    return o


def lot_left(world: World, o: int) -> None:
    """One lot of the order has left the line; with the last the order leaves, late or early, if any piece is good."""
    line = world.line[0]
    order = world.orders[o]
    order.lots -= 1
    if order.lots > 0:
        return
    order.open = 0
    if order.good > 0:
        line.orders_departed += 1
        count_lead(world, line.now - order.release)
    if line.tracing:
        log(world, LOG_ORDER, order.number, ENDED, 0, 0, 0.0)
        log_lot(world, order.good, 0)
    if o >= line.book_orders:
        order.next = line.order_free
        line.order_free = o
        line.order_free_count += 1


def count_lead(world: World, lead: float) -> None:
    """Count a lead time [s] in bins 1 % wide, found by bisection."""
    world.line[0].lead_sum += lead
    edges = world.bin_edges
    low = 0
    high = len(edges)
    while low < high:
        middle = (low + high) >> 1
        if edges[middle] <= lead:
            low = middle + 1
        else:
            high = middle
    world.bins[low] += 1
