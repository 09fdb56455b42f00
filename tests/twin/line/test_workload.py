"""What lots, products and setups ask of the stations, against results worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.line.capacity import LineCapacity, static_capacity, visits_per_good
from twin.line.distributions import parse_distribution
from twin.line.line import Line
from twin.line.workload import Work, lot_sizes, order_sizes, workload


def line(**keys: Any) -> Line:  # noqa: ANN401 -- any part of a line file
    return Line.model_validate({"line": "x", **keys})


def works(shop: Line) -> dict[str, Work]:
    return workload(shop, dict.fromkeys(shop.stations, 1.0)).per_good


def ordered(pieces: Any = "20", **keys: Any) -> dict[str, Any]:  # noqa: ANN401 -- any part of a line file
    return {"orders": {"every": "1 h", "pieces": pieces, **keys}}


TWO = [{"from": "a", "to": "b"}, {"from": "b", "to": "out"}]


def test_a_lot_takes_one_cycle_whatever_its_pieces_or_one_for_each() -> None:
    shop = line(
        move="order",
        source=ordered({"empirical": ["10", "30"]}),
        stations={"a": {"cycle": "20 min"}, "b": {"cycle": {"per_piece": "40 s"}}},
        route=TWO,
    )
    a, b = works(shop).values()

    assert (a.time_s, b.time_s) == (pytest.approx(1200 / 20), pytest.approx(40))
    assert (a.visits, sum(a.jobs.values())) == (pytest.approx(1), pytest.approx(1 / 20))


def test_a_table_of_times_is_asked_for_each_size_of_lot_less_what_was_scrapped() -> None:
    # Of lots of 10 and 30 pieces a fifth is lost at a: 8 and 24 come to b, for 8 min and 24 min beyond its 2 min.
    table = {"by_pieces": {"1": "3 min", "101": "103 min"}}
    shop = line(
        move="order",
        source=ordered({"empirical": {"values": ["10", "30"], "weights": ["3", "1"]}}),
        stations={"a": {"cycle": "1 s", "scrap": "0.2"}, "b": {"cycle": table}},
        route=TWO,
    )
    good = 0.8 * (0.75 * 10 + 0.25 * 30)

    assert works(shop)["b"].time_s == pytest.approx((0.75 * 10 + 0.25 * 26) * 60 / good)


def test_pieces_sent_back_are_a_lot_of_their_own() -> None:
    # Of 20 pieces 4 go back: 20 / 0.8 are inspected for 20 good ones; one lot of 4, then often one of a piece.
    route = [
        {"from": "a", "to": "b"},
        {"from": "b", "to": "a", "probability": "0.2", "rework": "true"},
        {"from": "b", "to": "out"},
    ]
    shop = line(
        move="order", source=ordered(), stations={"a": {"cycle": {"per_piece": "60 s"}}, "b": {"cycle": "10 min"}},
        route=route,
    )  # fmt: skip
    a, b = works(shop).values()

    assert (a.visits, b.visits) == (pytest.approx(1.25), pytest.approx(1.25))
    assert a.time_s == pytest.approx(75)
    # 20 pieces: one lot, and 5 pieces sent back in lots of 4.
    assert b.time_s == pytest.approx(600 * (1 + 5 / 4) / 20)


def test_products_go_their_own_ways_with_cycles_and_scrap_of_their_own() -> None:
    shop = line(
        source=ordered(product={"p": "0.75", "q": "0.25"}),
        products={
            "p": {"route": ["a", "b"], "scrap": {"a": "0.2"}},
            "q": {"route": ["b", "a", "b"], "cycle": {"b": "30 s"}},
        },
        stations={"a": {"cycle": "10 s"}, "b": {"cycle": "20 s"}},
    )
    good = 0.75 * 0.8 + 0.25
    a, b = works(shop).values()

    assert a.visits == pytest.approx(1 / good)
    assert b.visits == pytest.approx((0.6 + 0.5) / good)
    assert (a.time_s, b.time_s) == (pytest.approx(10 / good), pytest.approx((0.6 * 20 + 0.5 * 30) / good))


def test_rework_on_a_route_goes_back_to_where_the_product_has_been() -> None:
    shop = line(
        source=ordered(product={"p": "1"}),
        products={"p": {"route": ["a", "b", "c"]}},
        stations={name: {"cycle": "10 s"} for name in "abc"},
        route=[{"from": "c", "to": "b", "probability": "0.2", "rework": "true"}],
    )

    assert visits_per_good(shop) == pytest.approx({"a": 1, "b": 1.25, "c": 1.25})


@pytest.mark.parametrize(
    ("setup", "minutes"),
    [
        # Products in turn at random, 0.6 and 0.4: a change in 2 * 0.24 of the jobs.
        ({"time": "10 min"}, 4.8),
        ({"time": "10 min", "share": "0.5"}, 2.4),
        ({"time": "10 min", "between": "orders"}, 10),
        ({"changeover": {"p": {"q": "20 min"}, "q": {"p": "5 min"}}}, 0.24 * 25),
        ({"changeover": {"p": {"q": "20 min"}}}, 0.24 * 20),
    ],
)
@pytest.mark.parametrize("move", ["piece", "order"])
def test_setups_are_as_often_as_products_change_at_random(move: str, setup: dict[str, Any], minutes: float) -> None:
    shop = line(
        move=move,
        source=ordered(product={"p": "0.6", "q": "0.4"}),
        products={"p": {}, "q": {}},
        stations={"a": {"cycle": {"per_piece": "10 s"}, "setup": setup}},
    )
    [a] = works(shop).values()

    assert a.setup_s == pytest.approx(60 * minutes / 20)
    assert a.time_s == pytest.approx(10)


def test_one_product_is_set_up_for_once_and_no_more() -> None:
    shop = line(
        source={"product": {"p": "1"}}, products={"p": {}},
        stations={"a": {"cycle": "10 s", "setup": {"time": "10 min"}}},
    )  # fmt: skip

    assert works(shop)["a"].setup_s == 0


def capacity_of_a_shop(**keys: Any) -> LineCapacity:  # noqa: ANN401 -- any part of a line file
    stations = {
        "a": {
            "cycle": {"per_piece": "60 s"},
            "setup": {"time": "40 min", "between": "orders", "crew": {"setter": "1"}},
            "failures": {"jam": {"ttf": "9 min", "ttr": "1 min"}},
        }
    }
    shop = line(move="order", operators={"setter": "1"}, source=ordered(), stations=stations, **keys)
    return static_capacity(shop)


def test_setups_and_repairs_lengthen_the_time_for_a_good_piece() -> None:
    [a] = capacity_of_a_shop().stations

    assert (a.cycle_s, a.setup_s, a.availability) == (pytest.approx(60), pytest.approx(120), pytest.approx(0.9))
    assert a.time_s == pytest.approx(60 / 0.9 + 120)
    [setter] = capacity_of_a_shop().people
    # An order of 20 pieces comes every hour: a piece every 180 s, whether the station keeps up or not.
    assert setter.busy == pytest.approx(120 / 180)


def test_orders_come_at_any_hour_and_are_worked_on_in_the_shifts() -> None:
    assert capacity_of_a_shop().arrivals_per_h == pytest.approx(20)
    assert capacity_of_a_shop(shifts={"pattern": "1x8"}).arrivals_per_h == pytest.approx(20 * 168 / 40)


def test_a_book_alone_gives_its_mix_and_no_pace() -> None:
    rows = [
        {"order": "A", "release": "0 h", "pieces": "30", "route": "a>b"},
        {"order": "B", "release": "0 h", "pieces": "10", "route": "b"},
    ]
    shop = line(
        move="order", source={"orders": {"book": rows}}, stations={"a": {"cycle": "20 min"}, "b": {"cycle": "20 min"}}
    )

    assert visits_per_good(shop) == pytest.approx({"a": 0.75, "b": 1})
    assert static_capacity(shop).arrivals_per_h is None
    assert works(shop)["b"].time_s == pytest.approx(1200 / 20)


@given(scrap=st.floats(0, 0.9), rework=st.floats(0, 0.9), cycle=st.floats(0.1, 100), share=st.floats(0.05, 0.95))
def test_orders_of_one_piece_ask_what_parts_do(scrap: float, rework: float, cycle: float, share: float) -> None:
    stations = {
        "a": {"cycle": "2 s"},
        "b": {"cycle": f"{cycle} s", "scrap": str(scrap)},
        "c": {"cycle": "1 s"},
    }
    route = [
        {"from": "a", "to": "b"},
        {"from": "b", "to": "a", "probability": str(rework), "rework": "true"},
        {"from": "b", "to": "c", "probability": str((1 - rework) * share)},
        {"from": "b", "to": "out"},
        {"from": "c", "to": "out"},
    ]
    plain = line(source={"arrivals": "1 min"}, stations=stations, route=route)
    lots = line(source=ordered("1"), stations=stations, route=route, move="order")

    for one, other in zip(works(plain).values(), works(lots).values(), strict=True):
        assert (one.visits, one.time_s) == (pytest.approx(other.visits), pytest.approx(other.time_s))
        assert sum(one.jobs.values()) == pytest.approx(sum(other.jobs.values()))


def test_drawn_pieces_are_rounded_half_up_and_at_least_one() -> None:
    sizes, weights = order_sizes(parse_distribution({"empirical": ["0.2", "2.5", "2.6", "8"]}, None))

    assert sizes.tolist() == [1, 3, 8]
    assert weights.tolist() == [0.25, 0.5, 0.25]


def test_sizes_without_single_values_are_stood_for_by_quantiles() -> None:
    shop = line(
        move="order", source=ordered({"lognormal": {"mean": "50", "cv": "0.8"}}), stations={"a": {"cycle": "1 s"}}
    )
    sizes, weights = lot_sizes(shop)

    assert sizes @ weights == pytest.approx(50, rel=0.01)
    assert weights.sum() == pytest.approx(1)
    assert np.all(sizes >= 1)


def test_lots_are_counted_on_each_way_and_those_of_rework_too() -> None:
    # Of lots of 4 pieces a quarter is sent back: one lot of one piece each time, which goes on like any other.
    shop = line(
        move="order",
        source=ordered("4"),
        stations={"a": {"cycle": "1 s"}, "b": {"cycle": "1 s"}},
        route=[*TWO, {"from": "b", "to": "a", "probability": "0.25", "rework": "true"}],
    )
    lots = workload(shop, dict.fromkeys(shop.stations, 1.0)).lots
    pieces_again = 4 * 0.25 / 0.75

    assert lots["b", "a"] == pytest.approx(pieces_again)
    assert lots["a", "b"] == pytest.approx(1 + pieces_again)


def test_without_lots_what_takes_a_way_is_what_is_worked_on_and_kept() -> None:
    shop = line(
        stations={"a": {"cycle": "1 s", "scrap": "0.1"}, "b": {"cycle": "1 s"}},
        route=[{"from": "a", "to": "b", "probability": "0.3"}, {"from": "a", "to": "out"}, {"from": "b", "to": "out"}],
    )
    lots = workload(shop, dict.fromkeys(shop.stations, 1.0)).lots

    assert lots == {
        ("a", "b"): pytest.approx(0.27),
        ("a", "out"): pytest.approx(0.63),
        ("b", "out"): pytest.approx(0.27),
    }
