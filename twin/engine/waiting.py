"""Parts put where they wait: those that can be taken, and behind them those that are still on their way or drying."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from twin.engine.records import BY_PIECES, PER_PIECE, Record, World
from twin.engine.rules.lots import at_size

if TYPE_CHECKING:
    from twin.engine.placing import Placer
    from twin.engine.plan import Plan
    from twin.line.distributions import Distribution


def fill_edge(placer: Placer, edge: Record, name: str) -> None:
    """Let as many parts wait in an edge as are said to, be they more than it has places for."""
    if edge.to < 0 or edge.capacity == 0 or (placer.full and edge.until >= 0):
        return
    world, now = placer.world, placer.standing.time_s
    lots, level = placer.standing.queues.get(name, ()), placer.standing.levels.get(name, 0)
    station = world.stations[edge.to]
    parts = [placer.new_part(lots[i] if i < len(lots) else None, station, edge.index) for i in range(max(level, 0))]
    if placer.orders is not None:
        placer.orders.end_of_queue()
    on_way = _under_way(placer, edge, station, parts)
    order = [p for p in parts if p not in on_way] + [p for p in parts if p in on_way]
    ready = len(parts) - len(on_way)
    for i, p in enumerate(order):
        world.parts[p].since = now - (ready - i) if i < ready else now
    edge.level, edge.ready, edge.since = len(parts), ready, now
    _chain(world, edge, order, ready)


def _under_way(placer: Placer, edge: Record, station: Record, parts: list[int]) -> set[int]:
    """Return the parts that cannot be taken yet: all, if a machine waits for them.

    Else as many of the last as a working station lets in meanwhile; or, where it is known since when they have been
    there, each with the chance that its way takes longer.
    """
    if edge.stream < 0 or not parts:
        return set()
    plan, standing = placer.plan, placer.standing
    own = range(station.first_machine, station.last_machine)
    if station.on and any(standing.machines[m].state == "starved" for m in own):
        return set(parts)
    way = plan.streams[edge.stream].distribution
    if way is None:
        return set()
    ages = [placer.entered.get(p) for p in parts]
    if None not in ages:
        chances = [1.0 - float(way.cdf(standing.time_s - entered)) for entered in ages if entered is not None]
        moving = [p for p, chance in zip(parts, chances, strict=True) if placer.rng.random() < chance]
        # Where none overtakes, those that are on their way are the last.
        return set(moving) if placer.overtakes(edge) else set(parts[len(parts) - len(moving) :])
    distribution, factor = work_of(plan, placer.world, placer.world.machines[own[0]], parts[-1])
    work = factor * distribution.mean
    many = len(parts) if work <= 0 else min(len(parts), round(way.mean * len(own) / work))
    return set(parts[len(parts) - many :])


def on_their_way(world: World, entered: dict[int, float]) -> dict[int, list[tuple[int, float | None]]]:
    """Return the parts that are on their way by edge, the first to arrive first, each with how long it has been [s]."""
    now = world.line[0].now
    found = {}
    for edge in world.edges:
        p, parts = edge.moving, []
        while p >= 0:
            parts.append((p, now - entered[p] if p in entered else None))
            p = world.parts[p].next
        if parts:
            found[edge.index] = parts
    return found


def _chain(world: World, edge: Record, parts: list[int], ready: int) -> None:
    """Join the parts of an edge to its list, or lists where later ones may overtake."""
    if not parts:
        return
    for before, after in pairwise(parts):
        world.parts[before].next = after
    world.parts[parts[-1]].next = -1
    edge.head, edge.tail = parts[0], parts[-1]
    edge.moving = parts[ready] if ready < len(parts) else -1
    if world.line[0].full and edge.overtaking and ready < len(parts):
        edge.head = edge.tail = -1
        if ready:
            edge.head, edge.tail = parts[0], parts[ready - 1]
            world.parts[parts[ready - 1]].next = -1


def work_of(plan: Plan, world: World, machine: Record, p: int) -> tuple[Distribution, float]:
    """Return what a machine's work with a part is drawn from, and what the draw is multiplied by."""
    stream, factor = machine.cycle_stream, 1.0
    if plan.products:
        part = world.parts[p]
        job: Any = world.jobs[world.stations[machine.station].first_job + part.product]
        stream += job.stream
        if job.kind == PER_PIECE:
            factor = float(part.pieces)
        elif job.kind == BY_PIECES:
            factor = float(at_size(world, job, part.pieces))
    distribution = plan.streams[stream].distribution
    assert distribution is not None  # noqa: S101 -- only shares and ways are plain variates
    return distribution, factor
