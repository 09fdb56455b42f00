"""The simulated plant: the same events as its simulation, told by shift, from any moment on."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice, pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest

import lines
from support.lines import describe
from twin.accounts import total
from twin.engine.simulation import simulate
from twin.kpi.fold import fold
from twin.line.load import load_line
from twin.line.scenario import Scenario, scenario
from twin.live.clock import SECOND, monday_before
from twin.live.plant import SILENT_S, Plant, Stretch
from twin.live.shift_calendar import ShiftCalendar

if TYPE_CHECKING:
    from twin.events import Event

HOUR = 3600.0
ZONE = "Europe/Paris"
EPOCH_NS = monday_before(1_795_478_400 * SECOND, ZoneInfo(ZONE))
SMALL = ("bracket_shop", "machine_shop", "three_stations")


def plant(name: str) -> tuple[Scenario, Plant]:
    chosen = scenario(load_line(lines.path(name)), None)
    return chosen, Plant(chosen, ShiftCalendar(chosen.line.shifts, ZONE), epoch_ns=EPOCH_NS, seed=3, boot=9)


def said(event: Event) -> Event:
    """Return an event without who says it and how it is counted."""
    return replace(event, source="", boot=0, sequence=0, epoch_ns=None)


def news(events: list[Event]) -> list[Event]:
    """Return what is no repetition of how a machine stands."""
    present: dict[object, object] = {}
    found = []
    for event in events:
        if event.kind == "state":
            place = (event.station, event.machine)
            if present.get(place) == event.fields:
                continue
            present[place] = event.fields
        found.append(said(event))
    return found


@pytest.mark.parametrize("name", SMALL)
def test_a_plant_cut_into_shifts_tells_the_events_of_its_simulation(name: str) -> None:
    chosen, works = plant(name)
    told = list(works.events(0.0, 30 * HOUR))
    simulated = list(simulate(chosen, horizon=30 * HOUR, seed=3, trace=True)[0].events or ())

    assert news(told) == news(simulated)
    assert [event.sequence for event in told] == list(range(len(told)))
    assert {(event.source, event.boot, event.run, event.epoch_ns) for event in told} == {("plant", 9, 0, EPOCH_NS)}
    times = [event.time for event in told]
    assert times == sorted(times)


@pytest.mark.parametrize("name", SMALL)
def test_what_a_plant_counts_by_shift_sums_to_what_it_counts_in_all(name: str) -> None:
    chosen, works = plant(name)
    stretches: list[Stretch] = []
    events = list(works.events(0.0, 30 * HOUR, counted=stretches.append))
    whole = total([stretch.accounts for stretch in stretches])
    run = simulate(chosen, horizon=30 * HOUR, seed=3)[0].accounts
    folded = fold(events, chosen, 0.0, 30 * HOUR)

    assert [(later.start_s, later.shift) for later in stretches[1:]] == [
        (earlier.end_s, later.shift) for earlier, later in pairwise(stretches)
    ]
    for accounts in (run, folded):
        np.testing.assert_allclose(whole.states, accounts.states, rtol=1e-9, atol=1e-6)
        assert whole.departed == accounts.departed
        assert whole.parts.tolist() == accounts.parts.tolist()


def test_a_plant_that_is_joined_later_tells_first_how_it_stands() -> None:
    start_s, end_s = 29.5 * HOUR, 30 * HOUR
    _, works = plant("three_stations")
    _, whole = plant("three_stations")
    before = [event for event in whole.events(0.0, end_s) if event.time < start_s]
    _, whole = plant("three_stations")
    after = [said(event) for event in whole.events(0.0, end_s) if event.time >= start_s]
    told = list(works.events(start_s, end_s))
    standing = [said(event) for event in told if event.time < start_s]

    def last(events: list[Event], kind: str, *names: str) -> dict[object, object]:
        return {
            (event.station, event.machine, *(event.fields[name] for name in names)): event.fields
            for event in events
            if event.kind == kind
        }

    for kind, names in (("state", ()), ("level", ("buffer",)), ("crew", ("skill",))):
        assert last(standing, kind, *names) == last(before, kind, *names)
    assert news([said(event) for event in told if event.time >= start_s]) == news(after)
    assert {event.kind for event in standing} == {"state", "power", "level", "crew"}


def test_a_plant_in_which_nothing_happens_shows_that_it_is_there() -> None:
    _, works = plant("bracket_shop")
    end_s = 30 * HOUR  # a closed night before it
    told = list(works.events(0.0, end_s))
    times = sorted({event.time for event in told})

    assert told[-1].time == end_s
    assert max(later - earlier for earlier, later in pairwise(times)) <= SILENT_S


def test_a_plant_runs_for_ever_and_begins_where_it_is_asked_to() -> None:
    _, works = plant("bracket_shop")
    told = list(islice(works.events(30 * HOUR, math.inf), 20_000))

    assert told[-1].time > 3 * 24 * HOUR
    assert len(told) == 20_000


def test_a_plant_keeps_the_holidays_of_the_calendar_on_the_wall() -> None:
    """One part a minute in the early shifts; the line's time 0 is two weeks before the plant's."""
    monday = datetime.fromtimestamp(EPOCH_NS / SECOND, ZoneInfo(ZONE)).date()
    shifts = {
        "pattern": "1x8",
        "first_day": str(monday - timedelta(days=14)),
        "holidays": [str(monday + timedelta(days=1)), str(monday - timedelta(days=12))],
    }
    chosen = describe({"a": {"cycle": "60 s"}}, [{"from": "a", "to": "out"}], shifts=shifts)
    works = Plant(chosen, ShiftCalendar(chosen.line.shifts, ZONE), epoch_ns=EPOCH_NS)
    stretches: list[Stretch] = []

    told = list(works.events(0.0, 3 * 24 * HOUR, counted=stretches.append))

    days = {int(event.time // (24 * HOUR)) for event in told if event.kind == "part"}
    assert days == {0, 2}
    worked = [stretch for stretch in stretches if stretch.shift is not None]
    assert [stretch.accounts.departed for stretch in worked] == [479, 479]
