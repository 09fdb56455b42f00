"""`twin compare`: how far automation offsets the labour cost, level by level and against another site."""

from __future__ import annotations

import hashlib
import time
from dataclasses import asdict
from pathlib import Path  # noqa: TC003 -- Typer reads the annotations
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin.cli.compare_question import HOME, question
from twin.cli.resolve import (
    SAMPLED,
    EngineOption,
    HorizonOption,
    InputsOption,
    JsonOption,
    LineArgument,
    ReplicationsOption,
    SeedOption,
    WarmupOption,
    WorkersOption,
    inputs_note,
    line_path,
    output_file,
    under_samples,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.console import RenderableType

    from twin.cli.answer import Answer
    from twin.cli.compare_question import Question
    from twin.study.replicate import Study

REPLICATIONS = 20


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
    horizon: HorizonOption = None,
    warmup: WarmupOption = None,
    seed: SeedOption = 1,
    engine: EngineOption = "auto",
    workers: WorkersOption = None,
    inputs: InputsOption = SAMPLED,
    as_json: JsonOption = False,
    report_file: Annotated[
        Path | None, typer.Option("--report", metavar="FILE.html", help="Write the answer as a report of four pages.")
    ] = None,
) -> None:
    """Compare levels of automation, and sites: how far automation offsets what labour costs.

    Every level meets the same luck. Costs are ex works: freight, duty and material are not in them.
    """
    from twin.cli.show import grey, show, show_json

    asked = question(
        line,
        options=options,
        reference=reference,
        site=site,
        against=against,
        horizon=horizon,
        warmup=warmup,
        inputs=inputs,
    )
    if report_file is not None:
        output_file(report_file, ".html", line_path(line), option="--report")
    start = time.monotonic()
    studies = run_levels(asked, replications=replications, seed=seed, engine=engine, workers=workers)
    locked = [level for level, study in studies.items() if len(study.locked) == len(study.runs)]
    answer = None if locked else answer_of(asked, studies)
    if report_file is not None and answer is not None:
        write_report(report_file, asked, answer, studies)
    if as_json:
        show_json(document(asked, answer, studies))
    else:
        blocks = _standstill(locked, studies) if answer is None else report(asked, answer, studies)
        if report_file is not None:
            blocks.append(f"Report: {report_file}" if answer is not None else "No report was written.")
        held = inputs_note(line, sampled=any(study.sampled for study in studies.values()), replications=replications)
        show(*blocks, grey(origin(studies, time.monotonic() - start, *asked.times_note, *held)))
    if answer is None:
        raise typer.Exit(1)


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
                sampled=under_samples(asked.scenarios[level], asked.samples, replications),
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
        sampled={level: [run.accounts for run in study.sampled] for level, study in studies.items()},
    )
    return Answer(comparison, asked.here, asked.there)


def _standstill(locked: Sequence[str], studies: Mapping[str, Study]) -> list[RenderableType]:
    """Return what is said where a level always locks, so that its cost would be that of the time until it does."""
    from twin.cli.compare_words import no_cost
    from twin.cli.run_words import locks
    from twin.cli.show import verdict

    return [verdict(no_cost(locked)), "\n".join(f"{level}: {locks(studies[level])}" for level in locked)]


def report(asked: Question, answer: Answer, studies: Mapping[str, Study]) -> list[RenderableType]:
    """Return what a comparison says: the answer, the tables it rests on, what cannot be told, what the figures hold."""
    from twin.cli.compare_tables import cost_table, orders_table, parts_table, wage_table
    from twin.cli.compare_words import (
        basis_lines,
        cautions,
        explanation,
        notes,
        of_orders,
        sentence,
        undecided_lines,
    )
    from twin.cli.run_words import locks
    from twin.cli.show import grey, verdict

    stuck = [f"{level}: {text}" for level, study in studies.items() if (text := locks(study)) is not None]
    blocks: list[RenderableType] = [
        verdict(sentence(answer)),
        " ".join([explanation(answer), *of_orders(studies)]).strip(),
        "\n".join(cautions(studies)),
        cost_table(answer),
        *([orders_table(studies)] if asked.line.source.orders is not None else []),
        *([wage_table(answer)] if answer.there or len(answer.rows) > 1 else []),
        parts_table(answer),
        "\n".join([*undecided_lines(answer), *stuck, *basis_lines(asked)]),
        grey("\n".join([*notes(answer), _sources(answer)])),
    ]
    return [block for block in blocks if block]


def write_report(path: Path, asked: Question, answer: Answer, studies: Mapping[str, Study]) -> None:
    """Write a comparison as a page of HTML that needs nothing else, whole or not at all.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    from dashboards.report import report_html
    from twin.cli.check import write_whole

    write_whole(path, report_html(document(asked, answer, studies), asked.line, asked.named))


def origin(studies: Mapping[str, Study], seconds: float, *notes: str) -> str:
    """Return how a comparison was made, in the words of a run: its digest is that of all levels together."""
    from twin.cli import run_words

    first = next(iter(studies.values()))
    measured = run_words.measured(first)
    of_one = run_words.origin(first, seconds, *notes).replace(first.digest[:12], _digest(studies)[:12])
    return of_one.replace(measured, f"{measured} a level", 1).replace(f"{run_words.COUNTED}, ", "")


def _sources(answer: Answer) -> str:
    names = " and ".join(site.name for site in (answer.here, answer.there) if site is not None)
    return f"Source and year of every figure of {names}: `sites` in --json, or the site file."


def _engines(studies: Mapping[str, Study]) -> str:
    return " and ".join(dict.fromkeys(study.engine for study in studies.values()))


def _digest(studies: Mapping[str, Study]) -> str:
    """Return SHA-256 over the digests of the levels, in order, hex."""
    return _joined(study.digest for study in studies.values())


def _joined(digests: Iterable[str]) -> str:
    return hashlib.sha256(b"".join(map(bytes.fromhex, digests))).hexdigest()


def document(asked: Question, answer: Answer | None, studies: Mapping[str, Study]) -> dict[str, Any]:
    """Return the comparison as one JSON document: the answer, every row, both sites with their sources, every run.

    Without an answer, because a level always locks, it says so and holds no rows.
    """
    from twin.cli.compare_words import cautions
    from twin.line.basis import guesses
    from twin.study import replicate

    first = next(iter(studies.values()))
    sampled = [study.sampled_digest for study in studies.values() if study.sampled_digest is not None]
    return {
        "line": asked.line.line,
        **_answer_document(answer, studies),
        **({"cautions": warned} if (warned := cautions(studies)) else {}),
        "assumptions": len(guesses(asked.line)),
        "sites": {
            role: None if site is None else site.model_dump(mode="json")
            for role, site in (("here", asked.here), ("there", asked.there))
        },
        "engine": _engines(studies),
        "versions": replicate.versions(),
        "seed": first.seed,
        "replications": len(first.runs),
        "horizon_s": first.horizon_s,
        "warmup_s": first.warmup_s,
        "digest": _digest(studies),
        **({"sampled_digest": _joined(sampled)} if sampled else {}),
        "runs": {level: replicate.document(study) for level, study in studies.items()},
    }


def _answer_document(answer: Answer | None, studies: Mapping[str, Study]) -> dict[str, Any]:
    from dashboards.numbers import NO_BREAK_SPACE
    from twin.cli.compare_words import explanation, no_cost, sentence

    if answer is None:
        return {"answer": no_cost([level for level, study in studies.items() if len(study.locked) == len(study.runs)])}
    return {
        "answer": sentence(answer).replace(NO_BREAK_SPACE, " "),
        "explanation": explanation(answer).replace(NO_BREAK_SPACE, " "),
        "basis": "conversion cost ex works, nominal EUR",
        **asdict(answer.comparison, dict_factory=_named),
        "undecided": [
            pair._asdict() | {"difference": asdict(pair.difference, dict_factory=_named)} for pair in answer.undecided()
        ],
    }


def _named(fields: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return the fields of a finding; of an interval that holds the data too, that of the simulation alone first."""
    named = dict(fields)
    alone, share = named.pop("simulation", None), named.pop("data_share", None)
    named = {key: value for key, value in named.items() if key != "sampled"}
    if share is None:
        return named
    return {**named, "interval": alone, "ci95_data": named["interval"], "data_share": share}
