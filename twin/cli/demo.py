"""`twin demo`: a plant and its live twin, then two lines up to the answer to the labour question.

A shift of a simulated plant goes over MQTT to its twin. Then the ceiling-tile line as described: what it is and how it
runs. Then a real machine shop, known by its production log alone: how its twin runs, how far to trust it, and the
report of the answer.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from twin.cli.compare_question import Question

LINE, REFERENCE, THERE = "ceiling_tiles", "assisted", "china"
SHOP, SHOP_REFERENCE, REPORT = "machine_shop", "manual", Path("machine_shop.html")
REPLICATIONS, QUICK_REPLICATIONS = 20, 4


def demo(
    *, quick: Annotated[bool, typer.Option("--quick", help=f"With {QUICK_REPLICATIONS} replications only.")] = False
) -> None:
    """Show a live twin, then two lines, described and fitted to a log, and how far automation offsets labour cost.

    It takes over a minute; the first time, as much again to compile the rules. Writes machine_shop.html.
    """
    from twin.cli.show import grey, show

    start = time.monotonic()
    replications = QUICK_REPLICATIONS if quick else REPLICATIONS
    counted = f" --replications {replications}" if quick else ""
    _live()
    _tiles(replications, counted)
    _shop(replications, counted)
    show(grey(f"\nThe whole demo, {time.monotonic() - start:.0f} s"))
    _say("Next", "twin new my_line")


def _live() -> None:
    """Show a plant and its twin."""
    from twin.cli.demo_live import LINE as MIRRORED
    from twin.cli.demo_live import live_shift
    from twin.engine.compile_once import compile_once

    compile_once(sys.stderr)
    _say("A shift of a plant, mirrored live", f"twin live {MIRRORED} --mqtt URL")
    live_shift()


def _tiles(replications: int, counted: str) -> None:
    """Show the ceiling-tile line: what it is, how it runs, the answer."""
    from twin.cli import compare, run
    from twin.cli.compare_question import question
    from twin.cli.run_words import origin
    from twin.cli.show import show
    from twin.engine.compile_once import compile_once

    asked = question(LINE, reference=REFERENCE, against=THERE)
    _say("What it is", f"twin check {LINE}")
    show(*_described(asked))
    compile_once(sys.stderr)

    _say("How it runs", f"twin run {LINE} --options {REFERENCE}{counted}")
    alone = replace(asked, scenarios={REFERENCE: asked.scenarios[REFERENCE]})
    known = compare.run_levels(alone, replications=replications)
    show(*run.report(known[REFERENCE]), _made(origin(known[REFERENCE], 0.0)))

    command = f"twin compare {LINE} --reference {REFERENCE} --against {THERE}{counted}"
    _say("How far automation offsets what labour costs", command)
    studies = compare.run_levels(asked, replications=replications, known=known)
    answer = compare.answer_of(asked, studies)
    show(*compare.report(asked, answer, studies), _made(compare.origin(studies, 0.0)))


def _shop(replications: int, counted: str) -> None:
    """Show the machine shop: how the twin of its log runs, how far to trust it, the answer and its report."""
    import lines
    from twin.cli import compare, run
    from twin.cli.compare_question import question
    from twin.cli.run_words import origin
    from twin.cli.show import show

    asked = question(SHOP, reference=SHOP_REFERENCE, against=THERE)
    _say("A real machine shop, known by its production log", f"twin run {SHOP} --options {SHOP_REFERENCE}{counted}")
    alone = replace(asked, scenarios={SHOP_REFERENCE: asked.scenarios[SHOP_REFERENCE]})
    known = compare.run_levels(alone, replications=replications)
    show(*run.report(known[SHOP_REFERENCE]), _made(origin(known[SHOP_REFERENCE], 0.0)))

    _say("How far to trust it", f"twin fit LOG --map {SHOP}.yaml -o shop.yaml --until 2012-02-15 --validate")
    show(lines.validation(SHOP).rstrip())

    command = f"twin compare {SHOP} --reference {SHOP_REFERENCE} --against {THERE}{counted} --report {REPORT}"
    _say("How far automation offsets what labour costs there", command)
    studies = compare.run_levels(asked, replications=replications, known=known)
    answer = compare.answer_of(asked, studies)
    compare.write_report(REPORT, asked, answer, studies)
    blocks = compare.report(asked, answer, studies)
    show(*blocks, f"Report: {REPORT}", _made(compare.origin(studies, 0.0)))


def _made(origin: str) -> RenderableType:
    """Return how a chapter was made, without its time: chapters share their runs, so that times would not add up."""
    from twin.cli.show import grey

    return grey(origin.rpartition(", ")[0])


def typed(command: str) -> str:
    """Return a command as it can be typed from here: `twin` by its path where it is not on PATH but lies below."""
    program = Path(os.path.abspath(sys.argv[0]))  # noqa: PTH100 -- a link of an environment is not to be followed
    if shutil.which("twin") is not None or not program.is_relative_to(Path.cwd()):
        return command
    return f"{shlex.quote(str(program.relative_to(Path.cwd())))}{command.removeprefix('twin')}"


def _say(title: str, command: str) -> None:
    """Head a chapter with its title and the command that gives it alone."""
    from rich.text import Text

    from twin.cli.show import show

    show(Text(f"\n{title}", "bold underline"), Text(f"$ {typed(command)}\n", "dim"))


def _described(asked: Question) -> Iterator[RenderableType]:
    """Yield what the line is: its capacity in a sentence, its flow, its facts, and what is a guess."""
    from rich.text import Text

    from twin.cli import at_best, understood
    from twin.cli.compare_words import basis_lines
    from twin.cli.show import verdict, width
    from twin.line.capacity import static_capacity
    from twin.line.diagram_text import flow_text
    from twin.line.scenario import scenario

    described = scenario(asked.line)
    ascii_only = not (sys.stdout.encoding or "").lower().startswith("utf")
    yield verdict(at_best.verdict_text(described, static_capacity(described.line)))
    yield Text(flow_text(described.line, width=width(), ascii_only=ascii_only), no_wrap=True)
    yield understood.facts(described.line)
    yield "\n".join(basis_lines(asked))
