"""Compile the rules ahead of the first run, and say so while it takes its time."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor, wait
from typing import TextIO

from twin.engine.compiled_clock import compile_rules, is_compiled
from twin.engine.plan import make_plan
from twin.engine.records import world_of
from twin.engine.streams import Draws
from twin.line.load import load_line_text
from twin.line.scenario import scenario

SMALLEST = {
    False: "line: smallest\nstations: {machine: {cycle: 1 s}}\n",
    True: "line: smallest\nmove: order\nstations: {machine: {cycle: 1 s}}\n",
}
"""Any line will do for the plain rules, and any whose parts differ for the full: what is compiled depends on the
tables alone."""


def compile_once(out: TextIO) -> None:
    """Compile the rules if they are not, plain and full at once; progress goes to `out`, in place on a terminal."""
    missing = [full for full in SMALLEST if not is_compiled(full=full)]
    if not missing:
        return
    in_place = out.isatty()
    if not in_place:
        out.write("compiling the rules, once (about half a minute)\n")
        out.flush()
    start = time.monotonic()
    with ProcessPoolExecutor(len(missing), mp_context=multiprocessing.get_context("spawn")) as workers:
        compiled = [workers.submit(compile_variant, full=full) for full in missing]
        while wait(compiled, timeout=1.0).not_done:
            if in_place:
                out.write(f"\rcompiling the rules, once: {time.monotonic() - start:.0f} s ")
                out.flush()
        for each in compiled:
            each.result()
    took = time.monotonic() - start
    out.write(f"{chr(13) if in_place else ''}the rules are compiled ({took:.0f} s)      \n")


def compile_variant(*, full: bool) -> None:
    """Compile the plain rules, or the full ones, in this process."""
    plan = make_plan(scenario(load_line_text(SMALLEST[full])))
    world = world_of(plan.tables, objects=False)
    Draws(plan.streams, 0, 0).open(world)
    compile_rules(world)
