"""What people write on the command line, made into what the twin reads: lines, sites, times."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.errors import InputError
from twin.line.names import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.line.line import Line
    from twin.line.samples import Samples
    from twin.line.scenario import Scenario
    from twin.line.site import Site
    from twin.line.work_calendar import Shifts

SHIFTS = "20 shifts"
"""The time measured unless another is asked for."""

LONGEST_YEARS = 100
"""No run is longer: the engine's clock would be too coarse for the shortest cycle."""

MOST_REPLICATIONS, MOST_WORKERS = 100_000, 256
SAMPLED, AS_FITTED = "sampled", "as-fitted"
"""How a fitted line's numbers are taken: as uncertain as its samples say, or as fitted."""
ENGINES = ("auto", "simpy", "compiled")


def whole_number(option: str, least: int, most: int | None = None) -> Callable[[object], int]:
    """Return what reads a whole number and refuses what is none, in words."""

    def read(written: object) -> int:
        text = str(written)
        if not re.fullmatch(r"\d{1,40}", text) or int(text) < least:
            raise InputError(f"{option} {text}: write a whole number, {least} or more")
        if most is not None and int(text) > most:
            raise InputError(f"{option} {text}: write {most:,} at most")
        return int(text)

    return read


def _one_of_engines(written: str) -> str:
    if written not in ENGINES:
        raise InputError(f"--engine: there is no engine {nearest(written, ENGINES)}")
    return written


def _one_level(written: str) -> str:
    if "," in written and "=" not in written:
        raise InputError(f"--options {written}: one level here; twin compare takes several")
    return written


def _how_inputs_are_taken(written: str) -> str:
    if written not in (SAMPLED, AS_FITTED):
        raise InputError(f"--inputs: {nearest(written, (SAMPLED, AS_FITTED))}")
    return written


LineArgument = Annotated[str, typer.Argument(metavar="LINE", help="A line that comes along, or a line file (YAML).")]
OptionsOption = Annotated[
    str | None,
    typer.Option("--options", metavar="LEVEL", parser=_one_level, help="A level, or station=option,station=option."),
]
ReplicationsOption = Annotated[
    int,
    typer.Option(
        "--replications",
        metavar="N",
        parser=whole_number("--replications", 1, MOST_REPLICATIONS),
        help="Independent runs.",
    ),
]
HorizonOption = Annotated[
    str | None,
    typer.Option(
        "--horizon",
        metavar="TIME",
        help="Time measured in all: 100 h, 20 shifts.  [default: 20 shifts; where orders, lots or products differ, "
        "weeks: at least 10 mean lead times at best]",
    ),
]
WarmupOption = Annotated[
    str | None,
    typer.Option(
        "--warmup",
        metavar="TIME",
        help="Time before it, not measured: 8 h, none.  [default: 1 shift, or weeks: at least 3 such lead times]",
    ),
]
SeedOption = Annotated[
    int,
    typer.Option("--seed", metavar="N", parser=whole_number("--seed", 0), help="Seed of all random streams."),
]
EngineOption = Annotated[
    str,
    typer.Option("--engine", metavar="ENGINE", parser=_one_of_engines, help="auto, simpy or compiled."),
]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers",
        metavar="N",
        parser=whole_number("--workers", 1, MOST_WORKERS),
        help="Replications run at a time.  [default: one a core]",
    ),
]
InputsOption = Annotated[
    str,
    typer.Option(
        "--inputs",
        metavar="HOW",
        parser=_how_inputs_are_taken,
        help="sampled or as-fitted: whether intervals hold what the data of a fitted line leave open.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def line_path(named: str) -> Path:
    """Return the file of a LINE: a path, or the name of a line that comes along.

    Raises
    ------
    InputError
        If it is neither.
    """
    import lines

    return _path(named, lines.path, "line")


def site_path(named: str) -> Path:
    """Return the file of a SITE: a path, or the name of a site that comes along.

    Raises
    ------
    InputError
        If it is neither.
    """
    import lines

    return _path(named, lines.site_path, "site")


def policy_path(named: str) -> Path:
    """Return the file of a policy: a path, or the name of a policy that comes along.

    Raises
    ------
    InputError
        If it is neither.
    """
    import lines

    return _path(named, lines.policy_path, "policy")


def _path(named: str, find: Callable[[str], Path], what: str) -> Path:
    written_as_path = named.endswith((".yaml", ".yml")) or any(mark and mark in named for mark in (os.sep, os.altsep))
    path = Path(named)
    if path.is_dir():
        raise InputError(f"{named}: this is a folder; name a {what} file in it")
    if path.is_file():
        return path
    if written_as_path:
        raise InputError(f"{named}: there is no such {what} file; name one that is there, or a {what} of `twin lines`")
    try:
        return find(named)
    except InputError:
        if (beside := path.with_name(f"{named}.yaml")).is_file():
            raise InputError(f'there is no {what} "{named}"; did you mean {beside}?') from None
        raise


def line_of(named: str) -> Line:
    """Load a LINE.

    Raises
    ------
    InputError
        If there is none, with every problem of its file.
    """
    from twin.line.load import load_line

    return load_line(line_path(named))


def samples_of(named: str, inputs: str = SAMPLED) -> Samples | None:
    """Load the samples of a LINE's fitted numbers; None if it has none, or is to be run as fitted.

    Raises
    ------
    InputError
        As `twin.line.samples.load_samples`.
    """
    from twin.line.samples import load_samples

    return load_samples(line_path(named)) if inputs == SAMPLED else None


def under_samples(chosen: Scenario, samples: Samples | None, replications: int) -> list[Scenario]:
    """Return a scenario under a sample for each replication; none without samples, or with too few replications.

    Raises
    ------
    InputError
        If there are too few samples, or one of them makes no line.
    """
    from twin.line.scenario import choose
    from twin.study.input_uncertainty import sample_numbers

    numbers = sample_numbers(replications) if samples is not None else ()
    if samples is None or not numbers:
        return []
    if samples.count <= numbers[-1]:
        raise InputError(
            f"{samples.file}: holds {samples.count} samples, and {replications} replications take {numbers[-1] + 1}; "
            f"ask for --replications {2 * samples.count}, or --inputs {AS_FITTED}"
        )
    lines = [samples.apply(chosen.base, number) for number in range(numbers[-1] + 1)]
    made = [choose(line, chosen.chosen, level=chosen.level) for line in lines]
    return [made[number] for number in numbers]


def inputs_note(named: str, *, sampled: bool, replications: int) -> list[str]:
    """Say of a fitted line what its intervals hold, in one note; none of a line without samples or intervals."""
    from twin.line.samples import samples_path
    from twin.study.input_uncertainty import sample_numbers

    if replications == 1 or not samples_path(line_path(named)).exists():
        return []
    if sampled:
        return [f"each again under one of {sample_numbers(replications)[-1] + 1} samples of the fitted numbers"]
    return ["inputs as fitted (95 % intervals: simulation alone)"]


def site_of(named: str) -> Site:
    """Load a SITE.

    Raises
    ------
    InputError
        If there is none, with every problem of its file.
    """
    from twin.line.site import load_site

    return load_site(site_path(named))


def output_file(path: Path, suffix: str | tuple[str, ...], *inputs: Path, option: str = "") -> None:
    """Find out before the work, not after it, that a file cannot be written or had better not be.

    Parameters
    ----------
    path, suffix
        The file to be written, and how its name must end, such as ".csv"; of several endings it has one.
    inputs
        Files that are read, and so not to be written over.
    option
        The option that names it, for the message.

    Raises
    ------
    InputError
        If it is a folder, no regular file, or an input, has another suffix, or lies in no folder that can be written.
    """
    try:
        problem = _unfit(path, (suffix,) if isinstance(suffix, str) else suffix, inputs)
    except OSError as error:  # a name that is too long, say
        problem = f"cannot be written ({error.strerror}); name another file"
    if problem is not None:
        raise InputError(f"{option} {path}: {problem}".strip())


def _unfit(path: Path, suffixes: tuple[str, ...], inputs: tuple[Path, ...]) -> str | None:
    """Return why a file is not to be written, and the remedy."""
    endings = " or ".join(suffixes)
    asked = f"name a file that ends in {endings}"
    if path.is_dir():
        return f"this is a folder; {asked}"
    if path.exists() and not path.is_file():
        return f"this is no regular file; {asked}"
    if any(path.exists() and file.exists() and path.samefile(file) for file in inputs):
        return f"this file is read, and would be written over; {asked}"
    if path.suffix.lower() not in suffixes:
        return f"a name here ends in {endings}; write {path.with_suffix(suffixes[0])}"
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}; make it, or name another"
    if not os.access(path.parent, os.W_OK | os.X_OK):
        return f"the folder {path.parent} may not be written to; name another"
    return None


def times_of(shifts: Shifts, horizon: str, warmup: str | None) -> tuple[float, float]:
    """Return the horizon and the warm-up [s].

    Parameters
    ----------
    shifts
        The line's shifts. "20 shifts" ends with the twentieth shift worked after the warm-up, closed hours included.
    horizon, warmup
        Times as text, or numbers of shifts; a warm-up may be "none" or "0", and is one shift where it is None.

    Raises
    ------
    InputError
        If one is no time; both are named.
    """
    problems: list[str] = []
    none = warmup is not None and warmup.strip() in {"none", "0"}
    warmup_s = 0.0 if none else time_of(shifts, "--warmup", warmup or "1 shift", 0.0, problems)
    horizon_s = time_of(shifts, "--horizon", horizon, warmup_s, problems)
    if not problems and horizon_s <= 0:
        problems.append(f'--horizon: "{horizon}" is no time to measure; write 100 h or {SHIFTS}')
    if problems:
        raise InputError(*problems)
    return horizon_s, warmup_s


def time_of(shifts: Shifts, option: str, written: str, start: float, problems: list[str]) -> float:
    """Return a time as text, or a number of shifts worked from `start` on [s]; a problem is added to `problems`."""
    from twin.line.work_calendar import HOUR, shift_hours, worked_until
    from twin.units import SECONDS_PER_YEAR, parse

    found = 0.0
    try:
        match = re.fullmatch(r"([\d.]{1,9})\s*shifts?", written.strip())
        if match is None:
            found = parse(written)
        elif match[1].isdigit():
            found = worked_until(shifts, start, int(match[1]) * shift_hours(shifts) * HOUR) - start
        else:
            problems.append(
                f'{option}: "{written}" are no whole shifts; write 1 shift or 2 shifts, or a time such as 12 h'
            )
    except InputError as error:
        problems.append(f"{option}: {error}; a number of shifts is a time too: {SHIFTS}")
    if start + found > LONGEST_YEARS * SECONDS_PER_YEAR:
        problems.append(f'{option}: "{written}" is too long; write a time of less than {LONGEST_YEARS} years in all')
    return found
