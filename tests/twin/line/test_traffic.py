"""Where parts come in, and the ways they are bound to."""

from __future__ import annotations

from typing import Any

import pytest

from twin.line import traffic
from twin.line.line import Line
from twin.line.route import probabilities

STATIONS = {name: {"cycle": "1 s"} for name in ("saw", "press", "weld", "pack")}
ROUTE = [
    {"from": "saw", "to": "press", "buffer": "3"},
    {"from": "press", "to": "weld"},
    {"from": "weld", "to": "pack", "probability": "0.9"},
    {"from": "weld", "to": "press", "probability": "0.1", "rework": "true"},
    {"from": "pack", "to": "out"},
]
PRODUCTS = {"a": {"route": ["saw", "weld", "pack"]}, "b": {"route": ["press", "saw"]}, "c": {}}


def line(**keys: Any) -> Line:  # noqa: ANN401 -- any part of a line file
    return Line.model_validate({"line": "x", "stations": STATIONS, "route": ROUTE, **keys})


def orders(**keys: Any) -> dict[str, Any]:  # noqa: ANN401 -- any part of a line file
    return {"orders": {"every": "1 h", **keys}}


def test_steps_that_no_edge_joins_are_edges_without_limit_after_those_of_the_route() -> None:
    shop = line(products=PRODUCTS, source=orders(product={"a": "1"}))

    assert shop.ways == (("saw", "weld", "pack", "out"), ("press", "saw", "out"))
    assert [edge.name for edge in shop.edges] == [
        *("saw->press", "press->weld", "weld->pack", "weld->press", "pack->out"),
        *("saw->weld", "press->saw", "saw->out"),
    ]
    assert {edge.buffer for edge in shop.edges[5:]} == {None}
    assert probabilities(shop.edges) == (*shop.probabilities, 0, 0, 0)


def test_a_plain_line_has_the_edges_of_its_route_alone() -> None:
    assert line().edges == line().route
    assert line().ways == ()


@pytest.mark.parametrize(
    ("source", "fed"),
    [
        ({}, ("saw",)),
        ({"into": ["weld", "press"]}, ("press", "weld")),
        (orders(), ("saw",)),
        (orders(product={"a": "0.5", "b": "0.5"}), ("saw", "press")),
        (orders(product={"b": "1"}), ("press",)),
        (
            orders(product={"b": "0.5", "c": "0.5"}) | {"into": {"weld": "0.3", "pack": "0.7"}},
            ("press", "weld", "pack"),
        ),
        ({"orders": {"book": [{"order": "A", "release": "0 h", "pieces": "1", "at": "pack"}]}}, ("pack",)),
        ({"orders": {"book": [{"order": "A", "release": "0 h", "pieces": "1", "route": "weld>pack"}]}}, ("weld",)),
        ({"product": {"b": "1"}}, ("press",)),
    ],
)
def test_parts_come_in_where_their_routes_begin_and_where_the_source_says(
    source: dict[str, Any], fed: tuple[str, ...]
) -> None:
    assert line(products=PRODUCTS, source=source).fed == fed


def test_drawn_orders_without_a_route_are_shared_out_as_into_says() -> None:
    shop = line(
        products=PRODUCTS,
        source=orders(product={"a": "0.25", "c": "0.75"}) | {"into": {"saw": "0.2", "press": "0.8"}},
    )

    assert traffic.drawn(shop) == [
        ("a", "saw", ("saw", "weld", "pack", "out"), 0.25),
        ("c", "saw", None, pytest.approx(0.15)),
        ("c", "press", None, pytest.approx(0.6)),
    ]


def test_booked_orders_come_by_their_pieces_each_on_its_own_way() -> None:
    rows = [
        {"order": "A", "release": "0 h", "pieces": "30", "product": "a", "at": "weld"},
        {"order": "B", "release": "0 h", "pieces": "10", "route": "press>weld"},
        {"order": "C", "release": "0 h", "pieces": "40", "at": "press"},
        {"order": "D", "release": "1 h", "pieces": "20"},
    ]
    shop = line(products=PRODUCTS, source={"orders": {"book": rows}})

    assert traffic.booked(shop) == [
        ("a", "weld", ("weld", "pack", "out"), 0.3),
        (None, "press", ("press", "weld", "out"), 0.1),
        (None, "press", None, 0.4),
        (None, "saw", None, 0.2),
    ]
    assert traffic.drawn(shop) == []


PLAIN = {"cycle": "1 s"}


@pytest.mark.parametrize(
    ("keys", "alike"),
    [
        ({}, True),
        ({"move": "order"}, False),
        ({"source": {"arrivals": "1 s"}}, True),
        ({"source": {"orders": {"every": "1 h"}}}, False),
        ({"products": {"a": {}}}, False),
        ({"dispatch": "shortest_setup"}, False),
        ({"stations": STATIONS | {"saw": PLAIN | {"setup": {"time": "1 s"}}}}, False),
        ({"stations": STATIONS | {"saw": PLAIN | {"dispatch": "earliest_due_date"}}}, False),
        ({"stations": STATIONS | {"saw": PLAIN | {"dispatch": "first_come"}}}, True),
        ({"stations": STATIONS | {"saw": {"cycle": {"per_piece": "1 s"}}}}, False),
        ({"route": [*ROUTE[1:], {"from": "saw", "to": "press", "delay": "1 h"}]}, False),
    ],
)
def test_parts_are_alike_where_nothing_tells_them_apart(keys: dict[str, Any], alike: bool) -> None:  # noqa: FBT001
    assert line(**keys).alike is alike


def test_a_station_chooses_as_it_says_else_as_the_line_does() -> None:
    shop = line(dispatch="earliest_due_date", stations=STATIONS | {"saw": PLAIN | {"dispatch": "first_come"}})

    assert (shop.dispatch_at("saw"), shop.dispatch_at("press")) == ("first_come", "earliest_due_date")


def test_the_route_may_be_left_out_where_products_bring_theirs() -> None:
    shop = Line.model_validate(
        {"line": "x", "stations": STATIONS, "products": PRODUCTS, "source": orders(product={"a": "1"})}
    )

    assert shop.route == ()
    assert len(shop.edges) == 5
