"""Random lines whose parts differ: lots, orders drawn and from a book, products, setups, dispatch, delays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from support.lines import (
    EVERYTHING,
    Variety,
    describe,
    exponential,
    random_description,
    random_people,
    random_time,
    seconds,
)
from twin.errors import InputError

if TYPE_CHECKING:
    from random import Random

    from support.lines import Description
    from twin.line.scenario import Scenario

HOUR = 3600.0
SPREADS: tuple[Description, ...] = (
    {"constant": 1},
    {"lognormal": {"mean": 1, "cv": 0.4}},
    {"exponential": {"mean": 1}},
)
SIZES: tuple[object, ...] = (
    1,
    7,
    {"empirical": [1, 4, 12]},
    {"exponential": {"mean": 5}},
    {"uniform": {"low": 0.2, "high": 90}},
)
ASKS_SETTERS = {"operator": 0.2, "setter": 0.7, "technician": 0.1}


def varied_lines(variety: Variety = EVERYTHING) -> st.SearchStrategy[Scenario]:
    """Return the Hypothesis strategy over `varied_line`."""
    return st.randoms(use_true_random=False).map(lambda random: varied_line(random, variety))


def varied_line(random: Random, variety: Variety = EVERYTHING) -> Scenario:
    """Return a random line in which parts differ in some or all ways: the first drawn that the loader takes."""
    while True:
        try:
            return describe(**_description(random, variety))
        except InputError:
            continue


def _description(random: Random, variety: Variety) -> Description:
    line = random_description(random, variety)
    vary(random, line, variety)
    return line


def vary(random: Random, line: Description, variety: Variety) -> None:
    """Let the parts of a line differ."""
    stations, route = line["stations"], line["route"]
    line["move"] = random.choice(("piece", "order", "order"))
    line["dispatch"] = random.choice(("first_come", "earliest_due_date", "shortest_setup"))
    has_orders = random.random() < 0.75
    products = {
        name: _product(random, line, bound=has_orders) for name in ("x", "y", "z")[: random.choice((0, 1, 2, 3))]
    }
    if products:
        line["products"] = products
    for station in stations.values():
        if "cycle" in station:
            _vary(random, station, list(products), line.get("operators", {}))
    for way in route:
        if way.get("rework") and line["move"] == "order":
            way.pop("buffer", None)
        if way["to"] != "out" and way.get("buffer") != 0 and "transport" not in way and random.random() < 0.3:
            way["delay"] = random_time(random, 300.0, ties=variety.ties)
    if has_orders:
        line["source"] = {"orders": _orders(random, line, variety)}
        heads = [name for name in stations if all(way["to"] != name for way in route) or name == next(iter(stations))]
        if len(heads) > 1:
            line["source"]["into"] = _shares(heads) if len(heads) < 4 else dict.fromkeys(heads, 1 / len(heads))
    elif products:
        line.setdefault("source", {})["product"] = _shares(list(products))


def _shares(names: list[str]) -> dict[str, float]:
    return dict(zip(names, ((1.0,), (0.7, 0.3), (0.5, 0.3, 0.2))[len(names) - 1], strict=True))


def _product(random: Random, line: Description, *, bound: bool) -> Description:
    stations = list(line["stations"])
    product: Description = {}
    ways_back = [(way["from"], way["to"]) for way in line["route"] if way.get("rework")]
    path = random.sample(stations, random.randint(1, len(stations)))
    fits = all(a not in path or (b in path and path.index(b) <= path.index(a)) for a, b in ways_back)
    if bound and fits and random.random() < 0.6:
        product["route"] = stations = path
    product["cycle"] = {name: _cycle(random) for name in stations if random.random() < 0.3}
    product["scrap"] = {name: 0.15 for name in stations if random.random() < 0.2}
    product["ideal_cycle"] = {name: "50 s" for name in stations if random.random() < 0.2}
    return {key: value for key, value in product.items() if value}


def _cycle(random: Random) -> object:
    return random.choice((
        {"per_piece": exponential(40.0)},
        {"per_piece": seconds(30.0)},
        {"by_pieces": {"1": "2 min", "10": "9 min", "40": "20 min"}, "spread": random.choice(SPREADS)},
        {"by_pieces": {"3": "4 min"}},
        exponential(150.0),
    ))  # fmt: skip


def _vary(random: Random, station: Description, products: list[str], pools: dict[str, int]) -> None:
    if random.random() < 0.6:
        station["cycle"] = _cycle(random)
    if random.random() < 0.3:
        station["dispatch"] = random.choice(("first_come", "earliest_due_date", "shortest_setup"))
    if random.random() < 0.6:
        setup: Description = {"time": random_time(random, 200.0, ties=True)}
        if len(products) > 1 and random.random() < 0.5:
            a, b = random.sample(products, 2)
            setup = {"changeover": {a: {b: "5 min"}, b: {a: "1 min"}}, "spread": random.choice(SPREADS)}
        elif random.random() < 0.4:
            setup["between"] = "orders"
        if crew := random_people(random, pools, ASKS_SETTERS):
            setup["crew"] = crew
        if random.random() < 0.4:
            setup["share"] = 0.6
        station["setup"] = setup


def _orders(random: Random, line: Description, variety: Variety) -> Description:
    orders: Description = {}
    products = list(line.get("products", {}))
    if random.random() < 0.8:
        orders = {"every": random_time(random, random.choice((600.0, 2400.0)), ties=variety.ties)}
        orders["pieces"] = random.choice(SIZES)
        if products:
            orders["product"] = _shares(products)
        if random.random() < 0.6:
            orders["due"] = random_time(random, 4 * HOUR, ties=variety.ties)
    if not orders or random.random() < 0.5:
        orders["book"] = [_row(random, line, k, products) for k in range(random.randint(1, 12))]
    return orders


def _row(random: Random, line: Description, k: int, products: list[str]) -> Description:
    order = k // random.choice((1, 1, 2))
    row: Description = {
        "order": f"A{order}",
        "release": _signed(order % 5 * HOUR - 2 * HOUR),
        "pieces": random.choice((1, 5, 150)),
    }
    if order % 2:
        row["due"] = seconds(order * HOUR)
    if products and random.random() < 0.7:
        row["product"] = random.choice(products)
    stations = list(line["stations"])
    if random.random() < 0.3:
        row["route"] = random.choices(stations, k=random.randint(1, 4))
        row["route"] = [name for name, before in zip(row["route"], ["", *row["route"]], strict=False) if name != before]
    elif random.random() < 0.3 and "route" not in line.get("products", {}).get(row.get("product", ""), {}):
        row["at"] = random.choice(stations)
    return row


def _signed(value: float) -> str:
    return f"-{seconds(-value)}" if value < 0 else seconds(value)
