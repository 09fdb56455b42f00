"""What may go wrong with a line that is right: loops that can lock, people who wait for each other, words in vain."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from twin.line import cautions_of_kinds
from twin.line.carrier_ways import held_at
from twin.line.people_checks import people_asked, pools_of, skills
from twin.line.rooms import Rooms
from twin.line.route import loops
from twin.line.scenario import versions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from twin.line.failure import Failure
    from twin.line.line import Line
    from twin.line.route import Edge
    from twin.line.station import Station


def warnings(line: Line) -> list[str]:
    """Return what a person should know before running the line, one sentence each, with the remedy."""
    return [
        *_loops_that_can_lock(line),
        *_people_who_can_wait_for_each_other(line),
        *_pools_nobody_asks(line),
        *_dispatching_in_vain(line),
        *_setups_in_vain(line),
        *_products_that_never_come(line),
        *cautions_of_kinds.warnings(line),
    ]


def _loops_that_can_lock(line: Line) -> Iterator[str]:
    """Loops of finite buffers: when all of them are full, each machine waits for the next, for ever.

    A store without limit never lets its buffer be full; and fewer carriers than places, where every part of the loop
    holds one, never let all be.
    """
    rooms = Rooms(line)
    finite = [edge for edge in rooms.ways if rooms.is_finite(edge)]
    ways: dict[str, list[str]] = {name: [] for name in line.stations}
    for edge in finite:
        ways[edge.from_].append(edge.to)
    place = {name: position for position, name in enumerate(line.stations)}
    for loop in loops(ways):
        inside = [edge for edge in finite if edge.from_ in loop and edge.to in loop]
        if _carriers_are_fewer(line, rooms, loop, inside):
            continue
        back = [edge for edge in inside if edge.rework or edge.rejected] or [
            edge for edge in inside if place[edge.from_] >= place[edge.to]
        ]
        names = " and ".join(edge.name for edge in back)
        yield (
            f"route.{names}: the buffers round {' -> '.join([*loop, loop[0]])} can all be full at once, and then the "
            "line locks (deadlock); leave the returning edge without `buffer`"
        )


def _carriers_are_fewer(line: Line, rooms: Rooms, loop: Sequence[str], inside: list[Edge]) -> bool:
    """Whether carriers that every part in a loop holds are too few to fill it, of several rounds any part of one."""
    fills = [rooms.holds(edge.from_) + (edge.buffer or 0) for edge in inside]
    needed = sum(fills) if len(inside) == len(loop) else min(fills)
    return any(carrier.number < needed and set(loop) <= held_at(line, name) for name, carrier in line.carriers.items())


def _people_who_can_wait_for_each_other(line: Line) -> Iterator[str]:
    """Repairs that ask people while the machine keeps its crew: holders can wait for each other, for ever.

    A crew stays through a failure, so a machine whose repair asks skill B while its crew of skill A stands by holds A
    and waits for B; and who asks A and B together bars A while B is missing. A circle with at least one such hold can
    close (Coffman, Elphick and Shoshani, 1971, System deadlocks, ACM Computing Surveys 3(2)). It cannot where each pool
    serves its largest request while every machine that may hold and wait does so.
    """
    posts = {skill: sum(line.operators[pool] for pool in pools_of(line, skill)) for skill in skills(line)}
    bars: dict[str, set[str]] = {skill: set() for skill in posts}
    holds: dict[str, set[str]] = {skill: set() for skill in posts}
    held = dict.fromkeys(posts, 0)
    largest = dict.fromkeys(posts, 0)
    for station in line.stations.values():
        at_once: dict[str, int] = {}
        manned = ceil(station.machines / station.attend)
        for crew, repairs in _holds(station):
            for asked in [crew, *repairs]:
                for skill, people in asked.items():
                    bars[skill] |= asked.keys() - {skill}
                    largest[skill] = max(largest[skill], people)
            for skill, people in crew.items():
                holds[skill].update(*repairs)
                at_once[skill] = max(at_once.get(skill, 0), people * manned * bool(repairs))
        for skill, people in at_once.items():
            held[skill] += people
    scarce = {skill for skill, people in posts.items() if people < held[skill] + largest[skill]}
    for circle in loops({skill: sorted(holds[skill] | bars[skill]) for skill in posts}):
        if scarce & set(circle) and any(holds[skill] & set(circle) for skill in circle):
            pools = " and ".join(circle)
            yield (
                f"operators.{circle[0]}: machines that keep their crew while they wait for a repair by {pools} can "
                "wait for each other for ever; give repairs a skill of their own, or the pool more people"
            )


def _holds(station: Station) -> Iterator[tuple[Mapping[str, int], list[dict[str, int]]]]:
    """Yield whom a machine holds, at work and in a setup, with what each repair then asks of the pools beyond them.

    Only what fails by the calendar fails during a setup.
    """
    failures = list(station.failures.values())
    yield station.crew, _asked_besides(station.crew, failures)
    if station.setup is not None:
        crew = station.setup.crew
        yield crew, _asked_besides(crew, [failure for failure in failures if failure.clock == "calendar"])


def _asked_besides(crew: Mapping[str, int], failures: list[Failure]) -> list[dict[str, int]]:
    """Return what each repair asks of the pools beyond the people that a machine's crew lends."""
    repairs = []
    for failure in failures:
        rest = {skill: people - crew.get(skill, 0) for skill, people in failure.repaired_by.items()}
        asked = {skill: people for skill, people in rest.items() if people > 0}
        if asked:
            repairs.append(asked)
    return repairs


def _pools_nobody_asks(line: Line) -> Iterator[str]:
    """Pools whose people have nothing to do, at any level."""
    asked = {skill for _, version in versions(line) for _, crew in people_asked(version) for skill in crew}
    for name, people in line.operators.items():
        others = line.pools[name].also if name in line.pools else ()
        if people and not asked & {name, *others}:
            yield (
                f"operators.{name}: no crew, setup, repair or maintenance asks for it; its people are paid all the "
                "same; leave it out if that is wrong"
            )


def _dispatching_in_vain(line: Line) -> Iterator[str]:
    """Choices that nothing tells apart, so that all parts are taken as they come."""
    orders = line.source.orders
    due = orders is not None and (orders.due is not None or any(lot.due is not None for lot in orders.book))
    said = {f"stations.{name}.dispatch": (station.dispatch, [station]) for name, station in line.stations.items()}
    for place, (chosen, stations) in {"dispatch": (line.dispatch, [*line.stations.values()]), **said}.items():
        if chosen == "earliest_due_date" and not due:
            yield (
                f"{place}: no order has a due date, so all is taken as it comes; give source.orders.due, or the column "
                "due in the book"
            )
        if chosen == "shortest_setup" and not any(station.setup for station in stations):
            yield f"{place}: there is no setup, so all is taken as it comes; give `setup`, or leave this out"


def _setups_in_vain(line: Line) -> Iterator[str]:
    """Setups that are never needed, as nothing changes."""
    for name, station in line.stations.items():
        if station.setup is None:
            continue
        if station.setup.between == "products" and len(line.products) < 2:  # noqa: PLR2004 -- it takes two to change
            yield (
                f"stations.{name}.setup: no product ever changes, so it is never set up; name `products`, or write "
                "between: orders"
            )
        if station.setup.between == "orders" and line.source.orders is None:
            yield f"stations.{name}.setup: there are no orders, so it is never set up; give source.orders"


def _products_that_never_come(line: Line) -> Iterator[str]:
    """Products that nothing brings."""
    source = line.source
    come: set[str | None]
    if source.orders is None:
        come = set(source.product)
    else:
        come = {*source.orders.product, *(lot.product for lot in source.orders.book)}
    for name in line.products:
        if name not in come:
            yield f"products.{name}: nothing ever brings it; give it a share of what comes, or leave it out"
