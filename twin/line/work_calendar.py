"""Shifts: when a line works, as intervals within one week that begins on Monday 00:00 local time."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from twin.errors import InputError
from twin.units import number, quoted, refused, validator

HOUR = 3600
DAY = 24 * HOUR
WEEK = 7 * DAY
"""Seconds."""

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = get_args(Day)
"""The days as they are written, in order."""

PATTERNS = {"1x8": 1, "2x8": 2, "3x8": 3, "5x8": 3, "continuous": 3}
"""Shifts of eight hours a day, by pattern."""

ALWAYS_OPEN = ("5x8", "continuous")
"""The patterns that never close: five crews in turn, or nobody to ask."""

PATTERN_SHIFT = 8 * HOUR
WEEKS_PER_YEAR = 52
LONGEST_YEAR_IN_WEEKS = 366 / 7

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


TimeOfDay = Annotated[int, BeforeValidator(validator(_time_of_day)), PlainSerializer(_clock, return_type=str)]
"""Seconds after midnight, written "06:00"."""
Shift = Annotated[tuple[int, int], BeforeValidator(validator(_shift)), PlainSerializer(written_shift, return_type=str)]
"""Start and end in seconds after the midnight before, written "22:00-06:00"."""
Days = Annotated[tuple[Day, ...], BeforeValidator(validator(_days))]
"""Days of the week in order, written "mon-fri", "sun-thu" or as a list."""


def _planned_hours(written: object) -> float:
    if (hours := number(written)) <= 0:
        raise InputError(f"{quoted(written)} is not a number of hours above 0; write 6240")
    return hours


class Shifts(BaseModel):
    """When the line works: by a pattern of eight-hour shifts, or by the times of each.

    `start` [s after midnight] and `times` [s] are held as numbers and written as clock times. A pattern with a closing
    time holds its `days` and `start`; one that never closes has neither.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pattern: Literal["1x8", "2x8", "3x8", "5x8", "continuous"] | None = Field(
        default="continuous", description="shifts of 8 h a day; 5x8 and continuous never close", examples=["3x8"]
    )
    days: Days | None = Field(
        default=None, description="days on which a shift begins (default: mon-fri)", examples=["mon-fri", "sun-thu"]
    )
    start: TimeOfDay | None = Field(
        default=None, description="when the first shift begins (default: 06:00)", examples=["06:00"]
    )
    times: dict[Day, tuple[Shift, ...]] | None = Field(
        default=None, description="the shifts of each day, instead of a pattern", examples=["{mon: [06:00-14:00]}"]
    )
    hours_per_year: Annotated[float, BeforeValidator(validator(_planned_hours))] | None = Field(
        default=None, description="planned opening hours a year (default: 52 weeks of the shifts)", examples=["6000"]
    )

    @model_validator(mode="before")
    @classmethod
    def _say_what_is_left_out(cls, value: Any) -> Any:  # noqa: ANN401 -- whatever was written
        if not isinstance(value, dict):
            return value
        given = {key: content for key, content in value.items() if content is not None}
        if "times" in given:
            return {"pattern": None} | given
        if given.get("pattern", "continuous") in ALWAYS_OPEN:
            return given
        return {"days": "mon-fri", "start": "06:00"} | given

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> Self:
        if self.times is not None and (self.pattern or self.days or self.start is not None):
            raise refused("`times` say all; leave out pattern, days and start")
        if self.pattern in ALWAYS_OPEN and (self.days or self.start is not None):
            raise refused(f"{self.pattern} never closes; leave out days and start, or write pattern: 3x8")
        return self

    @model_validator(mode="after")
    def _shifts_follow_each_other(self) -> Self:
        named = sorted((*span, name) for name, start, end in _named_shifts(self) for span in _within_week(start, end))
        if not named and self.times is not None:
            raise refused("`times` hold no shift; write {mon: [06:00-14:00]}")
        for (_, end, earlier), (start, _, later) in pairwise(named):
            if start < end:
                raise refused(f"the shifts {earlier} and {later} overlap; let each end before the next begins")
        return self

    @model_validator(mode="after")
    def _a_year_holds_the_hours(self) -> Self:
        most = scheduled_hours_per_week(self) * LONGEST_YEAR_IN_WEEKS
        if self.hours_per_year is not None and self.hours_per_year > most:
            raise refused(
                f"hours_per_year {self.hours_per_year:g} is more than the {most:.0f} h of a year of these shifts;"
                " write less, or add shifts"
            )
        return self


def windows(shifts: Shifts) -> list[tuple[float, float]]:
    """Return when the line works within one week.

    Parameters
    ----------
    shifts : Shifts
        The shifts; a night shift that runs over the week's end is cut there and goes on at the week's start.

    Returns
    -------
    list of (float, float)
        Start and end [s] from Monday 00:00, in order; shifts that touch are one window.

    Examples
    --------
    >>> windows(Shifts(pattern="2x8", days="mon-fri"))[0]
    (21600.0, 79200.0)
    >>> windows(Shifts())
    [(0.0, 604800.0)]
    """
    merged: list[tuple[float, float]] = []
    for start, end in sorted(span for _, *shift in _named_shifts(shifts) for span in _within_week(*shift)):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], float(end))
        else:
            merged.append((float(start), float(end)))
    return merged


def scheduled_hours_per_week(shifts: Shifts) -> float:
    """Return how long the line works in a week [h]."""
    return sum(end - start for start, end in windows(shifts)) / HOUR


def shifts_per_week(shifts: Shifts) -> int:
    """Return how many shifts there are in a week; a pattern that never closes has three a day."""
    return len(_named_shifts(shifts))


def shift_hours(shifts: Shifts) -> float:
    """Return the length of one shift [h]: eight in a pattern, the mean of explicit times."""
    return scheduled_hours_per_week(shifts) / shifts_per_week(shifts)


def opening_hours(shifts: Shifts) -> float:
    """Return the planned opening hours of a year [h]: as named, else 52 weeks of the shifts.

    Examples
    --------
    >>> opening_hours(Shifts(pattern="3x8"))
    6240.0
    """
    return shifts.hours_per_year or scheduled_hours_per_week(shifts) * WEEKS_PER_YEAR


def daily_shifts(shifts: Shifts, first_s: int = 0) -> dict[Day, tuple[tuple[int, int], ...]]:
    """Return the shifts that begin on each day of the week, as start and end [s after its midnight].

    Parameters
    ----------
    shifts : Shifts
    first_s : int
        When the first shift of a pattern without a `start` begins [s after midnight].
    """
    if shifts.times is not None:
        return shifts.times
    first = first_s if shifts.start is None else shifts.start
    length, many = PATTERN_SHIFT, PATTERNS[shifts.pattern or "continuous"]
    daily = tuple((first + turn * length, first + (turn + 1) * length) for turn in range(many))
    return dict.fromkeys(shifts.days or DAYS, daily)


def _named_shifts(shifts: Shifts) -> list[tuple[str, int, int]]:
    """Return the name, start and end [s from Monday 00:00] of each shift of the week; Sunday's may end after it."""
    return [
        (f"{name} {written_shift((start, end))}", DAYS.index(name) * DAY + start, DAYS.index(name) * DAY + end)
        for name, of_day in daily_shifts(shifts).items()
        for start, end in of_day
    ]


def _within_week(start: int, end: int) -> list[tuple[int, int]]:
    """Return an interval cut at the week's end, what is over put at its start."""
    if start >= WEEK:
        return [(start - WEEK, end - WEEK)]
    return [(start, end)] if end <= WEEK else [(start, WEEK), (0, end - WEEK)]


def rotated(shifts: Shifts, by_s: float) -> Shifts:
    """Return the same calendar seen from a run that starts later in the week: its second 0 is `by_s` here.

    Parameters
    ----------
    shifts : Shifts
    by_s : float
        When the run starts [s since Monday 00:00]; negative before it, whole minutes.

    Returns
    -------
    Shifts
        Shifts by `times`; those that never close stay as they are. One of 24 h that then begins within a day is two.

    Raises
    ------
    InputError
        If `by_s` is no whole number of minutes: a clock time is written in minutes.

    Examples
    --------
    >>> windows(rotated(Shifts(pattern="1x8", days="mon"), 4 * HOUR))
    [(7200.0, 36000.0)]
    """
    if by_s % 60:
        raise InputError(f"a calendar turns by whole minutes, not by {by_s:g} s; write a start such as 06:00")
    if shifts.times is None and shifts.pattern in ALWAYS_OPEN:
        return shifts
    times: dict[Day, list[str]] = {}
    for _, start, end in _named_shifts(shifts):
        day, first = divmod(int(start - by_s) % WEEK, DAY)
        last = first + end - start
        parts = [(day, first, DAY), (day + 1, 0, first)] if last - first == DAY and first else [(day, first, last)]
        for on, begin, until in parts:
            times.setdefault(DAYS[on % 7], []).append(written_shift((begin, until)))
    written = {"times": times, "hours_per_year": shifts.hours_per_year}
    return Shifts.model_validate({key: value for key, value in written.items() if value is not None})


def scheduled_s(shifts: Shifts, start_s: float, end_s: float) -> float:
    """Return the time within the shifts between two moments, both in seconds since a Monday 00:00 [s]."""
    week = windows(shifts)

    def until(moment_s: float) -> float:
        weeks, rest = divmod(moment_s, WEEK)
        whole = sum(end - start for start, end in week)
        return weeks * whole + sum(min(max(rest - start, 0.0), end - start) for start, end in week)

    return until(end_s) - until(start_s)
