from __future__ import annotations

from dataclasses import replace

import pytest

from support.hand_log import DAYS, SHOP, Said, log, shop
from twin.calibration.log import RowProblem
from twin.calibration.structure import FEWEST_ORDERS, Structure, structure_of
from twin.calibration.waits import OUT
from twin.calibration.ways import Way
from twin.errors import InputError
from twin.line.work_calendar import HOUR, windows

DAY = 24.0
OPEN = (Said("x", "saw", 15 * DAY + 10, 15 * DAY + 11, 20), Said("y", "saw", 15 * DAY + 13, 15 * DAY + 15.9, 20))


@pytest.fixture(scope="module")
def plant() -> Structure:
    return structure_of(shop(*OPEN))


def test_shifts_are_those_of_work(plant: Structure) -> None:
    assert windows(plant.shifts) == [((24 * day + 8) * HOUR, (24 * day + 16) * HOUR) for day in range(5)]


def test_one_machine_and_one_person_at_each_station(plant: Structure) -> None:
    assert set(plant.machines.values()) == {1}
    assert [(crew.skill, crew.stations, crew.people) for crew in plant.crews] == [
        ("operator_saw", ("saw",), 1),
        ("operator_turn", ("turn",), 1),
        ("operator_check", ("check",), 1),
        ("operator_pack", ("pack",), 1),
    ]


def test_a_station_hardly_ever_at_work_has_no_post(plant: Structure) -> None:
    wash = Said("o00", "wash", 9, 10, worker="w09")
    seldom = structure_of(shop(*OPEN, wash))
    (crew,) = (crew for crew in seldom.crews if "wash" in crew.stations)
    assert crew.people is None
    assert len(seldom.crews) == len(plant.crews) + 1


def test_orders_go_the_way_they_went(plant: Structure) -> None:
    names = plant.visits.stations
    saw, turn, check, pack = (names.index(name) for name in ("saw", "turn", "check", "pack"))
    assert plant.ways == [
        Way(saw, turn, rework=False),
        Way(turn, check, rework=False),
        Way(check, pack, rework=False),
        Way(pack, OUT, rework=False),
    ]


def test_pieces_sent_back_are_a_way_of_their_own_unless_whole_orders_go_there() -> None:
    again = Said("o03", "turn", 3 * DAY + 14, 3 * DAY + 14.5, 1, rework=True)
    plant = structure_of(shop(again))
    names = plant.visits.stations
    (way,) = plant.sent_back
    assert (names[way.origin], names[way.target], way.rework) == ("check", "turn", True)
    assert plant.ways[-1] == way
    # An order that goes from the check to the saw as a whole, and pieces that do: one way, and not of rework.
    whole = Said("z", "check", 15 * DAY + 9, 15 * DAY + 10, 5), Said("z", "saw", 15 * DAY + 11, 15 * DAY + 12, 5)
    back = Said("o03", "saw", 3 * DAY + 14, 3 * DAY + 14.5, 1, rework=True)
    assert not structure_of(shop(*whole, back)).sent_back


def test_a_visit_of_an_open_order_is_over_once_it_rests_for_long() -> None:
    # Pauses inside visits are of 24 minutes: x rests for 5 hours of work by the end, y for a few minutes.
    pauses = [Said(f"o{i:02d}", "check", day * DAY + 13.65, day * DAY + 13.75) for i, day in enumerate(DAYS)]
    plant = structure_of(shop(*OPEN, *pauses))
    over = {
        plant.visits.orders[order]: bool(ended)
        for order, ended in zip(plant.visits.order, plant.ended, strict=True)
        if plant.visits.orders[order] in "xy"
    }
    assert over == {"x": True, "y": False}


def test_a_check_is_over_when_all_pieces_are_counted() -> None:
    # As many as it sent on are counted, one with the rejects; then the order waits though it was seen just now.
    late = 15 * DAY + 15.8
    said = (
        Said("y", "check", late, late + 0.1, 9, 1),
        Said("y", "turn", late - 1, late, 10),
        Said("z", "check", late, late + 0.1, 5),
        Said("z", "pack", late + 0.1, late + 0.11, 1),
    )
    pauses = [Said(f"o{i:02d}", "check", day * DAY + 13.65, day * DAY + 13.75) for i, day in enumerate(DAYS)]
    plant = structure_of(shop(*said, *pauses))
    check = plant.visits.stations.index("check")
    over = {
        plant.visits.orders[order]: bool(ended)
        for order, station, ended in zip(plant.visits.order, plant.visits.station, plant.ended, strict=True)
        if plant.visits.orders[order] in "yz" and station == check
    }
    # Of y no check was passed, so that more may come; z has gone on.
    assert over == {"y": False, "z": True}


def test_reports_that_end_after_until_are_left_out() -> None:
    until = 14 * DAY * HOUR
    plant = structure_of(shop(*OPEN), until)
    assert plant.end == until
    assert len(plant.visits.orders) == len([day for day in DAYS if day < 14])
    assert float(plant.reports["end"].max()) <= until


def test_orders_count_as_new_from_when_waits_would_be_over(plant: Structure) -> None:
    # All waits are of the 45 minutes to packing: what is first seen from 8 to 8:45 on the first day may be old.
    begin, end = plant.window
    assert (begin / HOUR, end) == (8.75, plant.end)


def test_stations_of_nominal_times_are_no_bottleneck() -> None:
    stamped = [
        Said(f"n{i}", station, 7 * DAY + start, 7 * DAY + start + 1, 4)
        for i in range(3)
        for station, start in (("check", 9 + i), ("pack", 7))
    ]
    roles = SHOP.__class__(checks=SHOP.checks, finish=SHOP.finish, nominal=frozenset({"pack"}))
    told = shop(*stamped)
    plant = structure_of(log(*(Said(*row) for row in _said(told)), roles=roles))
    pack = plant.visits.stations.index("pack")
    assert plant.machines[pack] == 3
    assert pack not in plant.busy
    assert all("pack" not in crew.stations for crew in plant.crews)


def _said(told: object) -> list[tuple[object, ...]]:
    frame = told.reports.assign(start=told.reports["start"] / HOUR, end=told.reports["end"] / HOUR)  # type: ignore[attr-defined]
    columns = ["order", "station", "start", "end", "done", "rejected", "kind", "rework", "worker"]
    return list(frame[columns].itertuples(index=False, name=None))


def test_too_few_orders_show_no_plant() -> None:
    said = [Said(f"o{i}", "saw", i, i + 1) for i in range(FEWEST_ORDERS - 1)]
    with pytest.raises(InputError, match=r"hand\.csv: 9 orders are too few to fit anything"):
        structure_of(log(*said))
    with pytest.raises(InputError, match="3 orders are too few"):
        structure_of(shop(), 3 * DAY * HOUR)


@pytest.mark.parametrize("hours", [-1.0, 8.0, 15 * DAY + 16.01])
def test_until_lies_within_the_log(hours: float) -> None:
    message = "--until: lies outside the log, which runs from 2012-01-02 08:00 to 2012-01-17 16:00; name a date within"
    with pytest.raises(InputError, match=message):
        structure_of(shop(), hours * HOUR)


def test_a_flag_of_rework_tells_nothing_at_a_station_that_does_nothing_else() -> None:
    touched_up = [Said(f"o{number:02d}", "polish", 24.0 * day + 13.25, 24.0 * day + 14, 9, rework=True)
                  for number, day in enumerate(DAYS)]  # fmt: skip

    found = structure_of(shop(*touched_up))

    check, polish, pack = (found.visits.stations.index(name) for name in ("check", "polish", "pack"))
    assert not found.visits.rework.any()
    assert {Way(check, polish, rework=False), Way(polish, pack, rework=False)} <= set(found.ways)


def test_from_a_station_that_no_order_has_left_it_goes_to_where_orders_leave() -> None:
    found = structure_of(shop(*OPEN, Said("z", "wash", 15 * DAY + 15, 15 * DAY + 15.9, 20)))

    wash, pack = (found.visits.stations.index(name) for name in ("wash", "pack"))
    assert [way for way in found.ways if way.origin == wash] == [Way(wash, pack, rework=False)]


def test_a_log_of_which_little_was_read_says_why() -> None:
    shown = shop(*OPEN)
    unread = replace(shown, problems=(RowProblem(2, "ends before it starts"),), reports=shown.reports.head(1))
    with pytest.raises(InputError, match=r"too few .* rows were not read \(row 2 ends before it starts\)"):
        structure_of(unread)
