"""What must hold across a line's parts: one function per rule, every problem found and none twice."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from twin.line import (
    basis,
    carrier_checks,
    kind_checks,
    order_checks,
    people_checks,
    route_checks,
    sending_checks,
    time_checks,
)
from twin.line.names import NAME, RESERVED, Place, Problem, nearest
from twin.line.scenario import versions
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
    for key in ("operators", "carriers", "products", "stations", "levels"):
        yield from (((key, name), name) for name in getattr(line, key))
    for pool, special in line.pools.items():
        yield from ((("pools", pool, "also", place), skill) for place, skill in enumerate(special.also))
    for place, version in versions(line):
        for key in ("failures", "maintenance"):
            yield from (((*place, key, name), name) for name in getattr(version, key) or ())
        if isinstance(version, Option):
            yield place, str(place[-1])


def levels_name_options(line: Line) -> Iterator[Problem]:
    """Ask that a level name stations and, for each, one of its options."""
    for level, chosen in line.levels.items():
        for name, option in chosen.items():
            place = ("levels", level, name)
            if name not in line.stations:
                yield Problem(place, f"no station {nearest(name, line.stations)}")
            elif option not in line.stations[name].automation:
                yield Problem(place, f"{name} has no option {nearest(option, line.stations[name].automation)}")


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
    **time_checks.RULES,
    **order_checks.RULES,
    **kind_checks.RULES,
    **sending_checks.RULES,
    **carrier_checks.RULES,
    **people_checks.RULES,
    levels_name_options: ("levels", "automation", "stations"),
    bottleneck_exists: ("stations", "bottleneck"),
    basis_speaks_of_something: ("basis", "products", "orders", *route_checks.ROUTE),
}
"""Every rule, with the keys that it reads and cannot do without."""
