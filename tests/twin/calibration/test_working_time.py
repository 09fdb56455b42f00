from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.calibration.working_time import WorkingTime, shifts_of, union
from twin.errors import InputError
from twin.line.work_calendar import DAY, HOUR, WEEK, Shifts, windows

TWO_DAYS = WorkingTime(Shifts.model_validate({"times": {"mon": ["08:00-16:00"], "tue": ["08:00-16:00"]}}))


def found(*spans: tuple[float, float]) -> list[tuple[float, float]]:
    """The windows of the shifts seen in reports [h]."""
    starts, ends = (np.array(times) * HOUR for times in zip(*spans, strict=True))
    return [(start / HOUR, end / HOUR) for start, end in windows(shifts_of(starts, ends))]


def test_shifts_are_where_work_is_reported() -> None:
    assert found((8, 12), (12, 16), (32, 40.25)) == [(8, 16), (32, 40.25)]


def test_an_interruption_under_an_hour_is_a_break() -> None:
    assert found((8, 12), (12.75, 16)) == [(8, 16)]
    assert found((8, 12), (13, 16)) == [(8, 12), (13, 16)]


def test_little_work_is_no_shift() -> None:
    # Ten weeks of day shifts, and half an hour on a Sunday; then two hours on one Saturday of the ten.
    days = [(WEEK / HOUR * week + 8, WEEK / HOUR * week + 16) for week in range(10)]
    assert found(*days, (6 * 24 + 10, 6 * 24 + 10.5)) == [(8, 16)]
    assert found(*days, (5 * 24 + 10, 5 * 24 + 12)) == [(8, 16)]


def test_a_night_shift_is_one_window_across_midnight_and_the_week() -> None:
    assert found((22, 30)) == [(22, 30)]
    assert found((7 * 24 - 2, 7 * 24 + 6)) == [(0, 6), (7 * 24 - 2, 7 * 24)]


def test_work_at_all_hours_never_closes() -> None:
    assert shifts_of(np.array([0.0]), np.array([float(WEEK)])) == Shifts()


def test_reports_without_length_show_no_shift() -> None:
    with pytest.raises(InputError, match="the reports span no time"):
        shifts_of(np.array([1.0, 2.0]), np.array([1.0, 2.0]))


@pytest.mark.parametrize(
    ("clock", "worked"), [(0, 0), (10, 2), (16, 8), (20, 8), (33, 9), (40, 16), (100, 16), (7 * 24 + 9, 17), (-1, 0)]
)
def test_working_time_stands_still_while_the_plant_is_closed(clock: float, worked: float) -> None:
    assert TWO_DAYS.at(np.array(clock * HOUR)) == worked * HOUR


@pytest.mark.parametrize(("worked", "clock"), [(2, 10), (8, 32), (9, 33), (16, 7 * 24 + 8), (17, 7 * 24 + 9)])
def test_the_clock_of_working_time_is_the_last_there_is(worked: float, clock: float) -> None:
    assert TWO_DAYS.clock(np.array(worked * HOUR)) == clock * HOUR


@given(st.integers(0, 10 * WEEK))
def test_clock_and_working_time_undo_each_other(worked: int) -> None:
    assert TWO_DAYS.at(TWO_DAYS.clock(np.array(float(worked)))) == worked


def test_a_stretch_that_ends_as_the_plant_closes_ends_midway_to_its_opening() -> None:
    # From Monday 15:00: an hour ends between Monday 16:00 and Tuesday 08:00, two on Tuesday at 09:00.
    lasting = TWO_DAYS.lasting(np.array([7.0, 7.0, 7.0, 7.0]) * HOUR, np.array([0.0, 0.5, 1.0, 2.0]) * HOUR)
    assert lasting / HOUR == pytest.approx([0, 0.5, 9, 18])


def test_intervals_that_overlap_or_touch_are_one() -> None:
    assert union([(4, 5), (0, 2), (2, 3), (1, 1.5)]) == [(0, 3), (4, 5)]
    assert union([]) == []


def test_a_whole_week_holds_its_shifts() -> None:
    assert TWO_DAYS.at(np.array(float(WEEK))) == 16 * HOUR
    assert WorkingTime(Shifts()).at(np.array(3.5 * DAY)) == 3.5 * DAY
