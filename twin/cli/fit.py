"""`twin fit`: a line from a plant's log of work, with what the log shows of it, how well, and what it does not."""

from __future__ import annotations

import re
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.cli.resolve import (
    JsonOption,
    ReplicationsOption,
    SeedOption,
    output_file,
    whole_number,
)
from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from twin.calibration.calibrate import Calibration
    from twin.calibration.log import Log
    from twin.calibration.validate import Validation

FEWEST_SAMPLES, MOST_SAMPLES = 2, 10_000
FEWEST_RUNS = 10
"""Fewer runs have no tenth below which one in ten falls."""

_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?)?")


LogArgument = Annotated[Path, typer.Argument(metavar="LOG", help="The log: a file .csv, .parquet or .xes.")]
MapOption = Annotated[
    Path, typer.Option("--map", metavar="MAP.yaml", help="Which column says what, and what the operations are.")
]
OutputOption = Annotated[Path, typer.Option("-o", "--output", metavar="LINE.yaml", help="The line to write.")]
UntilOption = Annotated[
    list[str] | None,
    typer.Option(
        "--until",
        metavar="DATE",
        help="Leave out what ended later: 2012-02-15, 2012-02-15T06:00. With --validate, several.",
    ),
]
ValidateOption = Annotated[
    bool, typer.Option("--validate", help="Foretell the time after --until, and score what was foretold.")
]
SamplesOption = Annotated[
    int,
    typer.Option(
        "--samples",
        metavar="N",
        parser=whole_number("--samples", FEWEST_SAMPLES, MOST_SAMPLES),
        help="Draws of the fitted numbers.",
    ),
]
ForceOption = Annotated[bool, typer.Option("--force", help="Write over a line that is there.")]


def fit(
    log: LogArgument,
    *,
    mapping: MapOption,
    output: OutputOption,
    until: UntilOption = None,
    validate: ValidateOption = False,
    samples: SamplesOption = 200,
    replications: ReplicationsOption = 200,
    seed: SeedOption = 1,
    as_json: JsonOption = False,
    force: ForceOption = False,
) -> None:
    """Fit a line to a log of work.

    Writes LINE.yaml, LINE.samples.csv with other values that the log allows, and LINE.fits with a picture of each law.
    """
    from connectors.log_mapping import load_mapping
    from connectors.production_log import read_log
    from twin.calibration.calibrate import calibrate
    from twin.cli.fit_files import check_places, write_fit
    from twin.cli.show import progress, show, show_json

    dates = [_date(written) for written in until or ()]
    if validate and not dates:
        raise InputError("--validate: needs --until DATE: what came after it is what is foretold")
    if validate and replications < FEWEST_RUNS:
        raise InputError(f"--replications: {replications} show no interval; write {FEWEST_RUNS} or more")
    if len(dates) > 1 and not validate:
        raise InputError("--until: several dates are for --validate; name one")
    output_file(output, ".yaml", log, mapping, option="-o")
    check_places(output, force=force)
    start = time.monotonic()
    read = read_log(log, load_mapping(mapping))
    moments = [(date - read.epoch).total_seconds() for date in dates]
    with progress("Fitting") as bar:
        found = calibrate(read, until=next(iter(moments), None), samples=samples, seed=seed, progress=bar)
    validations = _validations(read, found, moments[1:], replications, seed) if validate else []
    written = write_fit(output, found, _validation_text(validations, found))
    if as_json:
        from twin.cli.fit_document import document

        show_json(document(found, validations, written, samples=samples, replications=replications, seed=seed))
    else:
        seconds = time.monotonic() - start
        runs = f", {replications} replications of each forecast" if validate else ""
        show(*report(found, validations, written), *_origin(output, f"{samples} samples{runs}, seed {seed}", seconds))


def _date(written: str) -> datetime:
    problem = InputError(f'--until: "{written}" is not a date; write 2012-02-15 or 2012-02-15T06:00')
    if _DATE.fullmatch(written) is None:
        raise problem
    try:
        return datetime.fromisoformat(written)  # on the log's own clock, which knows no zone
    except ValueError:
        raise problem from None


def _validations(log: Log, found: Calibration, more: Sequence[float], replications: int, seed: int) -> list[Validation]:
    """Foretell from the date of the fit, and from further ones, to the log's end."""
    from twin.calibration.estimate import choose_laws
    from twin.calibration.structure import structure_of
    from twin.calibration.validate import validate
    from twin.cli.show import progress
    from twin.engine.compile_once import compile_once

    compile_once(sys.stderr)  # hundreds of short runs
    whole = structure_of(log)
    plants = [found.plant, *(structure_of(log, moment) for moment in more)]
    validations = []
    with progress("Foretelling") as bar:
        for place, plant in enumerate(plants):
            laws = choose_laws(plant, samples=0) if place else found.laws  # p-values are of no matter here

            def advance(done: int, total: int, before: int = place) -> None:
                if bar is not None:
                    bar(before * total + done, len(plants) * total)

            validations.append(validate(plant, laws, whole, replications=replications, seed=seed, progress=advance))
    return validations


def _validation_text(validations: Sequence[Validation], found: Calibration) -> str:
    """Return how far to trust a line as a text to keep; nothing where that was not asked."""
    from twin.cli import fit_validation
    from twin.cli.show import plain_text

    if not validations:
        return ""
    trust = fit_validation.trust(validations[0], found.plant.log.labels)
    return plain_text(trust, *fit_validation.blocks(validations, found))


def report(found: Calibration, validations: Sequence[Validation], written: Sequence[Path]) -> list[RenderableType]:
    """Return what a fit says: the answer, how far to trust it, what was found, and what could not be."""
    from twin.cli import fit_tables, fit_validation, fit_words
    from twin.cli.show import verdict

    labels = found.plant.log.labels
    blocks: list[RenderableType] = [verdict(fit_words.answer(found))]
    if found.plant.log.problems:
        blocks.append(fit_words.rows_read(found))  # what was not read comes before what the rest shows
    if validations:
        blocks.append(verdict(fit_validation.trust(validations[0], labels)))
    blocks += [
        fit_words.balance_text(found),
        fit_tables.stations(found),
        fit_words.waits(found),
        fit_words.people(found),
        fit_tables.fits(found),
        fit_words.of_the_fits(found),
    ]
    if validations:
        blocks += fit_validation.blocks(validations, found)
    blocks += [] if found.plant.log.problems else [fit_words.rows_read(found)]
    blocks += [fit_words.unknown(found), fit_words.files(found, written)]
    return blocks


def _origin(output: Path, made: str, seconds: float) -> Iterator[RenderableType]:
    from twin.cli.show import grey

    took = f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"  # noqa: PLR2004 -- two digits
    yield grey(f"What the line says: twin check {output}. How it runs: twin run {output}.\n{made}, {took}")
