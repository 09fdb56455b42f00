"""`twin compare`: how far automation offsets the labour cost, level by level and against another site."""

from __future__ import annotations

import hashlib
import re
import time
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, TypeVar

import typer

from twin.cli.resolve import (
    SHIFTS,
    EngineOption,
    HorizonOption,
    JsonOption,
    LineArgument,
    ReplicationsOption,
    SeedOption,
    WarmupOption,
    WorkersOption,
    line_of,
    site_of,
    times_of,
    worked_between,
)
from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rich.console import RenderableType

    from twin.cli.answer import Answer
    from twin.line.line import Line
    from twin.line.scenario import Scenario
    from twin.line.site import Site
    from twin.study.replicate import Study

REPLICATIONS = 20
HOME = "france"

Given = ParamSpec("Given")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Question:
    """What is compared: the scenarios to run by level, the levels to show, and the sites.

    Attributes
    ----------
    line
        The line as described.
    scenarios
        All that must be simulated, by level.
    levels, reference
        The levels to show, and the one with which they are compared.
    here, there, there_level
        The home site; the other one and the level at which it works, if there is one.
    horizon_s, warmup_s
        Measured time, and the time before it [s].
    """

    line: Line
    scenarios: Mapping[str, Scenario]
    levels: tuple[str, ...]
    reference: str
    here: Site
    there: Site | None
    there_level: str | None
    horizon_s: float
    warmup_s: float


def compare(
    line: LineArgument,
    *,
    options: Annotated[
        str | None, typer.Option("--options", metavar="LEVEL,...", help="Levels to compare.  [default: all]")
    ] = None,
    reference: Annotated[
        str | None, typer.Option("--reference", metavar="LEVEL", help="Compared with it.  [default: the first]")
    ] = None,
    site: Annotated[str, typer.Option("--site", metavar="SITE", help="Where the line stands.")] = HOME,
    against: Annotated[
        str | None, typer.Option("--against", metavar="SITE[:LEVEL]", help="Another site, at the reference or a level.")
    ] = None,
    replications: ReplicationsOption = REPLICATIONS,
    horizon: HorizonOption = SHIFTS,
    warmup: WarmupOption = None,
    seed: SeedOption = 1,
    engine: EngineOption = "auto",
    workers: WorkersOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare levels of automation, and sites: how far automation offsets what labour costs.

    Every level meets the same luck. Costs are ex works: freight, duty and material are not in them.
    """
    from twin.cli.show import grey, show, show_json

    asked = question(
        line, options=options, reference=reference, site=site, against=against, horizon=horizon, warmup=warmup
    )
    start = time.monotonic()
    studies = run_levels(asked, replications=replications, seed=seed, engine=engine, workers=workers)
    answer = answer_of(asked, studies)
    if as_json:
        show_json(document(answer, studies))
    else:
        show(*report(answer, studies), grey(origin(studies, time.monotonic() - start)))


def question(
    line: str,
    *,
    options: str | None = None,
    reference: str | None = None,
    site: str = HOME,
    against: str | None = None,
    horizon: str = SHIFTS,
    warmup: str | None = None,
) -> Question:
    """Read what is asked, before anything is simulated.

    Raises
    ------
    InputError
        With everything that is wrong: the line, levels, sites and times that do not exist, each with the nearest, and
        wages that a site does not know.
    """
    problems: list[str] = []
    described = _tried(problems, line_of, line)
    elsewhere, there_level = _site_and_level(against) if against is not None else (None, None)
    here = _tried(problems, site_of, site)
    there = None if elsewhere is None else _tried(problems, site_of, elsewhere)
    if described is None:
        raise InputError(*problems)
    levels = _levels(described, options, line, problems)
    first = reference if reference is not None else next(iter(levels), None)
    scenarios = _scenarios(described, levels, first, there_level, problems)
    times = _tried(problems, times_of, described.shifts, horizon, warmup)
    if times is not None and not worked_between(described.shifts, times[1], sum(times)):
        problems.append(
            f'--horizon: no shift is worked in the "{horizon}" measured; measure longer, such as "{SHIFTS}"'
        )
    for place in filter(None, (here, there)):
        for chosen in scenarios.values():
            _tried(problems, _priced, place, chosen)
    if problems or here is None or first is None or times is None:
        raise InputError(*dict.fromkeys(problems))
    return Question(described, scenarios, levels, first, here, there, there_level, *times)


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
    """Part SITE:LEVEL; a colon that no name follows belongs to a path."""
    from twin.line.names import NAME

    site, _, level = against.rpartition(":")
    return (site, level) if site and re.fullmatch(NAME, level) else (against, None)


def _levels(line: Line, options: str | None, named: str, problems: list[str]) -> tuple[str, ...]:
    """Return the levels asked for, each once; all of the line where none are named."""
    if not line.levels:
        known = [f"{name}: {option}" for name, station in line.stations.items() for option in station.automation]
        named_set = f"levels: {{manual: {{}}, automated: {{{known[0]}}}}}" if known else ""
        example = named_set or "`automation` at a station, and `levels` that name it,"
        problems.append(f"{named}: {line.line} has no levels of automation to compare; write {example} in its file")
        return ()
    if options is None:
        return tuple(line.levels)
    asked = tuple(dict.fromkeys(level.strip() for level in options.split(",") if level.strip()))
    if not asked:
        problems.append(f'--options: "{options}" names no level; write {",".join(line.levels)}')
    return asked


def _scenarios(
    line: Line, levels: tuple[str, ...], reference: str | None, there_level: str | None, problems: list[str]
) -> dict[str, Scenario]:
    """Return the scenario of each level that is to be simulated."""
    from twin.line.names import nearest
    from twin.line.scenario import scenario

    places = {level: f"--options {level}" for level in levels}
    places |= {level: f"--reference {level}" for level in (reference,) if level and level not in places}
    places |= {level: f"--against :{level}" for level in (there_level,) if level and level not in places}
    found = {}
    for level, place in places.items():
        if level not in line.levels:
            if line.levels:
                problems.append(f"{place}: {line.line} has no level {nearest(level, line.levels)}")
        elif (chosen := _tried(problems, scenario, line, level)) is not None:
            found[level] = chosen
    return found


def _priced(site: Site, chosen: Scenario) -> None:
    """Refuse a site that does not know a wage or a premium that the line needs."""
    from twin.economics.unit_cost import prices_of

    prices_of(site, chosen)


def run_levels(
    asked: Question,
    *,
    replications: int,
    seed: int = 1,
    engine: str = "auto",
    workers: int | None = None,
    known: Mapping[str, Study] = MappingProxyType({}),
) -> dict[str, Study]:
    """Simulate every level on the same luck, with a bar of progress on a terminal.

    Parameters
    ----------
    asked
        What is compared.
    replications, seed, engine, workers
        As in `twin.study.replicate.replicate`.
    known
        Studies made before with the same settings; their levels are not simulated again.

    Raises
    ------
    InputError
        As `twin.study.replicate.replicate`.
    """
    from twin.cli.show import progress
    from twin.study.replicate import replicate

    missing = [level for level in asked.scenarios if level not in known]
    studies = dict(known)
    with progress("Simulating") as bar:
        for place, level in enumerate(missing):

            def advance(done: int, total: int, before: int = place) -> None:
                if bar is not None:
                    bar(before * total + done, len(missing) * total)

            studies[level] = replicate(
                asked.scenarios[level],
                replications=replications,
                horizon=asked.horizon_s,
                warmup=asked.warmup_s,
                seed=seed,
                engine=engine,
                workers=workers,
                progress=advance,
            )
    return {level: studies[level] for level in asked.scenarios}


def answer_of(asked: Question, studies: Mapping[str, Study]) -> Answer:
    """Price the runs and compare them.

    Raises
    ------
    InputError
        As `twin.study.compare.compare`.
    """
    from twin.cli.answer import Answer
    from twin.study import compare as labour_question

    comparison = labour_question.compare(
        asked.line,
        {level: [run.accounts for run in study.runs] for level, study in studies.items()},
        levels=asked.levels,
        reference=asked.reference,
        site=asked.here,
        against=asked.there,
        against_level=asked.there_level,
    )
    return Answer(comparison, asked.here, asked.there)


def report(answer: Answer, studies: Mapping[str, Study]) -> list[RenderableType]:
    """Return what a comparison says: the answer, the tables it rests on, what cannot be told, what the figures hold."""
    from twin.cli.compare_tables import cost_table, parts_table, wage_table
    from twin.cli.compare_words import explanation, notes, sentence, undecided_lines
    from twin.cli.run_words import locks
    from twin.cli.show import grey, verdict

    stuck = [f"{level}: {text}" for level, study in studies.items() if (text := locks(study)) is not None]
    blocks: list[RenderableType] = [
        verdict(sentence(answer)),
        explanation(answer),
        cost_table(answer),
        wage_table(answer),
        parts_table(answer),
        "\n".join([*undecided_lines(answer), *stuck]),
        grey("\n".join([*notes(answer), _sources(answer)])),
    ]
    return [block for block in blocks if block]


def origin(studies: Mapping[str, Study], seconds: float) -> str:
    """Return how a comparison was made: replications, times, seed, clock, digest, and how long it took [s]."""
    from twin.cli.run_words import measured
    from twin.units import format_time

    first = next(iter(studies.values()))
    runs = "one run" if len(first.runs) == 1 else f"{len(first.runs)} replications"
    warmup = f"warm-up {format_time(first.warmup_s)}" if first.warmup_s else "no warm-up"
    return (
        f"{runs} of {measured(first)} a level, {warmup}, seed {first.seed}, {_engines(studies)}, "
        f"digest {_digest(studies)[:12]}, {seconds:.1f} s"
    )


def _sources(answer: Answer) -> str:
    names = " and ".join(site.name for site in (answer.here, answer.there) if site is not None)
    return f"Source and year of every figure of {names}: `sites` in --json, or the site file."


def _engines(studies: Mapping[str, Study]) -> str:
    return " and ".join(dict.fromkeys(study.engine for study in studies.values()))


def _digest(studies: Mapping[str, Study]) -> str:
    """Return SHA-256 over the digests of the levels, in order, hex."""
    return hashlib.sha256(b"".join(bytes.fromhex(study.digest) for study in studies.values())).hexdigest()


def document(answer: Answer, studies: Mapping[str, Study]) -> dict[str, Any]:
    """Return the comparison as one JSON document: the answer, every row, both sites with their sources, every run."""
    from twin.cli.compare_words import explanation, sentence
    from twin.cli.numbers import NO_BREAK_SPACE
    from twin.study import replicate

    first = next(iter(studies.values()))
    comparison = asdict(answer.comparison)
    return {
        "line": first.scenario.line.line,
        "answer": sentence(answer).replace(NO_BREAK_SPACE, " "),
        "explanation": explanation(answer).replace(NO_BREAK_SPACE, " "),
        "basis": "conversion cost ex works, nominal EUR",
        **comparison,
        "undecided": [pair._asdict() | {"difference": asdict(pair.difference)} for pair in answer.undecided()],
        "sites": {
            role: None if site is None else site.model_dump(mode="json")
            for role, site in (("here", answer.here), ("there", answer.there))
        },
        "engine": _engines(studies),
        "versions": replicate.versions(),
        "seed": first.seed,
        "replications": len(first.runs),
        "horizon_s": first.horizon_s,
        "warmup_s": first.warmup_s,
        "digest": _digest(studies),
        "runs": {level: replicate.document(study) for level, study in studies.items()},
    }
