"""Scenarios: a line with its automation options chosen, and what the choice costs in capital and posts."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, trunc
from typing import TYPE_CHECKING, NamedTuple

from twin.errors import InputError
from twin.line.crews import unmet
from twin.line.names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from twin.line.line import Line
    from twin.line.names import Place
    from twin.line.station import Option, Station
    from twin.line.work_calendar import Shifts

TOLERANCE = 1e-9
"""Posts are sums of decimal fractions; a sum this near to a whole number is that number."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A line as it runs: `line` holds the options chosen and none open, its pools whole posts per shift.

    `base` is the line as described, `chosen` the option of each station changed, `level` the level's name if that is
    how the options were named.
    """

    line: Line
    base: Line
    level: str | None = None
    chosen: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What to call the scenario: its level, its options, or "as described"."""
        return self.level or ",".join(f"{name}={option}" for name, option in self.chosen.items()) or "as described"

    @property
    def options(self) -> dict[str, Option]:
        """The option chosen at each station changed, in file order."""
        return {name: self.base.stations[name].automation[option] for name, option in self.chosen.items()}


def versions(line: Line) -> Iterator[tuple[Place, Station | Option]]:
    """Yield every station as described and every option of it, each with its place in the line."""
    for name, station in line.stations.items():
        yield ("stations", name), station
        for option, change in station.automation.items():
            yield ("stations", name, "automation", option), change


class Asset(NamedTuple):
    """Something bought: a station, or the option that automates it.

    `capex` [EUR], `life` [s], `upkeep` as a share of capex a year.
    """

    station: str
    option: str | None
    capex: float
    life: float
    upkeep: float


def scenario(line: Line, options: str | None = None) -> Scenario:
    """Return the line with options chosen.

    Parameters
    ----------
    line
        The line as described.
    options
        A level's name, or "station=option,station=option"; None or "" leaves every station as described.

    Raises
    ------
    InputError
        If a level, a station or an option of that name does not exist (the nearest is suggested), or if the options
        leave a pool with fewer people than a crew or a repair asks, or fewer carriers of a kind than one.
    """
    level = None
    pairs: Mapping[str, str] = {}
    if options and "=" in options:
        pairs = _pairs(line, options)
    elif options:
        if options not in line.levels:
            raise InputError(f"--options {options}: {line.line} has no level {nearest(options, line.levels)}")
        level, pairs = options, line.levels[options]
    chosen = choose(line, pairs, level=level)
    short = [
        f"--options {options}: {name}.{'.'.join((*keys, skill))} asks {asked} of {skill}, the pool then has {people}; "
        f"raise operators.{skill} in the line, or choose otherwise"
        for name, keys, skill, asked, people in short_pools(chosen)
    ]
    short += [
        f"--options {options}: {carrier.number:,} carriers are left of {name}; one is the least; choose otherwise"
        for name, carrier in chosen.line.carriers.items()
        if carrier.number < 1
    ]
    if short:
        raise InputError(*short)
    return chosen


def _pairs(line: Line, options: str) -> dict[str, str]:
    """Read "station=option,station=option"; raise `InputError` that names every pair that is wrong."""
    chosen: dict[str, str] = {}
    problems = []
    for pair in options.split(","):
        name, _, option = (text.strip() for text in pair.partition("="))
        place = f"--options {pair.strip()}"
        if name not in line.stations:
            problems.append(f"{place}: {line.line} has no station {nearest(name, line.stations)}")
        elif option not in line.stations[name].automation:
            problems.append(f"{place}: {name} has no option {nearest(option, line.stations[name].automation)}")
        elif name in chosen:
            problems.append(f"{place}: {name} is named twice; choose one option for each station")
        else:
            chosen[name] = option
    if problems:
        raise InputError(*problems)
    return chosen


def choose(line: Line, chosen: Mapping[str, str], *, level: str | None = None) -> Scenario:
    """Return the scenario with the option `chosen` for each station; all of them must exist."""
    in_order = {name: chosen[name] for name in line.stations if name in chosen}
    stations = {
        name: station.with_option(in_order[name]) if name in in_order else station.model_copy(update={"automation": {}})
        for name, station in line.stations.items()
    }
    options = [line.stations[name].automation[option] for name, option in in_order.items()]
    pools = whole_posts(line.operators, options)
    carriers = {
        name: carrier.model_copy(update={"number": carrier.number + sum(o.carriers.get(name, 0) for o in options)})
        for name, carrier in line.carriers.items()
    }
    # A basis speaks of the description; some of its paths are gone here.
    changed = line.model_copy(
        update={"stations": stations, "operators": pools, "carriers": carriers, "levels": {}, "basis": {}}
    )
    return Scenario(line=changed, base=line, level=level, chosen=in_order)


def capital(chosen: Scenario) -> list[Asset]:
    """Return what was bought, stations first and each option after its station; what cost nothing is left out."""
    options = chosen.options
    assets = []
    for name, station in chosen.base.stations.items():
        assets.append(Asset(name, None, station.capex, station.life, station.upkeep))
        if name in options:
            option = options[name]
            assets.append(Asset(name, chosen.chosen[name], option.capex, option.life, option.upkeep))
    return [asset for asset in assets if asset.capex > 0]


def posts(chosen: Scenario) -> dict[str, int]:
    """Return the posts of one shift by skill, whole persons."""
    return dict(chosen.line.operators)


def shifts_of(chosen: Scenario, skill: str) -> Shifts:
    """Return when the people of a pool work: in their own shifts, or in the line's."""
    pool = chosen.line.pools.get(skill)
    return chosen.line.shifts if pool is None or pool.shifts is None else pool.shifts


def whole_posts(base: Mapping[str, int], options: list[Option]) -> dict[str, int]:
    """Return the whole posts per shift that remain when `options` are built.

    A fraction of a person that an option frees counts as zero, unless the option names who takes it (`redeployed`).
    What is left of the sum is rounded up: nobody hires half a person.

    Examples
    --------
    >>> from twin.line.station import Option
    >>> robot = Option.model_validate({"posts": {"operator": -1.5, "technician": 0.2}})
    >>> whole_posts({"operator": 4, "technician": 1}, [robot])
    {'operator': 3, 'technician': 2}
    """
    changes = dict.fromkeys(base, 0.0)
    for option in options:
        for skill, change in option.posts.items():
            counted = change if change > 0 or option.redeployed else trunc(change - TOLERANCE)
            changes[skill] = changes.get(skill, 0.0) + counted
    return {skill: ceil(base.get(skill, 0) + change - TOLERANCE) for skill, change in changes.items()}


class Shortage(NamedTuple):
    """More people asked at once than a pool has: where in the station, of which skill, how many, and the pool."""

    station: str
    keys: tuple[str, ...]
    skill: str
    asked: int
    people: int


def short_pools(chosen: Scenario) -> Iterator[Shortage]:
    """Yield every crew, every setup, every repair and every maintenance that its pools could never serve."""
    line = chosen.line
    for name, station in line.stations.items():
        asked: list[tuple[tuple[str, ...], Mapping[str, int], int]] = [(("crew",), station.crew, station.attend)]
        if station.setup is not None:
            asked.append((("setup", "crew"), station.setup.crew, 1))
        asked += [(("failures", key, "repaired_by"), how.repaired_by, 1) for key, how in station.failures.items()]
        asked += [(("maintenance", key, "by"), how.by, 1) for key, how in station.maintenance.items()]
        for keys, crew, tended in asked:
            # One person tends so many machines: of each person a machine asks one part.
            parts = {skill: people * tended for skill, people in line.operators.items()}
            for skill, there in unmet(crew, parts, line.pools):
                yield Shortage(name, keys, skill, crew[skill], there // tended)
