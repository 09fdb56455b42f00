"""The mirror's clock: epochs, rebasing to the bit, and clocks that are wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from twin.events import Event
from twin.live.clock import SECOND, epoch_for, is_ahead, monday_before, rebased

PARIS = ZoneInfo("Europe/Paris")
MONDAY = round(datetime(2026, 11, 23, tzinfo=PARIS).timestamp()) * SECOND
STATE = Event("plant", 1, 7, 0, 0.1 + 0.2, "tiles", "press", 1, "state", {"state": "down", "reason": "jam"}, MONDAY)
NOTE = Event(
    "office", 1, 8, 0, 900.0, "tiles", "press", 1, "note",
    {"author": "shift lead", "text": "cutter", "start_s": 300.0, "end_s": 600.0, "reason": "jam"}, MONDAY,
)  # fmt: skip


def nanoseconds(year: int, month: int, day: int, hour: int = 0) -> int:
    return round(datetime(year, month, day, hour, tzinfo=UTC).timestamp()) * SECOND


def test_monday_begins_at_local_midnight_also_after_the_clock_has_been_changed() -> None:
    assert monday_before(nanoseconds(2026, 11, 25, 12), PARIS) == nanoseconds(2026, 11, 22, 23)
    # Sunday 29 March 2026 has 23 hours; its Monday was still winter time, the next one is summer time.
    assert monday_before(nanoseconds(2026, 3, 29, 12), PARIS) == nanoseconds(2026, 3, 22, 23)
    assert monday_before(nanoseconds(2026, 3, 30, 12), PARIS) == nanoseconds(2026, 3, 29, 22)


def test_an_event_of_the_same_epoch_keeps_its_time_to_the_bit() -> None:
    assert rebased(STATE, MONDAY) is STATE


def test_an_event_of_another_epoch_and_the_stop_that_a_note_is_about_are_moved_alike() -> None:
    moved = rebased(NOTE, MONDAY - 3600 * SECOND)
    assert (moved.time, moved.fields["start_s"], moved.fields["end_s"]) == (4500.0, 3900.0, 4200.0)
    assert moved.epoch_ns == MONDAY - 3600 * SECOND


def test_a_plant_without_an_epoch_tells_seconds_since_1970() -> None:
    noon = nanoseconds(2026, 11, 24, 11)
    event = replace(STATE, epoch_ns=None, time=noon / SECOND)
    assert epoch_for(event, PARIS) == MONDAY
    assert rebased(event, MONDAY).time == (24 + 12) * 3600.0


def test_a_plant_that_names_its_epoch_gives_it_to_the_mirror() -> None:
    assert epoch_for(STATE, PARIS) == MONDAY


def test_an_event_from_before_its_own_epoch_does_not_give_the_mirror_that() -> None:
    strange = replace(STATE, epoch_ns=nanoseconds(2250, 1, 1), time=(MONDAY - nanoseconds(2250, 1, 1)) / SECOND + 60.0)
    assert epoch_for(strange, PARIS) == MONDAY


def test_a_clock_is_ahead_only_beyond_both_the_plant_s_and_our_own() -> None:
    now = nanoseconds(2026, 11, 24, 11)
    in_a_year = replace(STATE, time=366 * 86400.0)
    assert is_ahead(in_a_year, 3600.0, now)
    # A plant simulated at 60 times our clock, and one that comes back after weeks, are not ahead.
    assert not is_ahead(in_a_year, 365 * 86400.0, now)
    assert not is_ahead(in_a_year, 3600.0, now + 366 * 86400 * SECOND)
