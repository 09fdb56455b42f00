"""Shifts and production days in the site's own time: never a UTC day, and true on the two nights of the year."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from twin.errors import InputError
from twin.line.shift_times import DAY, written_shift
from twin.line.spans import union
from twin.line.work_calendar import DAYS, daily_shifts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from twin.line.scenario import Scenario
    from twin.line.work_calendar import Shifts

SECOND = 1_000_000_000
"""Nanoseconds."""
FURTHEST_DAYS = 15
"""How far from a moment the next shift may be: one week, and one more over its end; and as many days as holidays."""
REMEMBERED_DAYS = 64


class Shift(NamedTuple):
    """A shift: the production day it belongs to, its name, its start and end [ns UTC]."""

    day: str
    name: str
    start_ns: int
    end_ns: int


class Day(NamedTuple):
    """A production day: its date, its start and end [ns UTC]."""

    name: str
    start_ns: int
    end_ns: int


class ShiftCalendar:
    """The shifts of a line at a place.

    A shift is as long as the clock on the wall makes it: a night shift lasts 7 h or 9 h on the two nights on which the
    clock changes. A production day begins with its first shift, on a date without shifts at the same time of day, and
    lasts until the next begins; so a night shift belongs to the day on which it began. Breaks lie within a shift: it
    goes on through them, and they are not scheduled time. A shift that begins on a holiday does not take place.

    Parameters
    ----------
    shifts
        When the line works. One that never closes has three shifts a day from 06:00.
    zone
        IANA name of the place's time zone.

    Raises
    ------
    InputError
        If there is no such zone.

    Examples
    --------
    >>> from twin.line.work_calendar import Shifts
    >>> calendar = ShiftCalendar(Shifts(pattern="continuous"), "Europe/Paris")
    >>> night = calendar.shift_at(1_774_740_600_000_000_000)  # 00:30, the night before summer time
    >>> night.day, night.name, (night.end_ns - night.start_ns) / 3.6e12
    ('2026-03-28', '22:00-06:00', 7.0)
    """

    def __init__(self, shifts: Shifts, zone: str) -> None:
        try:
            self.zone = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise InputError(f"there is no time zone {zone}; write one such as Europe/Paris") from None
        self._of_weekday = {DAYS.index(name): spans for name, spans in daily_shifts(shifts).items()}
        self._breaks, self._holidays = shifts.breaks, frozenset(shifts.holidays)
        self._furthest_days = FURTHEST_DAYS + len(self._holidays)
        self._usual_start = min(start for spans in self._of_weekday.values() for start, _ in spans)
        self._shifts_of = lru_cache(maxsize=REMEMBERED_DAYS)(self._make_shifts)
        self._day = lru_cache(maxsize=REMEMBERED_DAYS)(self._make_day)

    def shift_at(self, unix_ns: int) -> Shift | None:
        """Return the shift of a moment [ns UTC]; None where the line is closed."""
        for shift in self._around(unix_ns):
            if shift.start_ns <= unix_ns < shift.end_ns:
                return shift
        return None

    def next(self, unix_ns: int) -> Shift:
        """Return the first shift that begins after a moment [ns UTC]."""
        today = self._date(unix_ns)
        for ahead in range(-1, self._furthest_days):
            for shift in self._shifts_of(today + timedelta(days=ahead)):
                if shift.start_ns > unix_ns:
                    return shift
        raise AssertionError("a week without a shift is refused when it is read")

    def previous(self, unix_ns: int) -> Shift:
        """Return the last shift that has ended at a moment [ns UTC]."""
        today = self._date(unix_ns)
        for back in range(self._furthest_days):
            for shift in reversed(self._shifts_of(today - timedelta(days=back))):
                if shift.end_ns <= unix_ns:
                    return shift
        raise AssertionError("a week without a shift is refused when it is read")

    def day_of(self, unix_ns: int) -> Day:
        """Return the production day of a moment [ns UTC]."""
        today = self._date(unix_ns)
        for back in (0, 1, -1):
            day = self._day(today - timedelta(days=back))
            if day.start_ns <= unix_ns < day.end_ns:
                return day
        return self._day(today - timedelta(days=2))

    def next_bound(self, unix_ns: int) -> int:
        """Return when the next shift or production day begins or ends after a moment [ns UTC]."""
        day = self.day_of(unix_ns)
        bounds = [bound for shift in self._around(unix_ns) for bound in (shift.start_ns, shift.end_ns)]
        return min(bound for bound in (*bounds, day.end_ns) if bound > unix_ns)

    def scheduled_s(self, start_ns: int, end_ns: int) -> float:
        """Return the time within the shifts, breaks left out, between two moments [ns UTC], in seconds."""
        total, day = 0, self._date(start_ns) - timedelta(days=1)
        while day <= self._date(end_ns):
            for shift in self._shifts_of(day):
                begin, end = max(start_ns, shift.start_ns), min(end_ns, shift.end_ns)
                if begin < end:
                    total += end - begin - self._rest_ns(day, begin, end)
            day += timedelta(days=1)
        return total / SECOND

    def worked_s(self, shift: Shift) -> float:
        """Return the work in a shift, its length less its breaks [s]."""
        begun = self._date(shift.start_ns)
        return (shift.end_ns - shift.start_ns - self._rest_ns(begun, shift.start_ns, shift.end_ns)) / SECOND

    def _rest_ns(self, day: date, start_ns: int, end_ns: int) -> int:
        """Return how much of a time in a shift of the day is breaks [ns]."""
        if not self._breaks:
            return 0
        spans = [(ahead * DAY + begin, ahead * DAY + end) for ahead in (-1, 0, 1, 2) for begin, end in self._breaks]
        rests = [(self._at(day, begin), self._at(day, end)) for begin, end in union(spans)]
        return sum(max(0, min(end, end_ns) - max(begin, start_ns)) for begin, end in rests)

    def _date(self, unix_ns: int) -> date:
        return datetime.fromtimestamp(unix_ns // SECOND, self.zone).date()

    def _around(self, unix_ns: int) -> Iterator[Shift]:
        """Yield the shifts that begin on the date of a moment, the one before and the one after."""
        today = self._date(unix_ns)
        for ahead in (-1, 0, 1):
            yield from self._shifts_of(today + timedelta(days=ahead))

    def _at(self, day: date, second: float) -> int:
        """Return when the clock on the wall shows so many seconds after a date's midnight [ns UTC].

        Of a time that comes twice the first is meant; one that is left out is read as if the clock had not changed.
        """
        wall = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=second)
        return round(wall.replace(tzinfo=self.zone).timestamp()) * SECOND

    def _make_shifts(self, day: date) -> tuple[Shift, ...]:
        return tuple(
            Shift(day.isoformat(), written_shift(span), self._at(day, span[0]), self._at(day, span[1]))
            for span in sorted(self._of_weekday.get(day.weekday(), ()))
            if day + timedelta(days=span[0] // DAY) not in self._holidays
        )

    def _start(self, day: date) -> int:
        shifts = self._shifts_of(day)
        if shifts:
            return shifts[0].start_ns
        before = self._shifts_of(day - timedelta(days=1))
        return max(self._at(day, self._usual_start), before[-1].end_ns if before else 0)

    def _make_day(self, day: date) -> Day:
        return Day(day.isoformat(), self._start(day), self._start(day + timedelta(days=1)))


def with_calendars(scenario: Scenario, change: Callable[[Shifts], Shifts]) -> Scenario:
    """Return the scenario with all calendars changed that have holidays: the line's, its stations', its pools'."""
    line = scenario.line

    def changed(shifts: Shifts | None) -> Shifts | None:
        return change(shifts) if shifts is not None and shifts.holidays else shifts

    stations = {
        name: station.model_copy(update={"shifts": changed(station.shifts)}) for name, station in line.stations.items()
    }
    pools = {name: pool.model_copy(update={"shifts": changed(pool.shifts)}) for name, pool in line.pools.items()}
    same = {"shifts": changed(line.shifts), "stations": stations, "pools": pools}
    return replace(scenario, line=line.model_copy(update=same))
