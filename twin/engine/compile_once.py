"""Compile the rules ahead of the first run, and say so while it takes its time."""

from __future__ import annotations

from typing import TextIO

from twin.engine.compiled_clock import compile_rules, is_compiled
from twin.engine.plan import make_plan
from twin.engine.records import world_of
from twin.engine.streams import Draws
from twin.line.load import load_line_text
from twin.line.scenario import scenario

SMALLEST = "line: smallest\nstations: {machine: {cycle: 1 s}}\n"
"""Any line will do: what is compiled depends on the tables alone."""


def compile_once(out: TextIO) -> None:
    """Compile the rules if they are not; progress goes to `out`, in place on a terminal."""
    if is_compiled():
        return
    in_place = out.isatty()

    def report(seconds: float) -> None:
        if in_place:
            out.write(f"\rcompiling the rules, once: {seconds:.0f} s ")
            out.flush()

    if not in_place:
        out.write("compiling the rules, once (about half a minute)\n")
        out.flush()
    plan = make_plan(scenario(load_line_text(SMALLEST)))
    world = world_of(plan.tables, objects=False)
    Draws(plan.streams, 0, 0).open(world)
    seconds = compile_rules(world, report)
    out.write(f"{chr(13) if in_place else ''}the rules are compiled ({seconds:.0f} s)      \n")
