from __future__ import annotations

import pytest

from twin.line.load import load_line_text

THREE = """\
line: a
product: {unit: m2, per_part: 0.5, demand_per_year: 1560000}
shifts: {pattern: 3x8, days: mon-fri}
stations:
  press: {cycle: 12 s}
  side: {cycle: 12 s}
  weld: {cycle: 12 s}
route:
  - {from: press, to: weld}
  - {from: side, to: weld}
  - {from: weld, to: press, probability: 0.1, rework: true}
  - {from: weld, to: out}
"""


def test_the_source_feeds_the_first_station_and_every_one_that_no_edge_enters() -> None:
    assert load_line_text(THREE).fed == ("press", "side")


def test_into_names_the_stations_fed_and_file_order_holds() -> None:
    line = load_line_text(THREE + "source: {into: [weld, side, press]}\n")
    assert line.fed == ("press", "side", "weld")


def test_one_station_alone_needs_no_route() -> None:
    line = load_line_text("line: a\nstations: {press: {cycle: 12 s}}\n")
    assert [edge.name for edge in line.route] == ["press->out"]
    assert line.probabilities == (1.0,)


def test_a_line_is_continuous_saturated_and_without_people_unless_told() -> None:
    line = load_line_text("line: a\nstations: {press: {cycle: 12 s}}\n")
    assert (line.shifts.pattern, line.source.kind, line.source.arrivals, line.operators) == (
        "continuous",
        "saturated",
        None,
        {},
    )
    assert (line.product.unit, line.product.per_part, line.plan_per_shift) == ("piece", 1, None)


def test_the_plan_of_a_shift_is_the_demand_over_the_shifts_of_a_year() -> None:
    # 3x8 on five days: 15 shifts a week, 780 in 52 weeks; 1,560,000 m2 / 780.
    assert load_line_text(THREE).plan_per_shift == pytest.approx(2_000, rel=1e-12)


def test_planned_hours_change_the_plan_of_a_shift() -> None:
    # 6,000 h are 750 shifts of 8 h.
    line = load_line_text(THREE.replace("days: mon-fri", "days: mon-fri, hours_per_year: 6000"))
    assert line.plan_per_shift == pytest.approx(2_080, rel=1e-12)
