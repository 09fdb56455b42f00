"""Arrivals: parts come from outside at any hour; the queue of arrivals is the first edge of the station it feeds."""

from __future__ import annotations

from twin.engine.records import ASSEMBLY, BATCH, FULL, IDLE, Record, World
from twin.engine.rules.flow import put
from twin.engine.rules.lots import give_product
from twin.engine.rules.record import LOG_ARRIVAL, draw, log, new_part
from twin.engine.rules.timers import set_time


def finds_room(world: World, edge: Record) -> bool:
    """Whether an arrival may stay: fewer wait than the limit, or it goes to a free machine at once."""
    if edge.limit < 0 or edge.level < edge.limit:
        return True
    if edge.level > 0 or world.line[0].on == 0:
        return False
    station = world.stations[edge.to]
    if FULL and station.kind in (ASSEMBLY, BATCH):
        return False
    for m in range(station.first_machine, station.last_machine):
        if world.machines[m].phase == IDLE and world.machines[m].broken < 0:
            return True
    return False


def arrive(world: World, edge: Record) -> None:
    """A part arrives: it joins the queue or is turned away, and the next one is on its way."""
    line = world.line[0]
    set_time(world, edge.timer, line.now + draw(world, edge.arrival_stream))
    if finds_room(world, edge):
        p = new_part(world, edge.to, 1)
        if FULL:
            give_product(world, p, edge.arrival_odds, edge.arrival_product)
        put(world, edge, p)
    else:
        line.turned_away += 1
        if line.tracing:
            log(world, LOG_ARRIVAL, edge.to, -1, 0, 0, 0.0)
