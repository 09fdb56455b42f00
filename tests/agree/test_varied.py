"""Lines whose parts differ: both clocks, whole or cut, give one answer to the bit; laws; the plain rules are a case."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.lines import describe, exponential, random_description
from support.same import assert_equal_accounts, assert_same
from support.timeline import trace
from support.varied_lines import varied_lines
from twin.accounts import Accounts
from twin.engine import simulate
from twin.engine.plan import make_plan
from twin.kpi.fold import fold

if TYPE_CHECKING:
    from random import Random

    from twin.engine.results import Run
    from twin.line.scenario import Scenario

DAY = 24 * 3600.0
WARM_UP = 1800.0
CLOCKS = st.sampled_from([("simpy", "compiled"), ("compiled", "simpy")])

forty = settings(max_examples=40, derandomize=True, deadline=None)


def traced(chosen: Scenario, warmup: float = 0.0) -> Run:
    return simulate(chosen, engine="simpy", horizon=DAY, warmup=warmup, trace=True)[0]


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


@given(varied_lines(), st.floats(0, 1), CLOCKS)
@settings(max_examples=80, derandomize=True, deadline=None)
def test_random_varied_lines_whole_and_cut(chosen: Scenario, moment: float, clocks: tuple[str, str]) -> None:
    assert make_plan(chosen).tables["line"]["full"][0] == 1
    check_cut(chosen, moment, clocks)


@pytest.mark.soak
@given(varied_lines(), st.floats(0, 1), CLOCKS)
def test_very_many_varied_lines_whole_and_cut(chosen: Scenario, moment: float, clocks: tuple[str, str]) -> None:
    check_cut(chosen, moment, clocks)


@forty
@given(varied_lines(), st.sampled_from([0.0, 3600.0]))
def test_events_of_varied_lines_fold_to_the_accounts(chosen: Scenario, warmup: float) -> None:
    run = traced(chosen, warmup)

    assert_equal_accounts(run.accounts, fold(trace(run), chosen, warmup, warmup + DAY))


@forty
@given(varied_lines())
def test_pieces_balance_and_states_add_up(chosen: Scenario) -> None:
    """What has arrived has departed, was scrapped or is in the line; every machine is in one state at a time."""
    [run] = simulate(chosen, engine="compiled", horizon=DAY, keep_state=True)
    accounts, state = run.accounts, run.state
    assert state is not None
    line, parts, machines = (state.tables[name] for name in ("line", "parts", "machines"))

    assert accounts.arrived == accounts.departed + accounts.scrapped + line["wip"][0]
    held = parts["pieces"][machines["part"][machines["part"] >= 0]].sum()
    assert held <= line["wip"][0]
    assert accounts.scrap.sum() == accounts.scrapped
    np.testing.assert_allclose(accounts.states.sum(axis=1), DAY, rtol=1e-9)
    assert (accounts.busy_s <= accounts.present_s * (1 + 1e-9)).all()
    orders = state.tables["orders"]
    open_lots = orders["lots"][orders["open"] == 1].sum()
    assert (open_lots > 0) == (orders["open"] == 1).any()
    assert accounts.orders_arrived - accounts.orders_departed >= (orders["open"] == 1).sum()


@forty
@given(varied_lines())
def test_littles_law_for_pieces_is_an_identity_on_the_path(chosen: Scenario) -> None:
    """The integral of WIP is the sum over pieces of their stays, whichever lot they have come to be in."""
    run = traced(chosen)
    stays = 0.0
    in_line = 0
    for event in trace(run):
        pieces: Any = event.fields.get("pieces")
        if event.kind == "arrival" and event.fields["accepted"]:
            stays, in_line = stays - pieces * event.time, in_line + pieces
        elif event.kind == "part" and event.fields["to"] in ("out", "scrap"):
            stays, in_line = stays + pieces * event.time, in_line - pieces

    assert run.accounts.wip_s == pytest.approx(stays + in_line * DAY, rel=1e-9, abs=1e-4)


@forty
@given(varied_lines())
def test_an_order_leaves_once_with_all_its_good_pieces(chosen: Scenario) -> None:
    run = traced(chosen)
    released: dict[Any, Any] = {}
    ended: dict[Any, Any] = {}
    leads = defaultdict(float, {lot.order: lot.release for lot in _book(chosen) if lot.release < 0})
    lead_sum = 0.0
    for event in trace(run):
        if event.kind != "order":
            continue
        name, pieces = event.fields["order"], event.fields["pieces"]
        if event.fields["change"] == "released":
            assert name not in released
            released[name] = pieces
            leads.setdefault(str(name), event.time)
        else:
            assert name not in ended
            ended[name] = pieces
            lead_sum += event.time - leads[str(name)] if pieces else 0.0

    assert all(ended[name] <= released[name] for name in ended)
    assert (len(released), sum(map(bool, ended.values()))) == (
        run.accounts.orders_arrived,
        run.accounts.orders_departed,
    )
    if chosen.line.source.orders is not None:
        assert run.accounts.lead_sum_s == pytest.approx(lead_sum, rel=1e-9)
        assert run.accounts.lead_bins.sum() == run.accounts.orders_departed
        assert sum(ended.values()) <= run.accounts.departed


def _book(chosen: Scenario) -> Any:  # noqa: ANN401 -- the orders of the book
    return () if chosen.line.source.orders is None else chosen.line.source.orders.book


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_plain_rules_are_a_case_of_the_varied(random: Random) -> None:
    """Lots of one piece, nothing else: what both rules count is the same to the bit, sums of ideal times apart."""
    line = random_description(random)
    for way in line["route"]:
        way.pop("rework", None)  # rework has a stream of its own where lots may be split
    plain, full = describe(**line), describe(**line | {"move": "order"})
    assert (plain.line.alike, full.line.alike) == (True, False)

    for engine in ("simpy", "compiled"):
        [one], [other] = (simulate(each, engine=engine, horizon=DAY, warmup=WARM_UP) for each in (plain, full))
        assert (one.deadlock, one.moves) == (other.deadlock, other.moves)
        for field in fields(Accounts):
            values = getattr(one.accounts, field.name), getattr(other.accounts, field.name)
            if field.name == "ideal_s":
                np.testing.assert_allclose(*values, rtol=1e-9)
            else:
                assert np.array_equal(*values), field.name


def test_a_plain_line_carries_nothing_of_lots() -> None:
    tables = make_plan(describe({"a": {"cycle": exponential(10)}}, [{"from": "a", "to": "out"}])).tables

    assert {"orders", "jobs", "rows"} & set(tables) == set()
    assert "pieces" not in (tables["parts"].dtype.names or ())
