from __future__ import annotations

from support.chairs import CHAIRS
from twin.line.basis import Guess, basis_of, guesses, is_assumption, numbers, paths
from twin.line.load import load_line_text

LINE = load_line_text("""\
line: a
product: {demand_per_year: 1000}
shifts: {pattern: 3x8}
operators: {operator: 1}
stations:
  press:
    label: 7
    cycle: {lognormal: {mean: 12 s, cv: 0.2}}
    crew: {operator: 1}
    scrap: 0.01
    automation: {robot: {cycle: 9 s, capex: 180 kEUR}}
  press2: {cycle: 10 s}
route:
  - {from: press, to: press2, buffer: 5}
  - {from: press2, to: out}
basis:
  product: sales plan 2025
  stations.press: "Assumption: like the old one"
  stations.press.cycle: measured in May
  stations.press.automation.robot: quotation
  route.press->press2: "assumption: room for five"
""")


def test_the_longest_path_wins_and_a_longer_name_is_not_inside_a_shorter() -> None:
    assert basis_of(LINE, "stations.press.cycle") == "measured in May"
    assert basis_of(LINE, "stations.press.scrap") == "Assumption: like the old one"
    assert basis_of(LINE, "stations.press.automation.robot.capex") == "quotation"
    assert basis_of(LINE, "stations.press2.cycle") is None


def test_guesses_are_the_numbers_given_that_are_assumed_or_have_no_basis() -> None:
    assert guesses(LINE) == [
        Guess("operators.operator", None),
        Guess("stations.press.crew.operator", "Assumption: like the old one"),
        Guess("stations.press.scrap", "Assumption: like the old one"),
        Guess("stations.press2.cycle", None),
        Guess("route.press->press2.buffer", "assumption: room for five"),
    ]


def test_numbers_are_those_given_without_the_shifts_a_distribution_as_one() -> None:
    known = ["product.demand_per_year", "stations.press.cycle"]
    known += ["stations.press.automation.robot.cycle", "stations.press.automation.robot.capex"]
    assert sorted(numbers(LINE)) == sorted([*known, *(guess.path for guess in guesses(LINE))])


def test_an_assumption_says_so_in_its_first_word() -> None:
    assert is_assumption("assumption: half of the old one")
    assert not is_assumption("quotation, on the assumption of two shifts")


def test_every_path_of_a_basis_can_be_named() -> None:
    known = set(paths(LINE))
    assert set(LINE.basis) <= known
    assert {"stations.press.machines", "source", "route.press2->out", "stations.press.power.idle"} <= known
    assert "basis" not in known


SHOP = load_line_text("""\
line: shop
source: {orders: {every: 5 h, pieces: 20, product: {a: 0.6, b: 0.4}}}
products: {a: {route: [saw, press], cycle: {press: {per_piece: 9 s}}}, b: {}}
stations:
  saw: {cycle: {by_pieces: {1: 9 min, 10: 40 min}, spread: {lognormal: {mean: 1, cv: 0.3}}}}
  press: {cycle: 5 min, setup: {changeover: {a: {b: 20 min}}}}
route: [{from: saw, to: press, delay: 8 h}, {from: press, to: out}]
""")


def test_the_numbers_of_orders_lots_and_setups_have_paths() -> None:
    assert numbers(SHOP) == [
        "source.orders.every",
        "source.orders.pieces",
        "source.orders.product.a",
        "source.orders.product.b",
        "products.a.cycle.press.per_piece",
        "stations.saw.cycle.by_pieces.1",
        "stations.saw.cycle.by_pieces.10",
        "stations.saw.cycle.spread",
        "stations.press.cycle",
        "stations.press.setup.changeover.a.b",
        "route.saw->press.delay",
    ]
    assert {"source.orders.book", "products.a.route", "stations.saw.cycle.by_pieces", "move"} <= set(paths(SHOP))


def test_a_basis_speaks_of_every_part_of_a_line() -> None:
    found = list(paths(load_line_text(CHAIRS)))

    assert {
        "pools.setter.absence",
        "carriers.pallet.number",
        "carriers.pallet.return",
        "carriers.pallet.from",
        "stations.chair.takes.saw",
        "stations.seat.failures.bearing.wear",
        "stations.seat.failures.bearing.wear.400 h",
        "stations.seat.maintenance.overhaul.every",
        "stations.saw.startup_scrap.share",
        "stations.seat.power.warm_up",
        "route.test->fix",
    } <= set(found)


def test_the_numbers_of_new_parts_are_counted_and_switches_are_not() -> None:
    found = numbers(load_line_text(CHAIRS))

    assert [path for path in found if path.startswith(("pools", "carriers", "stations.oven", "stations.saw"))] == [
        "pools.setter.absence",
        "carriers.pallet.number",
        "carriers.pallet.return",
        "stations.saw.cycle",
        "stations.saw.parts",
        "stations.saw.crew.setter",
        "stations.saw.startup_scrap.parts",
        "stations.saw.startup_scrap.share",
        "stations.oven.cycle",
        "stations.oven.size",
        "stations.oven.timeout",
    ]
    assert [path for path in found if ".wear." in path] == [
        f"stations.seat.failures.bearing.wear.{hours} h" for hours in (0, 400, 800)
    ]


def test_a_basis_of_new_parts_is_read() -> None:
    line = load_line_text(
        CHAIRS + 'basis: {carriers.pallet: counted, "stations.seat.failures.bearing.wear.400 h": guess}\n'
    )

    assert basis_of(line, "carriers.pallet.number") == "counted"
    assert basis_of(line, "stations.seat.failures.bearing.wear.400 h") == "guess"
