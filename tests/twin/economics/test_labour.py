"""Labour, each figure worked out on paper."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.economics.labour import absence_cover, labour_cost, people_employed, post_hour_cost
from twin.errors import InputError

ABSENCES = st.floats(0, 0.9)


def test_the_published_absence_changes_nothing() -> None:
    # 1 / (1 - 0.06) hours are paid for a post hour, each at 46.5 * (1 - 0.06): 46.5 again.
    assert absence_cover(0.06, 0.06) == 1.0
    assert post_hour_cost(46.5, premium=0.0, cover=1.0) == 46.5


def test_more_absence_than_published_costs_more() -> None:
    # 10 % here, 6 % in the figure: 46.5 * 0.94 = 43.71 a paid hour; 43.71 / 0.90 = 48.5666... a post hour.
    cover = absence_cover(0.10, 0.06)
    assert post_hour_cost(46.5, premium=0.0, cover=cover) == pytest.approx(43.71 / 0.90, rel=1e-15)


def test_a_premium_comes_on_top_of_cover() -> None:
    # 40 * 1.2 * 1.25 = 60
    assert post_hour_cost(40.0, premium=0.25, cover=1.2) == pytest.approx(60.0, rel=1e-15)


@given(ABSENCES, ABSENCES)
def test_cover_rises_with_the_absence_of_the_plant_alone(absence: float, published: float) -> None:
    assert absence_cover(absence + 0.05, published) > absence_cover(absence, published)


@pytest.mark.parametrize("wrong", [-0.01, 1.0, float("nan")])
def test_an_absence_that_is_no_share_is_refused(wrong: float) -> None:
    with pytest.raises(InputError, match=r"absence is .* such as 6 %"):
        absence_cover(wrong, 0.06)
    with pytest.raises(InputError, match="absence_in_cost"):
        absence_cover(0.06, wrong)


def test_posts_are_paid_for_every_opening_hour() -> None:
    # 4 * 5,000 h * 50 EUR + 1 * 5,000 h * 62.5 EUR = 1,000,000 + 312,500
    hourly = {"operator": 50.0, "technician": 62.5}
    assert labour_cost({"operator": 4, "technician": 1}, 5000.0, hourly) == 1_312_500.0
    assert labour_cost({}, 5000.0, hourly) == 0


def test_a_skill_without_a_cost_is_an_error() -> None:
    with pytest.raises(KeyError):
        labour_cost({"welder": 1}, 5000.0, {"operator": 50.0})


def test_people_fill_posts_by_the_hours_they_work() -> None:
    # 15 posts * 5,400 h / 1,500 h = 54 people
    assert people_employed(15, 5400.0, 1500.0) == 54.0


def test_more_absence_takes_more_people() -> None:
    # (1 - 0.05) / (1 - 0.24) = 1.25, so 4 * 3,000 * 1.25 / 1,500 = 10
    assert people_employed(4, 3000.0, 1500.0, cover=absence_cover(0.24, 0.05)) == pytest.approx(10.0, rel=1e-15)


def test_people_who_work_no_hours_fill_no_post() -> None:
    with pytest.raises(InputError, match="hours_per_year"):
        people_employed(1, 5000.0, 0.0)
