"""Setup: between two products, or two orders, a machine is set up; only then it asks for the crew of its cycle."""

from __future__ import annotations

from twin.engine.records import (
    BETWEEN_ORDERS,
    INFINITE,
    NEVER_SET_UP,
    PREPARE,
    WORK,
    Record,
    World,
)
from twin.engine.rules.crew import ask_crew, release_crew
from twin.engine.rules.lots import give_work
from twin.engine.rules.record import draw
from twin.engine.rules.timers import set_time
from twin.engine.rules.upkeep import AFTER_SETUP, start_up


def setup_mean(world: World, station: Record, machine: Record, part: Record) -> float:
    """Mean setup time of the machine for the part [s]; 0 where it needs none, as for its first part."""
    if station.setup_between == NEVER_SET_UP or machine.product < 0:
        return 0.0
    if station.setup_between == BETWEEN_ORDERS:
        if part.order >= 0 and world.orders[part.order].number == machine.order:
            return 0.0
    elif part.product == machine.product:
        return 0.0
    if station.changeover < 0:
        return station.setup_mean
    before = station.changeover + machine.product * world.line[0].products
    return world.numbers[before + part.product]


def begin_lot(world: World, station: Record, machine: Record) -> None:
    """The machine has taken a part: it is set up if the part asks it, then works."""
    part = world.parts[machine.part]
    mean = 0.0
    if part.left < 0.0:
        mean = setup_mean(world, station, machine, part)
    machine.product = part.product
    machine.order = world.orders[part.order].number if part.order >= 0 else 0
    give_work(world, machine, world.jobs[station.first_job + part.product])
    if mean > 0.0 and (station.setup_share >= 1.0 or draw(world, machine.share_stream) < station.setup_share):
        machine.phase = PREPARE
        machine.setup = draw(world, machine.setup_stream)
        if station.changeover >= 0:
            machine.setup *= mean
        machine.crew_first = station.setup_first
        machine.crew_last = station.setup_last
    ask_crew(world, machine)


def setup_ends(world: World, machine: Record) -> None:
    """The machine is set up: its setters are free again, and it asks for the crew of its cycle."""
    set_time(world, machine.setup_timer, INFINITE)
    if machine.crewed == 1:
        release_crew(world, machine)
    station = world.stations[machine.station]
    machine.crew_first = station.crew_first
    machine.crew_last = station.crew_last
    machine.phase = WORK
    start_up(world, machine, AFTER_SETUP)
    ask_crew(world, machine)
