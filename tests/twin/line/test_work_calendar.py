"""Shifts: the windows of a week, worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from twin.errors import InputError
from twin.line.work_calendar import (
    DAY,
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
    timetable,
    windows,
    worked_until,
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
        {"pattern": "2x8", "breaks": ["09:00-09:15", "13:50-14:10"], "first_day": "2026-01-05"},
        {"breaks": ["23:50-00:10"], "first_day": "2026-01-05", "holidays": ["2026-12-25", "2026-01-06"]},
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
        ({"pattern": "1x8", "breaks": ["15:00-15:15"]}, "the break 15:00-15:15 falls into no shift; leave it out"),
        ({"pattern": "1x8", "breaks": ["05:00-15:00"]}, "the breaks leave no time to work; write shorter ones"),
        ({"holidays": ["2026-12-25"]}, "`holidays` need the date of time 0; write first_day, such as 2026-01-05"),
        ({"first_day": "2026-01-07"}, "first_day 2026-01-07 is no Monday, on which time begins; write 2026-01-05"),
        ({"first_day": "5.1.2026"}, '"5.1.2026" is not a date; write 2026-12-25'),
        (
            {"first_day": "2026-01-05", "holidays": ["2226-01-01"]},
            "the holiday 2226-01-01 is over 100 years after first_day",
        ),
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
            {"pattern": "2x8", "breaks": ["09:00-09:15", "13:50-14:20"]},
            {"breaks": ["23:50-00:10"]},
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


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"times": {"mon": ["06:00-14:00"]}, "breaks": ["09:00-09:15"]}, [(6, 9), (9.25, 14)]),
        ({"times": {"mon": ["06:00-14:00"]}, "breaks": ["13:45-14:15"]}, [(6, 13.75)]),
        ({"times": {"mon": ["06:00-14:00"]}, "breaks": ["12:00-12:30", "12:15-13:00"]}, [(6, 12), (13, 14)]),
        ({"times": {"mon": ["22:00-06:00"]}, "breaks": ["23:45-00:15"]}, [(22, 23.75), (24.25, 30)]),
        ({"times": {"sun": ["22:00-06:00"]}, "breaks": ["23:45-00:15"]}, [(0.25, 6), (166, 167.75)]),
        ({"times": {"mon": ["06:00-14:00", "14:00-22:00"]}, "breaks": ["13:45-14:15"]}, [(6, 13.75), (14.25, 22)]),
        (
            {"times": {"mon": ["06:00-14:00"], "tue": ["14:00-22:00"]}, "breaks": ["09:00-10:00"]},
            [(6, 9), (10, 14), (38, 46)],
        ),
    ],
)
def test_breaks_are_gaps_in_the_windows(written: dict[str, object], expected: list[tuple[float, float]]) -> None:
    shifts = Shifts.model_validate(written)

    assert hours(shifts) == expected
    worked = sum(end - start for start, end in expected)
    assert scheduled_hours_per_week(shifts) == pytest.approx(worked)
    assert shift_hours(shifts) * shifts_per_week(shifts) == pytest.approx(worked)
    assert opening_hours(shifts) == pytest.approx(52 * worked)
    assert scheduled_s(shifts, WEEK, 3 * WEEK) == pytest.approx(2 * worked * HOUR)


def test_a_gap_is_a_break_only_where_the_shifts_go_on_after_it() -> None:
    two = {"mon": ["06:00-14:00", "14:00-22:00"]}
    shifts = Shifts.model_validate({"times": two, "breaks": ["09:00-09:15", "13:45-14:15", "21:45-22:00"]})

    rests = [(w.end / HOUR, w.rests, w.fresh) for w in timetable(shifts).weekly]

    # The second shift's people come after the break that lies across the two.
    assert rests == [(9, True, True), (13.75, True, False), (21.75, False, True)]


def test_shifts_that_touch_are_told_apart_where_people_are() -> None:
    shifts = Shifts.model_validate({"pattern": "3x8", "days": "sun", "breaks": ["12:00-12:30"]})

    each = [(w.start / HOUR, w.end / HOUR, w.fresh) for w in timetable(shifts, each=True).weekly]

    assert each == [(0, 6, False), (150, 156, True), (156.5, 158, False), (158, 166, True), (166, 168, True)]


NEW_YEAR = {"first_day": "2025-12-29", "holidays": ["2026-01-01", "2026-01-04"]}
"""The Thursday and the Sunday of the first week."""


def test_a_shift_that_begins_on_a_holiday_does_not_take_place() -> None:
    times = {"wed": ["22:00-06:00"], "thu": ["06:00-14:00", "22:00-06:00"], "sun": ["22:00-06:00"]}
    shifts = Shifts.model_validate({"times": times} | NEW_YEAR)
    usual = Shifts.model_validate({"times": times})

    first = [(w.start / HOUR, w.end / HOUR) for w in timetable(shifts).first]

    # Wednesday night runs into the holiday; Thursday has none; Sunday night, and with it Monday morning, has none.
    assert first[:3] == [(0, 6), (70, 78), (168 + 70, 168 + 86)]
    assert scheduled_s(shifts, 0, 2 * WEEK) == scheduled_s(usual, 0, 2 * WEEK) - (8 + 8 + 8) * HOUR
    assert scheduled_s(shifts, 2 * WEEK, 9 * WEEK) == scheduled_s(usual, 2 * WEEK, 9 * WEEK)
    assert opening_hours(shifts) == opening_hours(usual) - 24


def test_a_plant_that_never_closes_closes_for_the_shifts_of_a_holiday() -> None:
    shifts = Shifts.model_validate({"pattern": "continuous"} | NEW_YEAR)

    first = [(w.start / HOUR, w.end / HOUR) for w in timetable(shifts).first]

    # The shifts of a day begin at 06:00, 14:00 and 22:00.
    assert first[:3] == [(0, 78), (102, 150), (174, 336)]


@pytest.mark.parametrize("start", [0.0, 7 * HOUR, 20 * HOUR, 130 * HOUR, 1000 * HOUR])
@pytest.mark.parametrize("work", [1.0, 8 * HOUR, 40 * HOUR, 41 * HOUR])
@pytest.mark.parametrize(
    "written",
    [
        {},
        {"pattern": "1x8"},
        {"pattern": "3x8", "days": "sun-thu"},
        {"pattern": "2x8", "breaks": ["09:00-09:15"]},
        {"pattern": "1x8"} | NEW_YEAR,
        NEW_YEAR,
    ],
)
def test_working_until_and_working_between_undo_each_other(
    written: dict[str, object], start: float, work: float
) -> None:
    shifts = Shifts.model_validate(written)
    end = worked_until(shifts, start, work)

    assert scheduled_s(shifts, start, end) == pytest.approx(work)
    assert scheduled_s(shifts, start, end - 0.5) < work


def test_holidays_turn_with_their_calendar_by_whole_days() -> None:
    shifts = Shifts.model_validate({"pattern": "2x8", "breaks": ["09:00-09:15"]} | NEW_YEAR)

    for by in (-2 * DAY, DAY, 3 * DAY):
        turned = rotated(shifts, by)
        for start in range(max(0, -by), 2 * WEEK, 4 * HOUR + 900):
            assert scheduled_s(turned, start, start + HOUR) == scheduled_s(shifts, start + by, start + by + HOUR)
    with pytest.raises(InputError, match="a calendar with holidays turns by whole days, not by 3600 s"):
        rotated(shifts, HOUR)
