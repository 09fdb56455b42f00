"""Visits: a station's moves at one instant, one station after the other, until the line has settled."""

from __future__ import annotations

from twin.engine.records import (
    ASSEMBLY,
    BATCH,
    DONE,
    DOWN,
    FULL,
    GROUP,
    GROUP_BITS,
    IDLE,
    INFINITE,
    ONE,
    RELEASE,
    SPLIT,
    WORK,
    Record,
    World,
)
from twin.engine.rules.assembly import join, take_batch
from twin.engine.rules.batches import next_finished
from twin.engine.rules.crew import ask_crew
from twin.engine.rules.flow import take
from twin.engine.rules.outcome import decide
from twin.engine.rules.record import draw, lock
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
    return take(world, station, machine)


def station_moves(world: World, station: Record) -> None:
    """One visit: each idle machine by index takes at most one part, asks for its crew and works."""
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
        if line.on == 1:
            station_moves(world, station)
    line.top = 0


def stands_for_ever(world: World) -> bool:
    """Whether parts are in the line and nothing will ever move one: nobody works or is to come, none is stopped.

    An assembly whose other feed has run dry, a batch that will never be full. It is found at the end of a run.
    """
    line = world.line[0]
    if line.locked == 1 or line.wip == 0:
        return False
    for m in range(len(world.machines)):
        machine = world.machines[m]
        if machine.state <= DOWN or machine.phase not in (IDLE, DONE):
            return False
    for i in range(line.shift_end):
        if world.timers[i] < INFINITE:
            return False
    lock(world)
    return True
