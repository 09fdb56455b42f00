"""Times of day, shifts, days and dates as they are written in a line file."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, PlainSerializer

from twin.errors import InputError
from twin.units import number, quoted, validator

HOUR = 3600
DAY = 24 * HOUR
WEEK = 7 * DAY
"""Seconds."""

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = get_args(Day)
"""The days as they are written, in order."""

_CLOCK = r"(\d{1,2}):([0-5]\d)"


def _time_of_day(written: object) -> int:
    match = re.fullmatch(_CLOCK, str(written).strip())
    if match is None or int(match[1]) >= 24:  # noqa: PLR2004 -- the hours of a day
        raise InputError(f"{quoted(written)} is not a time of day; write 06:00")
    return int(match[1]) * HOUR + int(match[2]) * 60


def _shift(written: object) -> tuple[int, int]:
    match = re.fullmatch(rf"{_CLOCK}\s*[-–]\s*{_CLOCK}", str(written).strip())
    if match is None:
        raise InputError(f"{quoted(written)} is not a shift; write 06:00-14:00")
    start, end = _time_of_day(f"{match[1]}:{match[2]}"), int(match[3]) * HOUR + int(match[4]) * 60
    if end > DAY or start == end:
        found = "ends after 24:00" if end > DAY else "has no length"
        raise InputError(f"the shift {quoted(written)} {found}; write 06:00-14:00, or 22:00-06:00 for a night")
    return start, end if end > start else end + DAY


def _days(written: object) -> tuple[Day, ...]:
    parts = written.split(",") if isinstance(written, str) else written if isinstance(written, (list, tuple)) else ()
    chosen = [day for part in parts for day in _days_of(str(part).strip().lower())]
    if not chosen or len(set(chosen)) < len(chosen):
        raise InputError(f"{quoted(written)} names a day twice or none; write mon-fri or [mon, wed, fri]")
    return tuple(day for day in DAYS if day in chosen)


def _days_of(text: str) -> list[str]:
    """Return the days of "mon" or of a range such as "sun-thu", which may run over the week's end."""
    first, dash, last = text.partition("-")
    if first not in DAYS or (dash and last not in DAYS):
        raise InputError(f"{quoted(text)} is not a day or a range of days; write {', '.join(DAYS)} or mon-fri")
    start, end = DAYS.index(first), DAYS.index(last or first)
    return [DAYS[(start + step) % 7] for step in range((end - start) % 7 + 1)]


def _clock(second: int) -> str:
    """Return a time of day as it is written; midnight at a day's end is 24:00."""
    within = second if second <= DAY else second - DAY
    return f"{within // HOUR:02d}:{within % HOUR // 60:02d}"


def written_shift(shift: tuple[int, int]) -> str:
    """Return a shift as it is written: "22:00-06:00"."""
    return f"{_clock(shift[0])}-{_clock(shift[1])}"


def _date(written: object) -> date:
    try:
        return written if isinstance(written, date) else date.fromisoformat(str(written).strip())
    except ValueError:
        raise InputError(f"{quoted(written)} is not a date; write 2026-12-25") from None


def _planned_hours(written: object) -> float:
    if (hours := number(written)) <= 0:
        raise InputError(f"{quoted(written)} is not a number of hours above 0; write 6240")
    return hours


TimeOfDay = Annotated[int, BeforeValidator(validator(_time_of_day)), PlainSerializer(_clock, return_type=str)]
"""Seconds after midnight, written "06:00"."""
Shift = Annotated[tuple[int, int], BeforeValidator(validator(_shift)), PlainSerializer(written_shift, return_type=str)]
"""Start and end in seconds after the midnight before, written "22:00-06:00"."""
Date = Annotated[date, BeforeValidator(validator(_date)), PlainSerializer(date.isoformat, return_type=str)]
"""A date, written "2026-12-25"."""
Days = Annotated[tuple[Day, ...], BeforeValidator(validator(_days))]
"""Days of the week in order, written "mon-fri", "sun-thu" or as a list."""
PlannedHours = Annotated[float, BeforeValidator(validator(_planned_hours))]
"""Hours a year, above 0."""
