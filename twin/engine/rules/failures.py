"""Failures and repairs: a machine's clocks run while it works (operating) or in every state but down (calendar)."""

from __future__ import annotations

from twin.engine.records import (
    BLOCKED,
    CONVEYOR,
    DONE,
    FULL,
    INFINITE,
    PREPARE,
    PROCESSING,
    SETUP,
    STARVED,
    WORK,
    Record,
    World,
)
from twin.engine.rules.belts import move_on, stand_still
from twin.engine.rules.crew import ask_crew, ask_repair, leave_queue, release_repairers
from twin.engine.rules.record import draw, enter, mark
from twin.engine.rules.timers import set_time
from twin.engine.rules.work import grow_older, set_failure_time, stop_setup, stop_work


def pause_clocks(world: World, machine: Record) -> None:
    """The machine's calendar clocks stop: each keeps the rest."""
    now = world.line[0].now
    for f in range(machine.first_failure, machine.last_failure):
        failure = world.failures[f]
        if failure.operating == 0 and failure.due < INFINITE:
            failure.rest = failure.due - now
            failure.due = INFINITE
    machine.due = INFINITE
    set_failure_time(world, machine)


def run_clocks(world: World, machine: Record) -> None:
    """The machine's calendar clocks go on with what they kept."""
    now = world.line[0].now
    due = INFINITE
    for f in range(machine.first_failure, machine.last_failure):
        failure = world.failures[f]
        if failure.operating == 0:
            failure.due = now + failure.rest
            if failure.due < due:
                due = failure.due
    machine.due = due
    set_failure_time(world, machine)


def fail(world: World, machine: Record) -> None:
    """The machine's failure timer rings: the acting failure first in the file breaks it."""
    now = world.line[0].now
    f = machine.first_failure
    while not (f == machine.acting and machine.fails_at == now) and world.failures[f].due != now:
        f += 1
    failure = world.failures[f]
    if machine.state == PROCESSING:
        if failure.operating == 1:
            age = failure.age
            machine.work -= age
            machine.acting = -1
            grow_older(world, machine, age)
        else:
            stop_work(world, machine)
    elif machine.waiting == 1:
        leave_queue(world, machine, 0)
    elif FULL and machine.state == SETUP:
        stop_setup(world, machine)
    if FULL:
        stand_still(world, machine)
    machine.broken = f
    machine.failures += 1
    pause_clocks(world, machine)
    machine.repair = draw(world, failure.ttr_stream)
    ask_repair(world, machine)


def repaired(world: World, machine: Record) -> None:
    """The repair ends: its people are free, the failure's clock starts anew, the machine goes on where it stopped."""
    set_time(world, machine.repair_timer, INFINITE)
    failure = world.failures[machine.broken]
    machine.broken = -1
    machine.repaired += 1
    release_repairers(world, machine)
    if failure.operating == 1:
        failure.age = draw(world, failure.ttf_stream)
    else:
        failure.rest = draw(world, failure.ttf_stream)
    run_clocks(world, machine)
    go_on(world, machine)


def go_on(world: World, machine: Record) -> None:
    """A sound machine within the shift takes up what it holds: work, a finished part, or nothing."""
    if FULL and world.stations[machine.station].kind == CONVEYOR:
        move_on(world, machine)
    elif machine.phase == WORK or (FULL and machine.phase == PREPARE):
        ask_crew(world, machine)
    elif machine.phase == DONE:
        enter(world, machine, BLOCKED)
    else:
        enter(world, machine, STARVED)
        mark(world, world.stations[machine.station])
