from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from support.hand_plant import LINE, Plant, at
from support.mirrored import feed, last_told, mirror_of
from twin.live.mirror import replay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twin.events import Event
    from twin.live.picture import Tick

Stops = dict[tuple[str, int, str, str | None], tuple[float, int]]


def stops(tick: Tick) -> Stops:
    """Return minutes and number of the stops of a tick, starving apart."""
    return {
        (stop.station, stop.machine, stop.state, stop.reason): (stop.seconds / 60, stop.times)
        for stop in tick.stops
        if stop.state != "starved"
    }


def morning() -> Plant:
    """The press's first machine is down from 06:30 to 07:00 for no reason told, and the weld for a jam."""
    plant = Plant()
    plant.state("06:30", "press", "down")
    plant.state("06:40", "weld", "down", reason="jam")
    plant.state("06:50", "weld", "starved")
    plant.state("07:00", "press", "processing")
    plant.state("07:30", "weld", "blocked")
    return plant


def at_half_past_seven(events: Sequence[Event]) -> Tick:
    mirror = mirror_of(LINE)
    return last_told(feed(mirror, events, 3))[at("07:30")]


def told_after(plant: Plant) -> Stops:
    """Return the stops by 07:30 as a mirror tells them that was wound back where it asked for that."""
    mirror = mirror_of(LINE)
    ticks = feed(mirror, [*plant.events], 1)
    if mirror.wants_replay_from is not None:
        stored = sorted(plant.events, key=lambda event: event.time)
        mirror = replay(mirror, None, stored, [event for event in plant.events if event.kind == "note"])
        ticks = mirror.ticks()
    return stops(last_told(ticks)[at("07:30")])


def test_stops_have_the_reason_that_the_machine_told() -> None:
    tick = at_half_past_seven(morning().events)
    assert stops(tick) == {("press", 1, "down", None): (30, 1), ("weld", 1, "down", "jam"): (10, 1)}
    [row] = [row for row in tick.rows if (row.window, row.station) == ("shift", "press")]
    assert row.values["unexplained_stop_ratio"] == 1


def test_a_note_gives_a_stop_its_reason() -> None:
    plant = morning()
    plant.note("07:31", "06:30-07:00", "tool broken", "press", 1)
    assert told_after(plant) == {
        ("press", 1, "down", None): (0, 0),
        ("press", 1, "down", "tool broken"): (30, 1),
        ("weld", 1, "down", "jam"): (10, 1),
    }


def test_a_note_splits_a_stop_and_leaves_time_processing_alone() -> None:
    plant = morning()
    plant.note("07:31", "06:50-07:20", "cleaning", "press")
    assert told_after(plant) == {
        ("press", 1, "down", None): (20, 1),
        ("press", 1, "down", "cleaning"): (10, 1),
        ("weld", 1, "down", "jam"): (10, 1),
    }


def test_a_note_about_the_whole_line_holds_at_every_machine() -> None:
    plant = morning()
    plant.note("07:31", "06:45-06:50", "power cut")
    assert told_after(plant) == {
        ("press", 1, "down", None): (25, 2),
        ("press", 1, "down", "power cut"): (5, 1),
        ("weld", 1, "down", "jam"): (5, 1),
        ("weld", 1, "down", "power cut"): (5, 1),
    }


def test_the_last_note_about_a_time_holds_and_one_without_a_reason_gives_it_back() -> None:
    plant = morning()
    plant.note("07:31", "06:30-07:00", "tool broken", "press", 1)
    plant.note("07:32", "06:30-07:00", "tool worn", "press", 1)
    plant.note("07:33", "06:45-07:00", None, "press", 1)
    assert told_after(plant) == {
        ("press", 1, "down", None): (15, 1),
        ("press", 1, "down", "tool broken"): (0, 0),
        ("press", 1, "down", "tool worn"): (15, 1),
        ("weld", 1, "down", "jam"): (10, 1),
    }


@pytest.mark.parametrize("said", ["06:31", "06:59", "07:10"])
def test_a_note_about_a_stop_that_lasts_or_will_come_holds_from_its_start_to_its_end(said: str) -> None:
    plant = morning()
    plant.note(said, "06:30-06:55", "tool broken", "press", 1)
    plant.events.sort(key=lambda event: event.time)
    assert told_after(plant) == {
        ("press", 1, "down", None): (5, 1),
        ("press", 1, "down", "tool broken"): (25, 1),
        ("weld", 1, "down", "jam"): (10, 1),
    }


def test_a_note_within_the_lateness_window_needs_no_replay_and_tells_its_ticks_anew() -> None:
    plant = morning()
    last = plant.state("07:30:20", "weld", "starved")
    mirror = mirror_of(LINE)
    feed(mirror, plant.events)
    mirror.take([plant.note("07:30:30", "07:30:05-07:30:15", "door open", "weld")])
    assert mirror.wants_replay_from is None
    mirror.take([plant.state("07:31:30", "weld", "blocked")])
    told = stops(mirror.ticks()[-1])
    assert told["weld", 1, "blocked", "door open"] == (10 / 60, 1)
    assert told["weld", 1, "blocked", None] == pytest.approx((10 / 60, 2))
    assert last.time < mirror.now_s


def test_a_note_about_the_past_asks_for_a_replay_that_equals_having_known_it_from_the_start() -> None:
    plant = morning()
    note = plant.note("07:31", "06:35-06:55", "tool broken", "press", 1)
    others = [event for event in plant.events if event is not note]
    mirror = mirror_of(LINE)
    feed(mirror, others[:8], 1)
    kept = json.loads(json.dumps(mirror.checkpoint()))
    feed(mirror, others[8:], 1)
    mirror.take([note])
    assert mirror.wants_replay_from == at("06:35")
    assert kept["time_s"] <= at("06:35")

    stored = [event for event in others if event.time >= kept["time_s"]]
    again = last_told(replay(mirror, kept, [*stored, note], [note]).ticks())
    known = mirror_of(LINE, notes=[note])
    told = last_told(feed(known, others))
    assert again == {time: tick for time, tick in told.items() if time > kept["time_s"]}


def test_a_tick_says_what_changed_since_the_one_before_with_the_reasons_that_hold() -> None:
    plant = morning()
    note = plant.note("07:31", "06:45-07:00", "tool broken", "press", 1)
    told = last_told(feed(mirror_of(LINE, notes=[note]), plant.events))
    press = [change for tick in told.values() for change in tick.changes if change[1:3] == ("press", 1)]
    assert [(change.time_s, change.state, change.reason) for change in press] == [
        (at("05:00"), "starved", None),
        (at("06:30"), "down", None),
        (at("06:45"), "down", "tool broken"),
        (at("07:00"), "processing", None),
    ]
    assert [change.time_s < time for time, tick in told.items() for change in tick.changes].count(False) == 0
    ended = [stop for tick in told.values() for stop in tick.stopped]
    assert [(stop.station, stop.start_s, stop.end_s, stop.reason) for stop in ended] == [
        ("press", at("06:30"), at("06:45"), None),
        ("weld", at("06:40"), at("06:50"), "jam"),
        ("press", at("06:45"), at("07:00"), "tool broken"),
    ]


def test_a_machine_that_tells_its_state_again_changes_nothing_but_when_it_was_heard() -> None:
    plain, beating = morning(), morning()
    for minute in range(30, 60):
        beating.state(f"06:{minute}:30", "press", "down")
    beating.events.sort(key=lambda event: event.time)
    one, other = (last_told(feed(mirror_of(LINE), plant.events)) for plant in (plain, beating))
    assert one == other


def test_the_clock_goes_on_while_everything_stands_still() -> None:
    plant = morning()
    end = at("07:00")
    first = [event for event in plant.events if event.time < end]
    mirror = mirror_of(LINE)
    ticks = feed(mirror, first)
    for clock in ("06:50:10", "06:52", "06:59:59"):
        mirror.wait(at(clock))
        ticks += mirror.ticks()
    assert mirror.now_s == at("06:59:59")
    assert stops(ticks[-1])["press", 1, "down", None] == (29, 1)
    late = Plant().state("06:59:30", "weld", "processing")
    late = replace(late, sequence=1000)
    rest = [event for event in plant.events if event.time >= end]
    mirror.take([late])
    ticks += feed(mirror, rest)
    ticks += mirror.ticks()
    everything = sorted([*plant.events, late], key=lambda event: event.time)
    assert last_told(ticks) == last_told(feed(mirror_of(LINE), everything))
