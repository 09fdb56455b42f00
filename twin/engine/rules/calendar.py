"""Shifts and breaks: at their end all work stops where it is and people go; at the start it goes on from there."""

from __future__ import annotations

from twin.engine.records import FULL, INFINITE, OFF_SHIFT, PROCESSING, SETUP, Record, World
from twin.engine.rules.asking import ANEW, CREW, REPAIR, held
from twin.engine.rules.belts import stand_still
from twin.engine.rules.clocks import draw_life, pause_clocks, run_clocks
from twin.engine.rules.crew import (
    ask_crew,
    ask_repair,
    change_pool,
    count_people,
    leave_queue,
    release_crew,
    release_repairers,
)
from twin.engine.rules.failures import go_on
from twin.engine.rules.metering import start_meter, sum_power
from twin.engine.rules.record import change_level, draw, enter, mark
from twin.engine.rules.releases import open_orders
from twin.engine.rules.timers import set_time
from twin.engine.rules.upkeep import AFTER_SHIFT, begin_upkeep, due_task, open_tasks, start_up
from twin.engine.rules.work import set_failure_time, stop_setup, stop_work
from twin.line.work_calendar import WEEK

CLOSING, HANDS_OVER = -1, -1
"""A pool whose people go at this instant, a calendar whose people give way to others at this instant."""
ENDS, RESTS, FRESH = 1, 2, 3
"""Where in a window its end stands, whether a break follows it, and whether other people come with it."""


def window_time(world: World, calendar: Record, end: int) -> float:
    """Start (end = 0) or end (1) of the calendar's current window [s since the run's start]."""
    return calendar.week * WEEK + world.windows[4 * calendar.window + end]


def window_is(world: World, calendar: Record, what: int) -> bool:
    """Whether a break follows the calendar's current window (RESTS), or other people come with it (FRESH)."""
    return world.windows[4 * calendar.window + what] > 0.0


def leave_shift(world: World, machine: Record) -> None:
    """The shift ends for one machine: cycle and repair stop where they are, requests and people go."""
    if machine.state == PROCESSING:
        stop_work(world, machine)
    elif machine.broken >= 0 and machine.waiting == 0:
        machine.repair = machine.repair_end - world.line[0].now
        set_time(world, machine.repair_timer, INFINITE)
        release_repairers(world, machine)
    elif machine.waiting == 1:
        leave_queue(world, machine, 0)
    elif FULL and machine.state == SETUP:
        stop_setup(world, machine)
    if FULL:
        stand_still(world, machine)
    if machine.crewed == 1:
        release_crew(world, machine)
    if machine.first_failure < machine.last_failure:
        pause_clocks(world, machine)
    enter(world, machine, OFF_SHIFT)


def join_shift(world: World, machine: Record) -> None:
    """The shift starts for one machine: it is repaired further, or takes up what it holds."""
    if FULL:
        start_up(world, machine, AFTER_SHIFT)
    if machine.broken >= 0:
        ask_repair(world, machine)
        return
    if FULL and begin_upkeep(world, machine):
        return
    if machine.first_failure < machine.last_failure:
        run_clocks(world, machine)
    go_on(world, machine)


def end_window(world: World, calendar: Record) -> None:
    """The calendar's window ends. One that goes on into the next (over the week's end) ends nothing."""
    rests = window_is(world, calendar, RESTS)
    calendar.window += 1
    if calendar.window == calendar.last:
        calendar.window = calendar.again
        calendar.week += 1
    start = window_time(world, calendar, 0)
    if start == world.line[0].now:
        set_time(world, calendar.end_timer, window_time(world, calendar, ENDS))
        if FULL and window_is(world, calendar, FRESH):
            calendar.on = HANDS_OVER
        return
    set_time(world, calendar.end_timer, INFINITE)
    set_time(world, calendar.start_timer, start)
    calendar.on = 0
    calendar.resting = 1 if rests else 0


def shift_ends(world: World) -> None:
    """Windows end, all that end now: the machines stop, then the people go."""
    for c in range(len(world.calendars)):
        calendar = world.calendars[c]
        if calendar.end_timer >= 0 and world.timers[calendar.end_timer] == world.line[0].now:
            end_window(world, calendar)
    for p in range(len(world.pools)):
        pool = world.pools[p]
        if pool.on == 1 and world.calendars[pool.calendar].on != 1:
            count_people(world, pool)
            pool.on = CLOSING
    stop_machines(world)
    if FULL:
        people_go(world)
    for p in range(len(world.pools)):
        if world.pools[p].on == CLOSING:
            world.pools[p].on = 0
            change_pool(world, p, 0, 0)
    if FULL:
        others_come(world)


def stop_machines(world: World) -> None:
    """The machines of all stations whose calendars close leave the shift."""
    for m in range(len(world.machines)):
        machine = world.machines[m]
        station = world.stations[machine.station]
        if station.on == 1 and world.calendars[station.calendar].on == 0:
            leave_shift(world, machine)
    for s in range(len(world.stations)):
        station = world.stations[s]
        if world.calendars[station.calendar].on == 0:
            station.on = 0


def people_go(world: World) -> None:
    """Whoever works on a machine that goes on stops where it is, if people that it needs go now."""
    for m in range(len(world.machines)):
        machine = world.machines[m]
        if world.stations[machine.station].on == 1:
            lose_people(world, machine)


def loses(world: World, machine: Record, first: int, last: int, asks: int) -> bool:
    """Whether any of those whom the machine has by needs first to last goes now."""
    node = machine.index * world.line[0].needs_most - first
    going = 0
    for n in range(first, last):
        if world.pools[world.needs[n].pool].on != 1:
            going += held(world, node + n, asks)
    return going > 0


def lose_people(world: World, machine: Record) -> None:
    """The machine's crew goes, or its repairers do: what they do stops where it is, and it will ask anew."""
    crew_goes = machine.crewed == 1 and loses(world, machine, machine.crew_first, machine.crew_last, CREW)
    repair_goes = machine.broken >= 0 and machine.waiting == 0
    if repair_goes:
        needs_crew = crew_goes and crew_repairs(world, machine)
        repair_goes = needs_crew or loses(world, machine, machine.need_first, machine.need_last, REPAIR)
        if repair_goes:
            machine.repair = machine.repair_end - world.line[0].now
            set_time(world, machine.repair_timer, INFINITE)
            release_repairers(world, machine)
            machine.asks = ANEW
    elif crew_goes:
        if machine.waiting == 1:
            leave_queue(world, machine, 0)
        elif machine.state == PROCESSING:
            stop_work(world, machine)
            if machine.first_failure < machine.last_failure:
                set_failure_time(world, machine)
        else:
            stop_setup(world, machine)
        machine.asks = ANEW
    if crew_goes:
        release_crew(world, machine)


def crew_repairs(world: World, machine: Record) -> bool:
    """Whether the machine's own crew does part of the repair that is under way."""
    failure = world.failures[machine.broken]
    asked = 0
    for n in range(failure.all_first, failure.all_last):
        if world.needs[n].alternative == 0:
            asked += world.needs[n].count
    for n in range(machine.need_first, machine.need_last):
        if world.needs[n].alternative == 0:
            asked -= world.needs[n].count
    return asked > 0


def others_come(world: World) -> None:
    """Where shifts touch, other people come at once; then machines that have lost theirs ask anew."""
    for p in range(len(world.pools)):
        pool = world.pools[p]
        if pool.on == 0 and world.calendars[pool.calendar].on == HANDS_OVER:
            come(world, pool)
            pool.on = 1
            change_pool(world, p, 0, 0)
    for c in range(len(world.calendars)):
        if world.calendars[c].on == HANDS_OVER:
            world.calendars[c].on = 1
    all_ask(world, 0)


def come(world: World, pool: Record) -> None:
    """The people of a shift come, or fewer: how many is found by bisection among the shares of their numbers."""
    if pool.absence_stream < 0:
        return
    u = draw(world, pool.absence_stream)
    unit = world.line[0].people_unit
    low = 0
    high = pool.posted // unit
    while low < high:
        middle = (low + high) >> 1
        if world.numbers[pool.absence_odds + middle] <= u:
            low = middle + 1
        else:
            high = middle
    pool.people = low * unit
    pool.free = pool.people


def urgency_of(world: World, machine: Record) -> int:
    """With which priority the machine would ask for people: for its repair or maintenance, or for its work."""
    if FULL:
        f = machine.broken if machine.broken >= 0 else due_task(world, machine)
        if f >= 0:
            return world.failures[f].priority
        return world.stations[machine.station].priority
    return 0 if machine.broken >= 0 else 1


def is_to_ask(world: World, machine: Record, starting: int) -> bool:
    """Whether the machine is one of those that start now, or that have lost their people now."""
    if FULL and starting == 0:
        return machine.asks == ANEW
    return machine.state == OFF_SHIFT and world.stations[machine.station].on == 1


def all_ask(world: World, starting: int) -> None:
    """All that start (or have lost their people) at one instant ask, by priority, then in their order."""
    level = 0
    while level >= 0:
        level = -1
        for m in range(len(world.machines)):
            machine = world.machines[m]
            if is_to_ask(world, machine, starting):
                urgency = urgency_of(world, machine)
                if level < 0 or urgency < level:
                    level = urgency
        for m in range(len(world.machines)):
            machine = world.machines[m]
            if is_to_ask(world, machine, starting) and urgency_of(world, machine) == level:
                if starting == 1:
                    join_shift(world, machine)
                elif FULL:
                    ask_anew(world, machine)


def ask_anew(world: World, machine: Record) -> None:
    """The machine has lost its people: it asks for others."""
    if machine.broken >= 0:
        ask_repair(world, machine)
    else:
        ask_crew(world, machine)


def shift_starts(world: World) -> None:
    """Windows start, all that start now: people are there, then machines go on."""
    for c in range(len(world.calendars)):
        calendar = world.calendars[c]
        if calendar.start_timer >= 0 and world.timers[calendar.start_timer] == world.line[0].now:
            set_time(world, calendar.start_timer, INFINITE)
            set_time(world, calendar.end_timer, window_time(world, calendar, ENDS))
            calendar.on = 1
            calendar.resting = 0
    for p in range(len(world.pools)):
        pool = world.pools[p]
        calendar = world.calendars[pool.calendar]
        if pool.on == 0 and calendar.on == 1:
            count_people(world, pool)
            if FULL and window_is(world, calendar, FRESH):
                come(world, pool)
            pool.on = 1
            change_pool(world, p, 0, 0)
    for s in range(len(world.stations)):
        station = world.stations[s]
        if station.on == 0 and world.calendars[station.calendar].on == 1:
            station.on = 1
            mark(world, station)
    all_ask(world, 1)


def open_machine(world: World, machine: Record) -> None:
    """A machine's first state, the first draw of each of its failure clocks, and when its maintenance is due."""
    enter(world, machine, machine.state)
    if FULL and machine.state == OFF_SHIFT:
        stand_still(world, machine)
    for f in range(machine.first_failure, machine.last_failure):
        draw_life(world, world.failures[f])
    if FULL:
        open_tasks(world, machine)
    if world.stations[machine.station].on == 1 and machine.first_failure < machine.last_failure:
        run_clocks(world, machine)


def open_calendars(world: World) -> None:
    """Time 0: who is there, and when the first windows end or start."""
    for p in range(len(world.pools)):
        pool = world.pools[p]
        if FULL and (pool.on == 1 or world.calendars[pool.calendar].resting == 1):
            come(world, pool)
        change_pool(world, p, 0, 0)
    for c in range(len(world.calendars)):
        calendar = world.calendars[c]
        if calendar.end_timer >= 0:
            if calendar.on == 1:
                set_time(world, calendar.end_timer, window_time(world, calendar, ENDS))
            else:
                set_time(world, calendar.start_timer, window_time(world, calendar, 0))


def open_line(world: World) -> None:
    """Time 0: first draws, first timers, the first events of a trace."""
    sum_power(world)
    start_meter(world, 0.0)
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
    open_calendars(world)
    for s in range(len(world.stations)):
        mark(world, world.stations[s])
