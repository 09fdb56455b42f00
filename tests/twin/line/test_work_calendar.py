"""Shifts: the windows of a week, worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from twin.errors import InputError
from twin.line.work_calendar import (
    DAYS,
    HOUR,
    WEEK,
    Shifts,
    opening_hours,
    rotated,
    scheduled_hours_per_week,
    scheduled_s,
    shift_hours,
    shifts_per_week,
    windows,
)


def hours(shifts: Shifts) -> list[tuple[float, float]]:
    """Return the windows in hours from Monday 00:00."""
    return [(start / 3600, end / 3600) for start, end in windows(shifts)]


def refusal_of(**written: object) -> str:
    """Return the one sentence with which the shifts are refused."""
    with pytest.raises(ValidationError) as refusal:
        Shifts.model_validate(written)
    [error] = refusal.value.errors()
    return error["msg"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"pattern": "1x8"}, [(24 * day + 6, 24 * day + 14) for day in range(5)]),
        ({"pattern": "2x8"}, [(24 * day + 6, 24 * day + 22) for day in range(5)]),
        ({"pattern": "3x8"}, [(6, 126)]),
        ({"pattern": "3x8", "days": "mon-sat"}, [(6, 150)]),
        ({"pattern": "3x8", "days": "mon-sun"}, [(0, 168)]),
        ({"pattern": "3x8", "days": "sun-thu"}, [(0, 102), (150, 168)]),
        ({"pattern": "3x8", "days": ["mon", "wed"]}, [(6, 30), (54, 78)]),
        ({"pattern": "1x8", "days": "sun", "start": "22:00"}, [(0, 6), (166, 168)]),
        ({"pattern": "2x8", "days": "tue", "start": "14:30"}, [(38.5, 54.5)]),
        ({"pattern": "5x8"}, [(0, 168)]),
        ({"pattern": "continuous"}, [(0, 168)]),
        ({}, [(0, 168)]),
        ({"times": {"mon": ["06:00-14:00", "14:00-22:00"]}}, [(6, 22)]),
        ({"times": {"mon": ["22:00-06:00"], "tue": ["22:00-06:00"]}}, [(22, 30), (46, 54)]),
        ({"times": {"sun": ["22:00-06:00"], "mon": ["06:00-14:00"]}}, [(0, 14), (166, 168)]),
        ({"times": {"sat": ["00:00-24:00"]}}, [(120, 144)]),
        ({"times": {"wed": ["13:00-17:30", "07:15-12:00"]}}, [(55.25, 60), (61, 65.5)]),
        ({"times": {"sun": ["16:00-24:00"], "mon": ["00:00 - 08:00"]}}, [(0, 8), (160, 168)]),
    ],
)
def test_windows_of_a_week(written: dict[str, object], expected: list[tuple[float, float]]) -> None:
    shifts = Shifts.model_validate(written)

    assert hours(shifts) == expected
    assert scheduled_hours_per_week(shifts) == sum(end - start for start, end in expected)


@pytest.mark.parametrize(
    ("written", "a_week", "length", "a_year"),
    [
        ({"pattern": "1x8"}, 5, 8, 2080),
        ({"pattern": "2x8", "days": "mon-sat"}, 12, 8, 4992),
        ({"pattern": "3x8"}, 15, 8, 6240),
        ({"pattern": "3x8", "hours_per_year": "5800"}, 15, 8, 5800),
        ({"pattern": "5x8"}, 21, 8, 8736),
        ({"hours_per_year": 8600}, 21, 8, 8600),
        ({"times": {"mon": ["06:00-15:00"], "tue": ["06:00-13:00"]}}, 2, 8, 832),
        ({"times": {"sun": ["20:00-06:00"]}}, 1, 10, 520),
    ],
)
def test_shifts_are_counted(written: dict[str, object], a_week: int, length: float, a_year: float) -> None:
    shifts = Shifts.model_validate(written)

    assert (shifts_per_week(shifts), shift_hours(shifts), opening_hours(shifts)) == (a_week, length, a_year)


def test_what_is_left_out_is_held_as_what_it_stands_for() -> None:
    shifts = Shifts(pattern="2x8")

    assert (shifts.days, shifts.start) == (DAYS[:5], 6 * 3600)


@pytest.mark.parametrize(
    "written",
    [
        {},
        {"pattern": "5x8", "hours_per_year": 8000},
        {"pattern": "3x8", "days": "sun-thu", "start": "05:30"},
        {"times": {"sun": ["22:00-06:00"], "sat": ["00:00-24:00"], "fri": ["16:00-24:00"]}},
    ],
)
def test_what_is_written_is_read_back(written: dict[str, object]) -> None:
    shifts = Shifts.model_validate(written)

    assert Shifts.model_validate(shifts.model_dump()) == shifts
    assert Shifts.model_validate_json(shifts.model_dump_json()) == shifts


@pytest.mark.parametrize(
    ("times", "first", "second"),
    [
        ({"mon": ["06:00-14:00", "13:59-22:00"]}, "mon 06:00-14:00", "mon 13:59-22:00"),
        ({"mon": ["22:00-06:00"], "tue": ["05:00-13:00"]}, "mon 22:00-06:00", "tue 05:00-13:00"),
        ({"sun": ["22:00-06:00"], "mon": ["05:00-13:00"]}, "sun 22:00-06:00", "mon 05:00-13:00"),
        ({"wed": ["06:00-14:00", "06:00-14:00"]}, "wed 06:00-14:00", "wed 06:00-14:00"),
        ({"thu": ["06:00-22:00", "08:00-10:00"]}, "thu 06:00-22:00", "thu 08:00-10:00"),
    ],
)
def test_overlapping_shifts_are_refused_by_name(times: dict[str, list[str]], first: str, second: str) -> None:
    assert refusal_of(times=times) == f"the shifts {first} and {second} overlap; let each end before the next begins"


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ({"pattern": "3x8", "days": "mon-fry"}, '"mon-fry" is not a day or a range of days; write mon, tue, wed'),
        ({"pattern": "3x8", "days": []}, "a list names a day twice or none; write mon-fri or [mon, wed, fri]"),
        ({"pattern": "3x8", "days": "mon-fri,wed"}, '"mon-fri,wed" names a day twice or none'),
        ({"pattern": "3x8", "start": "25:00"}, '"25:00" is not a time of day; write 06:00'),
        ({"pattern": "3x8", "start": "360"}, '"360" is not a time of day; write 06:00'),
        ({"times": {"mon": ["6-14"]}}, '"6-14" is not a shift; write 06:00-14:00'),
        ({"times": {"mon": ["06:00-24:30"]}}, 'the shift "06:00-24:30" ends after 24:00; write 06:00-14:00'),
        ({"times": {"mon": ["06:00-06:00"]}}, 'the shift "06:00-06:00" has no length'),
        ({"times": {"mon": []}}, "`times` hold no shift; write {mon: [06:00-14:00]}"),
        ({"times": {"mon": ["06:00-14:00"]}, "pattern": "3x8"}, "`times` say all; leave out pattern, days and start"),
        ({"times": {"mon": ["06:00-14:00"]}, "start": "00:00"}, "`times` say all; leave out pattern, days and start"),
        ({"pattern": "5x8", "days": "mon-fri"}, "5x8 never closes; leave out days and start, or write pattern: 3x8"),
        ({"days": "mon-fri"}, "continuous never closes; leave out days and start, or write pattern: 3x8"),
        ({"pattern": "1x8", "hours_per_year": 2100}, "hours_per_year 2100 is more than the 2091 h of a year"),
        ({"hours_per_year": 0}, '"0" is not a number of hours above 0; write 6240'),
        ({"hours_per_year": "nan"}, '"nan" is not a number; write 0.2'),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(written: dict[str, object], sentence: str) -> None:
    assert refusal_of(**written).startswith(sentence)


@pytest.mark.parametrize("written", [{"pattern": "4x8"}, {"pauses": []}, {"times": {"monday": ["06:00-14:00"]}}, "3x8"])
def test_what_is_unknown_is_refused(written: object) -> None:
    with pytest.raises(ValidationError):
        Shifts.model_validate(written)


@given(
    pattern=st.sampled_from(["1x8", "2x8", "3x8"]),
    days=st.lists(st.sampled_from(DAYS), min_size=1, unique=True),
    hour=st.integers(0, 23),
)
def test_windows_are_in_order_apart_and_as_long_as_the_shifts(pattern: str, days: list[str], hour: int) -> None:
    shifts = Shifts.model_validate({"pattern": pattern, "days": days, "start": f"{hour:02d}:00"})

    edges = [edge for window in windows(shifts) for edge in window]
    assert edges == sorted(set(edges))
    assert 0 <= edges[0] < edges[-1] <= WEEK
    assert scheduled_hours_per_week(shifts) == 8 * shifts_per_week(shifts) == 8 * int(pattern[0]) * len(days)


@given(
    written=st.sampled_from(
        [
            {"pattern": "3x8", "days": "sun-thu", "start": "22:00"},
            {"pattern": "2x8"},
            {"times": {"sat": ["00:00-24:00"], "sun": ["16:00-06:00"], "wed": ["13:00-17:30", "07:15-12:00"]}},
            {"pattern": "continuous"},
        ]
    ),
    minutes=st.integers(-20_000, 20_000),
)
def test_a_calendar_seen_from_a_later_start_is_open_at_the_same_moments(
    written: dict[str, object], minutes: int
) -> None:
    shifts = Shifts.model_validate(written)
    turned = rotated(shifts, 60 * minutes)

    assert Shifts.model_validate(turned.model_dump(mode="json", exclude_none=True)) == turned
    for start in range(0, WEEK, 4 * HOUR + 900):
        there = start + (60 * minutes) % WEEK
        assert scheduled_s(turned, start, start + HOUR) == scheduled_s(shifts, there, there + HOUR)
    assert opening_hours(turned) == opening_hours(shifts)


def test_a_calendar_does_not_turn_by_seconds() -> None:
    with pytest.raises(InputError, match="whole minutes, not by 90 s"):
        rotated(Shifts.model_validate({"pattern": "2x8"}), 90)
