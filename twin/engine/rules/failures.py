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
from twin.engine.rules.clocks import draw_life, pause_clocks, run_clocks
from twin.engine.rules.crew import ask_crew, ask_repair, leave_queue, release_repairers
from twin.engine.rules.record import draw, enter, mark
from twin.engine.rules.timers import set_time
from twin.engine.rules.upkeep import AFTER_REPAIR, begin_upkeep, end_upkeep, start_up
from twin.engine.rules.work import grow_older, stop_setup, stop_work


def fail(world: World, machine: Record) -> None:
    """The machine's failure timer rings: the acting failure first in the file breaks it."""
    now = world.line[0].now
    f = machine.first_failure
    while not (f == machine.acting and machine.fails_at == now) and world.failures[f].due != now:
        f += 1
    break_down(world, machine, f)


def break_down(world: World, machine: Record, f: int) -> None:
    """Failure f breaks the machine: what it does is interrupted, its repair is drawn, its repairers are asked for."""
    failure = world.failures[f]
    if machine.state == PROCESSING:
        if failure.operating == 1 and f == machine.acting and machine.fails_at == world.line[0].now:
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
    if FULL:
        machine.minor = failure.minor
        machine.minor_stops += failure.minor
        machine.failures += 1 - failure.minor
    else:
        machine.failures += 1
    pause_clocks(world, machine)
    machine.repair = draw(world, failure.ttr_stream)
    ask_repair(world, machine)


def repaired(world: World, machine: Record) -> None:
    """A repair or a maintenance ends: its people are free, its clock starts anew, the machine goes on where it stopped.

    A maintenance that has fallen due meanwhile comes first.
    """
    set_time(world, machine.repair_timer, INFINITE)
    f = machine.broken
    machine.broken = -1
    release_repairers(world, machine)
    if FULL and f >= machine.first_task:
        end_upkeep(world, machine, f)
    else:
        if FULL:
            machine.repaired += 1 - machine.minor
            start_up(world, machine, AFTER_REPAIR)
        else:
            machine.repaired += 1
        draw_life(world, world.failures[f])
    if FULL and begin_upkeep(world, machine):
        return
    if machine.first_failure < machine.last_failure:
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
