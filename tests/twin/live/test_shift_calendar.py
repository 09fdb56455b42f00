from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from support.hand_plant import LINE
from support.mirrored import feed, last_told
from twin.errors import InputError
from twin.events import Event
from twin.kpi.policy import STANDARD
from twin.line.work_calendar import Shifts
from twin.live.clock import SECOND, monday_before
from twin.live.mirror import Mirror
from twin.live.shift_calendar import ShiftCalendar

HOUR_NS = 3600 * SECOND
PARIS = ZoneInfo("Europe/Paris")
NIGHTS = {"2026-03-28": 7, "2026-10-24": 9, "2026-11-24": 8}
"""Hours of the night shift that begins on a day: the clocks change on 29 March and 25 October 2026."""


def ns(local: str, fold: int = 0) -> int:
    """Return a local time in Paris [ns UTC]."""
    return round(datetime.fromisoformat(local).replace(tzinfo=PARIS, fold=fold).timestamp()) * SECOND


def calendar(zone: str = "Europe/Paris", **shifts: object) -> ShiftCalendar:
    return ShiftCalendar(Shifts.model_validate(shifts or {"pattern": "3x8", "days": "mon-sun"}), zone)


@pytest.mark.parametrize(("day", "hours"), NIGHTS.items())
@pytest.mark.parametrize("shifts", [{"pattern": "3x8", "days": "mon-sun"}, {"pattern": "continuous"}])
def test_a_night_shift_lasts_as_long_as_the_clock_makes_it(day: str, hours: int, shifts: dict[str, object]) -> None:
    of = calendar(**shifts)
    shift = of.shift_at(ns(f"{day}T23:30"))
    assert shift is not None
    assert (shift.day, shift.name) == (day, "22:00-06:00")
    assert shift.end_ns - shift.start_ns == hours * HOUR_NS
    production_day = of.day_of(ns(f"{day}T23:30"))
    assert (production_day.name, production_day.end_ns - production_day.start_ns) == (day, (hours + 16) * HOUR_NS)
    assert of.day_of(production_day.end_ns).start_ns == production_day.end_ns
    assert of.scheduled_s(production_day.start_ns, production_day.end_ns) == (hours + 16) * 3600


def test_a_night_shift_belongs_to_the_day_on_which_it_began() -> None:
    of = calendar()
    early = of.shift_at(ns("2026-11-25T05:59"))
    assert early is not None
    assert (early.day, early.name) == ("2026-11-24", "22:00-06:00")
    assert of.day_of(ns("2026-11-25T05:59")).name == "2026-11-24"
    assert of.day_of(ns("2026-11-25T06:00")).name == "2026-11-25"


def test_both_hours_that_the_clock_shows_twice_belong_to_the_night_shift() -> None:
    of = calendar()
    first, second = (of.shift_at(ns("2026-10-25T02:30", fold)) for fold in (0, 1))
    assert first == second
    assert first is not None


def test_the_line_is_closed_between_its_shifts_and_knows_the_next_and_the_one_before() -> None:
    of = calendar(pattern="2x8", days="mon-fri")
    saturday = ns("2026-11-28T12:00")
    assert of.shift_at(saturday) is None
    following, before = of.next(saturday), of.previous(saturday)
    assert (following.day, following.name) == ("2026-11-30", "06:00-14:00")
    assert (before.day, before.name) == ("2026-11-27", "14:00-22:00")
    assert of.day_of(saturday).name == "2026-11-28"
    assert of.next_bound(saturday) == ns("2026-11-29T06:00")


@pytest.mark.parametrize("zone", ["Europe/Paris", "Asia/Kolkata", "America/St_Johns", "UTC"])
@pytest.mark.parametrize(
    "shifts",
    [
        {"pattern": "1x8"},
        {"pattern": "3x8", "days": "sun-thu", "start": "05:30"},
        {"times": {"mon": ["06:00-14:00", "22:00-05:00"], "sat": ["08:00-20:00"]}},
        {"pattern": "5x8"},
    ],
)
def test_days_follow_each_other_without_gap_and_hold_their_shifts(zone: str, shifts: dict[str, object]) -> None:
    of = calendar(zone, **shifts)
    day = of.day_of(ns("2026-03-02T12:00"))
    for _ in range(300):
        following = of.day_of(day.end_ns)
        assert following.start_ns == day.end_ns
        assert of.day_of(day.end_ns - 1) == day
        shift = of.shift_at(day.start_ns)
        if shift is not None:
            assert (shift.day, shift.start_ns) == (day.name, day.start_ns)
        day = following


def test_a_zone_that_does_not_exist_is_refused_in_a_sentence() -> None:
    for zone in ("Europe/Lutetia", "", "/etc/passwd", ".."):
        with pytest.raises(InputError, match="there is no time zone"):
            calendar(zone)


@pytest.mark.parametrize(("day", "hours"), NIGHTS.items())
def test_a_mirror_tells_a_night_shift_of_seven_or_nine_hours_and_its_day(day: str, hours: int) -> None:
    shifts = ShiftCalendar(Shifts(), "Europe/Paris")
    epoch_ns = monday_before(ns(f"{day}T12:00"), PARIS)
    start = ns(f"{day}T06:00")
    end = ns((datetime.fromisoformat(f"{day}T06:00") + timedelta(days=1)).isoformat())
    mirror = Mirror(LINE, shifts, STANDARD, epoch_ns=epoch_ns)
    events, at_ns = [], start
    while at_ns <= end:
        time = (at_ns - epoch_ns) / SECOND
        events += [
            Event(
                "hand", 0, 2 * len(events), 0, time, "hand", "weld", 1, "state", {"state": "processing", "reason": None}
            ),
            Event("hand", 0, 2 * len(events) + 1, 0, time, "hand", "weld", 1, "power", {"power_kw": 1.0}),
        ]
        at_ns += 1800 * SECOND
    told = last_told(feed(mirror, events))
    final = {
        (row.window, row.shift): row.extras["processing"] / 3600
        for tick in told.values()
        for row in tick.rows
        if row.final and row.station == "weld"
    }
    assert final == {
        ("shift", "06:00-14:00"): 8, ("shift", "14:00-22:00"): 8, ("shift", "22:00-06:00"): hours,
        ("day", "22:00-06:00"): hours + 16,
    }  # fmt: skip
    assert {row.day for tick in told.values() for row in tick.rows if tick.time_s <= (end - epoch_ns) / SECOND} == {day}
    whole_minutes = sum(tick.time_s * SECOND % (60 * SECOND) == 0 for tick in told.values())
    assert whole_minutes == len(told) == (end - start) // (60 * SECOND)


def test_a_break_lies_within_its_shift_and_is_no_scheduled_time() -> None:
    of = calendar(pattern="2x8", breaks=["09:00-09:15", "13:50-14:10"])

    shift = of.shift_at(ns("2026-11-24T09:10"))
    assert shift is not None
    assert (shift.name, of.worked_s(shift)) == ("06:00-14:00", 8 * 3600 - 15 * 60 - 10 * 60)
    assert of.scheduled_s(shift.start_ns, shift.end_ns) == of.worked_s(shift)
    assert of.scheduled_s(ns("2026-11-24T09:05"), ns("2026-11-24T09:20")) == 5 * 60
    assert of.next_bound(ns("2026-11-24T09:10")) == ns("2026-11-24T14:00")


def test_a_break_at_night_is_found_on_both_sides_of_midnight() -> None:
    of = calendar(pattern="3x8", days="mon-sun", breaks=["23:50-00:10"])

    assert of.scheduled_s(ns("2026-11-24T22:00"), ns("2026-11-25T06:00")) == 8 * 3600 - 20 * 60


def test_there_is_no_shift_on_a_holiday() -> None:
    of = calendar(pattern="3x8", first_day="2026-11-23", holidays=["2026-11-25"])

    night = of.shift_at(ns("2026-11-25T05:00"))  # begun the evening before
    assert night is not None
    assert night.day == "2026-11-24"
    assert of.shift_at(ns("2026-11-25T07:00")) is None
    assert of.shift_at(ns("2026-11-26T05:00")) is None
    assert of.next(ns("2026-11-25T05:00")).start_ns == ns("2026-11-26T06:00")
    assert of.previous(ns("2026-11-26T05:00")).day == "2026-11-24"
    assert of.scheduled_s(ns("2026-11-25T00:00"), ns("2026-11-26T12:00")) == (6 + 6) * 3600
