"""What may go wrong with a line that is right: loops that can lock, people who can wait for each other, idle pools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.line.route import loops, probabilities

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twin.line.line import Line
    from twin.line.station import Option, Station


def warnings(line: Line) -> list[str]:
    """Return what a person should know before running the line, one sentence each, with the remedy."""
    return [*_loops_that_can_lock(line), *_people_who_can_wait_for_each_other(line), *_pools_nobody_asks(line)]


def _loops_that_can_lock(line: Line) -> Iterator[str]:
    """Loops of finite buffers: when all of them are full, each machine waits for the next, for ever."""
    ways: dict[str, list[str]] = {name: [] for name in line.stations}
    finite = [
        edge
        for edge, share in zip(line.route, probabilities(line.route), strict=True)
        if share > 0 and edge.buffer is not None
    ]
    for edge in finite:
        ways[edge.from_].append(edge.to)
    place = {name: position for position, name in enumerate(line.stations)}
    for loop in loops(ways):
        inside = [edge for edge in finite if edge.from_ in loop and edge.to in loop]
        back = [edge for edge in inside if edge.rework] or [
            edge for edge in inside if place[edge.from_] >= place[edge.to]
        ]
        names = " and ".join(edge.name for edge in back)
        yield (
            f"route.{names}: the buffers round {' -> '.join([*loop, loop[0]])} can all be full at once, and then the "
            "line locks (deadlock); leave the returning edge without `buffer`"
        )


def _people_who_can_wait_for_each_other(line: Line) -> Iterator[str]:
    """Repairs that ask people while the machine keeps its crew: holders can wait for each other, for ever.

    A crew stays through a failure, so a machine whose repair asks skill B while its crew of skill A stands by holds A
    and waits for B; and who asks A and B together bars A while B is missing. A circle with at least one such hold can
    close (Coffman, Elphick and Shoshani, 1971, System deadlocks, ACM Computing Surveys 3(2)). It cannot where each pool
    serves its largest request while every machine that may hold and wait does so.
    """
    bars: dict[str, set[str]] = {skill: set() for skill in line.operators}
    holds: dict[str, set[str]] = {skill: set() for skill in line.operators}
    held = dict.fromkeys(line.operators, 0)
    largest = dict.fromkeys(line.operators, 0)
    for station in line.stations.values():
        repairs = _asked_besides_crew(station)
        for asked in [station.crew, *repairs]:
            for skill, people in asked.items():
                bars[skill] |= asked.keys() - {skill}
                largest[skill] = max(largest[skill], people)
        for skill, people in station.crew.items():
            holds[skill].update(*repairs)
            held[skill] += people * station.machines * bool(repairs)
    scarce = {skill for skill, people in line.operators.items() if people < held[skill] + largest[skill]}
    for circle in loops({skill: sorted(holds[skill] | bars[skill]) for skill in line.operators}):
        if scarce & set(circle) and any(holds[skill] & set(circle) for skill in circle):
            pools = " and ".join(circle)
            yield (
                f"operators.{circle[0]}: machines that keep their crew while they wait for a repair by {pools} can "
                "wait for each other for ever; give repairs a skill of their own, or the pool more people"
            )


def _asked_besides_crew(station: Station) -> list[dict[str, int]]:
    """Return what each repair asks of the pools beyond the people that the machine's crew lends."""
    repairs = []
    for failure in station.failures.values():
        rest = {skill: people - station.crew.get(skill, 0) for skill, people in failure.repaired_by.items()}
        asked = {skill: people for skill, people in rest.items() if people > 0}
        if asked:
            repairs.append(asked)
    return repairs


def _pools_nobody_asks(line: Line) -> Iterator[str]:
    """Pools whose people have nothing to do, at any level."""
    asked: set[str] = set()
    for station in line.stations.values():
        versions: list[Station | Option] = [station, *station.automation.values()]
        for version in versions:
            asked.update(version.crew or ())
            for failure in (version.failures or {}).values():
                asked.update(failure.repaired_by)
    for skill, people in line.operators.items():
        if people and skill not in asked:
            yield (
                f"operators.{skill}: no crew and no repair asks for it; its people are paid all the same; "
                "leave it out if that is wrong"
            )
