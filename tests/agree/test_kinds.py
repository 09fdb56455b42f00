"""Stations of special kinds under both clocks: one digest, whole and cut, and what comes in is somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from support.lines import Description, constant, describe, exponential
from support.same import assert_same
from twin.engine import simulate

if TYPE_CHECKING:
    from twin.line.scenario import Scenario

HOUR = 3600.0


def busy_line() -> Scenario:
    """Return a line of a split, two batches and an assembly with failures, people, shifts, scrap and rework."""
    jam: Description = {"jam": {"ttf": exponential(900), "ttr": exponential(60), "clock": "calendar"}}
    stations: dict[str, Description] = {
        "saw": {"kind": "split", "parts": 5, "cycle": exponential(60), "scrap": 0.05, "machines": 2, "failures": jam},
        "oven": {
            "kind": "batch",
            "size": 4,
            "timeout": "90 s",
            "cycle": exponential(100),
            "scrap": 0.1,
            "machines": 3,
            "crew": {"operator": 1},
            "failures": jam,
        },
        "frame": {"cycle": exponential(35)},
        "join": {"kind": "assembly", "takes": {"oven": 3}, "cycle": exponential(40), "crew": {"operator": 1}},
        "wash": {"kind": "batch", "size": 2, "cycle": constant(20)},
        "test": {"cycle": exponential(20), "scrap": 0.02},
    }
    route: list[Description] = [
        {"from": "saw", "to": "oven", "buffer": 6},
        {"from": "oven", "to": "join", "buffer": 3, "probability": 0.9},
        {"from": "oven", "to": "oven", "rework": True},
        {"from": "frame", "to": "join", "buffer": 2},
        {"from": "join", "to": "wash", "buffer": 2, "transport": "15 s"},
        {"from": "wash", "to": "test", "buffer": 1},
        {"from": "test", "to": "out"},
    ]
    return describe(
        stations,
        route,
        operators={"operator": 3},
        shifts={"times": {"mon": ["00:00-01:00", "01:10-03:00", "03:20-08:00"]}},
        products={"x": {}, "y": {"cycle": {"oven": exponential(150)}}},
        source={"kind": "saturated", "product": {"x": 0.7, "y": 0.3}},
    )


@pytest.mark.parametrize("seed", range(4))
def test_both_clocks_give_one_digest(seed: int) -> None:
    runs = [simulate(busy_line(), engine=e, seed=seed, horizon=6 * HOUR, warmup=HOUR) for e in ("simpy", "compiled")]

    assert_same(runs[0][0], runs[1][0])
    assert runs[0][0].accounts.joined > 0


@pytest.mark.parametrize("clocks", [("simpy", "compiled"), ("compiled", "simpy")])
def test_a_line_is_cut_while_a_machine_lets_parts_go(clocks: tuple[str, str]) -> None:
    [whole] = simulate(busy_line(), engine=clocks[0], horizon=4 * HOUR)
    held = 0

    for moment in np.linspace(600.0, 3.5 * HOUR, 12):
        [cut] = simulate(busy_line(), engine=clocks[0], horizon=4 * HOUR, until=float(moment))
        assert cut.state is not None
        held += int((cut.state.tables["machines"]["rest"] >= 0).sum())
        [resumed] = simulate(busy_line(), engine=clocks[1], horizon=4 * HOUR, initial=[cut.state])
        assert_same(resumed, whole)

    assert held > 0  # machines were met with parts still to let go, or to cut


def test_a_trace_changes_nothing() -> None:
    [told] = simulate(busy_line(), engine="simpy", horizon=HOUR, trace=True)
    [untold] = simulate(busy_line(), engine="simpy", horizon=HOUR)

    assert told.digest == untold.digest


def test_what_has_arrived_has_departed_was_scrapped_or_joined_or_is_in_the_line() -> None:
    [run] = simulate(busy_line(), engine="compiled", horizon=6 * HOUR, keep_state=True)
    accounts, state = run.accounts, run.state
    assert state is not None

    wip = state.tables["line"]["wip"][0]
    assert accounts.arrived == accounts.departed + accounts.scrapped + accounts.joined + wip
    np.testing.assert_allclose(accounts.states.sum(axis=1), 6 * HOUR, rtol=1e-9)


def test_very_many_parts_at_one_instant_find_records_draws_and_room_for_events() -> None:
    """Ten saws cut a thousand parts each, let go at one instant where they can be; all are baked, and half is scrap."""
    stations: dict[str, Description] = {
        "saw": {"kind": "split", "parts": 1000, "cycle": constant(100), "scrap": 0.5, "machines": 10},
        "oven": {"kind": "batch", "size": 1000, "cycle": constant(50), "scrap": 0.5, "machines": 2},
    }
    route: list[Description] = [{"from": "saw", "to": "oven"}, {"from": "oven", "to": "out"}]
    line = describe(stations, route)

    runs = [simulate(line, engine=e, horizon=1000.0, trace=True)[0] for e in ("simpy", "compiled")]

    assert_same(*runs)
    assert runs[0].accounts.arrived > 90_000
