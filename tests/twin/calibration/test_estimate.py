from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from support.hand_log import DAYS, Said, shop
from twin.calibration.estimate import ENOUGH_FAILURES, choose_laws, line_document
from twin.calibration.structure import structure_of
from twin.line.distributions import Exponential
from twin.line.line import Line

DAY = 24.0


def document(*last: Said, counts: dict[str, int] | None = None) -> dict[str, Any]:
    plant = structure_of(shop(*last))
    weights = None if counts is None else np.array([counts.get(order, 1) for order in plant.visits.orders])
    return line_document(plant, choose_laws(plant, samples=0), weights)


def test_the_shop_is_told_as_it_is() -> None:
    found = document()
    assert found["move"] == "order"
    assert found["operators"] == {f"operator_{name}": 1 for name in ("saw", "turn", "check", "pack")}
    assert found["source"]["into"] == {"saw": 1.0}
    assert found["source"]["orders"]["pieces"] == 10
    assert found["stations"]["turn"] == {
        "label": "Turn",
        "machines": 1,
        "cycle": "90 min",
        "setup": {"time": "30 min", "between": "orders", "share": 1.0, "crew": {"operator_turn": 1}},
        "crew": {"operator_turn": 1},
    }
    assert found["stations"]["check"] == {
        "label": "Check", "machines": 1, "cycle": "75 min", "crew": {"operator_check": 1}, "scrap": 0.1,
    }  # fmt: skip
    assert found["route"] == [
        {"from": "saw", "to": "turn"},
        {"from": "turn", "to": "check"},
        {"from": "check", "to": "pack", "delay": "45 min"},
        {"from": "pack", "to": "out"},
    ]
    assert Line.model_validate({"line": "shop"} | found).move == "order"


def test_orders_come_as_often_as_they_were_seen_to() -> None:
    # All but the first, which may be from before 8:45; the log ends 15 days and 7 hours and a quarter later.
    every = Line.model_validate({"line": "shop"} | document()).source.orders
    assert every is not None
    assert isinstance(every.every, Exponential)
    assert every.every.mean == pytest.approx((15 * DAY + 7.25) * 3600 / 11, rel=1e-3)


def test_an_order_counts_as_often_as_it_is_drawn() -> None:
    washed = [Said("o01", "wash", DAY + 13.3, DAY + 13.7, 9)]
    ways = {"check->wash": 1 / 12, "twice": 2 / 13, "never": 0.0}
    for draw, counts in (("check->wash", None), ("twice", {"o01": 2}), ("never", {"o01": 0})):
        (way,) = (edge for edge in document(*washed, counts=counts)["route"] if edge["to"] == "wash")
        assert way["from"] == "check"
        assert way["probability"] == pytest.approx(ways[draw], abs=5e-5)


def test_a_setup_now_and_then_has_its_share() -> None:
    setups = [Said(f"o{i:02d}", "saw", DAY * DAYS[i] + 7.5, DAY * DAYS[i] + 8, kind="setup") for i in (2, 5, 8)]
    assert document(*setups)["stations"]["saw"]["setup"]["share"] == 3 / 12


def broken(count: int) -> list[Said]:
    """Breakdowns of seven and a half minutes each at the saw, on as many days in turn."""
    days = [DAYS[i % 12] for i in range(count)]
    return [
        Said(
            f"o{i % 12:02d}", "saw", DAY * day + 10.125 + 0.25 * (i // 12), DAY * day + 10.25 + 0.25 * (i // 12),
            kind="breakdown",
        )
        for i, day in enumerate(days)
    ]  # fmt: skip


def test_few_breakdowns_are_time_of_the_cycles() -> None:
    saw = document(*broken(12))["stations"]["saw"]
    assert "failures" not in saw
    assert saw["cycle"] == "2.125 h"


def test_enough_breakdowns_are_a_law_of_failing() -> None:
    saw = document(*broken(2 * 12))["stations"]["saw"]
    assert ENOUGH_FAILURES <= 24
    assert saw["cycle"] == "2 h"
    # 24 hours of work for 24 breakdowns.
    ttf, ttr = saw["failures"]["breakdown"]["ttf"], saw["failures"]["breakdown"]["ttr"]
    assert ttf == {"exponential": {"mean": "60 min"}}
    assert Line.model_validate(
        {"line": "shop", "stations": {"saw": {"cycle": ttr}}, "route": [{"from": "saw", "to": "out"}]}
    ).stations["saw"].cycle.mean == pytest.approx(450, rel=1e-3)


def test_a_station_without_times_takes_a_minute() -> None:
    instants = [Said("o01", "mark", DAY + 13.4, DAY + 13.4, 9)]
    assert document(*instants)["stations"]["mark"]["cycle"] == "60 s"


def test_no_station_is_out_of_reach() -> None:
    # Only an order that was there before begins at the bath.
    old = [Said("old", "bath", 8, 8.2, 5), Said("old", "pack", 16 + DAY - 0.1, 16 + DAY, 5)]
    found = document(*old)
    assert set(found["source"]["into"]) == {"saw", "bath"}
    assert sum(found["source"]["into"].values()) == pytest.approx(1)
    assert Line.model_validate({"line": "shop"} | found).move == "order"


def test_breakdowns_show_no_law_where_nothing_was_ever_worked() -> None:
    """Their time is then all that is known of how long a lot stays."""
    broken = [Said(f"o{number:02d}", "wash", 24.0 * day + begin, 24.0 * day + begin + 0.25, kind="breakdown")
              for number, day in enumerate(DAYS) for begin in (13.25, 13.5)]  # fmt: skip
    assert len(broken) >= ENOUGH_FAILURES

    wash = document(*broken)["stations"]["wash"]
    assert "failures" not in wash
    assert wash["cycle"] == "30 min"
