"""The annuity formula against tables, its own definition and its limit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.economics.capital import annuity_factor, equivalent_annual_cost
from twin.errors import InputError

LIVES = st.floats(0.5, 60)


@pytest.mark.parametrize(
    ("rate", "life", "tabled"),
    # Capital recovery factors as printed in tables of compound interest, four digits after the point.
    [(0.05, 5, 0.2310), (0.08, 10, 0.1490), (0.10, 20, 0.1175), (0.12, 1, 1.1200)],
)
def test_factor_is_the_tabled_one(rate: float, life: float, tabled: float) -> None:
    assert annuity_factor(life, rate) == pytest.approx(tabled, abs=5e-5)


def test_two_years_by_hand() -> None:
    # 1,000 EUR at 10 %: x / 1.1 + x / 1.21 = 1,000, so x = 1,210 / 2.1 = 576.190...
    assert equivalent_annual_cost(1000.0, 2, 0.10) == pytest.approx(1210 / 2.1, rel=1e-14)


@given(st.integers(1, 40), st.floats(0.001, 0.5))
def test_payments_discounted_are_worth_the_price(life: int, rate: float) -> None:
    payment = equivalent_annual_cost(1.0, life, rate)
    assert sum(payment / (1 + rate) ** year for year in range(1, life + 1)) == pytest.approx(1.0, rel=1e-10)


def test_at_rate_zero_it_is_the_plain_share() -> None:
    assert equivalent_annual_cost(1000.0, 8, 0.0) == 125.0


@given(LIVES, st.floats(1e-15, 1e-9))
def test_a_rate_near_zero_loses_no_digits(life: float, rate: float) -> None:
    # Series of the factor: 1/n + i (n + 1) / (2 n) + ...
    assert annuity_factor(life, rate) == pytest.approx(1 / life + rate * (life + 1) / (2 * life), rel=1e-12)


def test_what_costs_nothing_is_spread_over_any_life() -> None:
    assert equivalent_annual_cost(0.0, 0.0, 0.08) == 0.0


def test_no_life_and_negative_interest_are_refused() -> None:
    with pytest.raises(InputError, match="life of 0"):
        equivalent_annual_cost(1.0, 0, 0.08)
    with pytest.raises(InputError, match="discount_rate"):
        equivalent_annual_cost(1.0, 10, -0.01)
