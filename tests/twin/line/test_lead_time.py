"""The mean lead time at best, against results worked out by hand and against a line that never waits."""

from __future__ import annotations

from typing import Any

import pytest

from twin.engine import simulate
from twin.line.lead_time import lead_time_at_best_s
from twin.line.line import Line
from twin.line.scenario import scenario
from twin.line.work_calendar import DAYS

HOUR = 3600.0
TWO = [{"from": "a", "to": "b"}, {"from": "b", "to": "out"}]
FIVE_DAYS = {"pattern": "3x8", "days": "mon-fri"}
"""120 h of the week's 168."""
ALWAYS = {"times": {day: ["00:00-24:00"] for day in DAYS}}


def line(**keys: Any) -> Line:  # noqa: ANN401 -- any part of a line file
    return Line.model_validate({"line": "x", "route": TWO, "shifts": FIVE_DAYS, **keys})


def ordered(**keys: Any) -> dict[str, Any]:  # noqa: ANN401 -- any part of a line file
    return {"orders": {"every": "1 h", "pieces": "20", **keys}}


def test_a_lot_takes_its_cycles_and_the_waits_between() -> None:
    shop = line(
        move="order", source=ordered(),
        stations={"a": {"cycle": "20 min"}, "b": {"cycle": {"per_piece": "30 s"}}},
        route=[{"from": "a", "to": "b", "delay": "5 h"}, {"from": "b", "to": "out"}],
    )  # fmt: skip

    assert lead_time_at_best_s(shop) == pytest.approx((20 * 60 + 20 * 30) * 168 / 120 + 5 * HOUR)


def test_pieces_of_an_order_follow_each_other_through_the_slowest_station() -> None:
    stations = {"a": {"cycle": "60 s", "machines": "3"}, "b": {"cycle": "30 s"}}
    shop = line(source=ordered(), stations=stations)

    assert lead_time_at_best_s(shop) == pytest.approx((60 + 30 + 19 * 30) * 168 / 120)


def test_setups_repairs_and_what_comes_back_take_their_time() -> None:
    shop = line(
        move="order", source=ordered(pieces="1"),
        stations={
            "a": {
                "cycle": "1 h", "setup": {"time": "30 min", "between": "orders"},
                "failures": {"jam": {"ttf": "9 h", "ttr": "1 h"}},
            },
            "b": {"cycle": "6 min"},
        },
        route=[*TWO, {"from": "b", "to": "a", "probability": "0.2", "delay": "10 h", "rework": "true"}],
    )  # fmt: skip
    rounds = 1 / 0.8

    assert lead_time_at_best_s(shop) == pytest.approx(rounds * (HOUR / 0.9 + 1800 + 360) * 168 / 120 + 0.25 * 10 * HOUR)


def test_where_orders_are_rare_and_the_line_never_closes_it_is_the_lead_time() -> None:
    shop = line(
        move="order", shifts=ALWAYS,
        source={"orders": {"every": {"exponential": {"mean": "1000 h"}}, "pieces": {"empirical": ["1", "9"]}}},
        stations={"a": {"cycle": {"per_piece": {"exponential": {"mean": "1 h"}}}}, "b": {"cycle": "2 h"}},
        route=[
            {"from": "a", "to": "b", "probability": "0.5", "delay": {"exponential": {"mean": "8 h"}}},
            {"from": "a", "to": "out"}, {"from": "b", "to": "out"},
        ],
    )  # fmt: skip
    runs = simulate(scenario(shop), engine="simpy", seed=3, horizon=800_000 * HOUR, replications=5)
    counted = sum(run.accounts.orders_departed for run in runs)

    # Lead times spread by about 9 h, and some 4,000 are counted; two orders seldom meet.
    assert counted > 3_000
    mean = sum(run.accounts.lead_sum_s for run in runs) / counted
    assert mean == pytest.approx(lead_time_at_best_s(shop), abs=5 * 10 * HOUR / counted**0.5)
