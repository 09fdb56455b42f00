"""The clocks of failures: calendar ones stop and go on, a new life is drawn, and wear makes them run faster."""

from __future__ import annotations

from twin.engine.records import FULL, INFINITE, Record, World
from twin.engine.rules.record import draw
from twin.engine.rules.work import set_failure_time


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


def draw_life(world: World, failure: Record) -> None:
    """The failure's clock starts anew: on it counts how much life there is, and how fast wear uses it up."""
    life = draw(world, failure.ttf_stream)
    if failure.operating == 0:
        failure.rest = life
    elif FULL and failure.wear_first < failure.wear_last:
        failure.age = time_of_life(world, failure, life)
    else:
        failure.age = life


def time_of_life(world: World, failure: Record, life: float) -> float:
    """Return in how much operating time so much life is used up: the table of wear, walked from the wear there is."""
    numbers = world.numbers
    worn = failure.worn
    k = failure.wear_first
    last = failure.wear_last - 2
    while k < last and numbers[k + 2] <= worn:
        k += 2
    time = 0.0
    while k < last:
        stretch = numbers[k + 2] - worn
        used = stretch * numbers[k + 1]
        if life <= used:
            break
        life -= used
        time += stretch
        worn = numbers[k + 2]
        k += 2
    return time + life / numbers[k + 1]


def renew(world: World, machine: Record) -> None:
    """After a maintenance no wear is left, and every failure that wears has a new life."""
    for f in range(machine.first_failure, machine.last_failure):
        failure = world.failures[f]
        if failure.wear_first < failure.wear_last:
            failure.worn = 0.0
            draw_life(world, failure)
