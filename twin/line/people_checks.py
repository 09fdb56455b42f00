"""What must hold of people across a line's parts: skills, pools, and crews that can ever come together."""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING

from twin.line.names import Problem, listed, nearest
from twin.line.scenario import choose, short_pools, versions
from twin.line.station import Option
from twin.line.work_calendar import Shifts, windows

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from twin.line.line import Line
    from twin.line.names import Place
    from twin.line.station import Station


MOST_PARTS_OF_A_PERSON = 1_000_000
"""Parts into which a person is counted at most, where machines share people."""


def people_asked(version: Station | Option) -> Iterator[tuple[tuple[str, ...], dict[str, int]]]:
    """Yield whom a station, or an option, asks: the keys that say so, and the people by skill."""
    yield ("crew",), version.crew or {}
    if version.setup is not None:
        yield ("setup", "crew"), version.setup.crew
    for name, failure in (version.failures or {}).items():
        yield ("failures", name, "repaired_by"), failure.repaired_by
    for name, task in (version.maintenance or {}).items():
        yield ("maintenance", name, "by"), task.by


def skills(line: Line) -> dict[str, None]:
    """Return the skills that somebody has, those of pools first."""
    return dict.fromkeys([*line.operators, *(skill for pool in line.pools.values() for skill in pool.also)])


def pools_of(line: Line, skill: str) -> list[str]:
    """Return the pools whose people have a skill."""
    return [name for name in line.operators if name == skill or (name in line.pools and skill in line.pools[name].also)]


def skills_exist(line: Line) -> Iterator[Problem]:
    """Ask for people of every skill that a crew, a setup, a repair, a maintenance or an option's posts name."""
    known = skills(line)
    for place, version in versions(line):
        asked: list[tuple[Place, Iterable[str], Iterable[str]]] = [
            ((*place, *keys), crew, known) for keys, crew in people_asked(version)
        ]
        if isinstance(version, Option):
            asked.append(((*place, "posts"), version.posts, line.operators))
        for where, names, right in asked:
            for skill in names:
                if not line.operators:
                    yield Problem((*where, skill), f"the line has no pools of people; write operators: {{{skill}: 1}}")
                elif skill not in right:
                    yield Problem((*where, skill), f"`operators` has no pool {nearest(skill, right)}")


def pools_are_posted(line: Line) -> Iterator[Problem]:
    """Ask that what is special about a pool be that of one there is, and that its other skills be of use."""
    asked = {skill for _, version in versions(line) for _, crew in people_asked(version) for skill in crew}
    for name, pool in line.pools.items():
        if name not in line.operators:
            remedy = nearest(name, line.operators) if line.operators else f'"{name}"; write operators: {{{name}: 1}}'
            yield Problem(("pools", name), f"`operators` has no pool {remedy}")
        for at, skill in enumerate(pool.also):
            place = ("pools", name, "also", at)
            if skill == name:
                yield Problem(place, f"people of the pool {name} have that skill by its name; leave it out")
            elif skill in pool.also[:at]:
                yield Problem(place, f'"{skill}" is named twice; name it once')
            elif skill not in line.operators and skill not in asked:
                others = [other for other in (*line.operators, *asked) if other != name]
                yield Problem(place, f"nobody asks for the skill {nearest(skill, dict.fromkeys(others))}")


def pools_have_people(line: Line) -> Iterator[Problem]:
    """Ask that a pool have somebody in it, or an option that puts somebody there."""
    added = {
        skill
        for station in line.stations.values()
        for option in station.automation.values()
        for skill, change in option.posts.items()
        if change > 0
    }
    for skill, people in line.operators.items():
        if people == 0 and skill not in added:
            yield Problem(("operators", skill), "0 people are no pool; a pool has at least 1; write 1, or leave it out")


def crews_fit_their_pools(line: Line) -> Iterator[Problem]:
    """Ask that at every level nobody need more people of a skill than have it."""
    known = skills(line)
    short = [found for found in short_pools(choose(line, {})) if found.skill in known]
    for station, keys, skill, asked, people in short:
        yield Problem(
            ("stations", station, *keys, skill),
            f"{asked} of {skill} are asked, {_there_are(line, skill, asked, people)}, or ask fewer",
        )
    for level, names in line.levels.items():
        chosen = choose(line, {name: option for name, option in names.items() if _has_option(line, name, option)})
        for found in short_pools(chosen):
            station, keys, skill, asked, people = found
            if skill in known and found not in short:
                yield Problem(
                    ("levels", level),
                    f"{station}.{'.'.join((*keys, skill))} asks {asked} of {skill}, the pool then has {people}; "
                    f"raise operators.{skill}, or change `posts` of the options",
                )
        for skill, people in chosen.line.operators.items():
            if people < 0:
                yield Problem(
                    ("levels", level),
                    f"the options free more of {skill} than the {line.operators.get(skill, 0)} there are; "
                    f"the pool would have {people}; change their `posts`, or raise operators.{skill}",
                )


def _there_are(line: Line, skill: str, asked: int, people: int) -> str:
    """Say how many there are of a skill, and what more of them takes."""
    pools = pools_of(line, skill)
    if pools == [skill]:
        return f"the pool has {people}; raise operators.{skill} to {asked}"
    return f"and {people} have that skill; post more of {listed(pools)}"


def _has_option(line: Line, name: str, option: str) -> bool:
    return name in line.stations and option in line.stations[name].automation


def people_meet_their_stations(line: Line) -> Iterator[Problem]:
    """Ask that those whom a station asks ever work at the same time as it."""
    for place, version in versions(line):
        station = line.stations[str(place[1])]
        attended = station.attended if version.attended is None else version.attended
        if not attended:
            continue
        hours = station.shifts or line.shifts
        for keys, crew in people_asked(version):
            for skill in crew:
                pools = pools_of(line, skill)
                if pools and not any(_meet(hours, _hours(line, name)) for name in pools):
                    yield Problem(
                        (*place, *keys, skill),
                        f"those of this skill are never there when {place[1]} works; change the `shifts` of their pool",
                    )


def _hours(line: Line, pool: str) -> Shifts:
    return (line.pools[pool].shifts if pool in line.pools else None) or line.shifts


def _meet(one: Shifts, other: Shifts) -> bool:
    """Whether there is any time in the week in which both work."""
    return one == other or any(
        max(start, begin) < min(end, stop) for start, end in windows(one) for begin, stop in windows(other)
    )


def people_are_shared_out_evenly(line: Line) -> Iterator[Problem]:
    """Ask that the shares which machines take of a person be counted in parts that are not too small."""
    tended = {name: station.attend for name, station in line.stations.items()}
    if lcm(*tended.values()) > MOST_PARTS_OF_A_PERSON:
        most = max(tended, key=tended.__getitem__)
        numbers = ", ".join(map(str, sorted(set(tended.values()))))
        yield Problem(
            ("stations", most, "attend"),
            f"of the numbers {numbers} the smallest share of a person that makes them all cannot be counted; write "
            "numbers that divide each other",
        )


RULES: dict[Callable[[Line], Iterable[Problem]], Collection[str]] = {
    skills_exist: ("operators", "pools", "also"),
    pools_are_posted: ("operators", "pools", "also", "crew", "by", "repaired_by", "stations"),
    pools_have_people: ("operators", "automation", "stations"),
    crews_fit_their_pools: ("operators", "pools", "also", "posts", "levels", "automation", "stations"),
    people_are_shared_out_evenly: ("attend", "stations"),
    people_meet_their_stations: ("operators", "pools", "also", "shifts", "stations"),
}
"""Every rule, with the keys that it reads and cannot do without."""
