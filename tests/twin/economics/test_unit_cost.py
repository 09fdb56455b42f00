"""The unit cost of a line that can be priced on paper.

One press, 0.5 m2 a part, 5,000 h a year, 4 operators and 1 technician. In 10 h it makes 400 good parts and 20 scrap:

    good units      400 / 10 * 5,000 * 0.5                          = 100,000 m2
    scrapped units   20 / 10 * 5,000 * 0.5                          =   5,000 m2
    labour          (4 * 40 + 1 * 50) * 1.25 * 5,000                = 1,312,500 EUR   13.125 EUR/m2
    energy          (20 kW * 5,000 h + 1 kW * 3,760 h) * 0.10 EUR   =    10,376 EUR    0.10376
    scrap           5,000 * 2                                       =    10,000 EUR    0.10
    upkeep          1,000,000 * 0.03                                =    30,000 EUR    0.30
    capital         1,000,000 / 10 (no interest)                    =   100,000 EUR    1.00
    total                                                                             14.62876 EUR/m2

With the cell two operators go, and 300,000 EUR over 5 years with 5 % upkeep come:

    labour          (2 * 40 + 1 * 50) * 1.25 * 5,000                =   812,500 EUR    8.125
    upkeep          30,000 + 300,000 * 0.05                         =    45,000 EUR    0.45
    capital         100,000 + 300,000 / 5                           =   160,000 EUR    1.60
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.priced import ASSUMED, accounts, press_line, site
from twin.economics.unit_cost import (
    COST_LINES,
    InWage,
    Prices,
    Threshold,
    UnitCost,
    in_wage,
    labour_of,
    people_of,
    prices_of,
    rounded_parts,
    threshold,
    unit_cost,
    year_of,
)
from twin.errors import InputError
from twin.line.crews import Pool
from twin.line.scenario import posts, scenario
from twin.line.work_calendar import Shifts

if TYPE_CHECKING:
    from twin.line.site import Site

MANUAL = scenario(press_line(), "manual")
CELLS = scenario(press_line(), "cells")


def cost_at(place: Site, level: str = "manual") -> UnitCost:
    chosen = scenario(press_line(), level)
    return unit_cost(year_of(accounts(400, 20), chosen), chosen, prices_of(place, chosen))


def test_a_year_by_hand() -> None:
    year = year_of(accounts(400, 20), MANUAL)
    assert (year.opening_hours, year.good_units, year.scrapped_units) == (5000.0, 100_000.0, 5_000.0)
    assert year.energy_kwh == pytest.approx(103_760.0)


def test_a_unit_by_hand() -> None:
    cost = cost_at(site())
    by_hand = {"labour": 13.125, "energy": 0.10376, "scrap": 0.10, "upkeep": 0.30, "capital": 1.00}
    assert dict(cost.parts) == pytest.approx(by_hand, rel=1e-12)
    assert cost.total == pytest.approx(14.62876, rel=1e-12)


def test_an_option_adds_its_capital_over_its_own_life() -> None:
    by_hand = {"labour": 8.125, "energy": 0.10376, "scrap": 0.10, "upkeep": 0.45, "capital": 1.60}
    assert dict(cost_at(site(), "cells").parts) == pytest.approx(by_hand, rel=1e-12)


def test_interest_makes_capital_dearer_by_the_annuity() -> None:
    # At 10 % over 10 years 1,000,000 EUR cost 162,745.39 EUR a year (tabled factor 0.16274539): 1.6274539 EUR/m2.
    dear = cost_at(site(discount_rate={"value": "10 %"} | ASSUMED))
    assert dear.parts["capital"] == pytest.approx(1.6274539, abs=5e-8)


def test_absence_raised_alone_raises_labour_alone() -> None:
    # Cover (1 - 0.06) / (1 - 0.248) = 1.25
    absent = {"absence": {"value": "24.8 %"} | ASSUMED, "absence_in_cost": {"value": "6 %"} | ASSUMED}
    dear, plain = cost_at(site(**absent)), cost_at(site())
    assert dear.parts["labour"] == pytest.approx(13.125 * 1.25)
    assert {**dear.parts, "labour": 0} == {**plain.parts, "labour": 0}
    # 4 posts * 5,000 h / 1,500 h = 13.33 operators; 1.25 times that with the absence.
    assert people_of(MANUAL, site())["operator"] == pytest.approx(4 * 5000 / 1500)
    assert people_of(MANUAL, site(**absent))["operator"] == pytest.approx(4 * 5000 / 1500 * 1.25)


def test_people_are_paid_for_the_hours_of_their_own_pool() -> None:
    """The operators of a line of 16 h a day come for the early shift alone: half of the hours, and no late premium."""
    line = MANUAL.line
    late, early = Shifts(pattern="2x8"), Shifts(pattern="1x8")
    both = replace(MANUAL, line=line.model_copy(update={"shifts": late}))
    alone = replace(
        MANUAL,
        line=line.model_copy(update={"shifts": late, "pools": {skill: Pool(shifts=early) for skill in posts(MANUAL)}}),
    )
    prices = Prices(post_hours={"operator": 50.0, "technician": 60.0}, electricity=0.1, discount_rate=0.05)

    assert labour_of(alone, 4160.0, prices) == pytest.approx(labour_of(both, 4160.0, prices) / 2)
    assert people_of(alone, site())["operator"] == pytest.approx(people_of(both, site())["operator"] / 2)


@pytest.mark.parametrize("name", COST_LINES)
def test_a_cost_line_is_zero_where_nothing_is_used(name: str) -> None:
    empty = scenario(press_line(material_cost="0 EUR"), None)
    free = empty.line.model_copy(update={"operators": {}})
    stations = {key: station.model_copy(update={"capex": 0.0}) for key, station in empty.base.stations.items()}
    bare = type(empty)(line=free, base=empty.base.model_copy(update={"stations": stations}))
    idle = type(year_of(accounts(1), empty))(opening_hours=5000.0, good_units=1.0, scrapped_units=5.0, energy_kwh=0.0)
    assert COST_LINES[name](idle, bare, prices_of(site(), bare)) == 0


def test_a_line_that_makes_nothing_good_has_no_unit_cost() -> None:
    with pytest.raises(InputError, match="no good unit"):
        unit_cost(year_of(accounts(0, 20), MANUAL), MANUAL, prices_of(site(), MANUAL))


def test_low_and_high_wages_price_labour_alone() -> None:
    wages = {"operator": {"low": "20 EUR/h", "mode": "40 EUR/h", "high": "50 EUR/h"} | ASSUMED}
    place = site(cost_per_hour_worked=wages | {"technician": {"mode": "50 EUR/h"} | ASSUMED})
    # 20 * 1.25 = 25, 50 * 1.25 = 62.5; the technician, of whom only the mode is stated, stays at 62.5.
    assert prices_of(place, MANUAL, "low").post_hours == {"operator": 25.0, "technician": 62.5}
    assert prices_of(place, MANUAL, "high").post_hours == {"operator": 62.5, "technician": 62.5}


def test_unit_cost_is_linear_in_the_operator_wage() -> None:
    line = in_wage(cost_at(site()), 40.0)
    assert line.rest + line.slope * 40.0 == pytest.approx(14.62876)
    doubled = {
        "operator": {"mode": "80 EUR/h"} | ASSUMED,
        "technician": {"mode": "100 EUR/h"} | ASSUMED,
    }
    assert line.rest + line.slope * 80.0 == pytest.approx(cost_at(site(cost_per_hour_worked=doubled)).total)


def test_the_wage_from_which_the_cell_pays_by_hand() -> None:
    # Saved labour 13.125 - 8.125 = 5 EUR/m2 at 40 EUR/h, 0.125 a EUR/h. Extra capital and upkeep 0.60 + 0.15 = 0.75.
    # 0.75 / 0.125 = 6 EUR/h.
    found = threshold(in_wage(cost_at(site(), "cells"), 40.0), in_wage(cost_at(site()), 40.0))
    assert found.wage == pytest.approx(6.0, rel=1e-12)
    assert found.cheaper == "above"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (InWage(2.0, 0.1), InWage(1.0, 0.2), Threshold(10.0, "above")),
        (InWage(1.0, 0.2), InWage(2.0, 0.1), Threshold(10.0, "below")),
        (InWage(1.0, 0.1), InWage(2.0, 0.2), Threshold(None, "always")),
        (InWage(1.0, 0.1), InWage(1.0, 0.2), Threshold(None, "always")),
        (InWage(2.0, 0.2), InWage(1.0, 0.1), Threshold(None, "never")),
        (InWage(1.0, 0.1), InWage(2.0, 0.1), Threshold(None, "always")),
        (InWage(2.0, 0.1), InWage(1.0, 0.1), Threshold(None, "never")),
        (InWage(1.0, 0.1), InWage(1.0, 0.1), Threshold(None, "never")),
        (InWage(1.0, 0.1), InWage(4.0, 0.0), Threshold(30.0, "below")),
    ],
)
def test_thresholds(first: InWage, second: InWage, expected: Threshold) -> None:
    assert threshold(first, second) == expected


SIDES = {"above": (False, True), "below": (True, False), "always": (True, True), "never": (False, False)}
COSTS = st.builds(InWage, st.integers(0, 50).map(float), st.integers(0, 50).map(float))


@given(COSTS, COSTS)
def test_a_threshold_says_truly_on_which_side_the_first_is_cheaper(first: InWage, second: InWage) -> None:
    found = threshold(first, second)
    middle = found.wage or 10.0
    for wage, cheaper in zip((middle * 0.5, middle * 2), SIDES[found.cheaper], strict=True):
        assert (first.rest + first.slope * wage < second.rest + second.slope * wage) is cheaper


def test_a_wage_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="operator"):
        in_wage(cost_at(site()), 0.0)


def test_parts_by_hand() -> None:
    # 1.333 + 1.333 + 1.334 = 4.00, but 1.33 three times is 3.99: the cent goes to the largest remainder.
    assert rounded_parts({"a": 1.333, "b": 1.333, "c": 1.334}) == {"a": 1.33, "b": 1.33, "c": 1.34}
    assert rounded_parts({"a": 1250.0, "b": 1250.0}, -2) == {"a": 1300.0, "b": 1200.0}
    assert rounded_parts({"a": -0.006, "b": 0.016}) == {"a": -0.01, "b": 0.02}
    assert rounded_parts({}) == {}


@given(
    st.dictionaries(st.integers(), st.floats(-1e6, 1e6), min_size=1, max_size=8).map(
        lambda parts: {str(name): value for name, value in parts.items()}
    )
)
def test_parts_sum_to_the_total_to_the_cent_and_move_less_than_a_cent(parts: dict[str, float]) -> None:
    rounded = rounded_parts(parts)
    total = round(math.fsum(parts.values()), 2)
    assert sum(round(value * 100) for value in rounded.values()) == round(total * 100)
    assert all(abs(rounded[name] - value) < 0.01 + 1e-9 for name, value in parts.items())


def test_parts_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="not finite"):
        rounded_parts({"a": math.nan})


def test_the_parts_of_a_unit_sum_to_its_total_to_the_cent() -> None:
    cost = cost_at(site())
    assert sum(round(part * 100) for part in rounded_parts(cost.parts).values()) == 1463
