"""Lines that use everything together: both clocks, whole or cut anywhere, give one answer to the bit."""

from __future__ import annotations

from itertools import cycle
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.full_lines import full_line, full_lines
from support.same import assert_equal_accounts, assert_same
from support.timeline import trace
from twin.engine import simulate
from twin.kpi.fold import fold
from twin.study.replicate import document, replicate

if TYPE_CHECKING:
    from twin.engine.state import LineState
    from twin.line.scenario import Scenario

HOUR = 3600.0
WARM_UP = 0.5 * HOUR
TIMES = {"horizon": 7.5 * HOUR, "warmup": WARM_UP}
CHUNK = 25


def check_whole_and_cut(chosen: Scenario, moments: list[float]) -> None:
    """Run a line under both clocks, then in pieces under one and the other in turn."""
    [whole] = simulate(chosen, engine="simpy", **TIMES)
    [other] = simulate(chosen, engine="compiled", **TIMES)
    initial: list[LineState] | None = None
    for moment, clock in zip(sorted(moments), cycle(("compiled", "simpy")), strict=False):
        [piece] = simulate(chosen, engine=clock, until=8 * HOUR * moment, initial=initial, **TIMES)
        assert piece.state is not None
        initial = [piece.state]
    [resumed] = simulate(chosen, engine="compiled", initial=initial, **TIMES)

    assert_same(other, whole)
    assert_same(resumed, whole)


@pytest.mark.parametrize("first", range(0, 300, CHUNK))
def test_random_lines_that_use_everything_whole_and_cut(first: int) -> None:
    """Three hundred lines, each told by its seed; every one is cut one to three times."""
    for seed in range(first, first + CHUNK):
        random = Random(seed)  # noqa: S311 - lines, no secrets
        chosen = full_line(random)
        check_whole_and_cut(chosen, [random.random() for _ in range(random.randint(1, 3))])


@pytest.mark.soak
@settings(max_examples=3000)
@given(full_lines(), st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_very_many_lines_that_use_everything_whole_and_cut(chosen: Scenario, moments: list[float]) -> None:
    check_whole_and_cut(chosen, moments)


@pytest.mark.parametrize("seed", range(300, 310))
def test_a_line_that_uses_everything_has_one_document(seed: int) -> None:
    chosen = full_line(Random(seed))  # noqa: S311 - lines, no secrets
    documents = [
        document(replicate(chosen, replications=2, horizon=2 * HOUR, warmup=WARM_UP, seed=3, engine=engine))
        for engine in ("simpy", "compiled")
    ]

    assert [each.pop("engine") for each in documents] == ["simpy", "compiled"]
    assert documents[0] == documents[1]


@pytest.mark.parametrize("first", range(400, 500, CHUNK))
def test_events_of_lines_that_use_everything_fold_to_the_accounts(first: int) -> None:
    for seed in range(first, first + CHUNK):
        chosen = full_line(Random(seed))  # noqa: S311 - lines, no secrets
        [run] = simulate(chosen, engine="simpy", trace=True, **TIMES)

        assert_equal_accounts(run.accounts, fold(trace(run), chosen, WARM_UP, 8 * HOUR))
