from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from support.hand_plant import LINE, Plant, at
from twin.kpi.machine_times import MOST_REASONS
from twin.kpi.parts_in_line import MOST_REMEMBERED
from twin.kpi.policy import Policy
from twin.kpi.tally import Tally

if TYPE_CHECKING:
    from twin.accounts import Accounts


def tally_of(plant: Plant) -> Tally:
    tally = Tally(LINE.line, tolerant=True)
    for event in plant.events:
        tally.take(event)
    return tally


def accounts_of(tally: Tally, end: str) -> Accounts:
    empty = Tally(LINE.line, tolerant=True).snapshot(at("05:00"))
    return tally.accounts(empty, tally.snapshot(at(end)), 0.0)


def contradictions(plant: Plant) -> dict[str, int]:
    return dict(tally_of(plant).contradictions)


def test_what_cannot_be_is_counted_by_what_it_was() -> None:
    plant = Plant()
    plant.add("06:00", "arrival", "press", part=1, accepted=True, pieces=None)
    plant.add("06:00", "arrival", "press", part=1, accepted=True, pieces=None)
    plant.add("06:00", "level", "weld", buffer="press->weld", level=4)
    plant.add("06:00", "crew", skill="operator", present=3, busy=1, waiting=0)
    plant.part("06:01", "press", 99, "weld")
    for _ in range(3):
        plant.part("06:02", "weld", 1, "out")
    plant.power("06:03", "press", 1e300)
    plant.state("06:04", "paint", "down")
    assert contradictions(plant) == {
        "a part arrived that was in the line already": 1,
        "a buffer held more than it has places": 1,
        "more people were present than the crew has posts": 1,
        "a part left a machine that never arrived": 3,
        "more pieces left the line than were in it": 1,
        "a machine drew more power than a country": 1,
        "a state event was of something that the line does not have": 1,
    }


def test_pieces_count_whatever_else_a_part_contradicts() -> None:
    plant = Plant()
    plant.add("06:00", "arrival", "press", part=1, accepted=True, pieces=None)
    for part in (7, 8, 9):
        plant.part("06:01", "press", part, "weld")
        plant.part("06:02", "weld", part, "out")
    accounts = accounts_of(tally_of(plant), "07:00")
    assert accounts.parts.tolist() == [3, 0, 3]
    assert (accounts.departed, accounts.first_pass, accounts.lead_bins.sum()) == (3, 3, 0)
    assert accounts.ideal_s.tolist() == [24, 0, 30]


def test_parts_that_were_in_the_line_before_anybody_listened_are_no_contradiction() -> None:
    plant = Plant()
    plant.events = [event for event in plant.events if event.kind not in ("state", "level")]
    plant.state("05:10", "weld", "processing")
    plant.add("05:10", "level", "weld", buffer="press->weld", level=2)
    plant.add("05:20", "arrival", "press", part=50, accepted=True, pieces=None)
    tally = tally_of(plant)
    assert tally.parts.wip == 4
    for part in (41, 42, 43):
        plant.part("05:30", "weld", part, "out")
    tally = tally_of(plant)
    assert (tally.parts.wip, tally.contradictions) == (1, {})


def test_a_plant_that_tells_no_arrivals_contradicts_nothing_and_has_no_lead_times() -> None:
    plant = Plant()
    for part, outcome in enumerate(("good", "scrap", "rework", "good")):
        plant.add(
            "06:00", "part", "weld", 1, part=part, outcome=outcome, cycle_s=1.0, pieces=10, product=None,
            to={"scrap": "scrap", "rework": "press"}.get(outcome, "out"),
        )  # fmt: skip
    tally = tally_of(plant)
    accounts = accounts_of(tally, "07:00")
    assert (tally.contradictions, tally.parts.wip, tally.parts.entered) == ({}, 0, {})
    assert (accounts.parts[2], accounts.scrap[2], accounts.rework[2], accounts.departed) == (40, 10, 10, 20)
    assert accounts.ideal_s[2] == 400
    assert accounts.wip_s == accounts.lead_sum_s == 0


def test_a_machine_of_which_nothing_is_known_spends_its_time_in_no_state() -> None:
    plant = Plant()
    plant.events = [event for event in plant.events if event.machine != 2]
    accounts = accounts_of(tally_of(plant), "06:00")
    assert accounts.states.sum(axis=1).tolist() == [3600, 0, 3600]


def test_memory_is_bounded_whatever_is_told() -> None:
    plant = Plant()
    for part in range(MOST_REMEMBERED + 500):
        plant.add("06:00", "arrival", "press", part=part, accepted=True, pieces=2**62)
    for number in range(MOST_REASONS + 500):
        plant.state(at("06:01") + number, "press", "down", reason=f"code {number}")
    plant.add("06:20", "level", "weld", buffer="press->weld", level=2**62)
    tally = tally_of(plant)
    assert len(tally.parts.entered) == len(tally.parts.pieces) == MOST_REMEMBERED
    assert sum(key[0] == 0 for key in tally.times.keys) <= MOST_REASONS + 2
    accounts = accounts_of(tally, "07:00")
    assert accounts.states[0].sum() == 2 * 3600
    assert np.isfinite(accounts.level_s).all()
    assert accounts.arrived == MOST_REMEMBERED + 500


@pytest.mark.parametrize("cut", [3, 8, 12, 15])
def test_a_tally_goes_on_from_its_data_to_the_bit(cut: int) -> None:
    plant = Plant()
    plant.add("06:00", "arrival", "press", part=1, accepted=True, pieces=None)
    plant.state("06:00", "press", "processing")
    plant.power("06:00", "press", 17.3)
    plant.state("06:07:01.3", "press", "down", reason="jam")
    plant.state("06:09", "press", "processing")
    plant.part("06:10", "press", 1, "weld")
    plant.add("06:10", "level", "weld", buffer="press->weld", level=1)
    plant.add("06:12", "crew", skill="operator", present=2, busy=1, waiting=0)
    plant.add("06:20", "level", "weld", buffer="press->weld", level=0)
    plant.part("06:30:00.1", "weld", 1, "out")
    whole = tally_of(plant)
    first, rest = plant.events[:cut], plant.events[cut:]
    part = Tally(LINE.line, tolerant=True)
    for event in first:
        part.take(event)
    again = Tally(LINE.line, tolerant=True)
    again.restore(json.loads(json.dumps(part.data())))
    for event in rest:
        again.take(event)
    assert json.dumps(again.data()) == json.dumps(whole.data())


def test_for_whom_of_the_line_a_machine_waits_is_no_reason_of_its_own() -> None:
    plant = Plant()
    plant.state("06:00", "press", "blocked", reason="weld")
    plant.state("06:10", "press", "waiting_operator", reason="2 operator")
    plant.state("06:20", "press", "blocked", reason="no pallet")
    plant.state("06:30", "press", "waiting_operator", reason="nobody to ask")

    times = tally_of(plant).times

    assert {key[1:3] for key in times.keys if key[0] == 0} == {
        ("starved", None),
        ("blocked", None),
        ("waiting_operator", None),
        ("blocked", "no pallet"),
        ("waiting_operator", "nobody to ask"),
    }


def test_a_policy_may_count_even_such_a_reason() -> None:
    policy = Policy(name="own", version=1, reasons={"weld": "down"})
    plant = Plant()
    plant.state("06:00", "press", "blocked", reason="weld")
    tally = Tally(LINE.line, tolerant=True, policy=policy)
    for event in plant.events:
        tally.take(event)

    assert ("blocked", "weld") in {key[1:3] for key in tally.times.keys}
