from __future__ import annotations

from datetime import date

import pytest

from twin.errors import InputError
from twin.line.week_clock import clock, lasted, read_moment
from twin.line.work_calendar import DAY, HOUR, WEEK


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("Mon 08:15", 8 * HOUR + 900),
        ("monday 08:15:30.5", 8 * HOUR + 930.5),
        ("Sun 23:59", 7 * DAY - 60),
        ("Tue 00:00 of week 3", 2 * WEEK + DAY),
        ("week 3 tue 00:00", 2 * WEEK + DAY),
        ("29700 s", 29700),
        ("1 d 8 h", 32 * HOUR),
        ("1d8h", 32 * HOUR),
        ("2 h", 2 * HOUR),
        ("2026-01-12T08:15", WEEK + 8 * HOUR + 900),
        ("2026-01-05 00:00:01", 1),
    ],
)
def test_a_moment_is_read_as_people_write_it(written: str, seconds: float) -> None:
    assert read_moment(written, date(2026, 1, 5)) == seconds


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("soon", '"soon" is no moment; write "Mon 08:15", 29700 s or "1 d 8 h"'),
        ("", "is no moment"),
        ("29700", '"29700" is no moment'),
        ("Mon 24:00", "is no moment of a week"),
        ("Mon 08:15 week 0", "is no moment of a week"),
        ("week 1 Mon 08:15 week 2", "is no moment of a week"),
        ("3 sek", '"3 sek" is not a time'),
        ("1 d and 8 h", "is no moment"),
        ("2026-01-04 08:00", "lies before the first day, 2026-01-05"),
        ("2026-13-04 08:00", "is no date"),
        ("2026-01-05T08:00Z", "names a time zone, and a run has none"),
    ],
)
def test_what_is_no_moment_is_refused(written: str, says: str) -> None:
    with pytest.raises(InputError) as refused:
        read_moment(written, date(2026, 1, 5))
    assert says in str(refused.value)


def test_a_date_needs_the_line_s_first_day() -> None:
    with pytest.raises(InputError, match="the line has none for its first Monday"):
        read_moment("2026-01-05 08:00")


def test_what_the_clock_tells_reads_back() -> None:
    for seconds in (0.0, 29700.0, DAY - 1.0, WEEK + 61.0, 30 * WEEK + 3 * DAY + 7.0):
        assert read_moment(clock(seconds)) == seconds


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.0, "0 s"), (0.1234, "0.123 s"), (59.96, "1 min"), (60.0, "1 min"), (3599.7, "1 h"), (86_400.0, "1 d")],
)
def test_how_long_something_lasted_is_told_in_its_two_largest_units(seconds: float, said: str) -> None:
    assert lasted(seconds) == said
