"""`twin check`: what a line file says, what is a guess in it, and what follows without simulation."""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path  # noqa: TC003 -- Typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin.cli.resolve import JsonOption, LineArgument, OptionsOption, line_of, line_path, output_file
from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from twin.line.basis import Guess
    from twin.line.capacity import LineCapacity
    from twin.line.line import Line
    from twin.line.scenario import Scenario


def check(
    line: LineArgument,
    options: OptionsOption = None,
    draw: Annotated[Path | None, typer.Option("--draw", metavar="FILE.svg", help="Draw the flow into a file.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Check a line file, and say what it means.

    What was understood, which numbers are guesses, and what follows without simulation: the load of each station
    against the takt, the line balance, the people needed, and what limits the line at best.
    """
    from twin.cli.show import show, show_json
    from twin.line.basis import guesses
    from twin.line.capacity import static_capacity
    from twin.line.cautions import warnings
    from twin.line.scenario import scenario

    if draw is not None:
        output_file(draw, ".svg", line_path(line), option="--draw")
    chosen = scenario(line_of(line), options)
    capacity = static_capacity(chosen.line)
    # As described, a pool that an option alone asks for is no idle pool.
    guessed, beware = guesses(chosen.base), warnings(chosen.line if chosen.chosen else chosen.base)
    if draw is not None:
        from dashboards.flow import flow_svg

        write_whole(draw, flow_svg(chosen.line))
    if as_json:
        show_json(document(chosen, capacity, guessed, beware))
    else:
        show(*_blocks(chosen, capacity, guessed, beware, command=f"twin run {line}", draw=draw))


def _blocks(
    chosen: Scenario,
    capacity: LineCapacity,
    guessed: list[Guess],
    beware: list[str],
    *,
    command: str,
    draw: Path | None,
) -> Iterator[RenderableType]:
    """Yield what is shown, the answer first and the long lists last."""
    from rich.text import Text

    from twin.cli import at_best, understood
    from twin.cli.show import grey, verdict, width
    from twin.line.basis import numbers
    from twin.line.diagram_text import flow_text

    line, base = chosen.line, chosen.base
    yield verdict(at_best.verdict_text(chosen, capacity))
    yield understood.guesses_text(guessed, len(numbers(base)))
    yield from (f"Beware: {caution}." for caution in beware)
    ascii_only = not (sys.stdout.encoding or "").lower().startswith("utf")
    yield Text(flow_text(line, width=width(), ascii_only=ascii_only), no_wrap=True)
    yield _of_the_flow(line, "~" if ascii_only else "∞")
    yield at_best.balance(line, capacity)
    yield at_best.time_text(line, capacity)
    if capacity.people:
        yield at_best.people(capacity)
    if base.levels:
        yield at_best.levels(base)
    yield from _details(line, base)
    yield at_best.balance_text(capacity)
    if guessed:
        yield understood.guesses(guessed)
    if draw is not None:
        yield f"Drawn: {draw}"
    yield grey(f"Nothing was simulated: means alone, without any waiting. How it runs: {command}")


def _of_the_flow(line: Line, endless: str) -> str:
    """Say what stands beside the ways of the flow."""
    from twin.line.diagram_marks import marks_text
    from twin.line.diagram_ways import is_crowded

    if is_crowded(line):
        return (
            f"{len(line.edges)} ways, too many to draw. Waits: on the way out of a station, on average. "
            "Shares: of what leaves it."
        )
    bound = ", products bound to it" if line.ways else ""
    marks = marks_text(line).replace("×", "x" if endless == "~" else "×")
    on_arrow = f"On an arrow: buffer places ({endless} without limit), time on the way, share of parts{bound}."
    return f"{on_arrow} {marks}".rstrip()


def _details(line: Line, base: Line) -> Iterator[RenderableType]:
    """Yield what was understood of the file, for who wants to know it all."""
    from twin.cli import understood, understood_kinds, understood_orders

    yield understood.facts(line)
    yield from understood_orders.said(line)
    yield understood.stations(line)
    cycle = "" if line.move == "order" else "Cycle: mean for a part on one machine. "
    stops = "repair and maintenance" if any(each.maintenance for each in line.stations.values()) else "repair"
    yield f"{cycle}Up: share of running and {stops} time. kW: at work / idle."
    yield from understood_kinds.said(line)
    if any(station.failures for station in line.stations.values()):
        yield understood.failures(line)
    if understood.given_as_availability(base):
        yield understood.availabilities(base)
    if any(station.automation for station in base.stations.values()):
        yield understood.options(base)


def document(chosen: Scenario, capacity: LineCapacity, guessed: list[Guess], beware: list[str]) -> dict[str, Any]:
    """Return the answer as a JSON document: times in s, rates per scheduled hour, the line as in a line file."""
    from dataclasses import asdict

    from dashboards.numbers import NO_BREAK_SPACE
    from twin.cli import at_best
    from twin.line.basis import numbers
    from twin.line.diagram_text import flow_text

    line = chosen.line
    limit = at_best.tightest(line, capacity)
    found: dict[str, Any] = _without_infinity(
        {
            "line": line.line,
            "level": chosen.level,
            "options": dict(chosen.chosen),
            "sentence": at_best.verdict_text(chosen, capacity).replace(NO_BREAK_SPACE, " "),
            "at_most_per_h": limit.rate * line.product.per_part,
            "unit": line.product.unit,
            "limited_by": limit.name,
            "warnings": beware,
            "numbers": len(numbers(chosen.base)),
            "guesses": [guess._asdict() for guess in guessed],
            "capacity": asdict(capacity),
            "levels": {level: at_best.at_level(chosen.base, level) for level in chosen.base.levels},
            "flow": flow_text(line),
            "understood": _as_written(chosen.base),
        }
    )
    return found


def _as_written(line: Line) -> dict[str, Any]:
    """Return a line as a document of the shape of a line file, quantities in the units in which they are held."""
    written = line.model_dump(mode="json", exclude_none=True)
    written["route"] = [{"from": edge.pop("from_"), **edge} for edge in written["route"]]
    return written


def _without_infinity(value: Any) -> Any:  # noqa: ANN401 -- any part of a JSON document
    """Return a document with null for what has no bound: JSON knows no infinity."""
    if isinstance(value, dict):
        return {key: _without_infinity(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_without_infinity(part) for part in value]
    return None if value == math.inf else value


def write_whole(path: Path, text: str) -> None:
    """Write a file, whole or not at all.

    Raises
    ------
    InputError
        If it cannot be written; what stood there is untouched.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            part.write_text(text, encoding="utf-8")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}; name a file in a folder that can be") from None
