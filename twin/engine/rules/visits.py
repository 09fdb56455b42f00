"""Visits: a station's moves at one instant, one station after the other, until the line has settled."""

from __future__ import annotations

from twin.engine.records import (
    ASSEMBLY,
    BATCH,
    CONVEYOR,
    DONE,
    FULL,
    GROUP,
    GROUP_BITS,
    IDLE,
    ONE,
    RELEASE,
    SPLIT,
    WORK,
    Record,
    World,
)
from twin.engine.rules.assembly import join, take_batch
from twin.engine.rules.batches import next_finished
from twin.engine.rules.belts import await_entry, can_enter, come_on, has_room, is_stuck
from twin.engine.rules.carriers import take_carriers
from twin.engine.rules.crew import ask_crew
from twin.engine.rules.flow import look_for_deadlock, take
from twin.engine.rules.outcome import decide
from twin.engine.rules.record import draw
from twin.engine.rules.setup import begin_lot


def let_out(world: World, station: Record) -> None:
    """One visit: each machine that holds several finished parts lets one of them go, or is blocked with it."""
    for m in range(station.first_machine, station.last_machine):
        machine = world.machines[m]
        if machine.phase == RELEASE:
            next_finished(world, station, machine)
            machine.phase = DONE
            machine.done = world.line[0].now
            decide(world, station, machine)


def take_in(world: World, station: Record, machine: Record) -> bool:
    """Give the machine what a machine of its kind takes: one part, a batch, what is to be joined."""
    if station.kind == BATCH:
        return take_batch(world, station, machine)
    if station.kind == ASSEMBLY:
        return join(world, station, machine)
    if not take(world, station, machine):
        return False
    take_carriers(world, station, machine.part)
    return True


def something_waits(world: World, station: Record) -> bool:
    """Whether some part could be taken, if the station is not short of carriers."""
    for q in range(station.first_in, station.last_in):
        edge = world.edges[world.ins[q]]
        if edge.ready > 0 or (edge.capacity == 0 and edge.first_blocked >= 0):
            return True
    return station.saturated == 1


def let_in(world: World, station: Record) -> None:
    """One visit to a belt or a store: it takes at most one part, and the next one when its entry is free again."""
    machine = world.machines[station.first_machine]
    if can_enter(world, station, machine):
        waiting = machine.part
        if not take_in(world, station, machine):
            return
        p = machine.part
        machine.part = waiting if machine.phase == DONE else -1
        come_on(world, station, machine, p)
        if station.blocked == 0 and is_stuck(station, machine):
            station.blocked = 1
            if station.in_loop == 1 and world.line[0].locked == 0:
                look_for_deadlock(world, station)
    if has_room(station, machine) and something_waits(world, station):
        await_entry(world, station, machine)


def station_moves(world: World, station: Record) -> None:
    """One visit: each idle machine by index takes at most one part, asks for its crew and works."""
    if FULL and station.kind >= CONVEYOR:
        let_in(world, station)
        return
    for m in range(station.first_machine, station.last_machine):
        machine = world.machines[m]
        if machine.phase == IDLE and machine.broken < 0:
            if not (take_in(world, station, machine) if FULL else take(world, station, machine)):
                return
            machine.phase = WORK
            if FULL:
                begin_lot(world, station, machine)
            else:
                machine.work = draw(world, machine.cycle_stream)
                machine.cycle = machine.work
                ask_crew(world, machine)


def settle(world: World) -> None:
    """Make all moves possible now: always the marked station latest in the file, until nothing is marked."""
    line = world.line[0]
    if FULL and line.unsettled == 1:
        return
    while line.marked > 0:
        s = line.top
        while world.stations[s].marked == 0:
            if s & (GROUP - ONE) == GROUP - ONE and world.groups[s >> GROUP_BITS] == 0:
                s -= GROUP
            else:
                s -= ONE
        line.top = s
        station = world.stations[s]
        station.marked = 0
        world.groups[s >> GROUP_BITS] -= 1
        line.marked -= 1
        if FULL and station.kind in (SPLIT, BATCH):
            let_out(world, station)
        if station.on == 1:
            station_moves(world, station)
    line.top = 0
