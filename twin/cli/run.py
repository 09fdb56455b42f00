"""`twin run`: simulate a line, and say how much it makes, what limits it, and how sure that is."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.cli.default_times import times_for, times_note
from twin.cli.resolve import (
    SAMPLED,
    EngineOption,
    HorizonOption,
    InputsOption,
    JsonOption,
    LineArgument,
    OptionsOption,
    ReplicationsOption,
    SeedOption,
    WarmupOption,
    WorkersOption,
    inputs_note,
    line_of,
    line_path,
    samples_of,
    under_samples,
)
from twin.cli.run_files import Files
from twin.cli.show import grey, progress, show, show_json, verdict
from twin.cli.until import BESIDE, until_s
from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from twin.engine.state import LineState
    from twin.line.scenario import Scenario
    from twin.study.replicate import Study

TraceOption = Annotated[
    Path | None,
    typer.Option(
        "--trace", metavar="FILE", help="Write every event of the first replication to a file, .csv or .parquet."
    ),
]
GanttOption = Annotated[
    Path | None,
    typer.Option("--gantt", metavar="FILE.svg", help="Draw who did what when in the first replication."),
]
UntilOption = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="TIME",
        help="Look at the start alone: stop so long after the line first opens (2 h), or at a time (Mon 08:00); "
        "no warm-up, one replication unless asked.",
    ),
]
PowerOption = Annotated[
    Path | None,
    typer.Option(
        "--power",
        metavar="FILE.csv|FILE.svg",
        help="Write, or draw, the power of the first replication by means of 10 minutes and the peak in each.",
    ),
]
SaveOption = Annotated[
    Path | None, typer.Option("--save-state", metavar="FILE.npz", help="Save where each run stopped.")
]
KpisOption = Annotated[bool, typer.Option("--kpis", help="Show every KPI of every station and of the line.")]
ResumeOption = Annotated[
    Path | None,
    typer.Option(
        "--resume",
        metavar="FILE.npz",
        help="Go on from a saved state, with its seed, until --horizon has been measured in all.",
    ),
]


def run(
    context: typer.Context,
    line: LineArgument,
    *,
    options: OptionsOption = None,
    replications: ReplicationsOption = 20,
    horizon: HorizonOption = None,
    warmup: WarmupOption = None,
    seed: SeedOption = 1,
    engine: EngineOption = "auto",
    workers: WorkersOption = None,
    inputs: InputsOption = SAMPLED,
    as_json: JsonOption = False,
    kpis: KpisOption = False,
    until: UntilOption = None,
    trace: TraceOption = None,
    gantt: GanttOption = None,
    power: PowerOption = None,
    save_state: SaveOption = None,
    resume: ResumeOption = None,
) -> None:
    """Simulate a line: how much it makes, what limits it, and how sure that is."""
    from twin.line.scenario import scenario
    from twin.study.replicate import document, replicate

    chosen = scenario(line_of(line), options)
    files = Files(trace, gantt, power, save_state)
    files.check(chosen, line_path(line), resumed=resume is not None)
    if until is not None:
        replications = replications if _is_given(context, "replications") else 1
    states = None if resume is None or until is not None else _saved(context, resume, chosen)
    horizon_s, warmup_s = _times(context, chosen, until, (horizon, warmup), (resume, states))
    sampled = under_samples(chosen, None if states else samples_of(line, inputs), replications)
    start = time.monotonic()
    with progress("Simulating") as report_progress:
        study = replicate(
            chosen,
            sampled=sampled,
            replications=replications,
            horizon=horizon_s,
            warmup=warmup_s,
            seed=seed,
            engine=engine,
            workers=workers,
            trace=files.traced,
            initial=states,
            keep_state=save_state is not None,
            progress=report_progress,
        )
    seconds = time.monotonic() - start
    files.write(study)
    if as_json:
        show_json(document(study))
    else:
        inputs_held = inputs_note(line, sampled=bool(sampled), replications=len(study.runs))
        chosen_times = times_note(chosen.base, horizon, warmup) if until is None else [_stopped(horizon_s)]
        notes = (*chosen_times, *inputs_held, *_resumed(resume, states), *files.notes())
        show(*report(study, kpis=kpis), grey(_origin(study, seconds, *notes)))
    if len(study.locked) == len(study.runs):
        raise typer.Exit(1)


def report(study: Study, *, kpis: bool = False) -> list[RenderableType]:
    """Return what a study says: the answer, its doubts, and the tables it rests on; with `kpis`, every KPI too."""
    from twin.cli import kpi_tables, run_tables, run_words
    from twin.cli.overload import overload

    answer, locks = verdict(run_words.answer(study)), run_words.locks(study)
    if study.good_per_shift is None or len(study.locked) == len(study.runs):
        return [answer] if locks is None else [answer, locks]
    blocks: list[RenderableType | None] = [
        answer,
        locks,
        None if (beyond := overload(study)) is None else f"Beware: {beyond}",
        "\n".join(run_words.doubts(study)) or None,
        run_tables.measures(study),
        *run_tables.stations(study),
        *run_tables.buffers(study),
        run_tables.people(study),
        run_tables.energy(study),
        *((kpi_tables.station_kpis(study), kpi_tables.line_kpis(study), kpi_tables.meanings()) if kpis else ()),
    ]
    return [block for block in blocks if block is not None]


def _origin(study: Study, seconds: float, *notes: str) -> str:
    from twin.cli.run_words import origin

    return origin(study, seconds, *notes)


def _times(
    context: typer.Context,
    chosen: Scenario,
    until: str | None,
    asked: tuple[str | None, str | None],
    resumed: tuple[Path | None, list[LineState] | None],
) -> tuple[float, float]:
    """Return the time measured and the warm-up [s], as asked, as saved, or up to --until."""
    if until is not None:
        given = [name for name in BESIDE if _is_given(context, name)]
        return until_s(chosen.base, until, given), 0.0
    (horizon, warmup), (resume, states) = asked, resumed
    if states and warmup is None:
        warmup = f"{states[0].warmup_s!r} s"
    horizon_s, warmup_s = times_for(chosen.base, horizon, warmup)
    if resume is not None and states:
        _check_goes_on(states[0], resume, horizon_s, warmup_s)
    return horizon_s, warmup_s


def _stopped(end_s: float) -> str:
    from twin.line.week_clock import clock

    return f"from an empty line to {clock(end_s)}"


def _resumed(resume: Path | None, states: list[LineState] | None) -> Iterator[str]:
    from twin.cli.run_words import in_whole

    if states:
        yield f"resumed from {resume} at {in_whole(states[0].time)}"


def _saved(context: typer.Context, resume: Path, chosen: Scenario) -> list[LineState]:
    from twin.engine.plan import make_plan
    from twin.engine.state import load_states

    given = [name for name in ("seed", "replications") if _is_given(context, name)]
    if given:
        raise InputError(*(f"--{name}: the saved state of --resume brings its own; leave it out" for name in given))
    try:
        return load_states(resume, make_plan(chosen).key)
    except InputError as error:
        raise InputError(*(f"--resume {problem}" for problem in error.problems)) from None


def _check_goes_on(state: LineState, resume: Path, horizon_s: float, warmup_s: float) -> None:
    from twin.cli.run_words import in_whole

    if state.warmup_s != warmup_s:
        saved = in_whole(state.warmup_s) if state.warmup_s else "none"
        raise InputError(f"--warmup: {resume} was saved with another, {saved}; leave --warmup out")
    if state.time >= warmup_s + horizon_s:
        raise InputError(
            f"--horizon: {resume} stands at {in_whole(state.time - warmup_s)} measured, and {in_whole(horizon_s)} is "
            "no longer; --horizon is the time measured in all, so give a longer one"
        )


def _is_given(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"
