"""A cycle is complete: what of the part is scrap, what goes back, and where the rest goes."""

from __future__ import annotations

from twin.engine.records import DONE, FULL, INFINITE, NO_WAY, PAUSE, SPLIT, Record, World
from twin.engine.rules.batches import cut
from twin.engine.rules.crew import release_crew
from twin.engine.rules.flow import block, leave, let_go, put
from twin.engine.rules.lots import share_of
from twin.engine.rules.record import LOG_PART, change_wip, draw, free_part, log, log_lot, new_record
from twin.engine.rules.timers import set_time
from twin.engine.rules.work import grow_older

SCRAPPED = -2
"""Where a scrapped part goes; -1 is out."""
PAUSE_EVERY = (1 << 20) - 1


def complete(world: World, machine: Record) -> None:
    """The cycle is complete: people first, then scrap and route are drawn, then the part leaves or blocks."""
    line = world.line[0]
    line.moves += 1
    if line.moves & PAUSE_EVERY == 0:
        line.flag |= PAUSE
    set_time(world, machine.index, INFINITE)
    if machine.first_failure < machine.last_failure:
        grow_older(world, machine, machine.work)
    if machine.crewed == 1:
        release_crew(world, machine)
    machine.phase = DONE
    machine.done = line.now
    station = world.stations[machine.station]
    if FULL:
        if station.kind == SPLIT:
            cut(world, station, machine)
        decide(world, station, machine)
        return
    if station.scrap > 0.0 and draw(world, machine.scrap_stream) < station.scrap:
        scrap(world, machine)
        return
    q = station.first_out
    if station.last_out - q > 1:
        q = drawn_way(world, machine, q)
    go_by(world, machine, world.edges[world.outs[q]])


def decide(world: World, station: Record, machine: Record) -> None:
    """What becomes of the finished part on the machine: what of it is scrap, what goes back, by which edge the rest."""
    share = world.jobs[station.first_job + world.parts[machine.part].product].scrap
    if share == 0.0 or not scrap_share(world, machine, share):
        go_by(world, machine, world.edges[way_of_lot(world, station, machine)])


def drawn_way(world: World, machine: Record, q: int) -> int:
    """Return the place of the way drawn, from place q of the ways out on."""
    u = draw(world, machine.route_stream)
    while u >= world.edges[world.outs[q]].cumulative:
        q += 1
    return q


def go_by(world: World, machine: Record, edge: Record) -> None:
    """The finished part leaves by the edge, or blocks its machine until there is room."""
    machine.edge = edge.index
    if edge.to < 0 or edge.level < edge.capacity:
        leave(world, machine, edge)
    else:
        block(world, machine, edge)


def count_scrap(world: World, machine: Record, pieces: int) -> None:
    """So many pieces on the machine are scrap."""
    line = world.line[0]
    machine.parts += pieces
    machine.scrap += pieces
    line.scrapped += pieces
    if line.tracing:
        part = world.parts[machine.part]
        log(world, LOG_PART, machine.index, part.number, 0, SCRAPPED, machine.cycle)
        if FULL:
            log_lot(world, pieces, part.product)


def scrap(world: World, machine: Record) -> None:
    """The part is scrapped: it leaves the line here."""
    pieces = 1
    if FULL:
        pieces = world.parts[machine.part].pieces
        machine.ideal += machine.ideal_cycle
    count_scrap(world, machine, pieces)
    free_part(world, machine.part)
    let_go(world, machine)


def send_back(world: World, machine: Record, edge: Record, pieces: int, step: int) -> None:
    """So many pieces of the machine's lot go back by an edge that has room, as a lot of their own of the same order."""
    line = world.line[0]
    p = new_record(world)
    lot = world.parts[p]
    part = world.parts[machine.part]
    part.pieces -= pieces
    lot.pieces = pieces
    lot.entry = part.entry
    lot.order = part.order
    lot.product = part.product
    lot.step = step
    lot.left = -1.0
    lot.reworked = 1
    if part.order >= 0:
        world.orders[part.order].lots += 1
    machine.parts += pieces
    machine.rework += pieces
    if line.tracing:
        log(world, LOG_PART, machine.index, lot.number, 1, edge.to, machine.cycle)
        log_lot(world, pieces, lot.product)
    put(world, edge, p)


def scrap_share(world: World, machine: Record, share: float) -> bool:
    """A share of the machine's lot is scrapped; whether that is all of it."""
    part = world.parts[machine.part]
    pieces = share_of(share, part.pieces, draw(world, machine.scrap_stream))
    if pieces == part.pieces:
        scrap(world, machine)
        return True
    if pieces > 0:
        count_scrap(world, machine, pieces)
        part.pieces -= pieces
        change_wip(world, -pieces)
    return False


def way_of_lot(world: World, station: Record, machine: Record) -> int:
    """A share of the lot goes back by each rework edge; return the edge by which what is left goes on.

    Each edge has its share of all, and so a larger one of what the edges before it leave. A lot with a way of its own
    goes back to where its way passes that station; where it does not pass it, no piece goes back.
    """
    line = world.line[0]
    part = world.parts[machine.part]
    left = 1.0
    for q in range(station.first_out, station.first_other):
        step = NO_WAY
        if part.step >= 0:
            step = world.indices[line.backs + part.step * line.back_most + q - station.first_out]
            if step < 0:
                continue
        edge = world.edges[world.outs[q]]
        share = 1.0 if edge.cumulative >= left else edge.cumulative / left
        left -= edge.cumulative
        pieces = share_of(share, part.pieces, draw(world, machine.rework_stream))
        if pieces == part.pieces:
            part.step = step
            return edge.index
        if pieces > 0:
            send_back(world, machine, edge, pieces, step)
    if part.step >= 0:
        part.step += 1
        return world.indices[part.step - 1]
    q = station.first_other
    if station.last_out - q > 1:
        q = drawn_way(world, machine, q)
    return world.outs[q]
