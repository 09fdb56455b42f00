"""Belts, stores and carriers put as they stand: what is on them where nobody sees it, who goes on which carrier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.engine.records import CONVEYOR, DONE, DOWN, Record
from twin.engine.remainders import at_any_moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twin.engine.placing import Placer
    from twin.engine.seen import MachineStands

MOST_HELD = 100_000
"""More parts on one belt, or in one store, than this are not believed."""


def hold_parts(placer: Placer, machine: Record, station: Record, seen: MachineStands) -> None:
    """Put parts on a belt, or into a store, as many as are seen, at any places: one of them at the end if it waits."""
    world, now = placer.world, placer.standing.time_s
    waits = "blocked" in (seen.state, seen.before if seen.state == "off_shift" else None)
    count = seen.many if seen.many is not None else int(seen.state == "processing" or seen.holds is not None)
    count = min(max(count, int(waits)), station.many, MOST_HELD)
    parts = [placer.new_part(seen.holds if k == 0 else None, station, -1) for k in range(count)]
    for p in parts:
        world.parts[p].left = station.belt
    if placer.orders is not None:
        placer.orders.end_of_queue()
    machine.load = count
    if waits:
        machine.part = parts.pop(0)
        world.parts[machine.part].left = -1.0
        machine.phase = DONE
    if not parts:
        return
    many = len(parts)
    if station.kind == CONVEYOR:
        left = [station.belt * (k + placer.rng.random()) / many for k in range(many)]
        machine.entered = now + left[-1] - station.belt
    else:
        stay = placer.plan.streams[station.stay_stream].distribution
        assert stay is not None  # noqa: S101 -- a stay is a time
        left = sorted(at_any_moment(stay, placer.rng, many).tolist())
    for p, after, time in zip(parts, [*parts[1:], -1], left, strict=True):
        world.parts[p].since, world.parts[p].next = now + time, after
    machine.head, machine.tail = parts[0], parts[-1]


def set_going(placer: Placer) -> None:
    """Belts and stores that can move on do, the others stand."""
    world = placer.world
    for machine in world.machines:
        if world.stations[machine.station].kind >= CONVEYOR:
            placer.rules["move_on" if machine.state > DOWN else "stand_still"](world, machine)


def give_carriers(placer: Placer) -> None:
    """Put parts between the two ends of each kind of carriers on one: as many as are seen not to be free."""
    world = placer.world
    for edge in world.edges:
        if edge.until < 0:
            continue
        parts = list(_between(placer, edge))
        free = max(placer.standing.levels.get(placer.plan.edges[edge.index], edge.ready - len(parts)), 0)
        for p in parts[: max(edge.ready - free, 0)]:
            placer.rules["put_on_carrier"](world, edge.index, p)


def _between(placer: Placer, carriers: Record) -> Iterator[int]:
    """Yield the parts at the station that puts parts on these carriers, and further on, up to where they leave them."""
    world, names = placer.world, placer.plan.stations
    from_ = [name.partition("->")[0] for name in placer.plan.edges]
    reached, seen = [carriers.to], {carriers.to}
    while reached:
        s = reached.pop()
        station = world.stations[s]
        for m in range(station.first_machine, station.last_machine):
            machine = world.machines[m]
            if machine.part >= 0:
                yield machine.part
            yield from _chained(placer, machine.rest)
            yield from _chained(placer, machine.head)
        ahead = [edge for edge in world.edges if from_[edge.index] == names[s] and edge.to >= 0 and s != carriers.until]
        for edge in ahead:
            yield from _chained(placer, edge.head)
            yield from _chained(placer, edge.moving if edge.overtaking else -1)
        reached += sorted({edge.to for edge in ahead} - seen)
        seen.update(reached)


def _chained(placer: Placer, p: int) -> Iterator[int]:
    while p >= 0:
        yield p
        p = placer.world.parts[p].next
