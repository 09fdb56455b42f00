"""Both clocks give the same answer to the bit, on every line there is, whole or cut in two."""

from __future__ import annotations

import json
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lines
from support.chains import serial_edges, to_scenario
from support.lines import random_lines
from support.markov import Station
from support.same import assert_same
from twin.engine import simulate
from twin.line.load import load_line
from twin.line.scenario import scenario
from twin.line.work_calendar import windows
from twin.study.replicate import document, replicate

if TYPE_CHECKING:
    from twin.engine.results import Run
    from twin.engine.state import LineState
    from twin.line.scenario import Scenario

HOUR = 3600.0
DAY = 24 * HOUR
CASES = json.loads((Path(__file__).parents[1] / "truth" / "exact_lines.json").read_text(encoding="utf-8"))["cases"]


def states(runs: list[Run]) -> list[LineState]:
    return [run.state for run in runs if run.state is not None]


def check_clocks(chosen: Scenario, horizon: float, warmup: float = 0.0, replications: int = 2) -> None:
    under_simpy, compiled = (
        simulate(chosen, engine=engine, horizon=horizon, warmup=warmup, replications=replications)
        for engine in ("simpy", "compiled")
    )
    assert len(under_simpy) == len(compiled) == replications
    for one, other in zip(under_simpy, compiled, strict=True):
        assert_same(one, other)


@pytest.mark.parametrize("name", lines.names())
def test_every_reference_line(name: str) -> None:
    line = load_line(lines.path(name))
    opening, _ = windows(line.shifts)[0]
    for level in [None, *line.levels]:
        check_clocks(scenario(line, level), horizon=7200.0, warmup=opening + 1800.0, replications=1)


@pytest.mark.parametrize("name", lines.names())
def test_every_reference_line_has_one_document(name: str) -> None:
    line = load_line(lines.path(name))
    opening, _ = windows(line.shifts)[0]
    documents = [
        document(replicate(scenario(line), replications=2, horizon=HOUR, warmup=opening + 60.0, seed=3, engine=engine))
        for engine in ("simpy", "compiled")
    ]

    assert [each.pop("engine") for each in documents] == ["simpy", "compiled"]
    assert documents[0] == documents[1]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_exact_line(case: dict[str, Any]) -> None:
    stations = [Station(**station) for station in case["stations"]]
    check_clocks(to_scenario(stations, serial_edges(len(stations), case["buffers"])), horizon=2_000.0, warmup=100.0)


@given(random_lines())
@settings(max_examples=100, derandomize=True, deadline=None)
def test_random_lines(chosen: Scenario) -> None:
    check_clocks(chosen, horizon=DAY, warmup=1800.0, replications=1)


@pytest.mark.soak
@given(random_lines())
def test_very_many_random_lines(chosen: Scenario) -> None:
    check_clocks(chosen, horizon=DAY, warmup=1800.0, replications=1)


@given(random_lines(), st.floats(0, 1), st.sampled_from([("simpy", "compiled"), ("compiled", "simpy")]))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_a_run_cut_anywhere_and_resumed_under_the_other_clock(
    chosen: Scenario, moment: float, clocks: tuple[str, str]
) -> None:
    first, second = clocks
    warmup, horizon = 1800.0, DAY - 1800.0
    [whole] = simulate(chosen, engine=first, horizon=horizon, warmup=warmup)

    cut = simulate(chosen, engine=first, horizon=horizon, warmup=warmup, until=moment * DAY)
    [resumed] = simulate(chosen, engine=second, horizon=horizon, warmup=warmup, initial=states(cut))

    assert_same(resumed, whole)


@pytest.mark.soak
@given(random_lines(), st.floats(0, 1))
def test_very_many_runs_cut_in_two(chosen: Scenario, moment: float) -> None:
    [whole] = simulate(chosen, engine="compiled", horizon=DAY)

    cut = simulate(chosen, engine="simpy", horizon=DAY, until=moment * DAY)
    [resumed] = simulate(chosen, engine="compiled", horizon=DAY, initial=states(cut))

    assert_same(resumed, whole)


@given(random_lines(), st.lists(st.floats(0, 1), min_size=2, max_size=4).map(sorted))
@settings(max_examples=20, derandomize=True, deadline=None)
def test_a_run_cut_many_times(chosen: Scenario, moments: list[float]) -> None:
    [whole] = simulate(chosen, engine="compiled", horizon=DAY)
    initial: list[LineState] | None = None

    for moment, clock in zip(moments, cycle(("simpy", "compiled")), strict=False):
        initial = states(simulate(chosen, engine=clock, horizon=DAY, until=moment * DAY, initial=initial))
    [resumed] = simulate(chosen, engine="simpy", horizon=DAY, initial=initial)

    assert_same(resumed, whole)


@given(random_lines(), st.integers(0, 2**32))
@settings(max_examples=10, derandomize=True, deadline=None)
def test_the_same_seed_repeats_and_replications_differ(chosen: Scenario, seed: int) -> None:
    runs = simulate(chosen, engine="compiled", seed=seed, horizon=DAY, replications=3)
    again = simulate(chosen, engine="compiled", seed=seed, horizon=DAY, replications=3, workers=1)

    for one, other in zip(runs, again, strict=True):
        assert_same(one, other)
