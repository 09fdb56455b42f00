from __future__ import annotations

import numpy as np
import pytest

from support.hand_log import DAYS, Said, shop
from twin.calibration.naive import completion_forecast, lead_time_curve, rate_forecast
from twin.calibration.structure import Structure, structure_of
from twin.line.work_calendar import DAY, HOUR

OPEN = Said("x", "saw", 15 * 24 + 8, 15 * 24 + 9, 20), Said("x", "check", 15 * 24 + 9, 15 * 24 + 10, 20)


@pytest.fixture(scope="module")
def plant() -> Structure:
    """Twelve orders of eight hours of working time each, and one that was begun eight hours before the end."""
    return structure_of(shop(*OPEN))


def test_a_rate_goes_on_as_it_was(plant: Structure) -> None:
    # 24 hours of working time are three days of 9 pieces: 27 on each of the four that the log has, so 13.5 in half.
    moments = np.array([(24 * day + 16) * HOUR for day in DAYS]) - 1.0
    found = rate_forecast(plant, moments, np.full(12, 9.0), 1.5 * DAY, members=500, seed=1)
    assert found.shape == (500,)
    assert set(found.tolist()) == {27 * 1.5}


def test_its_members_are_as_unlike_as_days_were(plant: Structure) -> None:
    # Of the four days of 24 hours one has 40, the others nothing.
    moment = np.array([(24.0 * 15 + 15) * HOUR])
    found = rate_forecast(plant, moment, np.array([40.0]), float(DAY), members=4000, seed=1)
    assert set(found.tolist()) == {0.0, 40.0}
    assert float((found > 0).mean()) == pytest.approx(0.25, abs=5 * np.sqrt(0.25 * 0.75 / 4000))
    assert np.array_equal(found, rate_forecast(plant, moment, np.array([40.0]), float(DAY), members=4000, seed=1))


def test_what_came_before_the_days_that_are_whole_counts_for_none(plant: Structure) -> None:
    assert rate_forecast(plant, np.array([-10.0 * DAY]), np.array([5.0]), float(DAY), members=50, seed=1).sum() == 0


def test_lead_times_of_open_orders_are_censored(plant: Structure) -> None:
    curve = lead_time_curve(plant)
    assert curve.durations.tolist() == [8 * HOUR] * 13
    assert curve.event_observed.sum() == 12


class Curve:
    """As lifelines' estimate: S = 3/4, 1/2, 1/4 after 2, 4 and 8 hours; the longest was not seen to its end."""

    def __init__(self) -> None:
        from lifelines import KaplanMeierFitter

        found = KaplanMeierFitter().fit(np.array([2.0, 4.0, 8.0, 9.0]), np.array([1, 1, 1, 0]))
        self.survival_function_ = found.survival_function_


def test_an_order_just_begun_takes_as_long_as_past_ones() -> None:
    found = completion_forecast(Curve(), 0.0, 8)
    assert found.tolist() == [2, 2, 4, 4, 8, 8, np.inf, np.inf]


def test_an_order_that_has_lasted_takes_what_is_left_of_those_that_lasted_longer() -> None:
    # Of those above 4 half take 8, the others longer than was seen.
    assert completion_forecast(Curve(), 5.0, 4).tolist() == [3, 3, np.inf, np.inf]
    assert completion_forecast(Curve(), 4.0, 4).tolist() == [4, 4, np.inf, np.inf]


def test_of_an_order_older_than_any_nothing_is_known() -> None:
    assert completion_forecast(Curve(), 20.0, 3).tolist() == [np.inf] * 3
