"""Upkeep: planned maintenance that is due by work, by parts or by the calendar, and the scrap of a machine that starts.

A task is a row of the table of failures behind the machine's own, and holds it in `broken` as a failure does.
"""

from __future__ import annotations

from twin.engine.records import (
    BLOCKED,
    BY_CALENDAR,
    BY_PARTS,
    BY_WORK,
    CONVEYOR,
    INFINITE,
    PROCESSING,
    STARVED,
    WAITING_OPERATOR,
    WORK,
    Record,
    World,
)
from twin.engine.rules.belts import stand_still
from twin.engine.rules.clocks import pause_clocks, renew
from twin.engine.rules.crew import ask_repair, leave_queue, release_crew
from twin.engine.rules.record import draw
from twin.engine.rules.timers import set_time
from twin.engine.rules.work import stop_work

AFTER_SETUP, AFTER_REPAIR, AFTER_MAINTENANCE, AFTER_SHIFT = 1, 2, 4, 8
"""The stops after which a machine starts up, as bits."""


def start_up(world: World, machine: Record, after: int) -> None:
    """The machine starts after a stop: if it is one of those, another share of its first pieces is scrapped."""
    station = world.stations[machine.station]
    if station.startup_after & after:
        machine.startup = station.startup_parts


def share_at_start(world: World, machine: Record, share: float) -> float:
    """Return the share of the machine's part that is scrapped: of its pieces that come while it starts up, another."""
    station = world.stations[machine.station]
    pieces = world.parts[machine.part].pieces
    rough = machine.startup
    if rough > pieces:
        rough = pieces
    machine.startup -= rough
    return (rough * station.startup_share + (pieces - rough) * share) / pieces


def count_made(world: World, machine: Record) -> None:
    """The pieces on the machine are finished, all of a batch or a split: maintenance by parts is so much sooner due."""
    if machine.first_task == machine.last_task:
        return
    pieces = machine.copies + world.parts[machine.part].pieces
    p = machine.rest
    while p >= 0:
        pieces += world.parts[p].pieces
        p = world.parts[p].next
    for f in range(machine.first_task, machine.last_task):
        task = world.failures[f]
        if task.task == BY_PARTS:
            task.age -= pieces


def plan_task(world: World, task: Record) -> None:
    """The task is due anew, so long from now."""
    if task.task == BY_CALENDAR:
        task.due = world.line[0].now + task.every
    else:
        task.age = task.every


def wait_for_due(world: World, machine: Record) -> None:
    """The machine's upkeep timer rings when the next task of the calendar falls due."""
    now = world.line[0].now
    due = INFINITE
    for f in range(machine.first_task, machine.last_task):
        task = world.failures[f]
        if task.task == BY_CALENDAR and now < task.due < due:
            due = task.due
    if machine.upkeep_timer >= 0:
        set_time(world, machine.upkeep_timer, due)


def open_tasks(world: World, machine: Record) -> None:
    """Time 0: every task is as far off as it can be."""
    for f in range(machine.first_task, machine.last_task):
        plan_task(world, world.failures[f])
    wait_for_due(world, machine)


def is_due(world: World, machine: Record, task: Record) -> bool:
    """Whether the task has fallen due; one by work does when a cycle has ended, not in its midst."""
    now = world.line[0].now
    if task.task == BY_CALENDAR:
        return task.due <= now
    worked = 0.0
    if task.task == BY_WORK and is_moving(world, machine):
        worked = now - machine.start
    return task.age <= worked and machine.phase != WORK


def is_moving(world: World, machine: Record) -> bool:
    """Whether it is a belt that moves parts; it works on, whatever becomes of the one at its end."""
    return machine.state == PROCESSING and world.stations[machine.station].kind == CONVEYOR


def due_task(world: World, machine: Record) -> int:
    """Return the first of the machine's tasks that is due, -1 where none is."""
    for f in range(machine.first_task, machine.last_task):
        if is_due(world, machine, world.failures[f]):
            return f
    return -1


def begin_upkeep(world: World, machine: Record) -> bool:
    """A machine that is at no work: the first of its tasks that is due, if any, begins; say whether one does.

    Its people go, but the part on it stays; a finished one may leave. A belt stands.
    """
    f = due_task(world, machine)
    if f < 0:
        return False
    if is_moving(world, machine):
        stop_work(world, machine)
    stand_still(world, machine)
    if machine.waiting == 1:
        leave_queue(world, machine, 0)
    if machine.crewed == 1:
        release_crew(world, machine)
    machine.broken = f
    if machine.first_failure < machine.last_failure:
        pause_clocks(world, machine)
    machine.repair = draw(world, world.failures[f].ttr_stream)
    ask_repair(world, machine)
    return True


def falls_due(world: World, machine: Record) -> None:
    """A task of the calendar is due: it begins now, or when the cycle, the repair or the time off shift has ended."""
    wait_for_due(world, machine)
    state = machine.state
    if state in (STARVED, BLOCKED, WAITING_OPERATOR) or is_moving(world, machine):
        begin_upkeep(world, machine)


def end_upkeep(world: World, machine: Record, f: int) -> None:
    """Task f is done: it is due anew from now on, and the machine is as new as far as it wears."""
    plan_task(world, world.failures[f])
    wait_for_due(world, machine)
    machine.maintained += 1
    renew(world, machine)
    start_up(world, machine, AFTER_MAINTENANCE)
