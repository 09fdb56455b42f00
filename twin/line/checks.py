"""What must hold across a line's parts: one function per rule, every problem found and none twice."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from twin.line import basis, order_checks, route_checks
from twin.line.names import NAME, RESERVED, Place, Problem, nearest
from twin.line.scenario import choose, short_pools, versions
from twin.line.station import Option

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from twin.line.line import Line


def validate(line: Line, lost: Collection[str] = ()) -> list[Problem]:
    """Return everything that is wrong across the parts of a line.

    Parameters
    ----------
    line
        The line; each of its parts is right by itself.
    lost
        Keys whose values could not be read. A rule that reads one of them is not asked: its answer would mislead.
    """
    return [problem for rule, reads in RULES.items() if not set(reads) & set(lost) for problem in rule(line)]


def names_are_plain(line: Line) -> Iterator[Problem]:
    """Ask that every name be one that topics, tags and files can carry, and no station have a reserved one."""
    for place, name in _names(line):
        if NAME.fullmatch(name) is None:
            yield Problem(
                place, f'"{name}" is not a name; a name is a letter, then letters, digits, _ or -; write another'
            )
    for name in line.stations:
        if name in RESERVED:
            yield Problem(
                ("stations", name), f'"{name}" stands for {RESERVED[name]}; a station needs a name of its own'
            )


def _names(line: Line) -> Iterator[tuple[Place, str]]:
    yield ("line",), line.line
    for key in ("operators", "products", "stations", "levels"):
        yield from (((key, name), name) for name in getattr(line, key))
    for place, version in versions(line):
        yield from (((*place, "failures", name), name) for name in version.failures or ())
        if isinstance(version, Option):
            yield place, str(place[-1])


def skills_exist(line: Line) -> Iterator[Problem]:
    """Ask for a pool of every skill that a crew, a setup, a repair or an option's posts name."""
    for place, version in versions(line):
        asked: list[tuple[Place, Iterable[str]]] = [((*place, "crew"), version.crew or ())]
        if version.setup is not None:
            asked.append(((*place, "setup", "crew"), version.setup.crew))
        for name, failure in (version.failures or {}).items():
            asked.append(((*place, "failures", name, "repaired_by"), failure.repaired_by))
        if isinstance(version, Option):
            asked.append(((*place, "posts"), version.posts))
        for where, skills in asked:
            for skill in skills:
                if not line.operators:
                    yield Problem((*where, skill), f"the line has no pools of people; write operators: {{{skill}: 1}}")
                elif skill not in line.operators:
                    yield Problem((*where, skill), f"`operators` has no pool {nearest(skill, line.operators)}")


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


def rejects_are_inspected(line: Line) -> Iterator[Problem]:
    """Ask that only an inspection reject good parts."""
    for place, version in versions(line):
        if version.false_reject and line.stations[str(place[1])].kind != "inspection":
            yield Problem(
                (*place, "false_reject"), "only an inspection rejects good parts; write kind: inspection, or use scrap"
            )


def levels_name_options(line: Line) -> Iterator[Problem]:
    """Ask that a level name stations and, for each, one of its options."""
    for level, chosen in line.levels.items():
        for name, option in chosen.items():
            place = ("levels", level, name)
            if name not in line.stations:
                yield Problem(place, f"no station {nearest(name, line.stations)}")
            elif option not in line.stations[name].automation:
                yield Problem(place, f"{name} has no option {nearest(option, line.stations[name].automation)}")


def crews_fit_their_pools(line: Line) -> Iterator[Problem]:
    """Ask that at every level nobody need more people of a pool than it has."""
    short = [found for found in short_pools(choose(line, {})) if found.skill in line.operators]
    for station, keys, skill, asked, people in short:
        yield Problem(
            ("stations", station, *keys, skill),
            f"{asked} of {skill} are asked, the pool has {people}; raise operators.{skill} to {asked}, or ask fewer",
        )
    for level, names in line.levels.items():
        chosen = choose(line, {name: option for name, option in names.items() if _has_option(line, name, option)})
        for found in short_pools(chosen):
            station, keys, skill, asked, people = found
            if skill in line.operators and found not in short:
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


def _has_option(line: Line, name: str, option: str) -> bool:
    return name in line.stations and option in line.stations[name].automation


def bottleneck_exists(line: Line) -> Iterator[Problem]:
    """Ask that the bottleneck named be a station."""
    if line.bottleneck is not None and line.bottleneck not in line.stations:
        yield Problem(("bottleneck",), f"no station {nearest(line.bottleneck, line.stations)}")


def basis_speaks_of_something(line: Line) -> Iterator[Problem]:
    """Ask that every path of `basis` lead to a part of the line."""
    known = dict.fromkeys(basis.paths(line))
    for path in line.basis:
        if path not in known:
            close = get_close_matches(path, known, n=1)
            remedy = f"did you mean {close[0]}?" if close else "write a path such as stations.NAME.cycle"
            yield Problem(("basis", path), f"the path leads to nothing in the line; {remedy}")


RULES: dict[Callable[[Line], Iterable[Problem]], Collection[str]] = {
    names_are_plain: (),
    **route_checks.RULES,
    **order_checks.RULES,
    skills_exist: ("operators",),
    pools_have_people: ("operators", "automation", "stations"),
    rejects_are_inspected: ("kind",),
    levels_name_options: ("levels", "automation", "stations"),
    crews_fit_their_pools: ("operators", "posts", "levels", "automation", "stations"),
    bottleneck_exists: ("stations", "bottleneck"),
    basis_speaks_of_something: ("basis", "products", "orders", *route_checks.ROUTE),
}
"""Every rule, with the keys that it reads and cannot do without."""
