"""Shifts: at the end all work stops where it is and all people go; at the start it goes on from there."""

from __future__ import annotations

from twin.engine.records import DOWN, FULL, INFINITE, OFF_SHIFT, PROCESSING, SETUP, Record, World
from twin.engine.rules.crew import ask_repair, change_pool, leave_queue, release_crew, release_repairers
from twin.engine.rules.failures import go_on, pause_clocks, run_clocks
from twin.engine.rules.record import change_level, draw, enter, mark
from twin.engine.rules.releases import open_orders
from twin.engine.rules.timers import set_time
from twin.engine.rules.work import stop_setup, stop_work
from twin.line.work_calendar import WEEK


def window_time(world: World, end: int) -> float:
    """Start (end = 0) or end (1) of the current shift window [s since the run's start]."""
    line = world.line[0]
    return line.week * WEEK + world.windows[2 * line.window + end]


def leave_shift(world: World, machine: Record) -> None:
    """The shift ends for one machine: cycle and repair stop where they are, requests and people go."""
    if machine.state == PROCESSING:
        stop_work(world, machine)
    elif machine.state == DOWN:
        machine.repair = machine.repair_end - world.line[0].now
        set_time(world, machine.repair_timer, INFINITE)
        release_repairers(world, machine)
    elif machine.waiting == 1:
        leave_queue(world, machine, 0)
    elif FULL and machine.state == SETUP:
        stop_setup(world, machine)
    if machine.crewed == 1:
        release_crew(world, machine)
    if machine.first_failure < machine.last_failure:
        pause_clocks(world, machine)
    enter(world, machine, OFF_SHIFT)


def join_shift(world: World, machine: Record) -> None:
    """The shift starts for one machine: it is repaired further, or takes up what it holds."""
    if machine.broken >= 0:
        ask_repair(world, machine)
        return
    if machine.first_failure < machine.last_failure:
        run_clocks(world, machine)
    go_on(world, machine)


def shift_ends(world: World) -> None:
    """The window ends. One that goes on into the next (over the week's end) ends nothing."""
    line = world.line[0]
    line.window += 1
    if line.window == line.windows:
        line.window = 0
        line.week += 1
    start = window_time(world, 0)
    if start == line.now:
        set_time(world, line.shift_end, window_time(world, 1))
        return
    set_time(world, line.shift_end, INFINITE)
    set_time(world, line.shift_start, start)
    line.on = 0
    for m in range(len(world.machines)):
        leave_shift(world, world.machines[m])
    for p in range(len(world.pools)):
        change_pool(world, p, 0, 0)


def shift_starts(world: World) -> None:
    """The window starts: people are there, machines go on in their order."""
    line = world.line[0]
    set_time(world, line.shift_start, INFINITE)
    set_time(world, line.shift_end, window_time(world, 1))
    line.on = 1
    for p in range(len(world.pools)):
        change_pool(world, p, 0, 0)
    for m in range(len(world.machines)):
        join_shift(world, world.machines[m])
    for s in range(len(world.stations)):
        mark(world, world.stations[s])


def open_machine(world: World, machine: Record) -> None:
    """A machine's first state, and the first draw of each of its failure clocks."""
    enter(world, machine, machine.state)
    for f in range(machine.first_failure, machine.last_failure):
        failure = world.failures[f]
        if failure.operating == 1:
            failure.age = draw(world, failure.ttf_stream)
        else:
            failure.rest = draw(world, failure.ttf_stream)
    if world.line[0].on == 1 and machine.first_failure < machine.last_failure:
        run_clocks(world, machine)


def open_line(world: World) -> None:
    """Time 0: first draws, first timers, the first events of a trace."""
    line = world.line[0]
    for m in range(len(world.machines)):
        open_machine(world, world.machines[m])
    for e in range(len(world.edges)):
        edge = world.edges[e]
        if edge.to >= 0 and edge.capacity != 0:
            change_level(world, edge, 0)
        if edge.arrival_stream >= 0:
            set_time(world, edge.timer, draw(world, edge.arrival_stream))
    if FULL:
        open_orders(world)
    for p in range(len(world.pools)):
        change_pool(world, p, 0, 0)
    if line.windows > 0:
        if line.on == 1:
            set_time(world, line.shift_end, window_time(world, 1))
        else:
            set_time(world, line.shift_start, window_time(world, 0))
    for s in range(len(world.stations)):
        mark(world, world.stations[s])
