from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from support.hand_plant import LINE, Plant, at
from support.mirrored import HOUR, disordered, feed, last_told, line_of, mirror_of, run_of
from twin.events import STATES
from twin.kpi.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twin.events import Event

BROKEN = ("down", "waiting_repair")


def policy(**rules: object) -> Policy:
    return Policy.model_validate({"name": "ours", "version": 2, **rules})


def without_minor_stops(events: Sequence[Event], shorter_s: float) -> list[Event]:
    """Return the events of a plant whose machines worked on through each stop that was shorter."""
    changed, stop = list(events), {}
    for place, event in enumerate(events):
        if event.kind != "state":
            continue
        key = event.station, event.machine
        if event.fields["state"] in BROKEN:
            stop.setdefault(key, []).append(place)
        elif key in stop:
            places = stop.pop(key)
            if event.time - events[places[0]].time < shorter_s:
                for of in places:
                    changed[of] = replace(events[of], fields={"state": "processing", "reason": None})
    return changed


@pytest.mark.parametrize("name", ["three_stations", "ceiling_tiles"])
def test_minor_stops_count_as_processing_in_every_window(name: str) -> None:
    shorter_s = 240.0
    _, events = run_of(name, (22 if name == "three_stations" else 8) * HOUR)
    rewritten = without_minor_stops(events, shorter_s)
    short = Counter(old is new for old, new in zip(events, rewritten, strict=True))
    assert short[False] > 3

    told = last_told(
        feed(mirror_of(line_of(name), policy=policy(minor_stop=f"{shorter_s} s")), disordered(events, 0.1, 50))
    )
    plain = last_told(feed(mirror_of(line_of(name)), rewritten))
    assert told.keys() == plain.keys()
    last_s = max(told)
    for time, tick in told.items():
        if time > last_s - shorter_s:
            continue  # a stop may last that is told as one until it ends
        for one, other in zip(tick.rows, plain[time].rows, strict=True):
            assert one[:7] == other[:7]
            for kpi, value in other.values.items():
                told_too = one.values[kpi]
                if value is None or told_too is None:
                    assert (value, told_too) == (None, None)
                else:
                    assert abs(told_too - value) <= 1e-9 * max(abs(value), 1.0), (time, one.window, one.station, kpi)


def test_a_minor_stop_is_told_as_a_stop_while_it_lasts_and_among_the_stops_for_good() -> None:
    plant = Plant()
    plant.state("06:10", "weld", "processing")
    plant.state("06:28", "weld", "waiting_repair", reason="jam")
    plant.state("06:30", "weld", "down", reason="jam")
    plant.state("06:32:30", "weld", "processing")
    plant.state("06:40", "weld", "starved")
    ticks = feed(mirror_of(LINE, policy=policy(minor_stop="5 min")), plant.events, 1)
    at_half_past = [tick for tick in ticks if tick.time_s == at("06:30")]
    shift = [next(row for row in tick.rows if (row.window, row.station) == ("shift", "weld")) for tick in at_half_past]
    assert [row.extras["waiting_repair"] for row in shift] == [120, 0]
    assert [row.extras["processing"] for row in shift] == [18 * 60, 20 * 60]
    assert {row.policy for row in shift} == {"ours 2"}
    assert [(s.state, s.reason, s.seconds, s.times) for s in ticks[-1].stops if s.reason] == [
        ("waiting_repair", "jam", 120, 1),
        ("down", "jam", 150, 1),
    ]


def seconds_of_weld(plant: Plant, **rules: object) -> dict[str, float]:
    mirror = mirror_of(LINE, policy=policy(**rules))
    mirror.take(plant.events)
    accounts: Any = mirror.accounts()
    states = dict(zip(STATES, accounts.states[2].tolist(), strict=True))
    return {state: seconds for state, seconds in states.items() if seconds}


def test_time_counts_as_what_the_policy_says_of_its_reason() -> None:
    plant = Plant()
    plant.state("06:00", "weld", "down", reason="cleaning")
    plant.state("06:10", "weld", "starved", reason="no_material")
    plant.state("06:20", "weld", "off_shift", reason="break")
    plant.state("06:30", "weld", "processing", reason="cleaning")
    plant.state("06:40", "weld", "starved")
    starved_s = HOUR
    assert seconds_of_weld(plant) == {
        "starved": starved_s + 600, "down": 600, "off_shift": 600, "processing": 600,
    }  # fmt: skip
    counted = seconds_of_weld(plant, reasons={"cleaning": "maintenance", "no_material": "blocked"}, breaks="delay")
    assert counted == {
        "starved": starved_s, "maintenance": 600, "blocked": 600, "waiting_operator": 600, "processing": 600,
    }  # fmt: skip


def test_a_stop_that_counts_as_something_else_is_no_failure() -> None:
    plant = Plant()
    plant.state("06:00", "weld", "down", reason="cleaning")
    plant.state("06:10", "weld", "starved")
    for rules, failures in (({}, 1), ({"reasons": {"cleaning": "setup"}}, 0)):
        mirror = mirror_of(LINE, policy=policy(**rules))
        mirror.take(plant.events)
        accounts: Any = mirror.accounts()
        assert accounts.failures[2] == failures


@pytest.mark.parametrize(("ideal", "ideal_s"), [("ideal_cycle", 8.0), ("mean_cycle", 10.0)])
def test_the_ideal_time_of_a_part_is_the_lines_or_the_mean(ideal: str, ideal_s: float) -> None:
    plant = Plant()
    plant.part("06:00", "press", 1, "weld")
    mirror = mirror_of(LINE, policy=policy(ideal=ideal))
    mirror.take(plant.events)
    accounts: Any = mirror.accounts()
    assert accounts.ideal_s.tolist() == [ideal_s, 0, 0]


def test_where_a_machine_tells_its_power_the_mean_in_each_state_is_what_was_measured() -> None:
    plant = Plant()
    plant.state("06:00", "press", "processing")
    plant.power("06:00", "press", 20.0)
    plant.power("06:15", "press", 40.0)
    plant.state("06:45", "press", "starved")
    plant.power("06:45", "press", 3.0)
    plant.state("06:00", "press", "processing", machine=2)
    plant.state("07:00", "weld", "blocked")
    mirror = mirror_of(LINE)
    mirror.take(plant.events)
    accounts: Any = mirror.accounts()
    processing, starved, down = (STATES.index(state) for state in ("processing", "starved", "down"))
    # 15 min at 20 kW and 30 min at 40 kW; starved at 4 kW as described for an hour, then at 3 kW for 15 min.
    assert accounts.power_w[0, processing] == pytest.approx(100_000 / 3)
    assert accounts.power_w[0, starved] == pytest.approx((4000 * 60 + 3000 * 15) / 75)
    assert accounts.power_w[0, down] == 1000
    np.testing.assert_array_equal(accounts.power_w[1], mirror_of(LINE)._tally.frame.power_w[1])
