"""Belts, stores and carriers on random lines: one digest under both clocks, whole or cut; laws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.census import check_census
from support.held_lines import held_lines
from support.same import assert_equal_accounts, assert_same
from support.timeline import trace
from twin.engine import simulate
from twin.kpi.fold import fold

if TYPE_CHECKING:
    from twin.line.scenario import Scenario

DAY = 24 * 3600.0
WARM_UP = 1800.0
CLOCKS = st.sampled_from([("simpy", "compiled"), ("compiled", "simpy")])

forty = settings(max_examples=40, derandomize=True, deadline=None)


def check_cut(chosen: Scenario, moment: float, clocks: tuple[str, str]) -> None:
    first, second = clocks
    times = {"horizon": DAY - WARM_UP, "warmup": WARM_UP}
    [whole] = simulate(chosen, engine=first, **times)
    [other] = simulate(chosen, engine=second, **times)
    [cut] = simulate(chosen, engine=first, until=moment * DAY, **times)
    assert cut.state is not None
    [resumed] = simulate(chosen, engine=second, initial=[cut.state], **times)

    assert_same(other, whole)
    assert_same(resumed, whole)


@given(held_lines(), st.floats(0, 1), CLOCKS)
@settings(max_examples=80, derandomize=True, deadline=None)
def test_lines_that_hold_parts_whole_and_cut(chosen: Scenario, moment: float, clocks: tuple[str, str]) -> None:
    check_cut(chosen, moment, clocks)


@pytest.mark.soak
@given(held_lines(), st.floats(0, 1), CLOCKS)
def test_very_many_lines_that_hold_parts_whole_and_cut(
    chosen: Scenario, moment: float, clocks: tuple[str, str]
) -> None:
    check_cut(chosen, moment, clocks)


@forty
@given(held_lines(upkeep=False), st.sampled_from([0.0, WARM_UP]))
def test_events_of_lines_that_hold_parts_fold_to_the_accounts(chosen: Scenario, warmup: float) -> None:
    [run] = simulate(chosen, engine="simpy", horizon=DAY, warmup=warmup, trace=True)

    assert_equal_accounts(run.accounts, fold(trace(run), chosen, warmup, warmup + DAY))


@settings(max_examples=80, derandomize=True, deadline=None)
@given(held_lines(), st.floats(0.1, 1))
def test_every_part_and_every_carrier_is_somewhere(chosen: Scenario, moment: float) -> None:
    """All parts in the line are on a machine, a belt, in a store or on an edge; each carrier is free or with one."""
    [run] = simulate(chosen, engine="compiled", horizon=DAY, until=moment * DAY)

    check_census(chosen, run)
    np.testing.assert_allclose(run.accounts.states.sum(axis=1), moment * DAY, rtol=1e-9)
