"""What must hold of products and orders, where a bad line of the folder does not show it."""

from __future__ import annotations

import pytest

from twin.errors import InputError
from twin.line.line import Line
from twin.line.load import load_line_text

STATIONS = "stations: {saw: {cycle: 1 s}, press: {cycle: 1 s}, weld: {cycle: 1 s}}\n"
ROUTE = "route: [{from: saw, to: press}, {from: press, to: weld}, {from: weld, to: out}]\n"


def read(*parts: str) -> Line:
    return load_line_text("line: x\n" + "".join(parts))


def test_a_stock_may_feed_several_products_at_their_one_first_station() -> None:
    line = read(
        "source: {product: {a: 0.5, b: 0.5}}\nproducts: {a: {route: [press, weld]}, b: {route: [press, saw]}}\n",
        STATIONS,
    )
    assert line.fed == ("press",)


def test_a_product_without_a_route_begins_where_the_others_do() -> None:
    shares = "source: {product: {a: 0.5, b: 0.5}}\n"
    read(shares, "products: {a: {route: [saw, weld]}, b: {}}\n", STATIONS, ROUTE)
    with pytest.raises(InputError, match="a begins at press, and parts come in at saw too"):
        read(shares, "products: {a: {route: [press, weld]}, b: {}}\n", STATIONS, ROUTE)


def test_rework_may_go_back_to_the_station_itself() -> None:
    rework = "route: [{from: weld, to: weld, probability: 0.1, rework: true}]\n"
    read(
        "source: {orders: {every: 1 h, product: {a: 1}}}\nproducts: {a: {route: [saw, press, weld]}}\n",
        STATIONS,
        rework,
    )


def test_a_booked_route_needs_not_hold_what_rework_goes_back_to() -> None:
    rows = [{"order": "A", "release": "0 h", "pieces": "3", "route": ["weld"]}]
    rework = [
        {"from": "saw", "to": "press"},
        {"from": "press", "to": "weld"},
        {"from": "weld", "to": "press", "probability": "0.1", "rework": "true"},
        {"from": "weld", "to": "out"},
    ]
    stations = {name: {"cycle": "1 s"} for name in ("saw", "press", "weld")}
    line = Line.model_validate(
        {"line": "x", "source": {"orders": {"every": "1 h", "book": rows}}, "stations": stations, "route": rework}
    )
    assert line.ways == (("weld", "out"),)


def test_a_station_that_bound_parts_alone_pass_needs_no_edge_of_its_own() -> None:
    products = "products: {a: {route: [saw, weld]}, b: {route: [saw, press]}}\n"
    shares = "source: {orders: {every: 1 h, product: {a: 0.5, b: 0.5}}}\n"
    read(shares, products, STATIONS, "route: [{from: saw, to: weld, buffer: 3}]\n")
    with pytest.raises(InputError, match="add an edge to press, or let a product's route pass it"):
        read(shares, products.replace("[saw, press]", "[saw, weld]"), STATIONS, "route: [{from: saw, to: weld}]\n")


def test_a_product_that_goes_by_the_probabilities_asks_for_them() -> None:
    with pytest.raises(InputError, match=r"stations.saw: no way leaves the station"):
        read(
            "source: {orders: {every: 1 h, product: {a: 0.5, b: 0.5}}}\n",
            "products: {a: {route: [saw, press, weld]}, b: {}}\n",
            STATIONS,
        )


def test_a_loop_takes_time_with_the_cycles_of_every_product() -> None:
    loop = "route: [{from: saw, to: press}, {from: press, to: saw, probability: 0.1}, {from: press, to: out}]\n"
    stations = "stations: {saw: {cycle: 1 s}, press: {cycle: 1 s}}\n"
    orders = "source: {orders: {every: 1 h, product: {a: 1}}}\n"
    read(orders, "products: {a: {cycle: {saw: 0 s}}}\n", stations, loop)
    with pytest.raises(InputError, match="the loop saw -> press -> saw takes no time"):
        read(orders, "products: {a: {cycle: {saw: 0 s, press: 0 s}}}\n", stations, loop)


def test_a_bound_way_that_goes_round_takes_time_too_where_rework_goes_back() -> None:
    stations = "stations: {saw: {cycle: 0 s}, press: {cycle: 0 s}}\n"
    orders = "source: {orders: {every: 1 h, product: {a: 1}}}\nproducts: {a: {route: [saw, press]}}\n"
    read(orders, stations)
    with pytest.raises(InputError, match="takes no time"):
        read(orders, stations, "route: [{from: press, to: saw, probability: 0.1, rework: true}]\n")


def test_every_way_scraps_where_a_station_that_all_products_pass_scraps_all() -> None:
    stations = STATIONS.replace("press: {", "press: {scrap: 1, ")
    orders = "source: {orders: {every: 1 h, product: {a: 0.5, b: 0.5}}}\n"
    read(orders, "products: {a: {route: [saw, press]}, b: {route: [saw, weld]}}\n", stations)
    with pytest.raises(InputError, match="press scraps every part, and none can leave the line good"):
        read(orders, "products: {a: {route: [saw, press]}, b: {route: [press, weld]}}\n", stations)
