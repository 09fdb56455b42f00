"""A machine works, stops, is repaired: the arithmetic of work left and of ages, in one stated form.

Work and ages are kept as at the start of the stretch. Nothing is re-associated.
"""

from __future__ import annotations

from twin.engine.records import BY_WORK, DOWN, FULL, INFINITE, MAINTENANCE, PREPARE, PROCESSING, SETUP, Record, World
from twin.engine.rules.record import enter
from twin.engine.rules.timers import set_time


def set_failure_time(world: World, machine: Record) -> None:
    """The machine's failure timer rings at the acting operating failure or the first calendar one."""
    time = machine.due
    if machine.acting >= 0 and machine.fails_at < time:
        time = machine.fails_at
    if world.timers[machine.failure_timer] != time:
        set_time(world, machine.failure_timer, time)


def run_on(world: World, machine: Record) -> None:
    """Process the work left, up to the first operating failure (the smallest age, ties by file order)."""
    enter(world, machine, PROCESSING)
    now = world.line[0].now
    machine.start = now
    if machine.first_failure == machine.last_failure:
        set_time(world, machine.index, now + machine.work)
        return
    acting = -1
    least = machine.work
    for f in range(machine.first_failure, machine.last_failure):
        failure = world.failures[f]
        if failure.operating == 1 and failure.age < least:
            least = failure.age
            acting = f
    machine.acting = acting
    if acting < 0:
        set_time(world, machine.index, now + machine.work)
    else:
        machine.fails_at = now + least
    set_failure_time(world, machine)


def take_up(world: World, machine: Record) -> None:
    """The machine has whom it needs: its setup goes on, or its work."""
    if FULL and machine.phase == PREPARE:
        enter(world, machine, SETUP)
        machine.start = world.line[0].now
        set_time(world, machine.setup_timer, machine.start + machine.setup)
    else:
        run_on(world, machine)


def stop_setup(world: World, machine: Record) -> None:
    """The setup is interrupted from outside, as a cycle is; no failure clock has aged in it."""
    machine.setup = machine.start + machine.setup - world.line[0].now
    set_time(world, machine.setup_timer, INFINITE)


def grow_older(world: World, machine: Record, by: float) -> None:
    """The machine has worked `by` seconds: its operating clocks have so much less to go (rounding never below 0).

    So have the maintenances that count its work; and it is so much more worn.
    """
    for f in range(machine.first_failure, machine.last_failure):
        failure = world.failures[f]
        if failure.operating == 1:
            failure.age -= by
            if failure.age < 0.0:
                failure.age = 0.0
            if FULL:
                failure.worn += by
    if FULL:
        for f in range(machine.first_task, machine.last_task):
            task = world.failures[f]
            if task.task == BY_WORK:
                task.age -= by


def stop_work(world: World, machine: Record) -> None:
    """Interrupted from outside, by a calendar failure or the shift's end."""
    now = world.line[0].now
    grow_older(world, machine, now - machine.start)
    machine.work = machine.start + machine.work - now
    machine.acting = -1
    set_time(world, machine.index, INFINITE)


def state_of_stop(machine: Record, state: int) -> int:
    """Return the state of a machine that is stopped: of one that is broken `state`, else maintenance."""
    if FULL and machine.broken >= machine.first_task:
        return MAINTENANCE
    return state


def start_repair(world: World, machine: Record) -> None:
    """The repair or the maintenance starts, or goes on after the shift's end."""
    enter(world, machine, state_of_stop(machine, DOWN))
    machine.repair_end = world.line[0].now + machine.repair
    set_time(world, machine.repair_timer, machine.repair_end)
