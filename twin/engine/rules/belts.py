"""Belts and stores: stations that hold many parts at once, each on its own way through.

A holder has one machine. Its `head` is the first of the parts on their way, `tail` the last; the part that has reached
the end and waits there is its `part`, as on any machine. `load` counts them all.

A belt has a time of its own, which stands while the belt does:

    belt time   = time - lag
    it stops    : stopped = now
    it goes on  : lag = lag + (now - stopped)

Of a part on a belt, `since` is when it reaches the end, in belt time: (now - lag) + left, `left` being how long it
takes. So it is there at since + lag, never before now, for rounding may say so. The entry is free again at
(entered + pitch) + lag. A store never stops: its `lag` is 0.
"""

from __future__ import annotations

from twin.engine.records import (
    BLOCKED,
    CONVEYOR,
    DONE,
    DOWN,
    INFINITE,
    PROCESSING,
    STARVED,
    STORAGE,
    Record,
    World,
)
from twin.engine.rules.record import draw, enter, mark
from twin.engine.rules.timers import set_time
from twin.engine.rules.work import run_on, set_failure_time, stop_work


def clock_of(world: World, machine: Record) -> float:
    """The moment at which the belt is: now, or when it stopped."""
    return world.line[0].now if machine.stopped < 0.0 else machine.stopped


def show(world: World, machine: Record) -> None:
    """A sound belt or store is in the state that its parts make it: while it is processing, its clocks age."""
    state = STARVED
    if machine.phase == DONE:
        state = BLOCKED
    elif machine.load > 0:
        state = PROCESSING
    if state == machine.state:
        return
    if state == PROCESSING:
        run_on(world, machine)
        return
    if machine.state == PROCESSING:
        stop_work(world, machine)
        if machine.first_failure < machine.last_failure:
            set_failure_time(world, machine)
    enter(world, machine, state)


def set_end(world: World, machine: Record) -> None:
    """The machine's timer rings when the first part on its way reaches the end."""
    time = INFINITE
    if machine.stopped < 0.0 and machine.phase != DONE and machine.head >= 0:
        time = world.parts[machine.head].since + machine.lag
        if time < world.line[0].now:
            time = world.line[0].now
    if world.timers[machine.index] != time:
        set_time(world, machine.index, time)


def stand_still(world: World, machine: Record) -> None:
    """The machine is stopped by something else than its parts: if it is a belt, so is all that is on it."""
    if world.stations[machine.station].kind == CONVEYOR:
        if machine.stopped < 0.0:
            machine.stopped = world.line[0].now
        set_time(world, machine.index, INFINITE)
        set_time(world, machine.entry_timer, INFINITE)


def move_on(world: World, machine: Record) -> None:
    """The belt may move: it does, unless the part at its end holds it up."""
    station = world.stations[machine.station]
    if machine.stopped >= 0.0 and (station.accumulating == 1 or machine.phase != DONE):
        machine.lag += world.line[0].now - machine.stopped
        machine.stopped = -1.0
    show(world, machine)
    set_end(world, machine)
    mark(world, station)


def has_room(station: Record, machine: Record) -> bool:
    """Whether one more part fits on the belt, or into the store, which is sound and within its shift."""
    return machine.load < station.many and machine.state > DOWN


def entry_time(station: Record, machine: Record) -> float:
    """When the belt's entry is free [s], if it moves till then."""
    return machine.entered + station.pitch + machine.lag


def can_enter(world: World, station: Record, machine: Record) -> bool:
    """Whether a part can enter at once: there is room, and the one before has moved on."""
    if not has_room(station, machine):
        return False
    if station.kind == STORAGE:
        return world.timers[machine.entry_timer] == INFINITE
    return entry_time(station, machine) <= clock_of(world, machine)


def await_entry(world: World, station: Record, machine: Record) -> None:
    """More waits to enter: a belt lets it in when the part before has moved on, a store at once, one at a time."""
    time = world.line[0].now
    if station.kind == CONVEYOR:
        if machine.stopped >= 0.0:
            return
        time = entry_time(station, machine)
    if world.timers[machine.entry_timer] != time:
        set_time(world, machine.entry_timer, time)


def entry_frees(world: World, machine: Record) -> None:
    """The part before has moved on: the next one can enter."""
    set_time(world, machine.entry_timer, INFINITE)
    mark(world, world.stations[machine.station])


def come_on(world: World, station: Record, machine: Record, p: int) -> None:
    """A part enters: behind all that are ready before it or with it."""
    part = world.parts[p]
    if part.left < 0.0:
        part.left = station.belt if station.kind == CONVEYOR else draw(world, station.stay_stream)
    machine.entered = clock_of(world, machine) - machine.lag
    part.since = machine.entered + part.left
    before = machine.tail
    if before >= 0 and world.parts[before].since > part.since:
        before = -1
        after = machine.head
        while world.parts[after].since <= part.since:
            before = after
            after = world.parts[after].next
    if before < 0:
        part.next = machine.head
        machine.head = p
    else:
        part.next = world.parts[before].next
        world.parts[before].next = p
    if part.next < 0:
        machine.tail = p
    machine.load += 1
    show(world, machine)
    set_end(world, machine)


def reach_end(world: World, machine: Record) -> None:
    """The first part on its way is at the end: its next way is now drawn."""
    p = machine.head
    part = world.parts[p]
    machine.head = part.next
    if machine.head < 0:
        machine.tail = -1
    machine.part = p
    machine.phase = DONE
    machine.done = world.line[0].now
    machine.cycle = part.left
    part.left = -1.0


def hold_up(world: World, machine: Record) -> None:
    """The part at the end cannot leave: a belt that does not let parts close up stands until it can."""
    station = world.stations[machine.station]
    show(world, machine)
    if station.kind == CONVEYOR and station.accumulating == 0:
        stand_still(world, machine)


def is_stuck(station: Record, machine: Record) -> bool:
    """Whether nothing more can enter before the part that waits at the end has left."""
    if machine.phase != DONE:
        return False
    if machine.load >= station.many:
        return True
    if station.kind == STORAGE or station.accumulating == 1:
        return False
    return entry_time(station, machine) > machine.stopped


def move_up(world: World, machine: Record) -> None:
    """The part at the end has left: the next one moves up, and there is room for one more.

    Parts that have closed up are a pitch apart: the next one is at the end a pitch later at the earliest.
    """
    station = world.stations[machine.station]
    machine.load -= 1
    if station.kind == CONVEYOR and station.accumulating == 1 and machine.head >= 0:
        earliest = clock_of(world, machine) - machine.lag + station.pitch
        if world.parts[machine.head].since < earliest:
            world.parts[machine.head].since = earliest
    if machine.state > DOWN:
        move_on(world, machine)
