"""What `twin compare` is asked: read and refused as a whole before anything is simulated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from twin.cli.default_times import times_for, times_note
from twin.cli.resolve import SAMPLED, SHIFTS, line_of, samples_of, site_of, site_path
from twin.errors import InputError
from twin.line.work_calendar import scheduled_s

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from twin.line.line import Line
    from twin.line.samples import Samples
    from twin.line.scenario import Scenario
    from twin.line.site import Site

HOME = "france"

Given = ParamSpec("Given")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Question:
    """What is compared: the scenarios to run by level, the levels to show, and the sites.

    Attributes
    ----------
    named, line
        The LINE as it was written, and the line as described.
    scenarios
        All that must be simulated, by level.
    levels, reference
        The levels to show, and the one with which they are compared; "as described" where the line has none.
    here, there, there_level
        The home site; the other one and the level at which it works, if there is one.
    horizon_s, warmup_s
        Measured time, and the time before it [s].
    samples
        Those of the line's fitted numbers, under which all is run once more; None to run it as fitted alone.
    times_note
        From what the times were chosen, where they were not asked for.
    """

    named: str
    line: Line
    scenarios: Mapping[str, Scenario]
    levels: tuple[str, ...]
    reference: str
    here: Site
    there: Site | None
    there_level: str | None
    horizon_s: float
    warmup_s: float
    samples: Samples | None = None
    times_note: tuple[str, ...] = ()


def question(
    line: str,
    *,
    options: str | None = None,
    reference: str | None = None,
    site: str = HOME,
    against: str | None = None,
    horizon: str | None = None,
    warmup: str | None = None,
    inputs: str = SAMPLED,
) -> Question:
    """Read what is asked, before anything is simulated.

    Raises
    ------
    InputError
        With everything that is wrong: the line, levels, sites and times that do not exist, each with the
        nearest; a site against itself; wages that a site does not know.
    """
    problems: list[str] = []
    described = _tried(problems, line_of, line)
    samples = None if described is None else _tried(problems, samples_of, line, inputs)
    here = _tried(problems, site_of, site)
    elsewhere, there_level = None, None
    if against is not None:
        elsewhere, there_level = _tried(problems, _site_and_level, against) or (None, None)
    there = None if elsewhere is None else _tried(problems, site_of, elsewhere)
    if elsewhere and here and there and site_path(elsewhere).resolve() == site_path(site).resolve():
        problems.append(f"--against {against}: it is --site already; name another site")
    if described is None:
        raise InputError(*problems)
    levels = _levels(described, options, problems)
    first = reference if reference is not None else next(iter(levels), None)
    places = {level: f"--options {level}" for level in levels}
    places |= {reference: f"--reference {reference}"} if reference and reference not in places else {}
    places |= {there_level: f"--against {against}"} if there_level and there_level not in places else {}
    scenarios = _scenarios(described, places, problems)
    times = _tried(problems, times_for, described, horizon, warmup)
    if times is not None and not scheduled_s(described.shifts, times[1], sum(times)):
        problems.append(
            f'--horizon: no shift is worked in the "{horizon}" measured; measure longer, such as "{SHIFTS}"'
        )
    for place in filter(None, (here, there)):
        for chosen in scenarios.values():
            _tried(problems, _priced, place, chosen)
    if problems or here is None or first is None or times is None:
        raise InputError(*dict.fromkeys(problems))
    note = tuple(times_note(described, horizon, warmup))
    return Question(line, described, scenarios, levels, first, here, there, there_level, *times, samples, note)


def _tried(
    problems: list[str], ask: Callable[Given, Result], /, *given: Given.args, **named: Given.kwargs
) -> Result | None:
    """Return what `ask` gives; None, with what is wrong added to `problems`, where it refuses."""
    try:
        return ask(*given, **named)
    except InputError as error:
        problems += error.problems
        return None


def _site_and_level(against: str) -> tuple[str, str | None]:
    """Part SITE:LEVEL; a colon that no name follows belongs to a path, or leads nowhere."""
    from twin.line.names import NAME

    if against.endswith(":"):
        raise InputError(f"--against {against} names no level after the colon; write {against[:-1] or 'SITE'}:LEVEL")
    site, _, level = against.rpartition(":")
    return (site, level) if site and re.fullmatch(NAME, level) else (against, None)


def _levels(line: Line, options: str | None, problems: list[str]) -> tuple[str, ...]:
    """Return the levels asked for, each once; all of the line where none are named."""
    from twin.study.compare import AS_DESCRIBED

    if options is None:
        return tuple(line.levels) or (AS_DESCRIBED,)
    asked = tuple(dict.fromkeys(level.strip() for level in options.split(",") if level.strip()))
    if not asked:
        problems.append(f'--options: "{options}" names no level; write {",".join(line.levels) or "a level"}')
    return asked


def _scenarios(line: Line, places: Mapping[str, str], problems: list[str]) -> dict[str, Scenario]:
    """Return the scenario of each level that is to be simulated, by where it was asked for."""
    from twin.line.names import nearest
    from twin.line.scenario import scenario
    from twin.study.compare import AS_DESCRIBED

    found = {}
    for level, place in places.items():
        if level == AS_DESCRIBED:
            found[level] = scenario(line)
        elif level not in line.levels:
            known = nearest(level, line.levels) if line.levels else f'"{level}", nor any other; {levels_to_write(line)}'
            problems.append(f"{place}: {line.line} has no level {known}")
        elif (chosen := _tried(problems, scenario, line, level)) is not None:
            found[level] = chosen
    return found


def levels_to_write(line: Line) -> str:
    """Say what to write in the file of a line without levels, so that there is something to compare."""
    known = [f"{name}: {option}" for name, station in line.stations.items() for option in station.automation]
    named = f"levels: {{manual: {{}}, automated: {{{known[0]}}}}}" if known else ""
    return f"write {named or '`automation` at a station, and `levels` that name it,'} in its file"


def _priced(site: Site, chosen: Scenario) -> None:
    """Refuse a site that does not know a wage or a premium that the line needs."""
    from twin.economics.unit_cost import prices_of

    prices_of(site, chosen)
