"""Shifts: when a line works, as intervals within one week that begins on Monday 00:00 local time."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from twin.errors import InputError
from twin.line import shift_times
from twin.line.shift_times import Date, Days, PlannedHours, Shift, TimeOfDay, written_shift
from twin.line.spans import Span, Window, windows_of, without
from twin.units import refused

HOUR, DAY, WEEK = shift_times.HOUR, shift_times.DAY, shift_times.WEEK
"""Seconds."""
Day = shift_times.Day
DAYS = shift_times.DAYS
"""The days as they are written, in order."""

PATTERNS = {"1x8": 1, "2x8": 2, "3x8": 3, "5x8": 3, "continuous": 3}
"""Shifts of eight hours a day, by pattern."""

BREAK = "break"
"""The reason of time off shift that is a break."""

ALWAYS_OPEN = ("5x8", "continuous")
"""The patterns that never close: five crews in turn, or nobody to ask."""

PATTERN_SHIFT = 8 * HOUR
WEEKS_PER_YEAR = 52
LONGEST_YEAR_IN_WEEKS = 366 / 7
FIRST_SHIFT = 6 * HOUR
"""When the first shift of a pattern without a `start` begins [s after midnight]."""
LATEST_HOLIDAY = 100 * 366
"""A holiday so many days after the first day is taken for a slip of the pen: no run lasts so long."""


class Shifts(BaseModel):
    """When the line works: by a pattern of eight-hour shifts, or by the times of each.

    `start` [s after midnight] and `times` [s] are held as numbers and written as clock times. A pattern with a closing
    time holds its `days` and `start`; one that never closes has neither. Nobody works in `breaks` [s after midnight],
    nor in a shift that begins on one of the `holidays`.
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
    breaks: tuple[Shift, ...] = Field(
        default=(), description="times of day at which nobody works", examples=["[09:00-09:15, 12:00-12:30]"]
    )
    first_day: Date | None = Field(
        default=None, description="date of time 0, a Monday; holidays need it", examples=["2026-01-05"]
    )
    holidays: tuple[Date, ...] = Field(
        default=(), description="dates on which no shift begins", examples=["[2026-12-25]"]
    )
    hours_per_year: PlannedHours | None = Field(
        default=None,
        description="planned opening hours a year, those paid (default: 52 weeks of the shifts)",
        examples=["6000"],
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
    def _breaks_lie_in_the_shifts(self) -> Self:
        worked = [span for _, start, end in _named_shifts(self) for span in _within_week(start, end)]
        for pause in self.breaks:
            daily = _daily(pause, range(7))
            if all(without(span, daily) == [span] for span in worked):
                raise refused(f"the break {written_shift(pause)} falls into no shift; leave it out, or move it")
        if not windows(self):
            raise refused("the breaks leave no time to work; write shorter ones")
        return self

    @model_validator(mode="after")
    def _holidays_have_their_days(self) -> Self:
        if self.first_day is None and self.holidays:
            raise refused("`holidays` need the date of time 0; write first_day, such as 2026-01-05 (a Monday)")
        if self.first_day is not None and self.first_day.weekday() != 0:
            monday = self.first_day - timedelta(days=self.first_day.weekday())
            raise refused(f"first_day {self.first_day} is no Monday, on which time begins; write {monday}")
        for day in self.holidays:
            if self.first_day is not None and (day - self.first_day).days > LATEST_HOLIDAY:
                raise refused(f"the holiday {day} is over 100 years after first_day; leave it out")
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
    return [(window.start, window.end) for window in _weekly(shifts, each=False)]


class Timetable(NamedTuple):
    """All windows of a calendar: those of the first `weeks`, which holidays change, then those of every later week.

    `first` counts from time 0, `weekly` from the Monday of each week [s].
    """

    first: tuple[Window, ...]
    weeks: int
    weekly: tuple[Window, ...]

    @property
    def opens_at_once(self) -> bool:
        """Whether somebody works from time 0 on."""
        return (*self.first, *self.weekly)[0].start == 0 and not (self.weeks and not self.first)


def timetable(shifts: Shifts, *, each: bool = False) -> Timetable:
    """Return every window in which somebody works.

    Parameters
    ----------
    shifts : Shifts
    each : bool
        Whether shifts that touch are windows of their own.

    Examples
    --------
    >>> new_year = Shifts(pattern="1x8", first_day="2026-01-05", holidays=["2026-01-06"], breaks=["12:00-12:30"])
    >>> [(w.start / HOUR, w.end / HOUR) for w in timetable(new_year).first[:4]]
    [(6.0, 12.0), (12.5, 14.0), (54.0, 60.0), (60.5, 62.0)]
    """
    weekly = tuple(_weekly(shifts, each=each))
    if shifts.first_day is None or not shifts.holidays:
        return Timetable((), 0, weekly)
    # A night of the last holiday's week reaches into the next; the one after that begins as every week does.
    weeks = max((max(shifts.holidays) - shifts.first_day).days // 7 + 3, 0)
    first = (window for window in _windows(shifts, range(-1, weeks + 1), each=each) if 0 <= window.start < weeks * WEEK)
    return Timetable(tuple(first), weeks, weekly)


def _weekly(shifts: Shifts, *, each: bool) -> list[Window]:
    regular = shifts.model_copy(update={"holidays": ()})
    return [window for window in _windows(regular, range(-1, 2), each=each) if 0 <= window.start < WEEK]


def _windows(shifts: Shifts, weeks: range, *, each: bool) -> list[Window]:
    """Return the windows of some weeks, counted from that of time 0."""
    free = {(day - shifts.first_day).days for day in shifts.holidays if shifts.first_day is not None}
    named = [(start, end) for _, start, end in _named_shifts(shifts)]
    spans = [(week * WEEK + start, week * WEEK + end) for week in weeks for start, end in named]
    days = range(7 * weeks.start - 1, 7 * weeks.stop)
    pauses = [pause for daily in shifts.breaks for pause in _daily(daily, days)]
    return windows_of([span for span in spans if span[0] // DAY not in free], pauses, each=each)


def _daily(pause: Span, days: range) -> list[Span]:
    """Return a break on each of some days [s from Monday 00:00]."""
    return [(day * DAY + pause[0], day * DAY + pause[1]) for day in days]


def scheduled_hours_per_week(shifts: Shifts) -> float:
    """Return how long the line works in a week [h], breaks left out."""
    return sum(end - start for start, end in windows(shifts)) / HOUR


def shifts_per_week(shifts: Shifts) -> int:
    """Return how many shifts there are in a week; a pattern that never closes has three a day."""
    return len(_named_shifts(shifts))


def shift_hours(shifts: Shifts) -> float:
    """Return the work in one shift [h]: eight in a pattern, the mean of explicit times, less the breaks."""
    return scheduled_hours_per_week(shifts) / shifts_per_week(shifts)


def opening_hours(shifts: Shifts) -> float:
    """Return the planned opening hours of a year [h]: as named, else 52 weeks of the shifts, less breaks and holidays.

    They are also the hours that are paid. Where breaks or holidays are paid too, `hours_per_year` says so.

    Examples
    --------
    >>> opening_hours(Shifts(pattern="3x8"))
    6240.0
    """
    if shifts.holidays:
        return shifts.hours_per_year or scheduled_s(shifts, 0, WEEKS_PER_YEAR * WEEK) / HOUR
    return shifts.hours_per_year or scheduled_hours_per_week(shifts) * WEEKS_PER_YEAR


def daily_shifts(shifts: Shifts) -> dict[Day, tuple[tuple[int, int], ...]]:
    """Return the shifts that begin on each day of the week, as start and end [s after its midnight], breaks included.

    Those of a pattern that never closes begin at 06:00.
    """
    if shifts.times is not None:
        return shifts.times
    first = FIRST_SHIFT if shifts.start is None else shifts.start
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
        Holidays stay so many days from the run's start; their dates are no longer those of the site.

    Raises
    ------
    InputError
        If `by_s` is no whole number of minutes: a clock time is written in minutes. Or, where there are holidays, if it
        is no whole number of days.

    Examples
    --------
    >>> windows(rotated(Shifts(pattern="1x8", days="mon"), 4 * HOUR))
    [(7200.0, 36000.0)]
    """
    if by_s % 60:
        raise InputError(f"a calendar turns by whole minutes, not by {by_s:g} s; write a start such as 06:00")
    if shifts.holidays and by_s % DAY:
        raise InputError(f"a calendar with holidays turns by whole days, not by {by_s:g} s; leave `holidays` out")
    by = int(by_s)
    written: dict[str, object] = {"hours_per_year": shifts.hours_per_year, "first_day": shifts.first_day}
    written["breaks"] = [written_shift(turned) for pause in shifts.breaks for turned in _turned(pause, by % DAY)]
    written["holidays"] = [day - timedelta(days=by // DAY) for day in shifts.holidays]
    if shifts.times is None and shifts.pattern in ALWAYS_OPEN and not shifts.holidays:
        written["pattern"] = shifts.pattern
    else:
        times: dict[Day, list[str]] = {}
        for _, start, end in _named_shifts(shifts):
            day, first = divmod((start - by) % WEEK, DAY)
            for on, span in enumerate(_turned((first, first + end - start), 0)):
                times.setdefault(DAYS[(day + on) % 7], []).append(written_shift(span))
        written["times"] = times
    return Shifts.model_validate({key: value for key, value in written.items() if value is not None})


def _turned(span: Span, by: int) -> list[Span]:
    """Return a span of a day seen from `by` seconds later; one of 24 h that then begins within a day is two."""
    first = (span[0] - by) % DAY
    last = first + span[1] - span[0]
    return [(first, DAY), (0, first)] if last - first == DAY and first else [(first, last)]


def scheduled_s(shifts: Shifts, start_s: float, end_s: float) -> float:
    """Return the time within the shifts between two moments, both in seconds since time 0, a Monday 00:00 [s].

    Breaks and holidays are not within the shifts.
    """
    table = timetable(shifts)
    return _until(table, end_s) - _until(table, start_s)


def worked_until(shifts: Shifts, start_s: float, work_s: float) -> float:
    """Return when `work_s` of time within the shifts has passed since `start_s`, both from time 0 on [s].

    Examples
    --------
    >>> worked_until(Shifts(pattern="1x8", days="mon-fri"), 0.0, 6 * 8 * 3600.0) / 3600  # Monday of the second week
    182.0
    """
    if work_s <= 0:
        return start_s
    table = timetable(shifts)
    left = _until(table, start_s) + work_s
    for window in table.first:
        if left <= window.end - window.start:
            return window.start + left
        left -= window.end - window.start
    a_week = _until(Timetable((), 0, table.weekly), WEEK)
    weeks, rest = divmod(left, a_week)
    if rest == 0:  # the end of a week's last shift, not the beginning of the next week's first
        weeks, rest = weeks - 1, a_week
    weeks += table.weeks
    for window in table.weekly:
        if rest <= window.end - window.start:
            return weeks * WEEK + window.start + rest
        rest -= window.end - window.start
    return (weeks + 1) * WEEK  # rounding left something after the week's last shift


def _until(table: Timetable, moment_s: float) -> float:
    """Return the time of work from time 0 to a moment [s]."""

    def within(windows: tuple[Window, ...], moment: float) -> float:
        return sum(min(max(moment - start, 0.0), end - start) for start, end, *_ in windows)

    if 0 <= moment_s < table.weeks * WEEK:
        return within(table.first, moment_s)
    began = table.weeks * WEEK if moment_s >= 0 else 0
    before = within(table.first, began)
    weeks, rest = divmod(moment_s - began, WEEK)
    return before + weeks * within(table.weekly, WEEK) + within(table.weekly, rest)
