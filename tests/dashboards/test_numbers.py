"""Numbers as people read them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.numbers import (
    NO_BREAK_SPACE,
    decimals_for,
    decimals_of,
    interval,
    mean,
    mean_and_interval,
    money,
    number,
    percent,
    plus_minus,
)
from twin.study.intervals import Estimate


def around(middle: float, half: float) -> Estimate:
    return Estimate(middle, (middle - half, middle + half))


@pytest.mark.parametrize(
    ("half", "decimals"),
    [(80, -1), (0.02, 2), (0.013, 3), (0.1, 2), (1, 1), (1.99, 1), (2, 0), (9.6, 0), (130, -1), (2e-9, 9), (3e7, -7)],
)
def test_one_digit_of_the_half_width_is_kept_two_if_the_first_is_one(half: float, decimals: int) -> None:
    assert decimals_for(half) == decimals


@given(st.floats(1e-12, 1e12))
def test_what_is_dropped_is_at_most_a_quarter_of_the_half_width(half: float) -> None:
    # Worst at a half-width of 2: the place kept is 1, rounding moves a number by at most 0.5.
    assert 0.5 * 10.0 ** -decimals_for(half) <= half / 4 * (1 + 1e-12)


@pytest.mark.parametrize("half", [0.0, -1.0, math.inf, math.nan])
def test_a_half_width_of_nothing_says_nothing(half: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        decimals_for(half)


@pytest.mark.parametrize(
    ("estimate", "written"),
    [
        (around(18_812.0, 80.0), "18,810 ± 80"),
        (around(6.3412, 0.0200001), "6.34 ± 0.02"),
        (around(-210.4, 30.0), "−210 ± 30"),
        (around(5.0, 0.0), "5.000"),
        (Estimate(6.34, None), "6.3"),
        (Estimate(18_810.0, None), "19,000"),
        (Estimate(2.0, (1.0, 5.0)), "2 [1, 5]"),
    ],
)
def test_an_estimate_is_written_to_what_is_known(estimate: Estimate, written: str) -> None:
    assert plus_minus(estimate).replace(NO_BREAK_SPACE, " ") == written


def test_an_interval_shares_the_place_of_its_mean() -> None:
    assert mean_and_interval(Estimate(370.2, (230.4, 510.0)), signed=True) == "+370 [230, 510]"
    assert mean_and_interval(Estimate(0.3, None)) == "0.30"
    assert mean(around(0.298, 0.0013), signed=True) == "+0.2980"


def test_signs() -> None:
    assert number(-0.004, 2) == "0.00"
    assert number(-0.004, 2, signed=True) == "0.00"
    assert number(98.0, 0, signed=True) == "+98"
    assert number(-98.0, 0) == "−98"
    assert interval((-0.06, 0.03), 2, signed=True) == "[−0.06, +0.03]"


@pytest.mark.parametrize("nothing", [None, math.nan, math.inf])
def test_what_is_absent_is_a_dash_and_never_zero(nothing: float | None) -> None:
    assert number(nothing, 2) == "–"
    assert money(nothing) == "–"
    assert interval(None, 2) == "–"
    assert percent(None) == "–"


def test_money_has_no_cents_above_a_thousand() -> None:
    assert money(1000.0) == "1,000.00"
    assert money(1000.4) == "1,000"
    assert money(-23_400_000.4) == "−23,400,000"
    assert money(0.05, signed=True) == "+0.05"


def test_a_share_is_written_in_percent() -> None:
    assert percent(0.4048).replace(NO_BREAK_SPACE, " ") == "40 %"
    assert percent(-0.051, 1).replace(NO_BREAK_SPACE, " ") == "−5.1 %"


def test_rounding_errors_are_no_interval() -> None:
    assert decimals_of(around(14.62876, 1e-15)) == 2
