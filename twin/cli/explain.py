"""`twin explain`: who waited for whom at a moment of a log, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.cli.resolve import JsonOption, line_of
from twin.errors import InputError

if TYPE_CHECKING:
    from twin.kpi.why import Explanation
    from twin.line.line import Line

LogArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="The events of a run: what twin run --trace wrote, .parquet or .csv.")
]
StationOption = Annotated[
    str, typer.Option("--station", metavar="S", help="The station, by its name in the line file.")
]
AtOption = Annotated[
    str, typer.Option("--at", metavar="TIME", help='The moment: "Mon 08:15", "1 d 8 h", "29700 s" or a date.')
]
MachineOption = Annotated[
    int | None,
    typer.Option("--machine", metavar="N", help="The machine of the station.  [default: one that stood]"),
]
LineOption = Annotated[
    str | None,
    typer.Option("--line", metavar="LINE", help="The line that the log is of; a .parquet file holds it already."),
]


def explain(
    log: LogArgument,
    *,
    station: StationOption,
    at: AtOption,
    machine: MachineOption = None,
    line: LineOption = None,
    as_json: JsonOption = False,
) -> None:
    """Explain how a station stood at a moment of a log: who waited for whom, and why, down to the root."""
    from connectors.event_log import read_events
    from twin.cli.show import show, show_json
    from twin.kpi import why
    from twin.kpi.history import History

    of = _line(log, line)
    time_s = _moment(at, of)
    try:
        history = History(of, read_events(log))
    except InputError as error:
        raise InputError(*(_named(log, problem) for problem in error.problems)) from None
    found = why.explain(history, station, time_s, machine)
    if as_json:
        show_json({"line": of.line, "at_s": time_s, **_document(found)})
    else:
        show(*_blocks(found))


def _line(log: Path, named: str | None) -> Line:
    from connectors.event_log import description_of
    from twin.line.load import load_line_text

    description = description_of(log)
    if named is not None:
        return line_of(named)
    if description is None:
        raise InputError(f"{log}: does not say of which line it is; name it with --line LINE")
    return load_line_text(description, f"{log} (its line)")


def _moment(at: str, line: Line) -> float:
    from twin.line.week_clock import read_moment

    try:
        return read_moment(at, line.shifts.first_day)
    except InputError as error:
        raise InputError(*(f"--at: {problem}" for problem in error.problems)) from None


def _named(log: Path, problem: str) -> str:
    return problem if str(log) in problem else f"{log}: {problem}"


def _document(found: Explanation) -> dict[str, object]:
    return {
        "station": found.machine[0],
        "machine": found.machine[1],
        "state": found.state,
        "because": list(found.paragraphs),
        "roots": list(found.roots),
    }


def _blocks(found: Explanation) -> list[str]:
    roots = found.roots
    head = "Root cause" if len(roots) == 1 else "Root causes"
    return [*found.paragraphs, *([f"{head}: {'; '.join(roots)}."] if roots else [])]
