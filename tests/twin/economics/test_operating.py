"""Energy, scrap and upkeep of a year, each figure worked out on paper."""

from __future__ import annotations

import pytest

from support.priced import accounts
from twin.economics.operating import energy_cost, energy_per_year, parts_per_year, scrap_cost, upkeep_cost


def test_parts_scale_with_scheduled_time_not_with_the_calendar() -> None:
    # 300 parts in 10 scheduled hours; the 14 h off shift do not count: 30 a scheduled hour * 5,000 h.
    assert parts_per_year(300, accounts(300, off_shift_h=14.0), 5000.0) == 150_000.0


def test_energy_of_a_line_that_never_closes() -> None:
    # 20 kW * 8,760 h
    assert energy_per_year(accounts(1), 8760.0) == pytest.approx(175_200.0, rel=1e-12)


@pytest.mark.parametrize("off_shift_h", [0.0, 14.0, 100.0])
def test_a_closed_line_draws_its_off_shift_power_whatever_was_measured(off_shift_h: float) -> None:
    # 20 kW * 5,000 h + 1 kW * (8,760 - 5,000) h = 100,000 + 3,760
    assert energy_per_year(accounts(1, off_shift_h=off_shift_h), 5000.0) == pytest.approx(103_760.0, rel=1e-12)


def test_a_year_of_366_days_is_not_closed_for_less_than_no_time() -> None:
    assert energy_per_year(accounts(1), 8784.0) == pytest.approx(20 * 8784.0, rel=1e-12)


def test_nothing_is_said_of_a_year_without_a_scheduled_hour() -> None:
    with pytest.raises(ValueError, match="no scheduled hour"):
        parts_per_year(1, accounts(1, scheduled_h=0.0, off_shift_h=8.0), 5000.0)


def test_costs_are_amount_times_price_and_zero_at_zero() -> None:
    assert energy_cost(103_760.0, 0.10) == pytest.approx(10_376.0)
    assert scrap_cost(2_500.0, 2.0) == 5_000.0
    assert upkeep_cost(1_000_000.0, 0.03) == 30_000.0
    assert energy_cost(0.0, 0.10) == scrap_cost(0.0, 2.0) == upkeep_cost(0.0, 0.03) == 0.0
